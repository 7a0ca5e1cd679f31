"""Numbers over days as step lines: planned against actual, with a span in which the end may lie.

Pure. One image with a name; the caller shows the same numbers as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from django.utils.safestring import SafeString

from leitstand.core.ui.datatable import text_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text: TypeAlias = str | _StrPromise
else:
    Text: TypeAlias = object

WIDTH, HEIGHT = 900, 360
LEFT, RIGHT, TOP, BOTTOM = 48, 20, 16, 44


@dataclass(frozen=True, slots=True)
class Line:
    """A number that holds from each day on; ``kind`` as in `timeline.Bar`, ``dashed`` for plans."""

    label: Text
    points: Sequence[tuple[date, float]]
    kind: str = "running"
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A day with a name, drawn as an upright line."""

    label: Text
    day: date
    kind: str = "danger"


@dataclass(frozen=True, slots=True)
class Curve:
    """A picture: lines, marks, and a span (early, middle, late) at the top of the scale."""

    lines: Sequence[Line]
    label: Text
    maximum: float
    marks: Sequence[Mark] = ()
    span: tuple[date, date, date] | None = None
    span_label: Text = ""


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    days: int
    maximum: float

    def x(self, day: date) -> float:
        share = (day - self.first).days / max(self.days, 1)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, number: float) -> float:
        share = number / max(self.maximum, 1)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def render(curve: Curve) -> SafeString:
    """The picture and its legend; an empty text if no line has a point."""
    days = [day for line in curve.lines for day, _number in line.points]
    if not days:
        return SafeString("")
    days += [mark.day for mark in curve.marks]
    days += list(curve.span or ())
    scale = _Scale(min(days), (max(days) - min(days)).days, curve.maximum)
    inner = [_axis(scale), _months(scale)]
    if curve.span:
        inner.append(_span(curve, scale))
    inner += [_line(line, scale) for line in curve.lines]
    inner += [_mark(mark, scale, place) for place, mark in enumerate(curve.marks)]
    return SafeString(
        f'<div class="cv" role="region" tabindex="0" aria-label="{escape(str(curve.label))}">'
        f'<svg class="cv-picture" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(str(curve.label))}">{"".join(inner)}</svg></div>{_legend(curve)}'
    )


def _axis(scale: _Scale) -> str:
    step = _step(scale.maximum)
    drawn, number = [], 0.0
    while number <= scale.maximum:
        y = scale.y(number)
        drawn.append(
            f'<path class="cv-grid" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
            f'<text class="cv-tick" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{number:g}</text>'
        )
        number += step
    if scale.maximum - (number - step) > step / 2:  # the end of the scale, where there is room
        y = scale.y(scale.maximum)
        drawn.append(
            f'<text class="cv-tick" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">'
            f"{scale.maximum:g}</text>"
        )
    return "".join(drawn)


def _step(maximum: float) -> float:
    """A round step that gives at most six lines."""
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500):
        if maximum / step <= 6:
            return float(step)
    return maximum / 5


def _months(scale: _Scale) -> str:
    """Ticks at the first of a month: every month, quarter, half-year or year."""
    every = next((n for n in (1, 3, 6, 12) if scale.days / (30.4 * n) <= 12), 24)
    drawn = []
    year, month = scale.first.year, scale.first.month
    last = scale.first + timedelta(days=scale.days)
    for _turn in range(scale.days // 28 + 2):
        month += 1
        if month > 12:
            year, month = year + 1, 1
        day = date(year, month, 1)
        if day > last:
            break
        if (month - 1) % min(every, 12) == 0 and (every < 24 or year % 2 == 0):
            x = scale.x(day)
            drawn.append(
                f'<path class="cv-grid" d="M{x} {TOP}V{HEIGHT - BOTTOM}"/>'
                f'<text class="cv-tick" x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
                f"{month:02}/{year}</text>"
            )
    return "".join(drawn)


def _line(line: Line, scale: _Scale) -> str:
    if not line.points:
        return ""
    path = []
    for place, (day, number) in enumerate(line.points):
        x, y = scale.x(day), scale.y(number)
        path.append(f"M{x} {y}" if not place else f"H{x}V{y}")
    dashed = " cv-dashed" if line.dashed else ""
    return f'<path class="cv-line tl-k-{_kind(line.kind)}{dashed}" d="{"".join(path)}"/>'


def _span(curve: Curve, scale: _Scale) -> str:
    early, middle, late = curve.span or (scale.first,) * 3
    y = scale.y(curve.maximum)
    left, right = scale.x(early), scale.x(late)
    return (
        f'<rect class="cv-span" x="{left}" y="{TOP}" width="{max(right - left, 1):.1f}" '
        f'height="{HEIGHT - TOP - BOTTOM}"/>'
        f'<circle class="cv-dot" cx="{scale.x(middle)}" cy="{y}" r="5"/>'
    )


def _mark(mark: Mark, scale: _Scale, place: int) -> str:
    x = scale.x(mark.day)
    end = x > WIDTH * 0.75
    anchor, shift = ("end", -6) if end else ("start", 6)
    return (
        f'<path class="cv-mark tl-k-{_kind(mark.kind)}" d="M{x} {TOP}V{HEIGHT - BOTTOM}"/>'
        f'<text class="cv-mark-text" x="{x + shift}" y="{TOP + 14 + 18 * place}" '
        f'text-anchor="{anchor}">{escape(str(mark.label))}</text>'
    )


def _kind(kind: str) -> str:
    return kind if kind.isidentifier() else "neutral"


def _legend(curve: Curve) -> str:
    entries = []
    for line in curve.lines:
        dashed = " cv-dashed" if line.dashed else ""
        entries.append(
            '<li><svg width="28" height="12" aria-hidden="true"><path class="cv-line '
            f'tl-k-{_kind(line.kind)}{dashed}" d="M0 6H28"/></svg>{text_of(line.label)}</li>'
        )
    if curve.span:
        entries.append(
            '<li><svg width="28" height="12" aria-hidden="true"><rect class="cv-span" width="28" '
            f'height="12"/></svg>{text_of(curve.span_label)}</li>'
        )
    return f'<ul class="st-legend">{"".join(entries)}</ul>'
