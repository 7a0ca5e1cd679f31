"""Addresses of the shell."""

from __future__ import annotations

from django.urls import path

from leitstand.shell import administration, health, web

app_name = "shell"
urlpatterns = [
    path("", web.start, name="start"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("robots.txt", web.robots, name="robots"),
    path(".well-known/security.txt", web.security, name="security"),
    path("favicon.ico", web.favicon, name="favicon"),
    path("seite/<slug:slug>/", web.text, name="text"),
    path("barriere-melden/", web.feedback, name="feedback"),
    path("barriere-melden/danke/", web.feedback_sent, name="feedback_sent"),
    path("verwaltung/website/", administration.site, name="site"),
    path("verwaltung/website/<slug:slug>/", administration.text, name="text_edit"),
    path("verwaltung/barrieren/", administration.feedback_list, name="feedback_list"),
    path(
        "verwaltung/barrieren/<uuid:feedback_id>/erledigt/",
        administration.feedback_close,
        name="feedback_close",
    ),
]
