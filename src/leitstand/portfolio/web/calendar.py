"""Milestones as iCalendar: of a selection, or of one project."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _

from leitstand.core.base import icalendar
from leitstand.core.base.actor import Actor
from leitstand.portfolio import policy
from leitstand.portfolio.actions.exports import record_export
from leitstand.portfolio.queries.calendar import occasions
from leitstand.portfolio.queries.projects import listed
from leitstand.portfolio.web import cells
from leitstand.portfolio.web.filtering import reader, view


def selection(request: HttpRequest) -> StreamingHttpResponse:
    """Milestones of all selected projects."""
    asked = view(request, "list")
    pairs = dict(asked.query.pairs(selection_only=True))
    return _stream(listed(asked.query, asked.actor), _("Milestones"), asked.actor, pairs)


def project(request: HttpRequest, project_id: uuid.UUID) -> StreamingHttpResponse:
    """Milestones of one project."""
    actor = reader(request)
    found = policy.get_visible(actor, project_id)
    only = policy.visible(actor).filter(pk=found.pk)
    return _stream(only, found.title, actor, {"project": found.number})


def _stream(
    projects: Any, name: str, actor: Actor, chosen: dict[str, str]
) -> StreamingHttpResponse:
    address = settings.CONFIG.base_url + cells.pattern("project")
    record_export("milestone", "ics", actor=actor, selection=chosen)
    chunks = icalendar.write(name, occasions(projects, address))
    response = StreamingHttpResponse(chunks, content_type="text/calendar; charset=utf-8")
    file_name = _("milestones") + ".ics"
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
