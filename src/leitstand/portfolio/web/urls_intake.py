"""Addresses of needs."""

from __future__ import annotations

from django.urls import URLPattern, path

from leitstand.portfolio.web import advice, intake, intake_files

_NEED = "bedarfe/<uuid:need_id>/"

urlpatterns: list[URLPattern] = [
    path("bedarfe/", intake.needs, name="needs"),
    path("bedarfe/neu/", intake.need_new, name="need_new"),
    path("bedarfe/import/", intake_files.needs_import, name="needs_import"),
    path("bedarfe/export.<slug:form>", intake_files.needs_export, name="needs_export"),
    path(_NEED, intake.need_page, name="need"),
    path(_NEED + "bearbeiten/", intake.need_edit, name="need_edit"),
    path(_NEED + "schritt/<slug:step>/", advice.need_step, name="need_step"),
    path(_NEED + "schnittmenge/neu/", advice.need_tie, name="need_tie"),
    path(_NEED + "schnittmenge/<uuid:overlap_id>/entfernen/", advice.need_untie, name="need_untie"),
]
