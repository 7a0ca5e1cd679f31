"""Public holidays of the German states by the laws in force in 2026, and working days.

Easter after Gauss/Lichtenberg in the Gregorian form of Meeus ("Astronomical Algorithms", ch. 8).
Holidays of single towns (Augsburg, Catholic parishes) are left out.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

STATES = (
    ("BW", "Baden-Württemberg"), ("BY", "Bayern"), ("BE", "Berlin"), ("BB", "Brandenburg"),
    ("HB", "Bremen"), ("HH", "Hamburg"), ("HE", "Hessen"), ("MV", "Mecklenburg-Vorpommern"),
    ("NI", "Niedersachsen"), ("NW", "Nordrhein-Westfalen"), ("RP", "Rheinland-Pfalz"),
    ("SL", "Saarland"), ("SN", "Sachsen"), ("ST", "Sachsen-Anhalt"), ("SH", "Schleswig-Holstein"),
    ("TH", "Thüringen"),
)  # fmt: skip
# (month, day) → where; an empty tuple means everywhere
_FIXED: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (1, 1, ()), (5, 1, ()), (10, 3, ()), (12, 25, ()), (12, 26, ()),
    (1, 6, ("BW", "BY", "ST")), (3, 8, ("BE", "MV")), (8, 15, ("SL",)), (9, 20, ("TH",)),
    (10, 31, ("BB", "HB", "HH", "MV", "NI", "SN", "ST", "SH", "TH")),
    (11, 1, ("BW", "BY", "NW", "RP", "SL")),
)  # fmt: skip
# days after Easter Sunday → where
_MOVABLE: tuple[tuple[int, tuple[str, ...]], ...] = (
    (-2, ()), (1, ()), (39, ()), (50, ()), (60, ("BW", "BY", "HE", "NW", "RP", "SL")),
)  # fmt: skip


def easter(year: int) -> date:
    """Easter Sunday."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=200)
def holidays(year: int, state: str) -> frozenset[date]:
    """The days that are no working days besides weekends."""
    sunday = easter(year)
    found = {date(year, m, d) for m, d, where in _FIXED if not where or state in where}
    found |= {sunday + timedelta(n) for n, where in _MOVABLE if not where or state in where}
    if state == "SN":  # Buß- und Bettag: the Wednesday before 23 November
        day = date(year, 11, 22)
        found.add(day - timedelta((day.weekday() - 2) % 7))
    return frozenset(found)


def working_days(first: date, last: date, state: str) -> int:
    """Monday to Friday without holidays, both ends included; 0 if ``last`` is before ``first``."""
    days = (last - first).days + 1
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    count = weeks * 5 + sum((first + timedelta(n)).weekday() < 5 for n in range(rest))
    off = (day for year in range(first.year, last.year + 1) for day in holidays(year, state))
    return count - sum(first <= day <= last and day.weekday() < 5 for day in off)
