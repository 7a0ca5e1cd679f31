"""Addresses of campaigns."""

from __future__ import annotations

from django.urls import path

from leitstand.reporting.web import campaign_import, campaigns

_ONE = "berichte/kampagnen/<uuid:campaign_id>/"
_FIGURE = _ONE + "zahl/<uuid:figure_id>/"
urlpatterns = [
    path("berichte/kampagnen/", campaigns.listing, name="campaigns"),
    path("berichte/kampagnen/neu/", campaigns.new, name="campaign_new"),
    path(_ONE, campaigns.one, name="campaign"),
    path(_ONE + "bearbeiten/", campaigns.change, name="campaign_edit"),
    path(_ONE + "loeschen/", campaigns.delete, name="campaign_delete"),
    path(_ONE + "zahl/neu/", campaigns.figure_new, name="campaign_figure_new"),
    path(_FIGURE, campaigns.figure, name="campaign_figure"),
    path(_FIGURE + "entfernen/", campaigns.figure_remove, name="campaign_figure_remove"),
    path(_ONE + "import/", campaign_import.figures_import, name="campaign_import"),
    path(_ONE + "papier/", campaigns.paper, name="campaign_paper"),
]
