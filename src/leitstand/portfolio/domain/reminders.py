"""On which days a status round reminds by itself. Days are the city's days; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta

MOST, FURTHEST = 5, 60
EARLIEST, LATEST = 6, 20
"""The hours of the city's clock between which a round begins to write: nobody hears at night."""
_NUMBER = re.compile(r"\d{1,3}")
_BETWEEN = re.compile(r"[\s,;]+|\bund\b|\band\b")


def parse(text: str) -> tuple[int, ...]:
    """Days before the due date, the earliest reminder first: "7, 2" → (7, 2).

    Raises ``ValueError`` for anything but at most ``MOST`` whole numbers from 0 to ``FURTHEST``.
    """
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    if any(not _NUMBER.fullmatch(part) for part in parts):
        raise ValueError(text)
    days = sorted({int(part) for part in parts}, reverse=True)
    if len(days) > MOST or any(day > FURTHEST for day in days):
        raise ValueError(text)
    return tuple(days)


def written(days: Iterable[int]) -> str:
    """As it is stored and shown."""
    return ", ".join(map(str, days))


def planned(due_on: date, days: Iterable[int], opened: date) -> list[date]:
    """The days on which to remind; none on the day of the invitation or before it."""
    return sorted(day for n in days if (day := due_on - timedelta(days=n)) > opened)


def due(days: Iterable[date], reminded: Collection[date], today: date) -> date | None:
    """The newest planned day that has come and since which nobody was reminded.

    After a downtime one reminder is made up for, never several.
    """
    come = [day for day in days if day <= today]
    newest = max(come, default=None)
    if newest is None or any(day >= newest for day in reminded):
        return None
    return newest
