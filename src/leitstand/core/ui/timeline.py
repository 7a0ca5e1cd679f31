"""Roadmap and Gantt chart: frozen dataclasses in, HTML with SVG out. Pure functions.

Label column and axis stay in view while the picture scrolls, therefore the result is a
scrolling region with four parts: corner, axis, labels, picture. Axis positions are
percentages and the picture's view box may be squeezed, so that paper shows the whole width.
Lengths are CSS pixels, time runs in days. The caller provides an equal table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Literal, TypeAlias

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text: TypeAlias = str | _StrPromise
else:
    Text: TypeAlias = object

Zoom: TypeAlias = Literal["years", "quarters", "months"]

ROW = 32
BAR = 14
TOP = 6
AXIS = 56
MAX_WIDTH = 24_000
MIN_WIDTH = 640
_PIXELS_PER_DAY: dict[str, float] = {"years": 0.4, "quarters": 1.0, "months": 3.2}
_KIND_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day with a name; `done` fills the diamond."""

    day: date
    title: Text
    done: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One row. `kind` becomes the CSS class `tl-k-<kind>`: idea, requested, planned, running,
    paused, done, cancelled, or info, success, warning, danger, neutral. `progress` is
    0-100. With one of `start` and `end` missing the bar ends open; without
    both none is drawn."""

    id: str
    label: Text
    start: date | None = None
    end: date | None = None
    url: str = ""
    kind: str = "neutral"
    baseline_start: date | None = None
    baseline_end: date | None = None
    progress: float | None = None
    milestones: Sequence[Milestone] = ()
    title: Text = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """`to_id` depends on `from_id`; a link to a row not shown is left out."""

    from_id: str
    to_id: str
    violated: bool = False
    kind: Literal["FS", "SS", "FF", "SF"] = "FS"


@dataclass(frozen=True, slots=True)
class Group:
    """A heading row before the bars whose `group` is `id`; groups appear in this order."""

    id: str
    label: Text
    url: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture. `id` must be unique on the page; `label` names the picture for
    screen readers. `start`/`end` cut the time shown, otherwise everything fits in."""

    rows: Sequence[Bar]
    label: Text
    id: str = "timeline"
    links: Sequence[Link] = ()
    today: date | None = None
    groups: Sequence[Group] = ()
    zoom: Zoom = "quarters"
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class _Scale:
    """Days to pixels."""

    first: int
    last: int
    factor: float

    @property
    def width(self) -> int:
        return round((self.last - self.first) * self.factor)

    def x(self, day: date) -> float:
        return (day.toordinal() - self.first) * self.factor


def render(timeline: Timeline) -> SafeString:
    """The chart as HTML; an empty string if there are no rows."""
    lines = _lines(timeline)
    if not lines:
        return SafeString("")
    scale = _scale(timeline)
    name, label = escape(timeline.id), escape(str(timeline.label))
    return SafeString(
        f'<div class="tl" role="region" tabindex="0" aria-label="{label}"{_today_position(timeline, scale)}>'
        '<div class="tl-grid">'
        f'<div class="tl-corner"></div>{_axis(timeline, scale)}'
        f'<ul class="tl-labels">{_labels(lines)}</ul>{_picture(timeline, lines, scale, name, label)}'
        "</div></div>"
    )


def _lines(timeline: Timeline) -> list[Bar | Group]:
    """The rows from top to bottom, with group headings."""
    if not timeline.groups:
        return list(timeline.rows)
    members: dict[str, list[Bar]] = {group.id: [] for group in timeline.groups}
    rest: list[Bar] = []
    for bar in timeline.rows:
        members.get(bar.group, rest).append(bar)
    lines: list[Bar | Group] = []
    for group in timeline.groups:
        if members[group.id]:
            lines += [group, *members[group.id]]
    return lines + rest


# --- scale and axis --------------------------------------------------------------------------


def _days(timeline: Timeline) -> Iterable[date]:
    for bar in timeline.rows:
        for day in (bar.start, bar.end, bar.baseline_start, bar.baseline_end):
            if day is not None:
                yield day
        for milestone in bar.milestones:
            yield milestone.day
    if timeline.today is not None:
        yield timeline.today


def _scale(timeline: Timeline) -> _Scale:
    """From the first day of a quarter to the last of one; never wider than MAX_WIDTH."""
    days = [day.toordinal() for day in _days(timeline)] or [date(2000, 1, 1).toordinal()]
    first = timeline.start or date.fromordinal(min(days))
    last = max(timeline.end or date.fromordinal(max(days)), first)
    first = date(first.year, (first.month - 1) // 3 * 3 + 1, 1)
    last = _next_month(date(last.year, (last.month - 1) // 3 * 3 + 3, 1))
    span = last.toordinal() - first.toordinal()
    factor = min(_PIXELS_PER_DAY[timeline.zoom], MAX_WIDTH / span)
    return _Scale(first.toordinal(), last.toordinal(), max(factor, MIN_WIDTH / span))


def _next_month(day: date, step: int = 1) -> date:
    month = day.year * 12 + day.month - 1 + step
    return date(min(month // 12, date.max.year), month % 12 + 1, 1)


def _ticks(scale: _Scale, months: int) -> Iterable[tuple[date, float]]:
    """The first days of every `months` months, with their positions."""
    day = date.fromordinal(scale.first)
    day = date(day.year, (day.month - 1) // months * months + 1, 1)
    while day.toordinal() < scale.last:
        yield day, max(scale.x(day), 0.0)
        following = _next_month(day, months)
        if following <= day:
            return
        day = following


def _month_names() -> list[str]:
    return [date_format(date(2000, month, 1), "M") for month in range(1, 13)]


def _tick_step(scale: _Scale, zoom: Zoom) -> int:
    """Months between small ticks: as many as leave room for their names."""
    wanted = {"years": 3, "quarters": 3, "months": 1}[zoom]
    room = {3: 24, 1: 30}
    for step in (wanted, 3, 12, 60, 120, 600):
        if step >= wanted and step * 30 * scale.factor >= room.get(step, 30):
            return step
    return 1200


def _axis(timeline: Timeline, scale: _Scale) -> str:
    """Years above, quarters or months below; positions in per cent."""
    step, width = _tick_step(scale, timeline.zoom), scale.width
    names = _month_names()
    year_step = max(step, 12)
    parts = []
    for day, x in _ticks(scale, year_step):
        parts.append(
            f'<line class="tl-year-line" x1="{100 * x / width:.3f}%" x2="{100 * x / width:.3f}%" y1="2" y2="{AXIS}"/>'
            f'<text class="tl-year" x="{100 * x / width:.3f}%" dx="6" y="16">{day.year}</text>'
        )
    if step < 12:
        for day, x in _ticks(scale, step):
            text = names[day.month - 1] if step == 1 else f"Q{(day.month + 2) // 3}"
            parts.append(f'<text class="tl-tick" x="{100 * x / width:.3f}%" dx="6" y="33">{text}</text>')
    return (
        f'<svg class="tl-axis" width="{width}" height="{AXIS}" aria-hidden="true" focusable="false">'
        f'{"".join(parts)}{_today_mark(timeline, scale)}</svg>'
    )


def _shows_today(timeline: Timeline, scale: _Scale) -> bool:
    return timeline.today is not None and scale.first <= timeline.today.toordinal() <= scale.last


def _today_position(timeline: Timeline, scale: _Scale) -> str:
    """Where a script may scroll to, in pixels of the picture."""
    if timeline.today is None or not _shows_today(timeline, scale):
        return ""
    return f' data-today="{scale.x(timeline.today):.0f}"'


def _today_mark(timeline: Timeline, scale: _Scale) -> str:
    if timeline.today is None or not _shows_today(timeline, scale):
        return ""
    share = 100 * scale.x(timeline.today) / scale.width
    word = escape(_("Today"))
    anchor, shift = ("end", -5) if share > 90 else ("start", 5)
    return (
        f'<line class="tl-today" x1="{share:.3f}%" x2="{share:.3f}%" y1="38" y2="{AXIS}"/>'
        f'<text class="tl-today-text" x="{share:.3f}%" dx="{shift}" y="50" text-anchor="{anchor}">'
        f"{word}</text>"
    )


# --- labels ----------------------------------------------------------------------------------


def _labels(lines: Sequence[Bar | Group]) -> str:
    parts = []
    for line in lines:
        text, url = escape(str(line.label)), line.url
        inner = f'<a href="{escape(url)}">{text}</a>' if url else f"<span>{text}</span>"
        css = "tl-label" if isinstance(line, Bar) else "tl-label tl-label--group"
        parts.append(f'<li class="{css}">{inner}</li>')
    return "".join(parts)


# --- picture ---------------------------------------------------------------------------------


class _Dates:
    """Days in the reader's short form, each written once."""

    def __init__(self) -> None:
        self._german = (get_language() or "").startswith("de")
        self._known: dict[date, str] = {}

    def __call__(self, day: date) -> str:
        text = self._known.get(day)
        if text is None:
            german = f"{day.day:02}.{day.month:02}.{day.year}"
            text = self._known[day] = german if self._german else day.isoformat()
        return text


def _picture(timeline: Timeline, lines: Sequence[Bar | Group], scale: _Scale, name: str, label: str) -> str:
    width, height = scale.width, len(lines) * ROW
    ends: dict[str, tuple[float, float, float]] = {}
    dates = _Dates()
    bars: list[str] = []
    for number, line in enumerate(lines):
        if isinstance(line, Bar):
            bars.append(_bar(line, number * ROW, scale, dates, ends))
    return (
        f'<svg class="tl-picture" role="img" aria-labelledby="{name}-title" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" preserveAspectRatio="none">'
        f'<title id="{name}-title">{label}</title>{_markers(name)}'
        f"{_background(lines, scale, timeline.zoom, height)}{''.join(bars)}"
        f"{_links(timeline.links, ends, name)}{_today_line(timeline, scale, height)}</svg>"
    )


def _markers(name: str) -> str:
    return "<defs>" + "".join(
        f'<marker id="{name}-{kind}" class="tl-arrow-{kind}" viewBox="0 0 6 6" refX="5.5" refY="3" '
        'markerWidth="6" markerHeight="6" markerUnits="userSpaceOnUse" orient="auto">'
        '<path d="M0 0l6 3-6 3z"/></marker>'
        for kind in ("ok", "bad")
    ) + "</defs>"


def _background(lines: Sequence[Bar | Group], scale: _Scale, zoom: Zoom, height: int) -> str:
    """Stripes, group bands and grid lines, one path each."""
    width = scale.width
    stripes, bands = [], []
    for number, line in enumerate(lines):
        if isinstance(line, Group):
            bands.append(f"M0 {number * ROW}h{width}v{ROW}h-{width}z")
        elif number % 2:
            stripes.append(f"M0 {number * ROW}h{width}v{ROW}h-{width}z")
    step = _tick_step(scale, zoom)
    thin = "".join([f"M{x:.1f} 0v{height}" for _day, x in _ticks(scale, step)])
    thick = "".join([f"M{x:.1f} 0v{height}" for _day, x in _ticks(scale, max(step, 12))])
    return (
        f'<path class="tl-stripe" d="{"".join(stripes)}"/><path class="tl-band" d="{"".join(bands)}"/>'
        f'<path class="tl-grid-line" d="{thin}"/><path class="tl-year-line" d="{thick}"/>'
    )


def _today_line(timeline: Timeline, scale: _Scale, height: int) -> str:
    if timeline.today is None or not _shows_today(timeline, scale):
        return ""
    return f'<path class="tl-today" d="M{scale.x(timeline.today):.1f} 0v{height}"/>'


def _span(bar: Bar, scale: _Scale) -> tuple[float, float, str] | None:
    """Left edge, right edge (the end day is included) and the class of an open bar."""
    if bar.start is None and bar.end is None:
        return None
    if bar.end is None:
        left = scale.x(bar.start)  # type: ignore[arg-type]
        return left, left + 18, " tl-open"
    right = scale.x(bar.end) + scale.factor
    if bar.start is None:
        return right - 18, right, " tl-open"
    left = scale.x(bar.start)
    return left, max(right, left + 3), ""


def _bar(
    bar: Bar, top: int, scale: _Scale, dates: _Dates, ends: dict[str, tuple[float, float, float]]
) -> str:
    parts = []
    y = top + TOP
    if bar.baseline_start is not None and bar.baseline_end is not None:
        left, right = scale.x(bar.baseline_start), scale.x(bar.baseline_end) + scale.factor
        parts.append(
            f'<rect class="tl-baseline" x="{left:.1f}" y="{y + BAR + 2}" '
            f'width="{max(right - left, 3):.1f}" height="5" rx="2"/>'
        )
    span = _span(bar, scale)
    if span is not None:
        left, right, css = span
        ends[bar.id] = (left, right, y + BAR / 2)
        parts.append(_main_rect(bar, left, right, y, css, dates))
    if bar.milestones:
        parts.append(_milestones(bar.milestones, y + BAR / 2, scale, dates))
    return "".join(parts)


def _main_rect(bar: Bar, left: float, right: float, y: int, css: str, dates: _Dates) -> str:
    kind = bar.kind if _KIND_LETTERS.issuperset(bar.kind) else "neutral"
    begin = dates(bar.start) if bar.start else pgettext("date", "open")
    finish = dates(bar.end) if bar.end else pgettext("date", "open")
    title = escape(str(bar.title)) if bar.title else f"{escape(str(bar.label))}: {begin} – {finish}"
    rect = (
        f'<rect class="tl-bar tl-k-{kind}{css}" x="{left:.1f}" y="{y}" width="{right - left:.1f}" '
        f'height="{BAR}" rx="3"><title>{title}</title></rect>'
    )
    if not bar.progress:
        return rect
    done = min(max(float(bar.progress), 0.0), 100.0) * (right - left) / 100
    return f'{rect}<rect class="tl-done" x="{left:.1f}" y="{y + BAR - 4}" width="{done:.1f}" height="4" rx="1"/>'


def _milestones(milestones: Sequence[Milestone], y: float, scale: _Scale, dates: _Dates) -> str:
    first, factor, up = scale.first, scale.factor, y - 6
    return "".join(
        [
            f'<path class="{"tl-ms tl-ms-done" if m.done else "tl-ms"}" '
            f'd="M{(m.day.toordinal() - first) * factor:.1f} {up}l6 6-6 6-6-6z">'
            f"<title>{escape(str(m.title))}: {dates(m.day)}</title></path>"
            for m in milestones
        ]
    )


# --- dependencies ----------------------------------------------------------------------------


def _links(links: Sequence[Link], ends: dict[str, tuple[float, float, float]], name: str) -> str:
    parts = []
    for link in links:
        source, target = ends.get(link.from_id), ends.get(link.to_id)
        if source is None or target is None or source is target:
            continue
        css = "bad" if link.violated else "ok"
        parts.append(
            f'<path class="tl-link tl-link-{css}" marker-end="url(#{name}-{css})" d="{_route(link.kind, source, target)}"/>'
        )
    return "".join(parts)


def _route(kind: str, source: tuple[float, float, float], target: tuple[float, float, float]) -> str:
    """A path of horizontal and vertical pieces from one bar's edge to another's."""
    leaves_right, enters_left = kind[0] == "F", kind[1] == "S"
    x1 = source[1] if leaves_right else source[0]
    x2 = target[0] if enters_left else target[1]
    y1, y2 = source[2], target[2]
    out = x1 + (7 if leaves_right else -7)
    into = x2 + (-9 if enters_left else 9)
    direct = into >= out if leaves_right and enters_left else into <= out if kind == "SF" else False
    if direct:
        return f"M{x1:.1f} {y1}H{into:.1f}V{y2}H{x2:.1f}"
    if kind in ("SS", "FF"):
        outer = min(out, into) if kind == "SS" else max(out, into)
        return f"M{x1:.1f} {y1}H{outer:.1f}V{y2}H{x2:.1f}"
    between = y2 - ROW / 2 if y2 > y1 else y2 + ROW / 2
    return f"M{x1:.1f} {y1}H{out:.1f}V{between}H{into:.1f}V{y2}H{x2:.1f}"

