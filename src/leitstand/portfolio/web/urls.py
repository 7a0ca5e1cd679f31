"""Addresses of the portfolio: one list per group of pages, joined here."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern

app_name = "portfolio"

# Fixed paths such as "vorhaben/neu/" come before "vorhaben/<uuid>/" of their own accord: a UUID
# converter never matches a word.
_GROUPS = (
    "urls_projects", "urls_strategy", "urls_views", "urls_imports", "urls_intake", "urls_rollouts",
    "urls_meetings", "urls_lights", "urls_rounds",
)  # fmt: skip


def _patterns() -> list[URLPattern]:
    found: list[URLPattern] = []
    for group in _GROUPS:
        name = f"leitstand.portfolio.web.{group}"
        if find_spec(name):
            found += import_module(name).urlpatterns
    return found


urlpatterns: list[URLPattern] = _patterns()
