"""Addresses of one project and its parts."""

from __future__ import annotations

from django.urls import URLPattern, path

from leitstand.portfolio.web import dependencies, items, project

_PROJECT = "vorhaben/<uuid:project_id>/"

urlpatterns: list[URLPattern] = [
    path("vorhaben/neu/", project.sketch, name="sketch"),
    path(_PROJECT, project.profile, name="project"),
    path(_PROJECT + "bearbeiten/", project.edit, name="edit"),
    path(_PROJECT + "loeschen/", project.delete, name="delete"),
    path(_PROJECT + "verlauf/", project.history_page, name="history"),
    path(_PROJECT + "basisplan/", project.baseline, name="baseline"),
    path(_PROJECT + "abhaengigkeit/neu/", dependencies.dependency_add, name="dependency_add"),
    path(
        _PROJECT + "abhaengigkeit/suche/", dependencies.dependency_search, name="dependency_search"
    ),
    path(
        _PROJECT + "abhaengigkeit/<uuid:dependency_id>/",
        dependencies.dependency_edit,
        name="dependency_edit",
    ),
    path(
        _PROJECT + "abhaengigkeit/<uuid:dependency_id>/entfernen/",
        dependencies.dependency_remove,
        name="dependency_remove",
    ),
    path(_PROJECT + "dokument/<uuid:item_id>/datei/", items.document, name="document"),
    path(_PROJECT + "teil/<slug:kind>/", items.section, name="section"),
    path(_PROJECT + "<slug:kind>/neu/", items.item_add, name="item_add"),
    path(_PROJECT + "<slug:kind>/<uuid:item_id>/", items.item_edit, name="item_edit"),
    path(_PROJECT + "<slug:kind>/<uuid:item_id>/entfernen/", items.item_remove, name="item_remove"),
]
