"""Times of meetings: what people write, and what the clock on the wall really shows."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_TIME = re.compile(r"^\s*(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?\s*(?:uhr)?\s*$", re.IGNORECASE)


def parse_time(text: str) -> time | None:
    """The time that "14:30", "14.30 Uhr" or "9 Uhr" mean; ``None`` for anything else."""
    found = _TIME.match(text)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def instant(day: date, begins: time, zone: str) -> datetime:
    """The moment (UTC) at which the city's clock shows ``begins`` on ``day``.

    An hour that comes twice when the clocks go back means the first of both.
    """
    return datetime.combine(day, begins, ZoneInfo(zone)).astimezone(UTC)


def exists(day: date, begins: time, zone: str) -> bool:
    """Whether the clock shows that time at all: one hour is skipped when summer time begins."""
    back = instant(day, begins, zone).astimezone(ZoneInfo(zone))
    return (back.date(), back.time()) == (day, begins)
