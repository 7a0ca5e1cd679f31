"""Templates of rollouts: the shipped one for electronic files, and the city's own."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.texts import refuse_unstorable
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.actions.rollouts.recording import check
from leitstand.portfolio.actions.strategy import require as require_strategy
from leitstand.portfolio.models import RolloutTemplate, RolloutTemplateStep, StepKind

SHIPPED = Path(__file__).with_name("templates.json")
STEP_FIELDS = (
    "position", "title", "kind", "min_days", "max_days", "by_size", "weight", "note",
)  # fmt: skip
E_FILE = "e-akte"


@transaction.atomic
def install_shipped(*, actor: Actor) -> None:
    """Create the shipped templates that are not there; what a city has changed stays as it is."""
    known = set(RolloutTemplate.objects.values_list("code", flat=True))
    for entry in json.loads(SHIPPED.read_text(encoding="utf-8")):
        if entry["code"] in known:
            continue
        steps = entry.pop("steps")
        template = RolloutTemplate.objects.create(**entry)
        RolloutTemplateStep.objects.bulk_create(
            RolloutTemplateStep(template=template, position=place, **step)
            for place, step in enumerate(steps, start=1)
        )
        _record("created", template, actor, {"name": [None, template.name]})


@transaction.atomic
def template_of_rollout(
    rollout_id: uuid.UUID, *, actor: Actor, name: str, description: str = ""
) -> RolloutTemplate:
    """Keep a rollout's steps as a new template; needs the right to keep the strategy."""
    require_strategy(actor)
    rollout = policy_rollouts.get_visible(actor, rollout_id)
    refuse_unstorable({"name": name, "description": description})
    if RolloutTemplate.objects.filter(name=name.strip()).exists():
        raise Invalid(_("There is a template of this name already."), field="name")
    template = RolloutTemplate(name=name.strip(), description=description)
    check(template)
    template.save(force_insert=True)
    RolloutTemplateStep.objects.bulk_create(
        RolloutTemplateStep(template=template, **{n: getattr(step, n) for n in STEP_FIELDS})
        for step in rollout.steps.all()
    )
    _record("created", template, actor, {"name": [None, template.name]})
    return template


@transaction.atomic
def change_template(
    template_id: uuid.UUID, *, actor: Actor, version: int, values: dict[str, Any]
) -> RolloutTemplate:
    """Change name and description."""
    require_strategy(actor)
    template = versions.locked(RolloutTemplate, template_id)
    refuse_unstorable(values)
    old = {name: getattr(template, name) for name in values}
    text = _("Somebody else has changed this entry in the meantime.")
    versions.check_version(template, version, text, theirs=old, mine=values)
    changed = versions.changed(old, values)
    if changed:
        for name, (_old, value) in changed.items():
            setattr(template, name, value)
        same = RolloutTemplate.objects.filter(name=template.name).exclude(pk=template.pk)
        if same.exists():
            raise Invalid(_("There is a template of this name already."), field="name")
        template.version += 1
        check(template)
        template.save()
        _record("changed", template, actor, {name: list(pair) for name, pair in changed.items()})
    return template


@transaction.atomic
def delete_template(template_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Delete a template; rollouts made from it keep their steps."""
    require_strategy(actor)
    template = versions.locked(RolloutTemplate, template_id)
    versions.check_version(
        template, version, _("Somebody else has changed this entry in the meantime.")
    )
    _record("deleted", template, actor, {"name": [template.name, None]})
    template.delete()


def check_steps(steps: list[dict[str, Any]]) -> None:
    """Raise ``Invalid`` unless exactly one step is the go-live day."""
    if sum(step["kind"] == StepKind.GO_LIVE for step in steps) != 1:
        raise Invalid(_("A rollout has exactly one go-live day."), field="kind")


def _record(what: str, template: RolloutTemplate, actor: Actor, changes: dict[str, Any]) -> None:
    events.record(
        events.Event(
            type=f"portfolio.rollout.template_{what}",
            actor=actor,
            object_kind="rollout-template",
            object_id=template.pk,
            object_title=template.name,
            changes=changes,
        )
    )
