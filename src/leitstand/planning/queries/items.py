"""What a project consists of for the planner: pieces of work and waiting times in their order.

Durations are weeks, effort is person days per role. Pieces that lie one after the other in the
portfolio's dates stay so; everything else may run side by side.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from leitstand.planning.queries.weeks import Weeks, weeks_between
from leitstand.portfolio.facade_planning import PlanPackage, PlanProject, PlanWaiting

USUAL_WEEKS = {"S": 4, "M": 17, "L": 52, "XL": 130}
"""What a project of a size takes if it names no period; as long as the sizes' descriptions say."""
LEAST_WEEKS = 4
Days = Mapping[uuid.UUID, float]


@dataclass(frozen=True)
class Item:
    """A piece of work, or a waiting time if ``waiting`` is set; ``after`` are keys before it."""

    key: str
    label: str
    weeks: int
    days: Days = field(default_factory=dict)
    release: int = 0
    fixed: int | None = None
    waiting: str = ""
    after: tuple[str, ...] = ()


def items_of(one: PlanProject, days: Days, weeks: Weeks) -> list[Item]:
    """The pieces of a project whose remaining effort per role is ``days``."""
    pieces = [p for p in one.packages if not p.done]
    waits = [w for w in one.waiting if w.end >= weeks.today]
    if not pieces:
        return [*_waits(one, waits, weeks), *_whole(one, days, waits, weeks)]
    return _chained(one, pieces, waits, days, weeks)


def _release(one: PlanProject, weeks: Weeks) -> int:
    begun = one.phase == "running"
    return 0 if begun or one.start is None else max(0, weeks.of(one.start))


def length(one: PlanProject, weeks: Weeks) -> int:
    """Weeks that the rest of a project takes when there is staff enough."""
    first = max(one.start or weeks.today, weeks.today)
    if one.end and one.end > first + timedelta(7 * LEAST_WEEKS):
        return weeks_between(first, one.end)
    left = 1 - min(one.progress, 95) / 100
    if one.end and one.start and one.end > one.start:
        return max(LEAST_WEEKS, round(weeks_between(one.start, one.end) * left))
    return max(LEAST_WEEKS, round(USUAL_WEEKS.get(one.size, USUAL_WEEKS["M"]) * left))


def _whole(one: PlanProject, days: Days, waits: Sequence[PlanWaiting], weeks: Weeks) -> list[Item]:
    """A project without open work packages: one piece after its waiting times before the start."""
    first = max(one.start or weeks.today, weeks.today)
    before = tuple(_wait_key(one, n) for n, wait in enumerate(waits) if wait.end <= first)
    whole = length(one, weeks)
    return [Item(f"{one.number}/0", one.title, whole, days, _release(one, weeks), after=before)]


def _wait_key(one: PlanProject, number: int) -> str:
    return f"{one.number}/w{number}"


def _waits(one: PlanProject, waits: Sequence[PlanWaiting], weeks: Weeks) -> list[Item]:
    return [
        Item(
            _wait_key(one, n), wait.label,
            weeks_between(max(wait.start, weeks.today), wait.end), {},
            max(0, weeks.of(wait.start)), waiting=wait.kind,
        )
        for n, wait in enumerate(waits)
    ]  # fmt: skip


def _chained(
    one: PlanProject, pieces: Sequence[PlanPackage], waits: Sequence[PlanWaiting],
    days: Days, weeks: Weeks,
) -> list[Item]:  # fmt: skip
    """Work packages: the effort per role is shared out by their own efforts, else evenly."""
    known = [p.days or 0.0 for p in pieces]
    total = sum(known)
    whole = length(one, weeks)
    found: list[Item] = _waits(one, waits, weeks)
    spans: list[tuple[str, date | None, date | None]] = [
        (_wait_key(one, n), wait.start, wait.end) for n, wait in enumerate(waits)
    ]
    for place, (piece, effort) in enumerate(zip(pieces, known, strict=True)):
        part = effort / total if total else 1 / len(pieces)
        key = f"{one.number}/{place + 1}"
        found.append(
            Item(
                key, piece.title, _piece_weeks(piece, whole, part, weeks),
                {role: amount * part for role, amount in days.items()},
                _piece_release(one, piece, weeks), after=_before(piece.start, spans),
            )
        )  # fmt: skip
        spans.append((key, piece.start, piece.end))
    return found


def _piece_weeks(piece: PlanPackage, whole: int, part: float, weeks: Weeks) -> int:
    if piece.end and piece.end < weeks.today:  # overdue: nobody knows, but it is not over tomorrow
        return LEAST_WEEKS
    if piece.start and piece.end:
        return weeks_between(min(max(piece.start, weeks.today), piece.end), piece.end)
    return max(1, round(whole * part))


def _piece_release(one: PlanProject, piece: PlanPackage, weeks: Weeks) -> int:
    least = _release(one, weeks)
    return least if piece.start is None else max(least, min(weeks.of(piece.start), least + 520))


def _before(
    start: date | None, spans: Sequence[tuple[str, date | None, date | None]]
) -> tuple[str, ...]:
    """Everything that ends before ``start`` and is not itself before something of that kind."""
    if start is None:
        return ()
    ended = [(key, first, last) for key, first, last in spans if last is not None and last < start]
    firsts = [first for _key, first, _last in ended if first is not None]
    return tuple(key for key, _first, last in ended if not any(last < first for first in firsts))
