"""Addresses of the council's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from leitstand.reporting.web import (
    council,
    council_calendar,
    council_lists,
    council_removal,
    oparl,
    papers,
    tracking,
)

_MEETING = "gremien/sitzungen/<uuid:council_meeting_id>/"
_PAPER = "gremien/vorlagen/<uuid:paper_id>/"
_TRACKING = "gremien/beschluesse/<uuid:tracking_id>/"
_SOURCE = "gremien/quellen/<uuid:source_id>/"

urlpatterns: list[URLPattern] = [
    path("gremien/", council.calendar, name="council"),
    path("gremien/export.<slug:form>", council_lists.council_export, name="council_export"),
    path("gremien/termine.ics", council_calendar.selection, name="council_ics"),
    path("gremien/fristen/", council.lead_times, name="lead_times"),
    path("gremien/sitzungen/neu/", council.meeting_new, name="council_meeting_new"),
    path(_MEETING, council.meeting_page, name="council_meeting"),
    path(_MEETING + "bearbeiten/", council.meeting_edit, name="council_meeting_edit"),
    path(_MEETING + "entfernen/", council_removal.meeting_remove, name="council_meeting_remove"),
    path(_MEETING + "termin.ics", council_calendar.one, name="council_meeting_ics"),
    path("gremien/meine/", papers.following, name="following"),
    path("gremien/vorlagen/", papers.papers, name="papers"),
    path("gremien/vorlagen/export.<slug:form>", council_lists.papers_export, name="papers_export"),
    path("gremien/vorlagen/neu/", papers.paper_new, name="paper_new"),
    path(_PAPER, papers.paper_page, name="paper"),
    path(_PAPER + "bearbeiten/", papers.paper_edit, name="paper_edit"),
    path(_PAPER + "entfernen/", council_removal.paper_remove, name="paper_remove"),
    path(_PAPER + "folgen/", papers.follow, name="paper_follow"),
    path(_PAPER + "beratung/neu/", papers.consultation_new, name="consultation_new"),
    path("gremien/beratungen/<uuid:consultation_id>/entfernen/",
         council_removal.consultation_remove, name="consultation_remove"),
    path(_PAPER + "verfolgen/", tracking.begin, name="tracking_begin"),
    path("gremien/beschluesse/", tracking.trackings, name="trackings"),
    path("gremien/beschluesse/export.<slug:form>", council_lists.trackings_export,
         name="trackings_export"),
    path(_TRACKING, tracking.tracking_edit, name="tracking_edit"),
    path(_TRACKING + "beenden/", council_removal.tracking_end, name="tracking_end"),
    path(_TRACKING + "vorhaben/neu/", tracking.project_tie, name="project_tie"),
    path(_TRACKING + "vorhaben/<uuid:link_id>/entfernen/", tracking.project_untie,
         name="project_untie"),
    path("gremien/quellen/", oparl.sources, name="oparl_sources"),
    path("gremien/quellen/neu/", oparl.source_new, name="oparl_source_new"),
    path(_SOURCE, oparl.source_page, name="oparl_source"),
    path(_SOURCE + "bearbeiten/", oparl.source_edit, name="oparl_source_edit"),
    path(_SOURCE + "entfernen/", oparl.source_remove, name="oparl_source_remove"),
    path(_SOURCE + "lesen/", oparl.source_read, name="oparl_read"),
    path(_SOURCE + "abbrechen/", oparl.source_cancel, name="oparl_cancel"),
    path(_SOURCE + "pruefen/", oparl.source_check, name="oparl_check"),
]  # fmt: skip
