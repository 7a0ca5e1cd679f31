"""Addresses of reports."""

from __future__ import annotations

from django.urls import path

from leitstand.reporting.web import (
    inquiries,
    report_steps,
    report_template,
    report_words,
    reports,
    templates_of_city,
)

_REPORT = "berichte/<uuid:committee_report_id>/"
_TEMPLATE = "berichte/vorlagen/<uuid:paper_template_id>/"
urlpatterns = [
    path("berichte/", reports.listing, name="reports"),
    path("berichte/neu/", reports.new, name="report_new"),
    path("berichte/anfrage/", inquiries.new, name="inquiry_new"),
    path("berichte/vorlagen/", templates_of_city.listing, name="paper_templates"),
    path("berichte/vorlagen/neu/", templates_of_city.new, name="paper_template_new"),
    path(_TEMPLATE, templates_of_city.edit, name="paper_template_edit"),
    path(_TEMPLATE + "entfernen/", templates_of_city.remove, name="paper_template_remove"),
    path(_TEMPLATE + "datei/", templates_of_city.file, name="paper_template_file"),
    path(_REPORT, reports.one, name="report"),
    path(_REPORT + "bearbeiten/", reports.edit, name="report_edit"),
    path(_REPORT + "texte/", report_words.words, name="report_words"),
    path(_REPORT + "schritt/<slug:move>/", report_steps.step, name="report_step"),
    path(_REPORT + "vorlage/", report_template.into_template, name="report_template"),
    path(_REPORT + "datei/<slug:output>/", reports.download, name="report_file"),
]
