"""Writers of agenda and minutes: points, drafts, release, addenda, carry-over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.base.models import Level
from leitstand.core.base.texts import refuse_unstorable
from leitstand.portfolio import policy, policy_groups, policy_intake
from leitstand.portfolio.actions.groups import event, open_meeting
from leitstand.portfolio.actions.items import add_item
from leitstand.portfolio.models import (
    ActionItem,
    AgendaItem,
    Decision,
    GroupMember,
    Meeting,
    Minutes,
    MinutesAddendum,
)

AGENDA = ("title", "position", "note", "project", "need")
WRITTEN = ("text", "resolution", "to_project")
HEAD = ("attendance", "remarks")


def _check_links(actor: Actor, values: Mapping[str, Any]) -> None:
    """Only what the actor sees can be linked."""
    if values.get("project") is not None:
        policy.get_visible(actor, values["project"].pk)
    if values.get("need") is not None:
        policy_intake.get_visible(actor, values["need"].pk)


def _next_position(meeting: Meeting) -> int:
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
    return min((last or 0) + 1, 999)


@transaction.atomic
def add_point(meeting_id: uuid.UUID, *, actor: Actor, values: Mapping[str, Any]) -> AgendaItem:
    """Add a point to the agenda, at its end if no position is given."""
    meeting = open_meeting(meeting_id, actor, manage=False)
    fields = {name: values[name] for name in AGENDA if values.get(name) is not None}
    refuse_unstorable(fields)
    _check_links(actor, fields)
    fields["title"] = records.needed(
        fields.get("title", ""), "title", _("The point needs a title.")
    )
    fields.setdefault("position", _next_position(meeting))
    point = AgendaItem(meeting=meeting, **fields)
    records.create(point)
    _record("portfolio.meeting.point_added", point, actor, records.first_values(fields))
    return point


def _record(type_: str, point: AgendaItem, actor: Actor, changes: Mapping[str, Any]) -> None:
    meeting = point.meeting
    carried = point.task  # its title here names who is responsible: nothing for the trail
    if carried:
        changes = {name: pair for name, pair in changes.items() if name != "title"}
    named = {"point": [None, carried.title if carried else point.title], **changes}
    events.record(event(type_, meeting.group, actor, named, kind="meeting", about=meeting))


def _point(point_id: uuid.UUID, actor: Actor) -> AgendaItem:
    """The point, locked, in a meeting that is open, for somebody who writes its minutes."""
    known = AgendaItem.objects.filter(pk=point_id).first()
    if known is None:
        raise NotFound
    meeting = open_meeting(known.meeting_id, actor, manage=False)
    point = versions.locked(AgendaItem, point_id)
    point.meeting = meeting
    return point


@transaction.atomic
def change_point(
    point_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> AgendaItem:
    """Change a point of the agenda or what is written down of it.

    ``Conflict`` with both versions if somebody was faster; a draft begins with the first text.
    """
    point = _point(point_id, actor)
    new = {name: value for name, value in values.items() if name in (*AGENDA, *WRITTEN)}
    _check_links(actor, {k: v for k, v in new.items() if getattr(point, k) != v})
    changes = records.apply(point, version, new)
    if changes:
        if set(changes) & set(WRITTEN):
            _draft(point.meeting)
        _record("portfolio.meeting.point_changed", point, actor, changes)
    return point


@transaction.atomic
def remove_point(point_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Take a point off the agenda; one with a text stays, so that nobody's minutes are lost."""
    point = _point(point_id, actor)
    versions.check_version(
        point, version, _("Somebody else has changed this entry in the meantime.")
    )
    if point.text or point.resolution:
        raise Invalid(_("Minutes have been written on this point. Empty them first."))
    _record("portfolio.meeting.point_removed", point, actor, {"title": [point.title, None]})
    point.delete()


# --- minutes ----------------------------------------------------------------------------


def _draft(meeting: Meeting) -> Minutes:
    """The minutes of the meeting; a new draft lists the people of the group as present."""
    found = Minutes.objects.filter(meeting=meeting).first()
    if found is not None:
        return found
    members = GroupMember.objects.filter(group=meeting.group).exclude(person=None)
    names = [str(member.person) for member in members.select_related("person")]
    minutes = Minutes(meeting=meeting, attendance="\n".join(names))
    records.create(minutes)
    return minutes


@transaction.atomic
def begin_minutes(meeting_id: uuid.UUID, *, actor: Actor) -> Minutes:
    """Begin the minutes, or return those that were begun."""
    return _draft(open_meeting(meeting_id, actor, manage=False))


@transaction.atomic
def change_minutes(
    meeting_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> Minutes:
    """Change who was present and the remarks; ``Conflict`` with both versions."""
    meeting = open_meeting(meeting_id, actor, manage=False)
    minutes = versions.locked(Minutes, _draft(meeting).pk)
    new = {name: value for name, value in values.items() if name in HEAD}
    changes = records.apply(minutes, version, new)
    if changes:
        kind = "portfolio.minutes.changed"
        events.record(event(kind, meeting.group, actor, changes, kind="meeting", about=meeting))
    return minutes


@transaction.atomic
def release(meeting_id: uuid.UUID, *, actor: Actor, version: int) -> Minutes:
    """Release the minutes: from now on frozen; marked resolutions become decisions of projects."""
    meeting = open_meeting(meeting_id, actor)
    minutes = versions.locked(Minutes, _draft(meeting).pk)
    text = _("Somebody else has changed the minutes in the meantime. Look at them once more.")
    versions.check_version(minutes, version, text)
    for point in AgendaItem.objects.filter(meeting=meeting).select_related("project"):
        if point.to_project and point.resolution and point.project and not point.decision_id:
            _enter_decision(point, meeting, actor)
    changes = records.set_values(
        minutes,
        {"state": Minutes.State.RELEASED, "released_on": clock.today(),
         "released_by": actor.name[:200]},
    )  # fmt: skip
    records.set_values(meeting, {"state": Meeting.State.HELD})
    kept = {name: pair for name, pair in changes.items() if name != "released_by"}
    kind = "portfolio.minutes.released"
    events.record(event(kind, meeting.group, actor, kept, kind="meeting", about=meeting))
    return minutes


def _enter_decision(point: AgendaItem, meeting: Meeting, actor: Actor) -> None:
    """Enter a resolution among the project's decisions; needs the right to change the project."""
    assert point.project is not None  # noqa: S101 - the caller has looked
    if not policy.can(actor, policy.CHANGE, point.project):
        text = _(
            "The resolution on “%(title)s” cannot be entered among the project's decisions: you may "
            "not change that project. Take the mark off, or let somebody release who may."
        )
        raise Invalid(text % {"title": point.title})
    level = meeting.group.confidentiality
    if level >= Level.CONFIDENTIAL and point.project.confidentiality < level:
        text = _(
            "The resolution on “%(title)s” comes from a group that is more confidential than the "
            "project. Take the mark off."
        )
        raise Invalid(text % {"title": point.title})
    decision = add_item(
        "decision",
        point.project.pk,
        actor=actor,
        values={
            "title": point.title,
            "decided_on": meeting.day,
            "body": meeting.group.title,
            "text": point.resolution,
        },
    )
    assert isinstance(decision, Decision)  # noqa: S101 - the kind says so
    records.set_values(point, {"decision": decision})


@transaction.atomic
def add_addendum(meeting_id: uuid.UUID, *, actor: Actor, text: str) -> MinutesAddendum:
    """Add a correction below released minutes."""
    meeting = policy_groups.get_meeting(actor, meeting_id)
    policy_groups.require_write(actor, meeting.group)
    minutes = Minutes.objects.filter(meeting=meeting, state=Minutes.State.RELEASED).first()
    if minutes is None:
        raise Invalid(_("The minutes are not released yet: write into them directly."))
    text = records.needed(text, "text", _("Write what is to be corrected."))
    row = MinutesAddendum(
        minutes=minutes, text=text, author_name=actor.name[:200], written_on=clock.today()
    )
    records.create(row)
    kind = "portfolio.minutes.addendum"
    events.record(
        event(kind, meeting.group, actor, {"text": [None, text]}, kind="meeting", about=meeting)
    )
    return row


@transaction.atomic
def carry_over(meeting_id: uuid.UUID, *, actor: Actor) -> int:
    """Put the open tasks of the group's earlier meetings on the agenda; returns how many are new."""
    meeting = open_meeting(meeting_id, actor, manage=False)
    earlier = Meeting.objects.filter(group=meeting.group, day__lte=meeting.day).exclude(
        pk=meeting.pk
    )
    known = AgendaItem.objects.filter(meeting=meeting, task__isnull=False).values("task")
    tasks = ActionItem.objects.filter(meeting__in=earlier, state=ActionItem.State.OPEN).exclude(
        pk__in=known
    )
    count = 0
    for task in tasks.order_by("due", "id").select_related("responsible"):
        title = _("Open: %(title)s (%(who)s)") % {
            "title": task.title[:220],
            "who": task.responsible,
        }
        point = AgendaItem(
            meeting=meeting, title=title[:300], position=_next_position(meeting), task=task,
            project=task.project,
        )  # fmt: skip
        records.create(point)
        count += 1
    if count:
        kind = "portfolio.meeting.carried_over"
        changes = {"count": [None, count]}
        events.record(event(kind, meeting.group, actor, changes, kind="meeting", about=meeting))
    return count
