"""Addresses of the standard's interface and of the pages."""

from __future__ import annotations

from django.urls import path

from leitstand.sensing.web import service, stations

app_name = "sensing"
urlpatterns = [
    path("sta/v1.1", service.service, name="service"),
    path("sta/v1.1/", service.service, name="service_root"),
    path("sta/v1.1/<path:path>", service.service, name="service_path"),
    path("messstellen/", stations.listing, name="stations"),
    path("messstellen/neu/", stations.new, name="station_new"),
    path("messstellen/<int:station_id>/", stations.station, name="station"),
    path("messstellen/<int:station_id>/schluessel/", stations.token_new, name="token_new"),
    path(
        "messstellen/<int:station_id>/schluessel/<uuid:token_uid>/widerrufen/",
        stations.token_revoke, name="token_revoke",
    ),
]  # fmt: skip
