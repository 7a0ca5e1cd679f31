"""Addresses of planning."""

from __future__ import annotations

from django.urls import URLPattern, path

from leitstand.planning.web import capacity, position_import, supply

app_name = "planning"
_ENTRY = "planung/stellen/<slug:supply_kind>/<uuid:supply_id>/"

urlpatterns: list[URLPattern] = [
    path("planung/", capacity.capacity, name="capacity"),
    path("planung/stellen/", supply.supply_page, name="supply"),
    path("planung/grundlagen/", supply.basis_edit, name="basis"),
    path("planung/stellen/import/", position_import.positions_import, name="positions_import"),
    path("planung/stellen/<slug:supply_kind>/neu/", supply.entry_new, name="supply_new"),
    path(_ENTRY, supply.entry_edit, name="supply_edit"),
    path(_ENTRY + "entfernen/", supply.entry_remove, name="supply_remove"),
]
