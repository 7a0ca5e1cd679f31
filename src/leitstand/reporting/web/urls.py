"""Addresses of committee reporting: one list per group of pages, joined here."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern

app_name = "reporting"

_GROUPS = ("urls_campaigns", "urls_reports", "urls_inquiries", "urls_council")


def _patterns() -> list[URLPattern]:
    found: list[URLPattern] = []
    for group in _GROUPS:
        name = f"leitstand.reporting.web.{group}"
        if find_spec(name):
            found += import_module(name).urlpatterns
    return found


urlpatterns: list[URLPattern] = _patterns()
