"""The time axis of the roadmap: days to pixels, ticks, and the axis as SVG. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Literal, TypeAlias

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leitstand.core.base import clock

Zoom: TypeAlias = Literal["years", "quarters", "months"]

AXIS = 56
MAX_WIDTH = 24_000
MIN_WIDTH = 640
_PIXELS_PER_DAY: dict[str, float] = {"years": 0.4, "quarters": 1.0, "months": 3.2}


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to pixels: `first` and `last` are ordinals, `factor` is pixels per day."""

    first: int
    last: int
    factor: float
    zoom: Zoom

    @property
    def width(self) -> int:
        """Width of the picture in pixels."""
        return round((self.last - self.first) * self.factor)

    def x(self, day: date) -> float:
        """Left edge of a day in pixels; outside the picture it is negative or too large."""
        return (day.toordinal() - self.first) * self.factor

    def shows(self, day: date) -> bool:
        """Whether a day lies in the picture."""
        return self.first <= day.toordinal() < self.last


def fit(days: Iterable[date], zoom: Zoom, start: date | None, end: date | None) -> Scale:
    """A scale from the first day of a quarter to the last of one, around `days` or from
    `start` to `end`; never wider than MAX_WIDTH, so that one wrong year breaks nothing."""
    ordinals = [day.toordinal() for day in days] or [date(2000, 1, 1).toordinal()]
    first = start or date.fromordinal(min(ordinals))
    last = max(end or date.fromordinal(max(ordinals)), first)
    first = date(first.year, (first.month - 1) // 3 * 3 + 1, 1)
    last = _later(date(last.year, (last.month - 1) // 3 * 3 + 1, 1), 3)
    span = last.toordinal() - first.toordinal()
    factor = min(_PIXELS_PER_DAY[zoom], MAX_WIDTH / span)
    return Scale(first.toordinal(), last.toordinal(), max(factor, MIN_WIDTH / span), zoom)


def _later(day: date, months: int) -> date:
    """The first day of the month so many months later, at most the last day there is."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1) if month // 12 <= date.max.year else date.max


def ticks(scale: Scale, months: int) -> Iterable[tuple[date, float]]:
    """The first days of every `months` months, with their positions in pixels."""
    day = date.fromordinal(scale.first)
    day = date(day.year, (day.month - 1) // months * months + 1, 1)
    while day.toordinal() < scale.last:
        yield day, max(scale.x(day), 0.0)
        day = _later(day, months)


def tick_step(scale: Scale) -> int:
    """Months between small ticks: as many as leave room for their names."""
    wanted = 1 if scale.zoom == "months" else 3
    for step in (1, 3, 12, 60, 120, 600):
        if step >= wanted and step * 30 * scale.factor >= (24 if step == 3 else 30):
            return step
    return 1200


def axis(scale: Scale, today: date | None, name: str) -> str:
    """What follows `<svg class="…" `: years above, quarters or months below, then today.
    Positions are per cent of the width, so that paper may squeeze them; `<name>-axis` is what
    paper draws once more."""
    step, width = tick_step(scale), scale.width
    parts = []
    for day, x in ticks(scale, 3 if step == 1 else max(step, 12)):
        at = f"{100 * x / width:.3f}%"
        if day.month == 1:
            parts.append(f'<line class="tl-year-line" x1="{at}" x2="{at}" y1="2" y2="{AXIS}"/>')
        parts.append(f'<text class="tl-year" x="{at}" dx="6" y="16">{day.year}</text>')
    if step < 12:
        parts += _small_ticks(scale, step)
    return (
        f'width="{width}" height="{AXIS}" aria-hidden="true" focusable="false">'
        f"<g id=\"{name}-axis\">{''.join(parts)}{_today(scale, today)}</g></svg>"
    )


def _small_ticks(scale: Scale, step: int) -> list[str]:
    """Months, or quarters with their year where there is room for it; paper leaves it out."""
    with_year = step == 3 and step * 30 * scale.factor >= 70
    parts = []
    for day, x in ticks(scale, step):
        text = escape(date_format(day, "M")) if step == 1 else f"Q{(day.month + 2) // 3}"
        year = f'<tspan class="tl-tick-year"> {day.year}</tspan>' if with_year else ""
        at = f"{100 * x / scale.width:.3f}%"
        parts.append(f'<text class="tl-tick" x="{at}" dx="6" y="33">{text}{year}</text>')
    return parts


def _today(scale: Scale, today: date | None) -> str:
    if today is None or not scale.shows(today):
        return ""
    share = 100 * scale.x(today) / scale.width
    word = escape(_("Today") if clock.past_day() is None else date_format(today, "d.m.Y"))
    anchor, shift = ("end", -5) if share > 90 else ("start", 5)
    return (
        f'<line class="tl-today" x1="{share:.3f}%" x2="{share:.3f}%" y1="38" y2="{AXIS}"/>'
        f'<text class="tl-today-text" x="{share:.3f}%" dx="{shift}" y="50" text-anchor="{anchor}">'
        f"{word}</text>"
    )
