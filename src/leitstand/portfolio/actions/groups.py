"""Writers of working groups, their members and their meetings."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.base.models import Level
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.org.models import OrgUnit, Person
from leitstand.portfolio import policy_groups
from leitstand.portfolio.actions import telling
from leitstand.portfolio.domain import meetings as times
from leitstand.portfolio.models import GroupMember, Meeting, Minutes, WorkingGroup

GROUP_FIELDS = (
    "title", "purpose", "unit", "lead", "confidentiality", "place", "video_link", "active",
)  # fmt: skip
MEETING_FIELDS = ("title", "day", "begins", "duration", "place", "video_link")
_PERSONAL = frozenset({"lead", "person", "attendance", "responsible"})


def event(
    type_: str,
    group: WorkingGroup,
    actor: Actor,
    changes: Mapping[str, Any],
    *,
    kind: str = "working-group",
    about: Any = None,
    reason: str = "",
    level_before: int = 0,
) -> events.Event:
    """Return the audit event of a group or of something in it, as protected as the group."""
    thing = about or group
    return events.Event(
        type=type_,
        actor=actor,
        object_kind=kind,
        object_id=thing.pk,
        object_title=str(thing),
        changes={name: pair for name, pair in changes.items() if name not in _PERSONAL},
        personal={name: pair for name, pair in changes.items() if name in _PERSONAL},
        reason=reason,
        level=max(group.confidentiality, level_before),
        unit_id=group.unit_id,
    )


def _check_link(values: Mapping[str, Any]) -> None:
    link = str(values.get("video_link") or "")
    if link and not link.lower().startswith(("https://", "http://")):
        text = _("The address must begin with https://.")
        raise Invalid(text, field="video_link")


@transaction.atomic
def create_group(*, actor: Actor, values: Mapping[str, Any]) -> WorkingGroup:
    """Set up a working group; its lead becomes a member."""
    fields = {name: values[name] for name in GROUP_FIELDS if values.get(name) is not None}
    refuse_unstorable(fields)
    if fields.get("unit") is None or fields.get("lead") is None:
        raise Invalid(_("Name the unit and the person who leads the group."), field="lead")
    level = int(fields.get("confidentiality", Level.INTERNAL))
    policy_groups.require_level(actor, fields["unit"].id, level)
    _check_link(fields)
    group = WorkingGroup(**fields)
    group.title = records.needed(group.title, "title", _("The group needs a title."))
    records.create(group)
    records.create(GroupMember(group=group, person=group.lead))
    changes = records.first_values(fields)
    events.record(event("portfolio.group.created", group, actor, changes))
    return group


def managed(group_id: uuid.UUID, actor: Actor) -> WorkingGroup:
    """Return the group, locked, for somebody who manages it."""
    policy_groups.require_manage(actor, policy_groups.get_group(actor, group_id))
    return versions.locked(WorkingGroup, group_id)


@transaction.atomic
def change_group(
    group_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> WorkingGroup:
    """Change the group; ``Conflict`` with both versions if somebody was faster."""
    group = managed(group_id, actor)
    new = {name: value for name, value in values.items() if name in GROUP_FIELDS}
    _check_link(new)
    before = group.confidentiality
    level = int(new.get("confidentiality", before))
    if level != before or ("unit" in new and new["unit"].id != group.unit_id):
        unit = new.get("unit") or group.unit
        policy_groups.require_level(actor, group.unit_id, max(level, before))
        policy_groups.require_level(actor, unit.id, level)
    changes = records.apply(group, version, new)
    if changes:
        kind = "portfolio.group.changed"
        events.record(event(kind, group, actor, changes, level_before=before))
    return group


@transaction.atomic
def add_member(
    group_id: uuid.UUID, *, actor: Actor, person: Person | None = None, unit: OrgUnit | None = None
) -> GroupMember:
    """Add a person, or everybody of a unit; whoever is in it already is refused."""
    group = managed(group_id, actor)
    if (person is None) == (unit is None):
        raise Invalid(_("Name a person or a unit."), field="person")
    known = GroupMember.objects.filter(group=group, person=person, unit=unit)
    if known.exists():
        raise Invalid(_("This member is in the group already."), field="person")
    member = GroupMember(group=group, person=person, unit=unit)
    records.create(member)
    changes = {"person": [None, str(person)]} if person else {"unit": [None, str(unit)]}
    events.record(event("portfolio.group.member_added", group, actor, changes))
    return member


@transaction.atomic
def remove_member(group_id: uuid.UUID, member_id: uuid.UUID, *, actor: Actor) -> None:
    """Take a member off; the lead stays one."""
    group = managed(group_id, actor)
    member = versions.locked(GroupMember, member_id)
    if member.group_id != group.pk:
        raise NotFound
    if member.person_id == group.lead_id:
        raise Invalid(_("The lead is a member. Name another lead first."))
    changes = (
        {"person": [str(member.person), None]}
        if member.person_id
        else {"unit": [str(member.unit), None]}
    )
    events.record(event("portfolio.group.member_removed", group, actor, changes))
    member.delete()


# --- meetings ---------------------------------------------------------------------------


def _timed(values: Mapping[str, Any], day: date | None = None) -> dict[str, Any]:
    """The values with the time of day read; refuses a time that the clock never shows."""
    found = dict(values)
    if "begins" in found and not isinstance(found["begins"], time):
        begins = times.parse_time(str(found["begins"] or ""))
        if begins is None:
            raise Invalid(_("Give the time as 14:30."), field="begins")
        found["begins"] = begins
    on = found.get("day") or day
    begins = found.get("begins")
    if on and begins and not times.exists(on, begins, settings.TIME_ZONE):
        text = _("On this day the clock skips this time: summer time begins.")
        raise Invalid(text, field="begins")
    return found


@transaction.atomic
def plan_meeting(group_id: uuid.UUID, *, actor: Actor, values: Mapping[str, Any]) -> Meeting:
    """Plan a meeting; place and video conference come from the group if none are given."""
    group = managed(group_id, actor)
    fields = {name: values[name] for name in MEETING_FIELDS if values.get(name) not in (None, "")}
    refuse_unstorable(fields)
    if "day" not in fields or "begins" not in fields:
        raise Invalid(_("Give day and time of the meeting."), field="day")
    fields = _timed(
        {"title": group.title, "place": group.place, "video_link": group.video_link} | fields
    )
    _check_link(fields)
    meeting = Meeting(group=group, **fields)
    records.create(meeting)
    changes = records.first_values({k: str(v) for k, v in fields.items()})
    events.record(
        event("portfolio.meeting.planned", group, actor, changes, kind="meeting", about=meeting)
    )
    return meeting


def open_meeting(meeting_id: uuid.UUID, actor: Actor, *, manage: bool = True) -> Meeting:
    """Return the meeting, locked, whose agenda is open, for somebody who may change it."""
    known = policy_groups.get_meeting(actor, meeting_id)
    if manage:
        policy_groups.require_manage(actor, known.group)
    else:
        policy_groups.require_write(actor, known.group)
    meeting = versions.locked(Meeting, meeting_id)
    meeting.group = known.group
    if Minutes.objects.filter(meeting=meeting, state=Minutes.State.RELEASED).exists():
        raise Invalid(_("The minutes have been released; the meeting is closed."))
    return meeting


@transaction.atomic
def change_meeting(
    meeting_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> Meeting:
    """Change time and place; ``Conflict`` with both versions if somebody was faster."""
    meeting = open_meeting(meeting_id, actor)
    new = {name: value for name, value in values.items() if name in MEETING_FIELDS}
    _check_link(new)
    if "begins" in new or "day" in new:
        new = _timed({"begins": meeting.begins, **new}, meeting.day)
    changes = records.apply(meeting, version, new)
    if changes and meeting.state == Meeting.State.INVITED:
        telling.meeting_set(meeting, actor)
    if changes:
        plain = {name: [str(old), str(value)] for name, (old, value) in changes.items()}
        events.record(
            event(
                "portfolio.meeting.changed",
                meeting.group,
                actor,
                plain,
                kind="meeting",
                about=meeting,
            )
        )
    return meeting


@transaction.atomic
def invite(meeting_id: uuid.UUID, *, actor: Actor) -> Meeting:
    """Invite the members; inviting again after a change is allowed."""
    meeting = open_meeting(meeting_id, actor)
    if meeting.state == Meeting.State.CANCELLED:
        raise Invalid(_("The meeting has been called off."))
    return _to_state(meeting, Meeting.State.INVITED, "portfolio.meeting.invited", actor)


@transaction.atomic
def cancel(meeting_id: uuid.UUID, *, actor: Actor, reason: str) -> Meeting:
    """Call the meeting off."""
    meeting = open_meeting(meeting_id, actor)
    reason = records.needed(reason, "text", _("Say why the meeting is called off."))
    return _to_state(
        meeting, Meeting.State.CANCELLED, "portfolio.meeting.cancelled", actor, reason[:500]
    )


def _to_state(meeting: Meeting, state: str, type_: str, actor: Actor, reason: str = "") -> Meeting:
    changes = records.set_values(meeting, {"state": state})
    events.record(
        event(type_, meeting.group, actor, changes, kind="meeting", about=meeting, reason=reason)
    )
    telling.meeting_set(meeting, actor)
    return meeting
