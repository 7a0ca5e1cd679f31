"""Writers of tasks: given in a meeting, for a project, or by themselves; done, reopened."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.base.models import Level
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.org.models import Person
from leitstand.core.policy import grants as policy_grants
from leitstand.portfolio import policy, policy_groups
from leitstand.portfolio.actions import telling
from leitstand.portfolio.models import ActionItem, AgendaItem, Meeting

FIELDS = ("title", "note", "responsible", "due", "project")


def _record(type_: str, task: ActionItem, actor: Actor, changes: Mapping[str, Any]) -> None:
    """A task is as protected as its meeting or project; without them it is internal."""
    place: Any = task.meeting.group if task.meeting else task.project
    unit = task.project.lead_unit_id if place is task.project and task.project else None
    if task.meeting:
        unit = task.meeting.group.unit_id
    personal = {"responsible"}
    events.record(
        events.Event(
            type=type_,
            actor=actor,
            object_kind="task",
            object_id=task.pk,
            object_title=task.title,
            changes={name: pair for name, pair in changes.items() if name not in personal},
            personal={name: pair for name, pair in changes.items() if name in personal},
            level=place.confidentiality if place else Level.INTERNAL,
            unit_id=unit or task.responsible.unit_id,
        )
    )


@transaction.atomic
def give_task(
    *,
    actor: Actor,
    values: Mapping[str, Any],
    meeting: Meeting | None = None,
    agenda_item: AgendaItem | None = None,
) -> ActionItem:
    """Give a task to a person, in a meeting, for a project, or by itself.

    A meeting's task may be given by those who write its minutes, also after their release.
    """
    fields = {name: values[name] for name in FIELDS if values.get(name) is not None}
    refuse_unstorable(fields)
    fields["title"] = records.needed(fields.get("title", ""), "title", _("Say what is to be done."))
    if fields.get("responsible") is None:
        raise Invalid(_("Name the person responsible."), field="responsible")
    if fields.get("project") is not None:
        policy.get_visible(actor, fields["project"].pk)
    if meeting is not None:
        meeting = policy_groups.get_meeting(actor, meeting.pk)
        policy_groups.require_write(actor, meeting.group)
    elif not policy_groups.may_create_tasks(actor):
        raise NotAllowed(policy_grants.why(actor, policy.CREATE, level=Level.INTERNAL).text)
    people = Person.objects.filter(pk=actor.person_id) if actor.person_id else Person.objects.none()
    task = ActionItem(**fields, meeting=meeting, agenda_item=agenda_item, created_by=people.first())
    records.create(task)
    if not policy_groups.visible_tasks(actor).filter(pk=task.pk).exists():
        text = _(
            "Your account belongs to no person, so you would not see the task again. Name a project."
        )
        raise Invalid(text, field="project")
    _record("portfolio.task.given", task, actor, records.first_values(fields))
    telling.task_given(task, actor)
    return task


def _changeable(task_id: uuid.UUID, actor: Actor) -> ActionItem:
    policy_groups.require_task(actor, policy_groups.get_task(actor, task_id))
    return versions.locked(ActionItem, task_id)


@transaction.atomic
def change_task(
    task_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> ActionItem:
    """Change a task; ``Conflict`` with both versions if somebody was faster."""
    task = _changeable(task_id, actor)
    new = {name: value for name, value in values.items() if name in FIELDS}
    if new.get("project") is not None and new["project"].pk != task.project_id:
        policy.get_visible(actor, new["project"].pk)
    if "responsible" in new and new["responsible"] is None:
        raise Invalid(_("Name the person responsible."), field="responsible")
    changes = records.apply(task, version, new)
    if changes:
        _record("portfolio.task.changed", task, actor, changes)
        if "responsible" in changes:
            telling.task_given(task, actor)
    return task


@transaction.atomic
def finish(task_id: uuid.UUID, *, actor: Actor) -> ActionItem:
    """Mark the task done; done twice is done once."""
    task = _changeable(task_id, actor)
    changes = records.set_values(
        task, {"state": ActionItem.State.DONE, "done_on": task.done_on or clock.today()}
    )
    if changes:
        _record("portfolio.task.done", task, actor, changes)
    return task


@transaction.atomic
def reopen(task_id: uuid.UUID, *, actor: Actor) -> ActionItem:
    """Open the task again."""
    task = _changeable(task_id, actor)
    changes = records.set_values(task, {"state": ActionItem.State.OPEN, "done_on": None})
    if changes:
        _record("portfolio.task.reopened", task, actor, changes)
    return task
