"""Working groups, meetings with agenda and minutes, tasks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Given, Page, Ref
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.policy.grants import require
from leitstand.portfolio import policy, policy_groups
from leitstand.portfolio.actions import tasks as actions
from leitstand.portfolio.models import ActionItem, GroupMember, Meeting, Minutes, WorkingGroup
from leitstand.portfolio.queries import meetings as read
from leitstand.portfolio.tables.meetings import GROUPS, TASKS

router = Router(tags=[gettext_noop("Working groups and tasks")])
GROUP_NAMES = (
    "title",
    "purpose",
    "unit",
    "lead",
    "confidentiality",
    "place",
    "video_link",
    "active",
)
TASK_NAMES = ("title", "note", "responsible", "due")


class MemberOut(Schema):
    """A member: a person or a whole unit."""

    person: Ref | None
    unit: Ref | None


class MeetingOut(Schema):
    """A meeting; day and time as the city's clock shows them."""

    id: uuid.UUID
    version: int
    group: Ref
    title: str
    day: date
    begins: str
    duration: int
    place: str
    video_link: str
    state: str


class PointOut(Schema):
    """A point of the agenda; text and resolution once the minutes are open to the reader."""

    id: uuid.UUID
    version: int
    position: int
    title: str
    note: str
    project: Ref | None
    need: Ref | None
    text: str
    resolution: str


class MinutesOut(Schema):
    """The minutes of a meeting."""

    state: str
    attendance: str
    remarks: str
    released_on: date | None
    released_by: str
    addenda: list[str]


class WholeMeetingOut(MeetingOut):
    """A meeting with agenda and, if they are open to the reader, minutes."""

    agenda: list[PointOut]
    minutes: MinutesOut | None


GroupOut = api_fields.shown("WorkingGroup", WorkingGroup, GROUPS, GROUP_NAMES)
WholeGroupOut = api_fields.shown(
    "WholeWorkingGroup", WorkingGroup, GROUPS, GROUP_NAMES, members=(list[MemberOut], ...)
)
TaskOut = api_fields.shown(
    "Task", ActionItem, TASKS, (*TASK_NAMES, "state", "done_on"),
    project=(Ref | None, ...), meeting=(Ref | None, ...),
)  # fmt: skip
TaskNew = api_fields.to_create("TaskNew", ActionItem, TASKS, (*TASK_NAMES, "project"))
TaskChange = api_fields.to_change("TaskChange", ActionItem, TASKS, (*TASK_NAMES, "project"))


def reader(request: HttpRequest) -> Actor:
    """The actor, if she may see working groups at all."""
    actor = actor_of(request)
    require(actor, policy_groups.VIEW)
    return actor


# --- groups and meetings ----------------------------------------------------------------


@router.get(
    "/working-groups", response=Page[GroupOut],  # type: ignore[valid-type]
    summary=gettext_noop("List working groups"), operation_id="working_groups",
)  # fmt: skip
def list_groups(request: HttpRequest, paging: Query[Paging]) -> Any:
    """The visible working groups."""
    actor = reader(request)
    rows = policy_groups.visible(actor).select_related("unit", "lead")

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        found = api_fields.by_id(rows.in_bulk(list(part)), part)
        return [api_fields.shape(row, GROUP_NAMES) for row in found]

    return page(rows.values_list("pk", flat=True), paging, load)


@router.get(
    "/working-groups/{group_id}", response=WholeGroupOut,
    summary=gettext_noop("Read a working group"), operation_id="working_group",
)  # fmt: skip
def group(request: HttpRequest, response: HttpResponse, group_id: uuid.UUID) -> Any:
    """One working group with its members."""
    found = policy_groups.get_group(reader(request), group_id)
    api_versions.tag(response, found.version)
    rows = GroupMember.objects.filter(group=found).select_related("person", "unit")
    members = [
        {"person": api_fields.ref(row.person), "unit": api_fields.ref(row.unit)} for row in rows
    ]
    return api_fields.shape(found, GROUP_NAMES, members=members)


def _meeting(row: Meeting) -> dict[str, Any]:
    return {
        "id": row.pk, "version": row.version, "group": api_fields.ref(row.group),
        "title": row.title, "day": row.day, "begins": row.begins.strftime("%H:%M"),
        "duration": row.duration, "place": row.place, "video_link": row.video_link,
        "state": row.state,
    }  # fmt: skip


@router.get(
    "/meetings", response=Page[MeetingOut], summary=gettext_noop("List meetings"),
    operation_id="meetings",
)  # fmt: skip
def list_meetings(request: HttpRequest, paging: Query[Paging]) -> Any:
    """The meetings of the visible working groups, newest first."""
    actor = reader(request)
    rows = Meeting.objects.filter(group__in=policy_groups.visible(actor)).select_related("group")

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        return [_meeting(row) for row in api_fields.by_id(rows.in_bulk(list(part)), part)]

    return page(rows.values_list("pk", flat=True), paging, load)


@router.get(
    "/meetings/{meeting_id}", response=WholeMeetingOut, summary=gettext_noop("Read a meeting"),
    operation_id="meeting",
)  # fmt: skip
def meeting(request: HttpRequest, response: HttpResponse, meeting_id: uuid.UUID) -> Any:
    """One meeting with agenda and minutes."""
    actor = reader(request)
    found = policy_groups.get_meeting(actor, meeting_id)
    api_versions.tag(response, found.version)
    minutes = read.minutes_of(found, writing=policy_groups.may_write(actor, found.group))
    agenda = [_point(point, opened=minutes is not None) for point in read.points(actor, found)]
    return {**_meeting(found), "agenda": agenda, "minutes": _minutes(minutes)}


def _point(point: read.Point, *, opened: bool) -> dict[str, Any]:
    item = point.item
    link = {"id": point.link_id, "name": point.link_title} if point.link_id else None
    return {
        "id": item.pk, "version": item.version, "position": item.position, "title": item.title,
        "note": item.note, "text": item.text if opened else "",
        "resolution": item.resolution if opened else "",
        "project": link if point.link_kind == "project" else None,
        "need": link if point.link_kind == "need" else None,
    }  # fmt: skip


def _minutes(minutes: Minutes | None) -> dict[str, Any] | None:
    if minutes is None:
        return None
    names = ("state", "attendance", "remarks", "released_on", "released_by")
    found = {name: getattr(minutes, name) for name in names}
    return {**found, "addenda": [row.text for row in minutes.addenda.all()]}


# --- tasks ------------------------------------------------------------------------------


class Which(Schema):
    """Which tasks."""

    mine: bool = Field(False, description=gettext_noop("only those of the own person"))
    state: Literal["open", "done"] | None = None


def _shapes(actor: Actor, rows: Sequence[ActionItem]) -> list[dict[str, Any]]:
    found = []
    for line in read.task_lines(actor, rows):
        project = {"id": line.project[0], "name": line.project[1]} if line.project else None
        names = (*TASK_NAMES, "state", "done_on")
        found.append(
            api_fields.shape(
                line.task, names, project=project, meeting=api_fields.ref(line.meeting)
            )
        )
    return found


def _task(request: HttpRequest, response: HttpResponse, task_id: uuid.UUID) -> dict[str, Any]:
    actor = actor_of(request)
    found = policy_groups.get_task(actor, task_id)
    api_versions.tag(response, found.version)
    return _shapes(actor, [found])[0]


@router.get(
    "/tasks", response=Page[TaskOut],  # type: ignore[valid-type]
    summary=gettext_noop("List tasks"), operation_id="tasks",
)  # fmt: skip
def list_tasks(request: HttpRequest, which: Query[Which], paging: Query[Paging]) -> Any:
    """The visible tasks: own ones, and those of visible meetings and projects."""
    actor = reader(request)
    rows = policy_groups.visible_tasks(actor)
    if which.mine:
        rows = rows.filter(pk__in=read.own_tasks(actor).values("pk"))
    if which.state:
        rows = rows.filter(state=which.state)

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        found = rows.select_related("responsible").in_bulk(list(part))
        return _shapes(actor, api_fields.by_id(found, part))

    return page(read.soon_first(rows).values_list("pk", flat=True), paging, load)


@router.post(
    "/tasks", response={201: TaskOut}, summary=gettext_noop("Give a task"),
    operation_id="create_task",
)  # fmt: skip
def create_task(request: HttpRequest, response: HttpResponse, payload: TaskNew) -> Any:  # type: ignore[valid-type]
    """Give a task, for a project or by itself."""
    actor = actor_of(request)
    values = _values(actor, payload)
    task = actions.give_task(actor=actor, values=values)
    response["Location"] = f"/api/v1/tasks/{task.pk}"
    return Status(201, _task(request, response, task.pk))


def _values(actor: Actor, payload: Any) -> dict[str, Any]:
    """The values sent; a project that one does not see is one that does not exist."""
    values = api_fields.values_of(payload, ActionItem)
    project = values.get("project")
    if project is not None and not policy.visible(actor).filter(pk=project.pk).exists():
        raise NotFound
    return values


@router.get(
    "/tasks/{task_id}", response=TaskOut, summary=gettext_noop("Read a task"), operation_id="task"
)
def task(request: HttpRequest, response: HttpResponse, task_id: uuid.UUID) -> Any:
    """One task with its version as ETag."""
    return _task(request, response, task_id)


@router.patch(
    "/tasks/{task_id}", response=TaskOut, summary=gettext_noop("Change a task"),
    operation_id="change_task", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change_task(
    request: HttpRequest,
    response: HttpResponse,
    task_id: uuid.UUID,
    payload: TaskChange,  # type: ignore[valid-type]
) -> Any:
    """Change the fields that are sent."""
    actor = actor_of(request)
    policy_groups.get_task(actor, task_id)
    version = api_versions.expected(request)
    values = _values(actor, payload)
    actions.change_task(task_id, actor=actor, version=version, values=values)
    return _task(request, response, task_id)


class StateNew(Given):
    """Done or open again."""

    state: Literal["open", "done"]


@router.put(
    "/tasks/{task_id}/state", response=TaskOut, summary=gettext_noop("Finish or reopen a task"),
    operation_id="task_state",
)  # fmt: skip
def task_state(
    request: HttpRequest, response: HttpResponse, task_id: uuid.UUID, payload: StateNew
) -> Any:
    """Mark a task done, or open it again; twice is once."""
    act = actions.finish if payload.state == "done" else actions.reopen
    act(task_id, actor=actor_of(request))
    return _task(request, response, task_id)
