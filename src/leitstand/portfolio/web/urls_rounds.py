"""Addresses of status rounds."""

from __future__ import annotations

from django.urls import path

from leitstand.portfolio.web.rounds import answering, pages, reports, substitutes

_ROUND = "statusrunden/<uuid:round_id>/"
urlpatterns = [
    path("statusrunden/", pages.rounds, name="rounds"),
    path("statusrunden/neu/", pages.new, name="round_new"),
    path(_ROUND, pages.one, name="round"),
    path(_ROUND + "export.<slug:form>", pages.export, name="round_export"),
    path(_ROUND + "bearbeiten/", pages.edit, name="round_edit"),
    path(_ROUND + "oeffnen/", pages.do_open, name="round_open"),
    path(_ROUND + "schliessen/", pages.do_close, name="round_close"),
    path(_ROUND + "erinnern/", pages.do_remind, name="round_remind"),
    path(_ROUND + "absagen/", pages.do_cancel, name="round_cancel"),
    path(_ROUND + "melden/<uuid:request_id>/", answering.for_others, name="round_for_others"),
    path("vorhaben/<uuid:project_id>/statusmeldungen/", reports.reports, name="reports"),
    path("statusmeldungen/<uuid:report_id>/", reports.report, name="report"),
    path("vertretungen/", substitutes.listing, name="substitutions"),
    path("vertretungen/neu/", substitutes.new, name="substitution_new"),
    path(
        "vertretungen/<uuid:substitution_id>/beenden/", substitutes.end, name="substitution_end"
    ),
    path("meldungen/", answering.mine, name="reports_mine"),
    path("meldungen/<uuid:request_id>/", answering.mine_answer, name="report_mine"),
    path("meldung/<str:token>/", answering.by_link, name="round_link"),
    path("meldung/<str:token>/<uuid:request_id>/", answering.by_link_answer, name="round_link_answer"),
]
