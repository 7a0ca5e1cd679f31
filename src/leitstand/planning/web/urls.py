"""Addresses of planning."""

from __future__ import annotations

from django.urls import URLPattern, path

from leitstand.planning.web import capacity, position_import, scenarios, supply

app_name = "planning"
_SCENARIO = "planung/szenarien/<uuid:scenario_id>/"
_ENTRY = "planung/stellen/<slug:supply_kind>/<uuid:supply_id>/"

urlpatterns: list[URLPattern] = [
    path("planung/", capacity.capacity, name="capacity"),
    path("planung/stellen/", supply.supply_page, name="supply"),
    path("planung/grundlagen/", supply.basis_edit, name="basis"),
    path("planung/stellen/import/", position_import.positions_import, name="positions_import"),
    path("planung/stellen/<slug:supply_kind>/neu/", supply.entry_new, name="supply_new"),
    path(_ENTRY, supply.entry_edit, name="supply_edit"),
    path(_ENTRY + "entfernen/", supply.entry_remove, name="supply_remove"),
    path("planung/szenarien/", scenarios.scenarios, name="scenarios"),
    path("planung/szenarien/neu/", scenarios.scenario_new, name="scenario_new"),
    path("planung/szenarien/vergleich/", scenarios.compare, name="compare"),
    path(_SCENARIO, scenarios.scenario_page, name="scenario"),
    path(_SCENARIO + "bearbeiten/", scenarios.scenario_edit, name="scenario_edit"),
    path(_SCENARIO + "rechnen/", scenarios.scenario_compute, name="scenario_compute"),
    path(_SCENARIO + "abbrechen/", scenarios.scenario_cancel, name="scenario_cancel"),
    path(_SCENARIO + "kopieren/", scenarios.scenario_copy, name="scenario_copy"),
    path(_SCENARIO + "uebernehmen/", scenarios.scenario_adopt, name="scenario_adopt"),
    path(_SCENARIO + "entfernen/", scenarios.scenario_remove, name="scenario_remove"),
    path(_SCENARIO + "was-waere-wenn/", scenarios.scenario_change, name="scenario_change"),
    path(_SCENARIO + "was-waere-wenn/<uuid:change_id>/entfernen/", scenarios.change_remove,
         name="change_remove"),
]  # fmt: skip
