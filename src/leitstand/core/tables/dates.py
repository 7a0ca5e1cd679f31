"""Dates that may be known only to the month, quarter or year; Excel's day numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeAlias

_Day: TypeAlias = date  # inside PartialDate the field hides the type's name


class Precision(StrEnum):
    """How exactly a date is known."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date known to the day, month, quarter or year.

    `date` is always the first day of the span, so that equal spans are equal objects.
    """

    date: _Day
    precision: Precision = Precision.DAY

    def __post_init__(self) -> None:
        object.__setattr__(self, "date", _floor(self.date, self.precision))

    @property
    def first(self) -> _Day:
        """The span's first day."""
        return self.date

    @property
    def last(self) -> _Day:
        """The span's last day."""
        months = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.YEAR: 12}.get(self.precision)
        if months is None:
            return self.date
        years, month = divmod(self.date.month - 1 + months, 12)
        return date(self.date.year + years, month + 1, 1) - timedelta(days=1)

    def show(self) -> str:
        """German form: 31.12.2026, 12/2026, Q2 2027, 2027."""
        day = self.date
        if self.precision is Precision.DAY:
            return f"{day.day:02}.{day.month:02}.{day.year}"
        if self.precision is Precision.MONTH:
            return f"{day.month:02}/{day.year}"
        if self.precision is Precision.QUARTER:
            return f"Q{quarter_of(day)} {day.year}"
        return str(day.year)

    def iso(self) -> str:
        """ISO 8601 of reduced precision: 2026-12-31, 2026-12, 2027-Q2, 2027."""
        if self.precision is Precision.QUARTER:
            return f"{self.date.year}-Q{quarter_of(self.date)}"
        length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[self.precision]
        return self.date.isoformat()[:length]


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time; an open end is None. Use `start.first` and `end.last` for days."""

    start: PartialDate | None
    end: PartialDate | None


def from_serial(serial: float, *, epoch_1904: bool = False) -> datetime:
    """Excel's day number as a date and time (1900 system with its false leap day, or 1904).

    ValueError outside 1900-01-01 … 9999-12-31.
    """
    if epoch_1904:
        epoch = date(1904, 1, 1)
    else:
        epoch = date(1899, 12, 31) if serial < 60 else date(1899, 12, 30)
    if not 0 <= serial < 2_958_466:
        raise ValueError("serial date out of range")
    seconds = round((serial % 1) * 86400)
    return datetime.combine(epoch, time()) + timedelta(days=int(serial), seconds=seconds)


def _floor(day: date, precision: Precision) -> date:
    if precision is Precision.DAY:
        return date(day.year, day.month, day.day)
    if precision is Precision.MONTH:
        return date(day.year, day.month, 1)
    if precision is Precision.QUARTER:
        return date(day.year, 3 * quarter_of(day) - 2, 1)
    return date(day.year, 1, 1)


def quarter_of(day: date) -> int:
    """1 to 4."""
    return (day.month + 2) // 3
