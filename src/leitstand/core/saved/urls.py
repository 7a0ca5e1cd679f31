"""Addresses of saved views."""

from __future__ import annotations

from django.urls import path

from leitstand.core.saved import web

app_name = "saved"
urlpatterns = [
    path("ansichten/", web.views, name="list"),
    path("ansichten/neu/", web.new, name="new"),
    path("ansichten/<uuid:view_id>/", web.follow, name="open"),
    path("ansichten/<uuid:view_id>/bearbeiten/", web.edit, name="edit"),
    path("ansichten/<uuid:view_id>/start/", web.start, name="start"),
    path("ansichten/<uuid:view_id>/loeschen/", web.delete, name="delete"),
]
