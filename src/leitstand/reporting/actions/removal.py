"""Removing what was entered by hand in the council; what mirrors a council system stays.

The trail keeps each removed thing with what was known of it.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed
from leitstand.core.policy.grants import require
from leitstand.reporting import policy_council
from leitstand.reporting.actions import tracking
from leitstand.reporting.actions.council import MEETING, PAPER, event, refuse_mirrored
from leitstand.reporting.models import (
    Consultation,
    CouncilMeeting,
    Paper,
    ResolutionTracking,
)


def _check(row: Any, version: int) -> None:
    versions.check_version(row, version, _("Somebody else has changed this entry in the meantime."))


def _last_values(row: Any, names: tuple[str, ...]) -> records.Changes:
    values = {name: getattr(row, name) for name in names}
    return {name: [records.plain(value), None] for name, value in values.items() if value not in (None, "")}


@transaction.atomic
def remove_paper(paper_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Remove a paper entered by hand, with its consultations and what was tracked of it."""
    policy_council.get_paper(actor, paper_id)
    require(actor, policy_council.CHANGE)
    paper = versions.locked(Paper, paper_id)
    refuse_mirrored(paper)
    _check(paper, version)
    row = ResolutionTracking.objects.filter(paper=paper).select_related("paper").first()
    if row is not None:
        _end(row, actor)
    changes = _last_values(paper, PAPER)
    level = paper.confidentiality
    events.record(
        event("reporting.paper.removed", paper, actor, changes, kind="paper", level=level)
    )
    paper.delete()


@transaction.atomic
def remove_consultation(consultation_id: uuid.UUID, *, actor: Actor) -> None:
    """Take a paper off a meeting's agenda."""
    row = policy_council.get_consultation(actor, consultation_id)
    require(actor, policy_council.CHANGE)
    refuse_mirrored(row)
    paper, meeting = row.paper, row.meeting
    assert paper is not None  # noqa: S101 - such rows are not found
    changes = {"meeting": [str(meeting or ""), None], "role": [row.role, None]}
    level = max(paper.confidentiality, meeting.confidentiality if meeting else 0)
    events.record(
        event("reporting.paper.changed", paper, actor, changes, kind="paper", level=level)
    )
    row.delete()


@transaction.atomic
def remove_meeting(meeting_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Remove a meeting entered by hand; its papers stay, without this consultation."""
    policy_council.get_meeting(actor, meeting_id)
    require(actor, policy_council.CHANGE)
    meeting = versions.locked(CouncilMeeting, meeting_id)
    refuse_mirrored(meeting)
    _check(meeting, version)
    changes = _last_values(meeting, MEETING)
    level = meeting.confidentiality
    kind = "reporting.meeting.removed"
    events.record(event(kind, meeting, actor, changes, kind="council-meeting", level=level))
    Consultation.objects.filter(meeting=meeting, address="").delete()
    meeting.delete()


@transaction.atomic
def end_tracking(tracking_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Stop tracking a resolution; the paper stays, what was known stays readable as of its day."""
    found = policy_council.get_tracking(actor, tracking_id)
    policy_council.require_track(actor, found)
    if not policy_council.may_assign(actor, found.unit_id):
        raise NotAllowed(_("Your roles do not include tracking resolutions."))
    row = versions.locked(ResolutionTracking, tracking_id)
    _check(row, version)
    _end(row, actor)


def _end(row: ResolutionTracking, actor: Actor) -> None:
    changes = _last_values(row, tuple(name for name in tracking.FIELDS if name != "unit"))
    events.record(tracking.event("reporting.tracking.ended", row, actor, changes))
    row.delete()
