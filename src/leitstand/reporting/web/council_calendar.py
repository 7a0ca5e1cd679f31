"""Meetings and the last days for their papers as iCalendar."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import needs
from leitstand.core.base import icalendar
from leitstand.core.tables.query import read
from leitstand.reporting import policy_council
from leitstand.reporting.actions.exports import record_export
from leitstand.reporting.models import CouncilMeeting
from leitstand.reporting.queries import council, council_calendar

MOST = 1000


@needs(policy_council.VIEW)
def selection(request: HttpRequest) -> HttpResponseBase:
    """The selected meetings, at most the next thousand, with the last days for papers."""
    actor = actor_of(request)
    query = read(council.MEETING_LIST, {k: [str(v) for v in vs] for k, vs in request.GET.lists()})
    chosen = dict(query.pairs(selection_only=True))
    record_export("council-meetings", "ics", actor=actor, selection=chosen)
    return _stream(council.sittings(actor, query)[:MOST], _("Council meetings"), _("council-meetings"))


@needs(policy_council.VIEW)
def one(request: HttpRequest, council_meeting_id: uuid.UUID) -> HttpResponseBase:
    """One meeting with the last days for its papers."""
    meeting = policy_council.get_meeting(actor_of(request), council_meeting_id)
    return _stream([meeting], meeting.name, _("council-meeting"))


def _stream(meetings: Iterable[CouncilMeeting], name: str, file_name: str) -> HttpResponseBase:
    nobody = uuid.UUID(int=0)
    page = reverse("reporting:council_meeting", args=[nobody]).replace(str(nobody), "{}")
    address = settings.CONFIG.base_url + page
    chunks = icalendar.write(name, council_calendar.events(meetings, address))
    response = StreamingHttpResponse(chunks, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}.ics"'
    return response
