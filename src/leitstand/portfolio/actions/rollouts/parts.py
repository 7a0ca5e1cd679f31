"""Writers of a rollout's steps, waves and obstacles: added, changed, removed.

They differ in their columns only; ``PART_KINDS`` lists them once. Steps and waves need the right
to change the rollout, obstacles that of setting the unit's state.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.base.records import plain
from leitstand.core.base.registry import Registry
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.tables.columns import Table
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.actions.rollouts.recording import check, event
from leitstand.portfolio.models import (
    Rollout,
    RolloutCell,
    RolloutObstacle,
    RolloutStep,
    RolloutUnit,
    StepKind,
    Wave,
)
from leitstand.portfolio.tables import rollouts as tables


@dataclass(frozen=True)
class PartKind:
    """A kind of part: its model and columns."""

    code: str
    model: type[models.Model]
    table: Table


PART_KINDS: Registry[PartKind] = Registry("kind of rollout part")
for _kind in (
    PartKind("step", RolloutStep, tables.STEPS),
    PartKind("wave", Wave, tables.WAVES),
    PartKind("obstacle", RolloutObstacle, tables.OBSTACLES),
):
    PART_KINDS.add(_kind.code, _kind)


@transaction.atomic
def add_part(
    code: str,
    rollout_id: uuid.UUID,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    member_id: uuid.UUID | None = None,
) -> models.Model:
    """Add a step or a wave to a rollout, or an obstacle to its unit ``member_id``."""
    kind = PART_KINDS[code]
    rollout, owner = _owner(code, rollout_id, actor, member_id)
    refuse_unstorable(values)
    row: Any = kind.model(**owner, **dict(values))
    _check(row)
    row.save(force_insert=True)
    if isinstance(row, RolloutStep):
        members = RolloutUnit.objects.filter(rollout=rollout)
        RolloutCell.objects.bulk_create(RolloutCell(member=m, step=row) for m in members)
    _record(
        "part_added",
        kind,
        rollout,
        actor,
        owner,
        row,
        {n: [None, plain(v)] for n, v in values.items()},
    )
    return row  # type: ignore[no-any-return]


@transaction.atomic
def change_part(
    code: str, rollout_id: uuid.UUID, part_id: uuid.UUID, *, actor: Actor, version: int,
    values: Mapping[str, Any],
) -> models.Model:  # fmt: skip
    """Change a part; raises ``Conflict`` with both versions if somebody was faster."""
    kind = PART_KINDS[code]
    rollout, owner, row = _locked(kind, rollout_id, part_id, actor)
    refuse_unstorable(values)
    old = {name: getattr(row, name) for name in values}
    text = _("Somebody else has changed this entry in the meantime.")
    versions.check_version(row, version, text, theirs=old, mine=values)
    changed = versions.changed(old, values)
    if not changed:
        return row  # type: ignore[no-any-return]
    if code == "step" and "kind" in changed and StepKind.GO_LIVE in changed["kind"]:
        raise Invalid(_("The go-live day stays the go-live day."), field="kind")
    for name, (_old, value) in changed.items():
        setattr(row, name, value)
    row.version += 1
    _check(row)
    row.save()
    changes = {name: [plain(a), plain(b)] for name, (a, b) in changed.items()}
    _record("part_changed", kind, rollout, actor, owner, row, changes)
    return row  # type: ignore[no-any-return]


@transaction.atomic
def remove_part(
    code: str, rollout_id: uuid.UUID, part_id: uuid.UUID, *, actor: Actor, version: int
) -> None:
    """Remove a part; a step goes with its cells, the units of a wave stay without one."""
    kind = PART_KINDS[code]
    rollout, owner, row = _locked(kind, rollout_id, part_id, actor)
    text = _("Somebody else has changed this entry in the meantime.")
    versions.check_version(row, version, text)
    if code == "step" and row.kind == StepKind.GO_LIVE:
        raise Invalid(_("A rollout has exactly one go-live day."))
    changes = {column.name: [plain(getattr(row, column.name)), None] for column in kind.table}
    _record("part_removed", kind, rollout, actor, owner, row, changes)
    row.delete()


def _owner(
    code: str, rollout_id: uuid.UUID, actor: Actor, member_id: uuid.UUID | None
) -> tuple[Rollout, dict[str, Any]]:
    if code != "obstacle":
        rollout = policy_rollouts.require_change(actor, rollout_id)
        return rollout, {"rollout": rollout}
    if member_id is None:
        raise NotFound
    member = policy_rollouts.require_settable(actor, rollout_id, member_id)
    return member.rollout, {"member": member}


def _locked(
    kind: PartKind, rollout_id: uuid.UUID, part_id: uuid.UUID, actor: Actor
) -> tuple[Rollout, dict[str, Any], Any]:
    of_rollout = "member__rollout" if kind.code == "obstacle" else "rollout"
    known: Any = kind.model._default_manager.filter(pk=part_id, **{of_rollout: rollout_id}).first()
    if known is None:
        policy_rollouts.get_visible(actor, rollout_id)
        raise NotFound
    rollout, owner = _owner(kind.code, rollout_id, actor, getattr(known, "member_id", None))
    return rollout, owner, versions.locked(kind.model, part_id)


def _check(row: Any) -> None:
    if isinstance(row, RolloutObstacle):
        today = clock.today()
        if row.since and row.since > today:
            raise Invalid(_("The day lies in the future."), field="since")
        if row.resolved_on and row.resolved_on > today:
            raise Invalid(_("The day lies in the future."), field="resolved_on")
        if row.since and row.resolved_on and row.resolved_on < row.since:
            raise Invalid(_("The end lies before the start."), field="resolved_on")
    check(row)


def _record(
    what: str, kind: PartKind, rollout: Rollout, actor: Actor, owner: Mapping[str, Any], row: Any,
    changes: dict[str, Any],
) -> None:  # fmt: skip
    first: dict[str, Any] = {"part": [None, kind.code]}
    member = owner.get("member")
    if member is not None:
        first["unit"] = [None, member.unit.name]
    if "title" not in changes:
        first["which"] = [None, str(row)]
    events.record(event(what, rollout, actor, {**first, **changes}))
