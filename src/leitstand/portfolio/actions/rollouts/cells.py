"""Writers of the cells: many at once, all or nothing, nobody's input lost."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.actions.rollouts.recording import check, event
from leitstand.portfolio.models import CellState, Rollout, RolloutCell

FIELDS = ("state", "planned_start", "planned_end", "actual_start", "actual_end")
BEGUN = (CellState.RUNNING, CellState.DONE)


@dataclass(frozen=True)
class CellChange:
    """New values of one cell, based on its ``version``; fields that are absent stay."""

    version: int
    values: Mapping[str, Any] = field(default_factory=dict)


class CellsChanged(Conflict):
    """Some of the cells were changed by somebody else; ``cells`` are their present rows."""

    def __init__(self, text: Any, cells: Sequence[RolloutCell]) -> None:
        super().__init__(text, theirs={str(c.pk): cell_text(c) for c in cells}, mine={}, version=0)
        self.cells = list(cells)


@transaction.atomic
def set_cells(
    rollout_id: uuid.UUID,
    *,
    actor: Actor,
    changes: Mapping[uuid.UUID, CellChange],
    reason: str = "",
) -> int:
    """Set many cells, all or nothing; returns how many really changed.

    Raises ``CellsChanged`` if a cell that would change was changed since its version, and
    ``NotAllowed`` if one belongs to a unit whose state the actor may not set.
    """
    rollout = policy_rollouts.get_visible(actor, rollout_id)
    rows = _locked_rows(rollout, changes)
    allowed = set(policy_rollouts.settable(actor, rollout).values_list("pk", flat=True))
    if any(row.member_id not in allowed for row in rows):
        raise NotAllowed(_("You may set the state of your own units only."))
    return write_cells(rollout, rows, changes, actor, reason)


def _locked_rows(rollout: Rollout, keys: Mapping[uuid.UUID, Any]) -> list[RolloutCell]:
    rows = RolloutCell.objects.select_for_update(of=("self",)).filter(
        pk__in=list(keys), member__rollout=rollout
    )
    found = list(rows.select_related("member__unit", "step"))
    if len(found) != len(keys):
        raise NotFound(_("Some of these steps do not exist any more. Open the table again."))
    return found


def write_cells(
    rollout: Rollout,
    rows: Sequence[RolloutCell],
    changes: Mapping[uuid.UUID, CellChange],
    actor: Actor,
    reason: str = "",
) -> int:
    """Write locked rows inside the caller's transaction; rights have been checked."""
    stale: list[tuple[RolloutCell, dict[str, Any]]] = []
    todo: list[tuple[RolloutCell, dict[str, Any]]] = []
    for row in rows:
        new = completed(row, changes[row.pk].values)
        if all(getattr(row, name) == value for name, value in new.items()):
            continue
        (todo if row.version == changes[row.pk].version else stale).append((row, new))
    if stale:
        text = _("Somebody else has changed some of these steps in the meantime.")
        raise CellsChanged(text, [row for row, _new in stale])
    noted: dict[str, Any] = {}
    for row, new in todo:
        before = cell_text(row)
        for name, value in new.items():
            setattr(row, name, value)
        row.version += 1
        _check(row)
        row.save()
        noted[f"{row.member.unit.name}: {row.step.title}"] = [before, cell_text(row)]
    if noted:
        events.record(event("cells_set", rollout, actor, noted, reason))
    return len(noted)


def completed(row: RolloutCell, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what follows from them: a date moves the state, a state clears dates.

    An actual end makes the step done, an actual start at least running, a planned date at least
    planned. Whoever sets the state back to open or planned takes the actual dates away.
    """
    new = {name: values[name] for name in FIELDS if name in values}
    if "state" not in new:
        if new.get("actual_end"):
            new["state"] = CellState.DONE
        elif new.get("actual_start") and row.state not in BEGUN:
            new["state"] = CellState.RUNNING
        elif (new.get("planned_start") or new.get("planned_end")) and row.state == CellState.OPEN:
            new["state"] = CellState.PLANNED
    state = new.get("state", row.state)
    if state != CellState.DONE and "actual_end" not in values:
        new["actual_end"] = None
    if state not in BEGUN and "actual_start" not in values:
        new["actual_start"] = None
    return new


def _check(row: RolloutCell) -> None:
    """Refuse what cannot be, naming unit and step."""
    today, place = clock.today(), f"{row.member.unit.name}, {row.step.title}"
    for name in ("actual_start", "actual_end"):
        day: date | None = getattr(row, name)
        if day and day > today:
            text = _("%(place)s: an actual date cannot lie in the future.") % {"place": place}
            raise Invalid(text, field=name)
    try:
        check(row)
    except Invalid as problem:
        errors = {
            name: [f"{place}: {text}" for text in texts] for name, texts in problem.errors.items()
        }
        raise Invalid(errors) from None


def cell_text(row: RolloutCell) -> str:
    """State and dates of a cell in one line, for the trail: "planned 2027-01-01/2027-02-01"."""
    parts = [str(row.state)]
    for first, last in (("planned_start", "planned_end"), ("actual_start", "actual_end")):
        days = [getattr(row, first), getattr(row, last)]
        if any(days):
            mark = "=" if first == "actual_start" else ""
            parts.append(mark + "/".join(day.isoformat() if day else "" for day in days))
    return " ".join(parts)
