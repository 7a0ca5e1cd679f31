"""Public addresses of the projects (namespace ``public``)."""

from __future__ import annotations

from django.urls import path

from leitstand.portfolio.web import public

app_name = "public"
urlpatterns = [
    path("", public.projects, name="projects"),
    path("feed.atom", public.feed, name="feed"),
    path("vorhaben.json", public.open_json, name="json"),
    path("vorhaben.csv", public.open_csv, name="csv"),
    path("<uuid:project_id>/", public.project, name="project"),
]
