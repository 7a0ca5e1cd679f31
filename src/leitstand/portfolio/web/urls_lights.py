"""Addresses of traffic lights and their rules."""

from __future__ import annotations

from django.urls import URLPattern, path

from leitstand.portfolio.web import status_rules

urlpatterns: list[URLPattern] = [
    path("ampelregeln/", status_rules.rules, name="status_rules"),
    path("ampelregeln/<slug:rule_kind>/", status_rules.edit, name="status_rule"),
    path(
        "ampelregeln/<slug:rule_kind>/zuruecksetzen/", status_rules.reset, name="status_rule_reset"
    ),
    path("vorhaben/<uuid:project_id>/ampeln/", status_rules.of_project, name="lights"),
]
