"""Writers of papers, meetings and consultations entered by hand, of lead times and followers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed, NotFound
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.policy.grants import require
from leitstand.reporting import policy_council
from leitstand.reporting.domain.deadlines import DEFAULT_DAYS
from leitstand.reporting.models import (
    Consultation,
    CouncilMeeting,
    Follower,
    LeadTime,
    Organization,
    Paper,
)

PAPER = ("name", "reference", "date", "kind", "originator_text", "text", "confidentiality")
MEETING = ("name", "organization", "start", "end", "place", "cancelled", "confidentiality")


def event(
    type_: str, thing: Any, actor: Actor, changes: Mapping[str, Any], *, kind: str, level: int = 0
) -> events.Event:
    """The audit event of something in the council."""
    return events.Event(
        type_, actor, kind, thing.pk, str(thing)[:300], changes=changes, level=level
    )


def refuse_mirrored(thing: Any) -> None:
    """Refuse to change what mirrors a council information system."""
    if thing.address:
        text = _("This comes from the council information system and is changed there.")
        raise NotAllowed(text)


def _named(values: Mapping[str, Any]) -> None:
    refuse_unstorable(values)
    if "name" in values and not str(values["name"]).strip():
        raise Invalid(_("Enter a title."), field="name")


def _check_meeting(values: Mapping[str, Any]) -> None:
    start, end = values.get("start"), values.get("end")
    if start and end and end < start:
        raise Invalid(_("The end lies before the start."), field="end")


# --- papers -----------------------------------------------------------------------------


@transaction.atomic
def create_paper(*, actor: Actor, values: Mapping[str, Any]) -> Paper:
    """Enter a paper by hand; an identifier that exists already is refused."""
    require(actor, policy_council.CHANGE)
    fields = {name: values[name] for name in PAPER if values.get(name) is not None}
    _named({"name": "", **fields})
    _check_reference(fields.get("reference", ""), None)
    paper = Paper(**fields)
    records.create(paper)
    changes = records.first_values(fields)
    level = paper.confidentiality
    events.record(event("reporting.paper.created", paper, actor, changes, kind="paper", level=level))
    return paper


def _check_reference(reference: str, own: uuid.UUID | None) -> None:
    same = Paper.objects.filter(reference=reference.strip())
    same = same.exclude(pk=own) if own else same
    if reference.strip() and same.exists():
        raise Invalid(_("There is a paper with this number already."), field="reference")


@transaction.atomic
def change_paper(
    paper_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> Paper:
    """Change a paper that was entered by hand; ``Conflict`` with both versions."""
    policy_council.get_paper(actor, paper_id)
    require(actor, policy_council.CHANGE)
    paper = versions.locked(Paper, paper_id)
    refuse_mirrored(paper)
    new = {name: value for name, value in values.items() if name in PAPER}
    _named(new)
    _check_reference(str(new.get("reference", "")), paper.pk)
    before = paper.confidentiality
    changes = records.apply(paper, version, new)
    if changes:
        level = max(before, paper.confidentiality)
        kind = "reporting.paper.changed"
        events.record(event(kind, paper, actor, changes, kind="paper", level=level))
    return paper


@transaction.atomic
def add_consultation(
    paper_id: uuid.UUID, *, actor: Actor, meeting: CouncilMeeting, role: str
) -> Consultation:
    """Say that a meeting deals with a paper entered by hand."""
    paper = policy_council.get_paper(actor, paper_id)
    require(actor, policy_council.CHANGE)
    refuse_mirrored(paper)
    if Consultation.objects.filter(paper=paper, meeting=meeting).exists():
        raise Invalid(_("The paper is on this meeting's agenda already."), field="meeting")
    row = Consultation(
        paper=paper, meeting=meeting, organization=meeting.organization, role=role.strip()
    )
    records.create(row)
    changes = {"meeting": [None, str(meeting)], "role": [None, role]}
    kind = "reporting.paper.changed"
    level = max(paper.confidentiality, meeting.confidentiality)
    events.record(event(kind, paper, actor, changes, kind="paper", level=level))
    return row


# --- meetings ---------------------------------------------------------------------------


@transaction.atomic
def create_committee(*, actor: Actor, name: str) -> Organization:
    """Enter a committee by hand."""
    require(actor, policy_council.CHANGE)
    _named({"name": name})
    row = Organization(name=name.strip())
    records.create(row)
    changes = {"name": [None, row.name]}
    events.record(event("reporting.committee.created", row, actor, changes, kind="committee"))
    return row


@transaction.atomic
def create_meeting(*, actor: Actor, values: Mapping[str, Any]) -> CouncilMeeting:
    """Enter a meeting by hand."""
    require(actor, policy_council.CHANGE)
    fields = {name: values[name] for name in MEETING if values.get(name) is not None}
    _named({"name": "", **fields})
    _check_meeting(fields)
    meeting = CouncilMeeting(**fields)
    records.create(meeting)
    kind = "reporting.meeting.created"
    changes = records.first_values(fields)
    level = meeting.confidentiality
    events.record(event(kind, meeting, actor, changes, kind="council-meeting", level=level))
    return meeting


@transaction.atomic
def change_meeting(
    meeting_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> CouncilMeeting:
    """Change a meeting that was entered by hand; ``Conflict`` with both versions."""
    policy_council.get_meeting(actor, meeting_id)
    require(actor, policy_council.CHANGE)
    meeting = versions.locked(CouncilMeeting, meeting_id)
    refuse_mirrored(meeting)
    before = meeting.confidentiality
    new = {name: value for name, value in values.items() if name in MEETING}
    _named(new)
    _check_meeting({"start": meeting.start, "end": meeting.end, **new})
    changes = records.apply(meeting, version, new)
    if changes:
        kind = "reporting.meeting.changed"
        level = max(before, meeting.confidentiality)
        events.record(event(kind, meeting, actor, changes, kind="council-meeting", level=level))
    return meeting


# --- lead times -------------------------------------------------------------------------


@transaction.atomic
def set_lead_times(*, actor: Actor, days: Mapping[str, int]) -> None:
    """Set how many days before a meeting papers have to be handed in, by kind."""
    require(actor, policy_council.CHANGE)
    known = {row.kind: row for row in LeadTime.objects.select_for_update()}
    changes: dict[str, list[Any]] = {}
    for kind, number in days.items():
        if kind not in DEFAULT_DAYS:
            raise NotFound
        if not 0 <= number <= 365:
            raise Invalid(_("Enter a number of days from 0 to 365."), field=kind)
        row = known.get(kind)
        old = row.days if row else DEFAULT_DAYS[kind]
        if old == number:
            continue
        changes[kind] = [old, number]
        row = row or LeadTime(kind=kind)
        row.days, row.version = number, row.version + 1
        row.save()
    if changes:
        events.record(
            events.Event("reporting.lead_times.changed", actor, "lead-times", changes=changes, level=0)
        )


# --- followers --------------------------------------------------------------------------


@transaction.atomic
def follow(paper_id: uuid.UUID, *, actor: Actor, yes: bool) -> None:
    """Begin or stop following a paper; twice is once."""
    paper = policy_council.get_paper(actor, paper_id)
    if actor.account_id is None or not policy_council.writes(actor):
        raise NotAllowed(_("Only people with an account can follow papers."))
    mine = Follower.objects.filter(paper=paper, account_id=actor.account_id)
    if yes and not mine.exists():
        records.create(Follower(paper=paper, account_id=actor.account_id))
    elif not yes:
        mine.delete()
