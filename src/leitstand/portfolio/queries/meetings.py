"""Working groups, meetings, minutes and tasks as pages show them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.icalendar import Appointment, Occasion
from leitstand.portfolio import policy, policy_groups, policy_intake
from leitstand.portfolio.domain import meetings as times
from leitstand.portfolio.models import (
    ActionItem,
    AgendaItem,
    GroupMember,
    Meeting,
    Minutes,
    WorkingGroup,
)


@dataclass(frozen=True)
class GroupLine:
    """A working group in the list with its next meeting."""

    group: WorkingGroup
    members: int
    upcoming: date | None


def groups(actor: Actor) -> list[GroupLine]:
    """The visible groups, active ones first; three queries."""
    found = list(
        policy_groups.visible(actor)
        .select_related("lead", "unit")
        .order_by("-active", "title")
    )  # fmt: skip
    ids = [group.pk for group in found]
    counts = dict(
        GroupMember.objects.filter(group__in=ids)
        .order_by()
        .values_list("group")
        .annotate(n=Count("pk"))
    )
    coming: dict[uuid.UUID, date] = {}
    meetings = Meeting.objects.filter(group__in=ids, day__gte=clock.today()).exclude(
        state=Meeting.State.CANCELLED
    )
    for group_id, day in meetings.order_by("-day").values_list("group_id", "day"):
        coming[group_id] = day
    return [GroupLine(group, counts.get(group.pk, 0), coming.get(group.pk)) for group in found]


def members(group: WorkingGroup) -> list[GroupMember]:
    """The members of a group: people first."""
    rows = GroupMember.objects.filter(group=group).select_related("person__unit", "unit")
    return sorted(rows, key=lambda row: (row.person_id is None, str(row)))


def meetings(group: WorkingGroup) -> list[Meeting]:
    """The meetings of a group, newest first."""
    return list(Meeting.objects.filter(group=group).select_related("minutes"))


# --- agenda -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A point of the agenda as a reader may see it; hidden links are named, not shown."""

    item: AgendaItem
    link_title: str
    link_kind: str
    link_id: uuid.UUID | None
    tasks: tuple[ActionItem, ...]


def points(actor: Actor, meeting: Meeting) -> list[Point]:
    """The agenda with what it links to and the tasks given; four queries."""
    items = list(AgendaItem.objects.filter(meeting=meeting))
    project_ids = [item.project_id for item in items if item.project_id]
    need_ids = [item.need_id for item in items if item.need_id]
    projects = dict(
        policy.visible(actor).filter(pk__in=project_ids).values_list("pk", "title")
    )  # fmt: skip
    needs = dict(policy_intake.visible(actor).filter(pk__in=need_ids).values_list("pk", "title"))
    tasks: dict[uuid.UUID | None, list[ActionItem]] = {}
    for task in tasks_of(meeting):
        tasks.setdefault(task.agenda_item_id, []).append(task)
    found = []
    for item in items:
        given = tuple(tasks.get(item.pk, ()))
        if item.project_id:
            title = projects.get(item.project_id, _("another project"))
            shown = item.project_id if item.project_id in projects else None
            found.append(Point(item, title, "project", shown, given))
        elif item.need_id:
            title = needs.get(item.need_id, _("another need"))
            shown = item.need_id if item.need_id in needs else None
            found.append(Point(item, title, "need", shown, given))
        else:
            found.append(Point(item, "", "", None, given))
    return found


def tasks_of(meeting: Meeting) -> list[ActionItem]:
    """All tasks given in a meeting."""
    return list(ActionItem.objects.filter(meeting=meeting).select_related("responsible"))


def minutes_of(meeting: Meeting, *, writing: bool) -> Minutes | None:
    """The minutes; a draft only for those who write it."""
    found = Minutes.objects.filter(meeting=meeting)
    if not writing:
        found = found.filter(state=Minutes.State.RELEASED)
    return found.first()


def open_before(meeting: Meeting) -> int:
    """How many open tasks of earlier meetings are not on the agenda yet."""
    earlier = Meeting.objects.filter(group=meeting.group_id, day__lte=meeting.day).exclude(
        pk=meeting.pk
    )
    known = AgendaItem.objects.filter(meeting=meeting, task__isnull=False).values("task")
    tasks = ActionItem.objects.filter(meeting__in=earlier, state=ActionItem.State.OPEN)
    return tasks.exclude(pk__in=known).count()


def appointment(meeting: Meeting, address: str) -> Appointment:
    """The meeting for a calendar; the moment is computed for its very day."""
    start = times.instant(meeting.day, meeting.begins, settings.TIME_ZONE)
    place = ", ".join(part for part in (meeting.place, meeting.video_link) if part)
    return Appointment(
        uid=f"{meeting.pk}@leitstand",
        start=start,
        end=start + timedelta(minutes=meeting.duration),
        summary=meeting.title,
        stamp=meeting.updated_at,
        place=place,
        url=address,
        sequence=meeting.version - 1,
        cancelled=meeting.state == Meeting.State.CANCELLED,
    )


# --- tasks ------------------------------------------------------------------------------


@dataclass(frozen=True)
class TaskLine:
    """A task in a list with what it belongs to, as far as the reader may see that."""

    task: ActionItem
    meeting: Meeting | None
    project: tuple[uuid.UUID, str] | None
    late: bool


def task_lines(actor: Actor, tasks: Iterable[ActionItem]) -> list[TaskLine]:
    """Lines of the tasks in their order; two queries for what they belong to."""
    rows = list(tasks)
    if not rows:
        return []
    meetings_seen = Meeting.objects.filter(
        pk__in=[row.meeting_id for row in rows if row.meeting_id],
        group__in=policy_groups.visible(actor),
    ).in_bulk()
    wanted = [row.project_id for row in rows if row.project_id]
    projects = dict(policy.visible(actor).filter(pk__in=wanted).values_list("pk", "title"))
    today = clock.today()
    return [
        TaskLine(
            row,
            meetings_seen.get(row.meeting_id) if row.meeting_id else None,
            (row.project_id, projects[row.project_id])
            if row.project_id and row.project_id in projects
            else None,
            row.state == ActionItem.State.OPEN and row.due is not None and row.due < today,
        )
        for row in rows
    ]


def own_tasks(actor: Actor) -> QuerySet[ActionItem]:
    """The tasks for which the actor's person is responsible."""
    if actor.person_id is None:
        return ActionItem.objects.none()
    return ActionItem.objects.filter(responsible=actor.person_id).select_related("responsible")


def given_tasks(actor: Actor) -> QuerySet[ActionItem]:
    """The open tasks that the actor has given to others."""
    if actor.person_id is None:
        return ActionItem.objects.none()
    return (
        ActionItem.objects.filter(created_by=actor.person_id, state=ActionItem.State.OPEN)
        .exclude(responsible=actor.person_id)
        .select_related("responsible")
    )


def soon_first(tasks: QuerySet[ActionItem]) -> QuerySet[ActionItem]:
    """Overdue and soon ones first, those without a date last."""
    return tasks.order_by(F("due").asc(nulls_last=True), "id")


def task_occasions(actor: Actor, address: str) -> Iterator[Occasion]:
    """The open own tasks with a date as calendar entries; ``address`` is a task's page with ``{}``."""
    dated = own_tasks(actor).filter(Q(state=ActionItem.State.OPEN), due__isnull=False)
    for task in soon_first(dated):
        if task.due:
            yield Occasion(
                uid=f"{task.pk}@leitstand",
                day=task.due,
                summary=_("Task: %(title)s") % {"title": task.title},
                stamp=task.updated_at,
                url=address.format(task.pk),
                sequence=task.version - 1,
            )
