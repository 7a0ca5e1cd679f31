"""How many person days a role has for projects in each quarter."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from leitstand.planning.domain.holidays import working_days


class Quarter(NamedTuple):
    """A quarter of a year; ``number`` 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next().first - timedelta(1)

    def next(self) -> Quarter:
        """The following one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)


def quarters(day: date, count: int) -> list[Quarter]:
    """``count`` quarters from the one that ``day`` is in."""
    found = [Quarter(day.year, (day.month + 2) // 3)]
    while len(found) < count:
        found.append(found[-1].next())
    return found


@dataclass(frozen=True, slots=True)
class Seat:
    """A position: full-time share of a role between two days, None = open."""

    role: uuid.UUID
    share: float
    start: date | None = None
    end: date | None = None
    vacant: bool = False
    filled_from: date | None = None
    kw: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What turns a share into person days: state, absence, work besides projects, closed times."""

    state: str
    absence: float
    background: Mapping[uuid.UUID, float]
    closed: Sequence[tuple[date, date]] = ()


def begins(seat: Seat, terms: Terms) -> date | None:
    """The first day on which somebody works on the seat, ``date.min`` for always, None for never.

    A seat that would be filled within a closed time is filled the day after.
    """
    if not seat.vacant:
        return seat.start or date.min
    if seat.kw or seat.filled_from is None:
        return None
    return first_open(max(seat.filled_from, seat.start or date.min), terms.closed)


def first_open(day: date, closed: Iterable[tuple[date, date]]) -> date:
    """``day``, or the day after the closed times that it falls into."""
    for first, last in sorted(closed):
        if first <= day <= last:
            day = last + timedelta(1)
    return day


def capacity(
    seats: Iterable[Seat], span: Sequence[Quarter], terms: Terms
) -> dict[uuid.UUID, list[float]]:
    """Role → person days for projects per quarter of ``span``."""
    whole = [working_days(q.first, q.last, terms.state) for q in span]
    found: dict[uuid.UUID, list[float]] = {}
    for seat in seats:
        row = found.setdefault(seat.role, [0.0] * len(span))
        start = begins(seat, terms)
        if start is None:
            continue
        part = seat.share * (1 - terms.absence) * (1 - terms.background.get(seat.role, 0.0))
        for place, quarter in enumerate(span):
            first, last = max(quarter.first, start), min(quarter.last, seat.end or date.max)
            full = first == quarter.first and last == quarter.last
            days = whole[place] if full else working_days(first, last, terms.state)
            row[place] += days * part
    return found
