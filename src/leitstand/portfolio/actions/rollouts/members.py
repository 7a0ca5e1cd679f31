"""Writers of the units of a rollout: added by level or one by one, changed, removed, planned."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.base.records import plain
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.org.models import OrgUnit
from leitstand.core.org.queries import living_units
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.actions.rollouts.cells import cell_text
from leitstand.portfolio.actions.rollouts.recording import check, event
from leitstand.portfolio.domain.rollouts import Duration, StepRule, plan_backwards
from leitstand.portfolio.models import (
    CellState,
    Rollout,
    RolloutCell,
    RolloutUnit,
    Wave,
)

BY_HEAD = frozenset({"note"})
"""What whoever may set a unit's state changes too; the rest is the rollout's matter."""


@transaction.atomic
def add_units(
    rollout_id: uuid.UUID, *, actor: Actor, unit_ids: Iterable[uuid.UUID]
) -> list[RolloutUnit]:
    """Add living units with an open cell per step; those that take part already stay."""
    rollout = policy_rollouts.require_change(actor, rollout_id)
    versions.locked(Rollout, rollout_id)
    known = set(RolloutUnit.objects.filter(rollout=rollout).values_list("unit_id", flat=True))
    units = living_units().filter(pk__in=set(unit_ids) - known)
    return create_members(rollout, list(units), actor)


def create_members(rollout: Rollout, units: Sequence[OrgUnit], actor: Actor) -> list[RolloutUnit]:
    """Create members and their cells inside the caller's transaction, recorded as one event."""
    members = [RolloutUnit(rollout=rollout, unit=unit) for unit in units]
    steps = list(rollout.steps.all())
    RolloutUnit.objects.bulk_create(members, batch_size=200)
    RolloutCell.objects.bulk_create(
        [RolloutCell(member=member, step=step) for member in members for step in steps],
        batch_size=80,
    )
    if members:
        names = "; ".join(sorted(unit.name for unit in units))
        events.record(event("units_added", rollout, actor, {"units": [None, names]}))
    return members


@transaction.atomic
def add_level(
    rollout_id: uuid.UUID, *, actor: Actor, kinds: Sequence[str], below: OrgUnit | None = None
) -> list[RolloutUnit]:
    """Add all living units of these kinds, of the whole city or below one unit."""
    units = living_units().filter(kind__in=kinds)
    if below is not None:
        units = units.filter(path__startswith=below.path).exclude(pk=below.pk)
    return add_units(rollout_id, actor=actor, unit_ids=units.values_list("pk", flat=True))


@transaction.atomic
def change_member(
    rollout_id: uuid.UUID, member_id: uuid.UUID, *, actor: Actor, version: int,
    values: Mapping[str, Any],
) -> RolloutUnit:  # fmt: skip
    """Change wave, size, whether the unit takes part and why not, and the note."""
    if set(values) <= BY_HEAD:
        policy_rollouts.require_settable(actor, rollout_id, member_id)
        rollout = policy_rollouts.get_visible(actor, rollout_id)
    else:
        rollout = policy_rollouts.require_change(actor, rollout_id)
    member = versions.locked(RolloutUnit, member_id)
    if member.rollout_id != rollout.pk:
        raise NotFound
    refuse_unstorable(values)
    old = {name: getattr(member, name) for name in values}
    text = _("Somebody else has changed this entry in the meantime.")
    versions.check_version(member, version, text, theirs=old, mine=values)
    changed = versions.changed(old, values)
    if not changed:
        return member
    for name, (_old, value) in changed.items():
        setattr(member, name, value)
    _check(member)
    member.version += 1
    member.save()
    changes = {name: [plain(a), plain(b)] for name, (a, b) in changed.items()}
    about = {"unit": [None, member.unit.name]}
    events.record(event("unit_changed", rollout, actor, {**about, **changes}))
    return member


def _check(member: RolloutUnit) -> None:
    if not member.affected and not member.reason.strip():
        raise Invalid(_("Say why the unit does not take part."), field="reason")
    if member.wave is not None and member.wave.rollout_id != member.rollout_id:
        raise NotFound
    check(member)


@transaction.atomic
def remove_member(
    rollout_id: uuid.UUID, member_id: uuid.UUID, *, actor: Actor, version: int
) -> None:
    """Take a unit out of the rollout with all its dates; the trail keeps the fact."""
    rollout = policy_rollouts.require_change(actor, rollout_id)
    member = versions.locked(RolloutUnit, member_id)
    if member.rollout_id != rollout.pk:
        raise NotFound
    text = _("Somebody else has changed this entry in the meantime.")
    versions.check_version(member, version, text)
    events.record(event("unit_removed", rollout, actor, {"unit": [member.unit.name, None]}))
    member.delete()


@transaction.atomic
def assign_waves(
    rollout_id: uuid.UUID, *, actor: Actor, waves: Mapping[uuid.UUID, tuple[int, uuid.UUID | None]]
) -> int:
    """Put units into waves: member → (version, wave or none); all or nothing.

    Raises ``Conflict`` if one of the units was changed since its version.
    """
    rollout = policy_rollouts.require_change(actor, rollout_id)
    members = RolloutUnit.objects.select_for_update(of=("self",)).select_related("unit", "wave")
    rows = {row.pk: row for row in members.filter(rollout=rollout, pk__in=waves)}
    known = {wave.pk: wave for wave in Wave.objects.filter(rollout=rollout)}
    if len(rows) != len(waves) or any(w and w not in known for _v, w in waves.values()):
        raise NotFound
    changes: dict[str, Any] = {}
    for key, (version, wave_id) in waves.items():
        row = rows[key]
        if row.wave_id == wave_id:
            continue
        text = _("Somebody else has changed “%(name)s” in the meantime.") % {"name": row.unit.name}
        versions.check_version(row, version, text)
        wave = known[wave_id] if wave_id else None
        changes[row.unit.name] = [str(row.wave or ""), str(wave or "")]
        row.wave = wave
        row.version += 1
        row.save()
    if changes:
        events.record(event("waves_assigned", rollout, actor, changes))
    return len(changes)


def _backwards(rules: Sequence[StepRule], size: str, go_live: date) -> list[Any]:
    try:
        return list(plan_backwards(rules, size, go_live))
    except OverflowError:
        text = _("Planned backwards from this day, the first steps would begin before all calendars.")
        raise Invalid(text, field="go_live") from None


@transaction.atomic
def plan_wave(rollout_id: uuid.UUID, wave_id: uuid.UUID, *, actor: Actor) -> int:
    """Plan the steps of a wave's units backwards from its go-live day by the steps' durations.

    Steps that have begun, are done or not needed keep their dates. Returns the cells planned.
    """
    rollout = policy_rollouts.require_change(actor, rollout_id)
    wave = Wave.objects.filter(pk=wave_id, rollout=rollout).first()
    if wave is None:
        raise NotFound
    if wave.go_live is None:
        raise Invalid(_("Give the wave a go-live day first."), field="go_live")
    steps = list(rollout.steps.all())
    rules = [StepRule(s.kind, Duration(s.min_days, s.max_days, s.by_size)) for s in steps]
    cells = RolloutCell.objects.select_for_update(of=("self",)).filter(
        member__wave=wave, member__affected=True, state__in=(CellState.OPEN, CellState.PLANNED)
    )
    changes: dict[str, Any] = {}
    spans: dict[str, dict[uuid.UUID, Any]] = {}
    for cell in cells.select_related("member__unit", "step"):
        size = cell.member.size
        if size not in spans:
            planned = _backwards(rules, size, wave.go_live)
            spans[size] = {step.pk: span for step, span in zip(steps, planned, strict=True)}
        span = spans[size][cell.step_id]
        if span is None or (cell.planned_start, cell.planned_end) == span:
            continue
        before = cell_text(cell)
        cell.state = CellState.PLANNED
        cell.planned_start, cell.planned_end = span
        cell.version += 1
        cell.save()
        changes[f"{cell.member.unit.name}: {cell.step.title}"] = [before, cell_text(cell)]
    if changes:
        events.record(event("cells_set", rollout, actor, changes))
    return len(changes)
