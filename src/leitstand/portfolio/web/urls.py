"""Addresses of the portfolio."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "portfolio"
urlpatterns: list[URLPattern] = []
