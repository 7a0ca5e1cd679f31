"""Addresses of comments."""

from __future__ import annotations

from django.urls import path

from leitstand.core.comments import web

app_name = "comments"
urlpatterns = [
    path("kommentare/personen/", web.people, name="people"),
    path("kommentare/<uuid:comment_id>/bearbeiten/", web.edit, name="edit"),
    path("kommentare/<uuid:comment_id>/entfernen/", web.remove, name="remove"),
    path("kommentare/<slug:kind>/<uuid:object_id>/neu/", web.post, name="post"),
]
