"""A rollout with its steps, waves, units and cells: a fixed number of queries for any number."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.domain import forecast as pace
from leitstand.portfolio.domain.rollouts import (
    AFTER,
    FINISHED,
    Duration,
    StepRule,
    progress,
    unit_state,
)
from leitstand.portfolio.models import (
    CellState,
    Rollout,
    RolloutCell,
    RolloutObstacle,
    RolloutStep,
    RolloutUnit,
    StepKind,
    Wave,
)


@dataclass(frozen=True)
class Step:
    """A step of the board."""

    id: uuid.UUID
    title: str
    weight: int
    rule: StepRule

    @property
    def kind(self) -> str:
        """The step's kind."""
        return self.rule.kind


@dataclass(frozen=True)
class Cell:
    """A unit's state in a step."""

    id: uuid.UUID
    version: int
    state: str
    planned_start: date | None
    planned_end: date | None
    actual_start: date | None
    actual_end: date | None

    def is_late(self, today: date) -> bool:
        """Whether the planned end, or the planned start of a step not begun, has passed."""
        if self.state in FINISHED:
            return False
        begun = self.state == CellState.RUNNING
        return bool(
            (self.planned_end and self.planned_end < today)
            or (self.planned_start and self.planned_start < today and not begun)
        )


@dataclass(frozen=True)
class Member:
    """A unit of the rollout with its cells in the order of the steps (``None``: no cell)."""

    id: uuid.UUID
    version: int
    unit_id: uuid.UUID
    code: str
    name: str
    directorate: tuple[uuid.UUID, str] | None
    wave_id: uuid.UUID | None
    size: str
    affected: bool
    reason: str
    note: str
    steps: Sequence[Step]
    cells: Sequence[Cell | None]
    obstacles: Sequence[RolloutObstacle] = ()

    @cached_property
    def state(self) -> str:
        """done, running, planned, open; "out" for a unit that does not take part."""
        if not self.affected:
            return "out"
        return unit_state([(s.kind, c.state) for s, c in self._pairs()])

    @cached_property
    def go_live(self) -> Cell | None:
        """The cell of the go-live day."""
        return next((c for s, c in self._pairs() if s.kind == StepKind.GO_LIVE), None)

    @property
    def progress(self) -> int:
        """Percent of the work."""
        return progress([(s.weight, c.state) for s, c in self._pairs() if s.kind not in AFTER])

    def is_late(self, today: date) -> bool:
        """Whether a step before the go-live has missed its day."""
        return any(c.is_late(today) for s, c in self._pairs() if s.kind not in AFTER)

    def work(self, today: date) -> pace.Work:
        """What remains until the go-live."""
        least = most = 0
        for step, cell in self._pairs():
            if step.kind in AFTER or cell.state in FINISHED:
                continue
            low, high = step.rule.duration.span(self.size)
            gone = (today - cell.actual_start).days if cell.actual_start else 0
            least, most = least + max(low - gone, 0), most + max(high - gone, 0)
        return pace.Work(least, most)

    def _pairs(self) -> list[tuple[Step, Cell]]:
        return [(s, c) for s, c in zip(self.steps, self.cells, strict=True) if c is not None]


@dataclass(frozen=True)
class Board:
    """A rollout with everything that the pages count."""

    rollout: Rollout
    steps: Sequence[Step]
    waves: Sequence[Wave]
    members: Sequence[Member]
    today: date = field(default_factory=clock.today)

    @cached_property
    def affected(self) -> list[Member]:
        """The units that take part."""
        return [m for m in self.members if m.affected]

    @cached_property
    def finished(self) -> list[Member]:
        """The units that have gone live."""
        return [m for m in self.affected if m.state == "done"]

    @cached_property
    def live_days(self) -> list[date]:
        """Known go-live days of finished units, in order."""
        days = [m.go_live.actual_end for m in self.finished if m.go_live]
        return sorted(day for day in days if day)

    @property
    def unknown_days(self) -> int:
        """Finished units whose go-live day nobody has entered."""
        return len(self.finished) - len(self.live_days)

    def planned_day(self, member: Member) -> date | None:
        """The planned go-live: the cell's own day, else the wave's."""
        cell = member.go_live
        if cell and cell.planned_end:
            return cell.planned_end
        wave = self.wave(member)
        return wave.go_live if wave else None

    @cached_property
    def _waves(self) -> Mapping[uuid.UUID, Wave]:
        return {wave.pk: wave for wave in self.waves}

    def wave(self, member: Member) -> Wave | None:
        """The member's wave."""
        return self._waves.get(member.wave_id) if member.wave_id else None

    @cached_property
    def planned_days(self) -> list[date]:
        """Planned go-live days of the units that take part, in order."""
        return sorted(day for day in map(self.planned_day, self.affected) if day)

    @cached_property
    def since(self) -> date:
        """The day from which the pace counts."""
        if self.rollout.start:
            return self.rollout.start
        known = [
            day
            for m in self.affected
            for c in m.cells
            if c
            for day in (c.actual_start, c.actual_end)
            if day
        ]
        return min(known, default=self.today)

    @cached_property
    def forecast(self) -> pace.Answer:
        """When the last unit will have gone live at this pace."""
        remaining = [m.work(self.today) for m in self.affected if m.state != "done"]
        since = min(self.since, self.today)
        return pace.forecast(self.live_days, remaining, since=since, today=self.today)


def boards(rollouts: Iterable[Rollout]) -> dict[uuid.UUID, Board]:
    """The boards of these rollouts, by id; 6 queries."""
    by_id = {rollout.pk: rollout for rollout in rollouts}
    if not by_id:
        return {}
    steps = _steps(by_id)
    waves: dict[uuid.UUID, list[Wave]] = {key: [] for key in by_id}
    for wave in Wave.objects.filter(rollout__in=by_id):
        waves[wave.rollout_id].append(wave)
    cells = _cells(by_id)
    obstacles = _obstacles(by_id)
    members: dict[uuid.UUID, list[Member]] = {key: [] for key in by_id}
    rows = list(RolloutUnit.objects.filter(rollout__in=by_id).select_related("unit"))
    top = _directorates(row.unit for row in rows)
    for row in rows:
        own = steps[row.rollout_id]
        states = [cells.get((row.pk, step.id)) for step in own]
        spared = _spared(own, states)
        members[row.rollout_id].append(Member(
            row.pk, row.version, row.unit_id, row.unit.code, row.unit.name, top.get(row.unit_id),
            row.wave_id, row.size, row.affected and not spared, row.reason or spared, row.note, own,
            states, obstacles.get(row.pk, ()),
        ))  # fmt: skip
    return {
        key: Board(rollout, steps[key], waves[key], members[key]) for key, rollout in by_id.items()
    }


def _spared(steps: Sequence[Step], cells: Sequence[Cell | None]) -> str:
    """Why a unit whose go-live is not needed does not take part; "" if it is needed."""
    for step, cell in zip(steps, cells, strict=True):
        if step.kind == StepKind.GO_LIVE and cell and cell.state == CellState.NOT_NEEDED:
            return f"{step.title}: {CellState.NOT_NEEDED.label}"
    return ""


def board(rollout: Rollout) -> Board:
    """The board of one rollout."""
    return boards([rollout])[rollout.pk]


def visible_boards(actor: Actor) -> list[Board]:
    """The boards of all rollouts that the actor sees, by title."""
    rollouts = list(policy_rollouts.visible(actor).select_related("lead_unit"))
    found = boards(rollouts)
    return [found[rollout.pk] for rollout in rollouts]


def _steps(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Step]]:
    found: dict[uuid.UUID, list[Step]] = {key: [] for key in ids}
    for row in RolloutStep.objects.filter(rollout__in=found):
        rule = StepRule(row.kind, Duration(row.min_days, row.max_days, row.by_size))
        found[row.rollout_id].append(Step(row.pk, row.title, row.weight, rule))
    return found


def _cells(ids: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], Cell]:
    rows = RolloutCell.objects.filter(step__rollout__in=list(ids)).order_by()
    fields = (
        "member_id", "step_id", "id", "version", "state", "planned_start", "planned_end",
        "actual_start", "actual_end",
    )  # fmt: skip
    return {(row[0], row[1]): Cell(*row[2:]) for row in rows.values_list(*fields)}


def _obstacles(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[RolloutObstacle]]:
    found: dict[uuid.UUID, list[RolloutObstacle]] = {}
    rows = RolloutObstacle.objects.filter(member__rollout__in=list(ids), resolved_on=None)
    for row in rows:
        found.setdefault(row.member_id, []).append(row)
    return found


def _directorates(units: Iterable[OrgUnit]) -> dict[uuid.UUID, tuple[uuid.UUID, str]]:
    """The unit below the root to which each unit belongs; roots have none."""
    above = {
        unit.pk: parts[1] for unit in units if len(parts := unit.path.strip("/").split("/")) > 1
    }
    keys = {uuid.UUID(text) for text in above.values()}
    names = {
        key.hex: (key, name)
        for key, name in OrgUnit.objects.filter(pk__in=keys).values_list("pk", "name")
    }
    return {unit: names[text] for unit, text in above.items() if text in names}
