"""What needs, working groups and tasks add to the kernel's registries."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration import api_registry
from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.changes import ChangeFormat, change_formats
from leitstand.core.base.errors import NotFound
from leitstand.core.base.kinds import ResourceKind, resource_kinds
from leitstand.core.base.models import Level
from leitstand.core.comments.registry import Commentable, commentables
from leitstand.core.demo.registry import DemoData, demo_data
from leitstand.core.jobs.running import minute_rounds
from leitstand.core.ui.registry import (
    TOGETHER,
    NavEntry,
    Place,
    StartSection,
    navigation,
    start_sections,
)
from leitstand.portfolio import policy_groups, policy_intake


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    from leitstand.portfolio.actions import telling

    events.register(
        ("portfolio.need.filed", _("Need filed")),
        ("portfolio.need.changed", _("Need changed")),
        ("portfolio.need.taken", _("Need taken on")),
        ("portfolio.need.assessed", _("Need estimated")),
        ("portfolio.need.asked", _("Question to the department")),
        ("portfolio.need.noted", _("Note on the need")),
        ("portfolio.need.replied", _("Reply of the department")),
        ("portfolio.need.decided", _("Need decided on")),
        ("portfolio.need.reopened", _("Advice case opened again")),
        ("portfolio.need.tied", _("Overlap noted")),
        ("portfolio.need.untied", _("Overlap removed")),
        ("portfolio.group.created", _("Working group set up")),
        ("portfolio.group.changed", _("Working group changed")),
        ("portfolio.group.member_added", _("Member added")),
        ("portfolio.group.member_removed", _("Member removed")),
        ("portfolio.meeting.planned", _("Meeting planned")),
        ("portfolio.meeting.changed", _("Meeting changed")),
        ("portfolio.meeting.invited", _("Invited to the meeting")),
        ("portfolio.meeting.cancelled", _("Meeting called off")),
        ("portfolio.meeting.point_added", _("Point added to the agenda")),
        ("portfolio.meeting.point_changed", _("Point of the agenda changed")),
        ("portfolio.meeting.point_removed", _("Point taken off the agenda")),
        ("portfolio.meeting.carried_over", _("Open tasks taken over")),
        ("portfolio.minutes.changed", _("Minutes changed")),
        ("portfolio.minutes.released", _("Minutes released")),
        ("portfolio.minutes.addendum", _("Addendum to the minutes")),
        ("portfolio.task.given", _("Task given")),
        ("portfolio.task.changed", _("Task changed")),
        ("portfolio.task.done", _("Task done")),
        ("portfolio.task.reopened", _("Task opened again")),
    )
    navigation.add(
        "portfolio.needs",
        NavEntry(_("Needs"), "portfolio:needs", 32, policy_intake.VIEW, TOGETHER, ("/bedarfe/",)),
    )
    navigation.add(
        "portfolio.groups",
        NavEntry(
            _("Working groups"),
            "portfolio:groups",
            34,
            policy_groups.VIEW,
            TOGETHER,
            ("/arbeitskreise/", "/sitzungen/"),
        ),
    )
    navigation.add(
        "portfolio.tasks",
        NavEntry(
            _("My tasks"), "portfolio:tasks", 36, policy_groups.VIEW, TOGETHER, ("/aufgaben/",)
        ),
    )
    for code, label, find, url_name in (
        ("need", _("Need"), _find_need, "need"),
        ("working-group", _("Working group"), _find_group, "group"),
        ("meeting", _("Meeting"), _find_meeting, "meeting"),
        ("task", _("Task"), _find_task, "task"),
    ):
        resource_kinds.add(code, ResourceKind(code, label, find, _title, _address(url_name)))
    telling.register()
    minute_rounds.add("portfolio.tasks", telling.remind_of_tasks)
    api_registry.add("/needs", "leitstand.portfolio.api.needs:router")
    api_registry.add("", "leitstand.portfolio.api.meetings:router")
    for code, about in _COMMENTABLE.items():
        commentables.add(code, about)
    demo_data.add("portfolio.together", DemoData(160, _load_demo))
    _register_pages()


def _register_pages() -> None:
    from leitstand.portfolio.queries import changes_together
    from leitstand.portfolio.web import start_together  # they load models not ready before

    change_formats.add("need", ChangeFormat(_("Need"), changes_together.of_need))
    for code, label in (
        ("working-group", _("Working group")),
        ("meeting", _("Meeting")),
        ("task", _("Task")),
    ):
        change_formats.add(code, ChangeFormat(label, changes_together.of_meeting))
    start_sections.add(
        "portfolio.tasks",
        StartSection(7, "portfolio/start/tasks.html", start_together.tasks, Place.WAITING),
    )
    start_sections.add(
        "portfolio.needs",
        StartSection(8, "portfolio/start/needs.html", start_together.needs, Place.WAITING),
    )


def _own(name: str) -> Callable[[Any], Any]:
    return lambda thing: getattr(thing, name)


def _of_group(name: str) -> Callable[[Any], Any]:
    return lambda meeting: getattr(meeting.group, name)


def _leads(project: Any) -> list[uuid.UUID]:
    return list(
        project.people.filter(role__in=("lead", "deputy")).values_list("person_id", flat=True)
    )


def _askers(need: Any) -> list[uuid.UUID]:
    people = (need.filed_by_id, need.contact_id, need.case.handler_id)
    return [person for person in people if person]


def _place_of_task(task: Any) -> Any | None:
    """The group or project whose protection a task has."""
    return task.meeting.group if task.meeting_id else task.project


def _level_of_task(task: Any) -> int:
    place = _place_of_task(task)
    return int(place.confidentiality if place else Level.INTERNAL)


def _unit_of_task(task: Any) -> uuid.UUID | None:
    place = _place_of_task(task)
    if place is None:
        found: uuid.UUID = task.responsible.unit_id
        return found
    unit: uuid.UUID = place.unit_id if task.meeting_id else place.lead_unit_id
    return unit


def _guard_of_task(task: Any) -> tuple[str, uuid.UUID] | None:
    place = _place_of_task(task)
    if place is None:
        return None
    return ("working-group" if task.meeting_id else "project", place.pk)


def _people_of_task(task: Any) -> list[uuid.UUID]:
    return [person for person in (task.responsible_id, task.created_by_id) if person]


_COMMENTABLE = {
    "project": Commentable(_own("confidentiality"), _own("lead_unit_id"), _leads),
    "need": Commentable(_own("confidentiality"), _own("unit_id"), _askers),
    "working-group": Commentable(
        _own("confidentiality"), _own("unit_id"), lambda group: [group.lead_id]
    ),
    "meeting": Commentable(
        _of_group("confidentiality"), _of_group("unit_id"), lambda m: [m.group.lead_id],
        lambda m: ("working-group", m.group_id),
    ),
    "task": Commentable(_level_of_task, _unit_of_task, _people_of_task, _guard_of_task),
    "rollout": Commentable(_own("confidentiality"), _own("lead_unit_id")),
}


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.portfolio import demo_together  # the importers are needed only here

    demo_together.load(folder, actor)


def _find_need(actor: Actor, need_id: uuid.UUID) -> Any | None:
    return policy_intake.visible(actor).filter(pk=need_id).select_related("case").first()


def _find_group(actor: Actor, group_id: uuid.UUID) -> Any | None:
    return policy_groups.visible(actor).filter(pk=group_id).first()


def _find_meeting(actor: Actor, meeting_id: uuid.UUID) -> Any | None:
    try:
        return policy_groups.get_meeting(actor, meeting_id)
    except NotFound:
        return None


def _find_task(actor: Actor, task_id: uuid.UUID) -> Any | None:
    try:
        return policy_groups.get_task(actor, task_id)
    except NotFound:
        return None


def _title(thing: Any) -> str:
    return str(thing.title)


def _address(name: str) -> Callable[[Any], str]:
    return lambda thing: reverse(f"portfolio:{name}", args=[thing.pk])
