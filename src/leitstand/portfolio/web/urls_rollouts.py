"""Addresses of the rollouts."""

from __future__ import annotations

from django.urls import path

from leitstand.portfolio.web.rollouts import (
    difference,
    editing,
    exports,
    matrix,
    obstacles,
    office_import,
    overview,
    parts,
    progress,
    settings,
    units,
    waves,
)

_ONE = "rollouts/<uuid:rollout_id>/"
_UNIT = _ONE + "einheiten/<uuid:row_id>/"
_PART = _ONE + "<slug:kind>/<uuid:part_id>/"

urlpatterns = [
    path("rollouts/", overview.overview, name="rollouts"),
    path("rollouts/neu/", overview.new, name="rollout_new"),
    path("rollouts/vorlagen/", settings.templates, name="rollout_templates"),
    path("rollouts/vorlagen/<uuid:template_id>/", settings.template, name="rollout_template"),
    path(_ONE, matrix.matrix, name="rollout"),
    path(_ONE + "felder/", editing.cells, name="rollout_cells"),
    path(_ONE + "einstellungen/", settings.settings, name="rollout_settings"),
    path(_ONE + "loeschen/", settings.delete, name="rollout_delete"),
    path(_ONE + "als-vorlage/", settings.keep, name="rollout_keep"),
    path(_ONE + "einheiten/", units.add, name="rollout_units"),
    path(_UNIT, units.unit, name="rollout_unit"),
    path(_UNIT + "bearbeiten/", units.edit, name="rollout_unit_edit"),
    path(_UNIT + "entfernen/", units.remove, name="rollout_unit_remove"),
    path(_UNIT + "hemmnis/", parts.add_obstacle, name="rollout_obstacle_add"),
    path(_UNIT + "<uuid:cell_id>/", units.cell, name="rollout_cell"),
    path(_ONE + "wellen/", waves.waves, name="rollout_waves"),
    path(_ONE + "wellen/<uuid:part_id>/planen/", waves.plan, name="rollout_wave_plan"),
    path(_ONE + "schritte/", parts.steps, name="rollout_steps"),
    path(_ONE + "verlauf/", progress.progress, name="rollout_progress"),
    path(_ONE + "hemmnisse/", obstacles.obstacles, name="rollout_obstacles"),
    path(_ONE + "vergleich/", difference.compare, name="rollout_difference"),
    path(_ONE + "import/", office_import.upload, name="rollout_import"),
    path(_ONE + "export.<slug:form>", exports.export, name="rollout_export"),
    path(_ONE + "<slug:kind>/neu/", parts.add, name="rollout_part_add"),
    path(_PART, parts.edit, name="rollout_part_edit"),
    path(_PART + "entfernen/", parts.remove, name="rollout_part_remove"),
]
