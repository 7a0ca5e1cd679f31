"""What happened in a rollout between two days, from the actual days of cells and obstacles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from leitstand.portfolio.models import Obstacle, Rollout, RolloutObstacle
from leitstand.portfolio.queries.rollouts.boards import Board, Member, Step


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a unit; ``what``: live, done, begun, arisen, resolved."""

    day: date
    member: Member
    what: str
    detail: str


@dataclass(frozen=True)
class Difference:
    """Counts at both days and everything in between (after ``first``, up to ``last``)."""

    first: date
    last: date
    live_first: int
    live_last: int
    happenings: Sequence[Happening]
    unknown: int


def difference(found: Board, rollout: Rollout, first: date, last: date) -> Difference:
    """Compare two days; units that went live on unknown days count at both."""
    happened = [
        *_of_cells(found, first, last),
        *_of_obstacles(found, rollout, first, last),
    ]
    return Difference(
        first, last,
        found.unknown_days + sum(day <= first for day in found.live_days),
        found.unknown_days + sum(day <= last for day in found.live_days),
        sorted(happened, key=lambda one: (one.day, one.member.name)),
        found.unknown_days,
    )  # fmt: skip


def _of_cells(found: Board, first: date, last: date) -> list[Happening]:
    happened = []
    for member in found.affected:
        for step, cell in zip(found.steps, member.cells, strict=True):
            if cell is None:
                continue
            if cell.actual_end and first < cell.actual_end <= last:
                what = "live" if step.kind == "go_live" else "done"
                happened.append(Happening(cell.actual_end, member, what, step.title))
            elif _begun(step, cell.actual_start, first, last) and cell.actual_start:
                happened.append(Happening(cell.actual_start, member, "begun", step.title))
    return happened


def _begun(step: Step, day: date | None, first: date, last: date) -> bool:
    return bool(day and first < day <= last and step.kind != "go_live")


def _of_obstacles(found: Board, rollout: Rollout, first: date, last: date) -> list[Happening]:
    members = {member.id: member for member in found.affected}
    labels = dict(Obstacle.Kind.choices)
    happened = []
    for row in RolloutObstacle.objects.filter(member__in=members):
        member = members[row.member_id]
        detail = f"{labels[row.kind]}: {row.title}"
        if row.since and first < row.since <= last:
            happened.append(Happening(row.since, member, "arisen", detail))
        if row.resolved_on and first < row.resolved_on <= last:
            happened.append(Happening(row.resolved_on, member, "resolved", detail))
    return happened
