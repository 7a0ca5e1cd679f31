"""Addresses of the shell."""

from __future__ import annotations

from django.urls import path

from leitstand.shell import health, web

app_name = "shell"
urlpatterns = [
    path("", web.start, name="start"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("seite/<slug:slug>/", web.text, name="text"),
    path("barriere-melden/", web.feedback, name="feedback"),
]
