"""Addresses of the rollouts."""

from __future__ import annotations

from django.urls import path

from leitstand.portfolio.web.rollouts import editing, matrix, overview

_ONE = "rollouts/<uuid:rollout_id>/"

urlpatterns = [
    path("rollouts/", overview.overview, name="rollouts"),
    path("rollouts/neu/", overview.new, name="rollout_new"),
    path(_ONE, matrix.matrix, name="rollout"),
    path(_ONE + "felder/", editing.cells, name="rollout_cells"),
]
