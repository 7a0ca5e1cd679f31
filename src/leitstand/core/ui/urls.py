"""Addresses of the kit: the gallery, for demo and tests."""

from __future__ import annotations

from django.urls import path

from leitstand.core.ui import web

app_name = "ui"
urlpatterns = [
    path("stil/", web.gallery, name="gallery"),
    path("stil/zelle/", web.gallery_edit, name="gallery_cell"),
    path("stil/auftrag/", web.gallery_job, name="gallery_job"),
]
