"""How much work of each role projects ask for in each quarter."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from leitstand.planning.domain.capacity import Quarter
from leitstand.planning.domain.holidays import working_days

OVERDUE_DAYS = 90
"""What is late already is taken to need so many more days at least."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is left of a project: person days per role within its period."""

    project: uuid.UUID
    days: Mapping[uuid.UUID, float]
    start: date
    end: date


def split(days: float, mix: Mapping[uuid.UUID, float]) -> dict[uuid.UUID, float]:
    """Share an effort out over the roles by their weights; nothing if there are none."""
    total = sum(mix.values())
    if total <= 0:
        return {}
    return {role: days * weight / total for role, weight in mix.items() if weight > 0}


def period_left(start: date, end: date, today: date) -> tuple[date, date]:
    """From when to when the rest is worked on: never in the past, the overdue soon."""
    first = max(start, today)
    return first, max(end, first) if end >= today else first + timedelta(OVERDUE_DAYS)


def demand(
    works: Iterable[Work], span: Sequence[Quarter], state: str
) -> dict[uuid.UUID, list[dict[uuid.UUID, float]]]:
    """Role → per quarter project → person days, spread evenly over the working days."""
    found: dict[uuid.UUID, list[dict[uuid.UUID, float]]] = {}
    for work in works:
        total = working_days(work.start, work.end, state) or 1
        for place, quarter in enumerate(span):
            first, last = max(quarter.first, work.start), min(quarter.last, work.end)
            part = working_days(first, last, state) / total
            if part <= 0:
                continue
            for role, days in work.days.items():
                row = found.setdefault(role, [{} for _ in span])
                row[place][work.project] = row[place].get(work.project, 0.0) + days * part
    return found
