"""Addresses of the standard's interface."""

from __future__ import annotations

from django.urls import path

from leitstand.sensing.web import service

app_name = "sensing"
urlpatterns = [
    path("sta/v1.1", service.service, name="service"),
    path("sta/v1.1/", service.service, name="service_root"),
    path("sta/v1.1/<path:path>", service.service, name="service_path"),
]
