"""Addresses of reports."""

from __future__ import annotations

from django.urls import path

from leitstand.reporting.web import inquiries, report_steps, report_template, report_words, reports

_REPORT = "berichte/<uuid:committee_report_id>/"
urlpatterns = [
    path("berichte/", reports.listing, name="reports"),
    path("berichte/neu/", reports.new, name="report_new"),
    path("berichte/anfrage/", inquiries.new, name="inquiry_new"),
    path(_REPORT, reports.one, name="report"),
    path(_REPORT + "bearbeiten/", reports.edit, name="report_edit"),
    path(_REPORT + "texte/", report_words.words, name="report_words"),
    path(_REPORT + "schritt/<slug:move>/", report_steps.step, name="report_step"),
    path(_REPORT + "vorlage/", report_template.into_template, name="report_template"),
    path(_REPORT + "datei/<slug:output>/", reports.download, name="report_file"),
]
