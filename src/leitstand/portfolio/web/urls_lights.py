"""Addresses of traffic lights and their rules."""

from __future__ import annotations

from django.urls import URLPattern, path

from leitstand.portfolio.web import efforts, measured, measured_files, status_rules, warnings

urlpatterns: list[URLPattern] = [
    path("verwaltung/aufwand/", efforts.size_efforts, name="size_efforts"),
    path("ampelregeln/", status_rules.rules, name="status_rules"),
    path("ampelregeln/<slug:rule_kind>/", status_rules.edit, name="status_rule"),
    path(
        "ampelregeln/<slug:rule_kind>/zuruecksetzen/", status_rules.reset, name="status_rule_reset"
    ),
    path("kennzahlen/werte/import/", measured_files.values_import, name="indicator_values_import"),
    path(
        "kennzahlen/<uuid:indicator_id>/werte/import/",
        measured_files.values_import,
        name="indicator_import",
    ),
    path("kennzahlen/<uuid:indicator_id>/", measured.indicator, name="indicator"),
    path(
        "kennzahlen/<uuid:indicator_id>/wert/neu/", measured.value_add, name="indicator_value_add"
    ),
    path(
        "kennzahlen/<uuid:indicator_id>/wert/<uuid:value_id>/",
        measured.value_edit,
        name="indicator_value",
    ),
    path(
        "kennzahlen/<uuid:indicator_id>/wert/<uuid:value_id>/entfernen/",
        measured.value_remove,
        name="indicator_value_remove",
    ),
    path("was-kommt/", warnings.outlook, name="warnings"),
    path("was-kommt/neu/", warnings.add, name="warning_add"),
    path("was-kommt/<uuid:warning_id>/", warnings.warning, name="warning"),
    path("was-kommt/<uuid:warning_id>/bearbeiten/", warnings.edit, name="warning_edit"),
    path("was-kommt/<uuid:warning_id>/erledigt/", warnings.settle, name="warning_settle"),
    path("was-kommt/<uuid:warning_id>/loeschen/", warnings.delete, name="warning_delete"),
    path("vorhaben/<uuid:project_id>/ampeln/", status_rules.of_project, name="lights"),
]
