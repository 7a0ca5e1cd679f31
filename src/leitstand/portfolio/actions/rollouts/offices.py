"""Import of a list of offices: what every row would do, then all of it in one transaction.

A list never takes back what is known better: a step that is done stays done, a known day stays.
Unknown offices are created or matched by decision; similar names are proposed, never merged.
"""

from __future__ import annotations

import difflib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.org.models import OrgUnit
from leitstand.core.org.queries import UnitFinder
from leitstand.core.policy.grants import grants
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.values import parse
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.actions.imports.references import fold
from leitstand.portfolio.actions.rollouts.office_rows import OfficePlan, OfficeRow
from leitstand.portfolio.actions.rollouts.office_writing import Writer
from leitstand.portfolio.domain.office_states import NAMED, state_of, states_of
from leitstand.portfolio.domain.rollouts import AFTER
from leitstand.portfolio.models import (
    CellState,
    Rollout,
    RolloutCell,
    RolloutStep,
    RolloutUnit,
    StepKind,
)
from leitstand.portfolio.tables.rollouts import PAIR, office_table

NEW, SKIP = "new", "skip"
_DAY = Column("day", "", ColumnType.DATE)
_RANK = {CellState.OPEN: 0, CellState.PLANNED: 1, CellState.RUNNING: 2, CellState.DONE: 3,
         CellState.NOT_NEEDED: 3}  # fmt: skip


def table_of(rollout: Rollout) -> Table:
    """The columns that a list may have for this rollout."""
    return office_table(list(rollout.steps.values_list("title", "kind")))


def plan_offices(
    rollout: Rollout,
    rows: Sequence[tuple[int, Sequence[str]]],
    *,
    actor: Actor,
    mapping: Mapping[int, str],
    decisions: Mapping[str, str] | None = None,
    create_unknown: bool = False,
) -> OfficePlan:
    """Work out what every row would do; writes nothing.

    ``mapping``: index of the file's column → column of ``table_of``. ``decisions``: folded name
    of an unknown office → "new", "skip" or a unit's id. ``create_unknown`` creates offices
    without a decision, unless a similar name exists.
    """
    planner = _Planner(rollout, actor, mapping, decisions or {}, create_unknown)
    return OfficePlan([planner.row(number, list(cells)) for number, cells in rows])


@transaction.atomic
def import_offices(
    rollout_id: uuid.UUID,
    rows: Sequence[tuple[int, Sequence[str]]],
    *,
    actor: Actor,
    mapping: Mapping[int, str],
    decisions: Mapping[str, str] | None = None,
    create_unknown: bool = False,
    skip_faulty: bool = False,
) -> OfficePlan:
    """Import the list, all or nothing; returns what was done.

    Raises ``Invalid`` with a text per faulty row before anything is stored, unless
    ``skip_faulty`` leaves those rows out.
    """
    rollout = policy_rollouts.require_change(actor, rollout_id)
    _hold_cells(rollout)
    plan = plan_offices(
        rollout, rows, actor=actor, mapping=mapping, decisions=decisions,
        create_unknown=create_unknown,
    )  # fmt: skip
    if plan.wrong and not skip_faulty:
        raise Invalid({"": [line(row) for row in plan.wrong]})
    Writer(rollout, actor).write(
        [r for r in plan.rows if r.verdict in ("created", "added", "changed")]
    )
    return plan


def _hold_cells(rollout: Rollout) -> None:
    """Nobody sets a step between its being looked at and its being written."""
    cells = RolloutCell.objects.select_for_update(of=("self",)).filter(member__rollout=rollout)
    list(cells.order_by("pk").values_list("pk", flat=True))


def line(row: OfficeRow) -> str:
    """A faulty row in one line."""
    return _("Row %(row)d: %(text)s") % {"row": row.number, "text": " ".join(row.problems)}


class _Planner:
    """Holds what is known of the rollout and the city while the rows are worked out."""

    def __init__(
        self, rollout: Rollout, actor: Actor, mapping: Mapping[int, str],
        decisions: Mapping[str, str], create_unknown: bool,
    ) -> None:  # fmt: skip
        self.rollout, self.mapping, self.decisions = rollout, mapping, decisions
        self.create_unknown = create_unknown
        self.steps = list(rollout.steps.all())
        self.table = office_table([(step.title, step.kind) for step in self.steps])
        self.find = UnitFinder()
        self.names = {fold(name): name for name in self.find.names()}
        self.may_create = actor.is_system or bool(grants(actor, "org.change"))
        members = RolloutUnit.objects.filter(rollout=rollout).select_related("wave")
        self.members = {member.unit_id: member for member in members}
        self.cells: dict[tuple[uuid.UUID, uuid.UUID], RolloutCell] = {
            (cell.member.unit_id, cell.step_id): cell
            for cell in RolloutCell.objects.filter(member__rollout=rollout).select_related("member")
        }
        self.seen: dict[Any, int] = {}

    def row(self, number: int, cells: list[str]) -> OfficeRow:
        texts = {name: cells[i] if i < len(cells) else "" for i, name in self.mapping.items()}
        row = OfficeRow(number, texts.get("unit", "").strip()[:200])
        self._unit(row)
        if row.verdict in ("error", "skipped"):
            return row
        self._values(row, texts)
        for place, step in enumerate(self.steps, start=1):
            self._step(row, step, texts.get(f"step_{place}", ""))
        self._pair(row, texts.get(PAIR, ""))
        self._implied(row)
        if row.problems and row.verdict != "undecided":
            row.verdict = "error"
        elif row.verdict == "same" and self._differs(row):
            row.verdict = "changed"
        return row

    def _unit(self, row: OfficeRow) -> None:
        key = fold(row.name)
        if not key:
            self._fail(row, _("The office is missing."))
        elif key in self.seen:
            text = _("“%(name)s” stands in row %(row)d already.")
            self._fail(row, text % {"name": row.name, "row": self.seen[key]})
        else:
            self.seen[key] = row.number
            self._match(row, key)

    def _match(self, row: OfficeRow, key: str) -> None:
        choice = self.decisions.get(key, "")
        if choice == SKIP:
            row.verdict = "skipped"
            return
        row.unit = self.find(row.name) or self._chosen(choice)
        if row.unit is not None:
            first = self.seen.setdefault(row.unit.pk, row.number)
            if first != row.number:
                text = _("“%(name)s” stands in row %(row)d already.")
                self._fail(row, text % {"name": row.unit.name, "row": first})
            elif row.unit.pk not in self.members:
                row.verdict = "added"
            return
        if self.find.ambiguous(row.name):
            text = _("There are several units called “%(name)s”. Use the unit's code.")
            self._fail(row, text % {"name": row.name})
            return
        close = difflib.get_close_matches(key, self.names, n=3, cutoff=0.72)
        row.proposals = [
            (str(unit.pk), unit.name) for name in close if (unit := self.find(self.names[name]))
        ]
        if choice == NEW or (self.create_unknown and not row.proposals):
            if self.may_create:
                row.verdict = "created"
            else:
                self._fail(row, _("The office is unknown, and you may not create units."))
            return
        row.verdict = "undecided"
        row.problems.append(self._unknown(row))

    def _chosen(self, choice: str) -> OrgUnit | None:
        try:
            key = uuid.UUID(choice)
        except ValueError:
            return None
        return OrgUnit.objects.filter(pk=key, active_to=None).first()

    @staticmethod
    def _unknown(row: OfficeRow) -> str:
        if not row.proposals:
            return _("Unknown unit “%(name)s”.") % {"name": row.name}
        others = ", ".join(f"„{name}“" for _key, name in row.proposals)
        text = _("Unknown unit “%(name)s”; similar: %(others)s. Decide which it is.")
        return text % {"name": row.name, "others": others}

    @staticmethod
    def _fail(row: OfficeRow, text: str) -> None:
        row.verdict = "error"
        row.problems.append(text)

    def _values(self, row: OfficeRow, texts: Mapping[str, str]) -> None:
        for name in ("wave", "size", "note"):
            try:
                value = parse(self.table[name], texts.get(name, ""))
            except ValueProblem as problem:
                row.problems.append(f"{self.table[name].label}: {problem.text}")
                continue
            if value and name == "wave":
                row.wave = str(value)
            elif value:
                row.values[name] = value

    def _step(self, row: OfficeRow, step: RolloutStep, text: str) -> None:
        if not text.strip():
            return
        state = state_of(text)
        if state is not None:
            row.states[step.pk] = {"state": state}
            return
        try:
            day: Any = parse(_DAY, text)
        except ValueProblem:
            day = None
        if day is None:
            problem = _("%(column)s: “%(text)s” is no known state or day. Known are: %(known)s.")
            row.problems.append(problem % {"column": step.title, "text": text[:80], "known": NAMED})
        elif day.last <= clock.today():
            row.states[step.pk] = {"state": CellState.DONE, "actual_end": day.last}
        else:
            row.states[step.pk] = {"state": CellState.PLANNED, "planned_end": day.last}
            if day.first != day.last:
                row.states[step.pk]["planned_start"] = day.first

    def _pair(self, row: OfficeRow, text: str) -> None:
        """Two services in one cell: two words are theirs in order, one word is kept as a note."""
        if not text.strip():
            return
        states = states_of(text)
        extras = [step for step in self.steps if step.kind == StepKind.EXTRA]
        label = self.table[PAIR].label
        if states is None or len(states) > 2:
            problem = _("%(column)s: “%(text)s” is no known state or day. Known are: %(known)s.")
            row.problems.append(problem % {"column": label, "text": text[:80], "known": NAMED})
        elif len(states) == 2:
            for step, state in zip(extras, states, strict=True):
                row.states[step.pk] = {"state": state}
        else:
            note = _("%(column)s: “%(text)s” (cannot be told apart in the list)")
            said = note % {"column": label, "text": text.strip()}
            row.hints.append(said)
            row.values["note"] = "; ".join(filter(None, (row.values.get("note"), said)))

    def _implied(self, row: OfficeRow) -> None:
        """What has gone live has the steps before behind it, on days that nobody knows."""
        live = next(step for step in self.steps if step.kind == StepKind.GO_LIVE)
        if row.states.get(live.pk, {}).get("state") != CellState.DONE:
            return
        for step in self.steps:
            if step.pk not in row.states and step.kind not in AFTER:
                row.states[step.pk] = {"state": CellState.DONE}
            elif step.pk not in row.states and step.kind == StepKind.SUPPORT:
                row.states[step.pk] = {"state": CellState.RUNNING}

    def _differs(self, row: OfficeRow) -> bool:
        """Leave out what is there already or known better; whether anything is left."""
        member = self.members[row.unit.pk]  # type: ignore[union-attr]
        for key, values in list(row.states.items()):
            left = self._left(row, self.cells.get((member.unit_id, key)), values)
            if left:
                row.states[key] = left
            else:
                del row.states[key]
        note = row.values.get("note")
        if note and note in member.note:
            del row.values["note"]
        elif note and member.note:
            row.values["note"] = f"{member.note}; {note}"[:500]
        if row.values.get("size") == member.size:
            del row.values["size"]
        if member.wave and fold(member.wave.title) == fold(row.wave):
            row.wave = ""
        return bool(row.states or row.values or row.wave)

    def _left(
        self, row: OfficeRow, cell: RolloutCell | None, values: dict[str, Any]
    ) -> dict[str, Any]:
        if cell is None:
            return {}
        new, old = CellState(values["state"]), CellState(cell.state)
        if _RANK[new] < _RANK[old]:
            if values["state"] != CellState.OPEN:
                text = _("%(step)s: the list says “%(new)s”, known is “%(old)s”; this stays.")
                title = next(step.title for step in self.steps if step.pk == cell.step_id)
                row.hints.append(text % {"step": title, "new": new.label, "old": old.label})
            return {}
        if all(getattr(cell, name) == value for name, value in values.items()):
            return {}
        return values
