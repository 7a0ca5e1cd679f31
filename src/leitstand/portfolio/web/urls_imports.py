"""Addresses of the import."""

from __future__ import annotations

from django.urls import path

from leitstand.portfolio.web import imports

urlpatterns = [
    path("import/", imports.overview, name="imports"),
    path("import/<uuid:run_id>/", imports.show, name="import"),
    path("import/<uuid:run_id>/fortschritt/", imports.progress, name="import_progress"),
    path("import/<uuid:run_id>/abbrechen/", imports.cancel, name="import_cancel"),
    path("import/<uuid:run_id>/zuordnung/", imports.mapping, name="import_mapping"),
    path("import/<uuid:run_id>/uebernehmen/", imports.confirm, name="import_confirm"),
    path("import/<uuid:run_id>/verwerfen/", imports.discard, name="import_discard"),
    path("import/<uuid:run_id>/fehler.xlsx", imports.error_file, name="import_errors"),
]
