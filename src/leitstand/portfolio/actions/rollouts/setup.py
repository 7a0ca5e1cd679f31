"""Writers of the rollout itself: created from a template, changed, deleted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.base.models import Level
from leitstand.core.base.records import plain
from leitstand.core.base.texts import refuse_unstorable
from leitstand.portfolio import policy, policy_rollouts
from leitstand.portfolio.actions.rollouts.recording import check, event
from leitstand.portfolio.actions.rollouts.templates import STEP_FIELDS, check_steps
from leitstand.portfolio.models import Project, Rollout, RolloutStep, RolloutTemplate

FIELDS = (
    "title", "description", "code", "project", "lead_unit", "confidentiality", "start", "due",
    "due_kind", "due_basis",
)  # fmt: skip


@transaction.atomic
def create_rollout(
    *, actor: Actor, values: Mapping[str, Any], template_id: uuid.UUID | None
) -> Rollout:
    """Create a rollout with the steps of a template; without one it has a go-live day only.

    Needs the right to change projects in the lead unit at the level, or to change the project
    that it belongs to.
    """
    fields = {name: values[name] for name in FIELDS if name in values}
    refuse_unstorable(fields)
    rollout = Rollout(**fields)
    rollout.title = rollout.title.strip()
    _check(rollout)
    _require_place(actor, rollout)
    steps = _steps(template_id, rollout)
    check_steps(steps)
    rollout.save(force_insert=True)
    RolloutStep.objects.bulk_create(RolloutStep(rollout=rollout, **step) for step in steps)
    _check_sight(actor, rollout)
    changes = {name: [None, plain(value)] for name, value in fields.items() if value}
    events.record(event("created", rollout, actor, changes))
    return rollout


def _steps(template_id: uuid.UUID | None, rollout: Rollout) -> list[dict[str, Any]]:
    if template_id is None:
        return [{"position": 1, "title": _("Go-live day"), "kind": "go_live"}]
    template = RolloutTemplate.objects.filter(pk=template_id).first()
    if template is None:
        raise NotFound
    rollout.code = rollout.code or template.code
    return [{n: getattr(step, n) for n in STEP_FIELDS} for step in template.steps.all()]


def _check(rollout: Rollout) -> None:
    if not rollout.title:
        raise Invalid(_("The rollout needs a title."), field="title")
    if rollout.lead_unit_id is None:
        raise Invalid(_("Name the unit that leads the rollout."), field="lead_unit")
    if rollout.start and rollout.due and rollout.due < rollout.start:
        raise Invalid(_("The end lies before the start."), field="due")
    if rollout.due_kind and not rollout.due:
        raise Invalid(_("Give the due date, or leave its kind open."), field="due")
    check(rollout)


def _require_place(actor: Actor, rollout: Rollout) -> None:
    """Leading the project is enough below the project's own level; else it takes a role."""
    project = rollout.project
    if project is not None:
        policy.get_visible(actor, project.pk)
        if policy.can(actor, policy.CHANGE, project):
            return
    policy.require_level(actor, policy.CHANGE, rollout.lead_unit_id, rollout.confidentiality)


def _check_sight(actor: Actor, rollout: Rollout) -> None:
    if not policy_rollouts.may_change(actor, rollout):
        text = _("With this unit and this level you could no longer change the rollout.")
        raise Invalid(text, field="confidentiality")


@transaction.atomic
def change_rollout(
    rollout_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> Rollout:
    """Change the given fields; raises ``Conflict`` with both versions if somebody was faster."""
    policy_rollouts.require_change(actor, rollout_id)
    rollout = versions.locked(Rollout, rollout_id)
    new = {name: value for name, value in values.items() if name in FIELDS}
    refuse_unstorable(new)
    old = {name: getattr(rollout, name) for name in new}
    text = _("Somebody else has changed this rollout in the meantime.")
    versions.check_version(rollout, version, text, theirs=old, mine=new)
    changed = versions.changed(old, new)
    if not changed:
        return rollout
    before = rollout.confidentiality
    _require_rights(actor, rollout, {name: pair[1] for name, pair in changed.items()})
    for name, (_old, value) in changed.items():
        setattr(rollout, name, value)
    rollout.version += 1
    _check(rollout)
    rollout.save()
    _check_sight(actor, rollout)
    changes = {name: [plain(a), plain(b)] for name, (a, b) in changed.items()}
    events.record(event("changed", rollout, actor, changes, level_before=before))
    return rollout


def _require_rights(actor: Actor, rollout: Rollout, changed: Mapping[str, Any]) -> None:
    """Lowering the level and moving to another unit take a role, as for projects."""
    level = int(changed.get("confidentiality", rollout.confidentiality))
    if level < rollout.confidentiality:
        policy.require_level(actor, policy.CHANGE, rollout.lead_unit_id, rollout.confidentiality)
    if "lead_unit" in changed and changed["lead_unit"] is not None:
        at = min(level, Level.INTERNAL)
        policy.require_level(actor, policy.CREATE, changed["lead_unit"].pk, at)
    project: Project | None = changed.get("project")
    if project is not None:
        policy.require(actor, policy.CHANGE, policy.get_visible(actor, project.pk))


@transaction.atomic
def delete_rollout(rollout_id: uuid.UUID, *, actor: Actor, version: int, reason: str) -> None:
    """Delete a rollout with all that belongs to it; the trail keeps the reason."""
    policy_rollouts.require_change(actor, rollout_id)
    refuse_unstorable({"reason": reason})
    if not reason.strip():
        raise Invalid(_("State why the rollout is deleted."), field="reason")
    rollout = versions.locked(Rollout, rollout_id)
    text = _("Somebody else has changed this rollout in the meantime.")
    versions.check_version(rollout, version, text)
    events.record(event("deleted", rollout, actor, {"title": [rollout.title, None]}, reason))
    rollout.delete()
