"""Addresses of the kernel's own pages."""

from __future__ import annotations

from django.urls import path

from leitstand.core.administration import account

app_name = "administration"
urlpatterns = [
    path("mein-konto/", account.account, name="account"),
]
