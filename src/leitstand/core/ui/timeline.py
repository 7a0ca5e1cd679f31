"""Roadmap and Gantt chart: frozen dataclasses in, HTML with SVG out. Pure functions.

Label column and axis stay in view while the picture scrolls, therefore the result is a
scrolling region with four parts: corner, axis, labels, picture. Axis positions are
percentages and the picture's view box may be squeezed, so that paper shows the whole width.
Lengths are CSS pixels, time runs in days. The caller provides an equal table.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Literal, TypeAlias

from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from leitstand.core.ui import timescale
from leitstand.core.ui.timescale import Scale, Zoom

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text: TypeAlias = str | _StrPromise
else:
    Text: TypeAlias = object

Edges: TypeAlias = tuple[float, float, float]  # left, right and middle height of a drawn bar

ROW = 32
BAR = 14
TOP = 6
BLOCK = 24  # rows that a page of paper holds; even, so that the stripes go on
FIRST_BLOCK = 18  # the first page holds the page's head and the legend, too
EARLY = 8  # a block may end so many rows earlier, where a group begins
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


def render(timeline: Timeline) -> SafeString:
    """The chart as HTML; an empty string if there are no rows."""
    lines = _lines(timeline)
    if not lines:
        return SafeString("")
    scale = timescale.fit(_days(timeline), timeline.zoom, timeline.start, timeline.end)
    name, label = escape(timeline.id), escape(str(timeline.label))
    axis = timescale.axis(scale, timeline.today, name)
    today = timeline.today if timeline.today and scale.shows(timeline.today) else None
    mark = f' data-today="{scale.x(today):.0f}"' if today else ""  # a script scrolls there
    return SafeString(
        f'<div class="tl" role="region" tabindex="0" aria-label="{label}"{mark}>'
        f'<div class="tl-grid"><div class="tl-corner"></div><svg class="tl-axis" {axis}'
        f"{_blocks(timeline, lines, scale)}</div></div>"
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


def _days(timeline: Timeline) -> Iterable[date]:
    for bar in timeline.rows:
        for day in (bar.start, bar.end, bar.baseline_start, bar.baseline_end):
            if day is not None:
                yield day
        for milestone in bar.milestones:
            yield milestone.day
    if timeline.today is not None:
        yield timeline.today


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


def _cuts(lines: Sequence[Bar | Group]) -> list[int]:
    """The first row of every block, and the end. A block ends where a group begins if that is
    near, and never with a heading."""
    cuts = [0]
    while (first := cuts[-1]) < len(lines):
        last = first + (BLOCK if first else FIRST_BLOCK)
        if last >= len(lines):
            cuts.append(len(lines))
            break
        near = range(last, max(last - EARLY, first + 1), -1)
        cuts.append(next((row for row in near if isinstance(lines[row], Group)), last))
    return cuts


def _blocks(timeline: Timeline, lines: Sequence[Bar | Group], scale: Scale) -> str:
    """Labels and picture, in blocks of rows that a page of paper holds. On paper every block
    but the first repeats the axis, and the name of the group that goes on."""
    name, label = escape(timeline.id), escape(str(timeline.label))
    ends: dict[str, Edges] = {}
    drawn, dates, cuts = [], _Dates(), _cuts(lines)
    for number, line in enumerate(lines):
        drawn.append(_bar(line, number * ROW, scale, dates, ends) if isinstance(line, Bar) else "")
    links = _links(timeline.links, ends, name, [cut * ROW for cut in cuts])
    parts = []
    for number, (first, last) in enumerate(itertools.pairwise(cuts)):
        some = lines[first:last]
        if first:
            parts.append(_paper_head(lines, first, name))
            head = 'aria-hidden="true" focusable="false"'
            start = ""
        else:
            head = f'role="img" aria-labelledby="{name}-title"'
            start = f'<title id="{name}-title">{label}</title>{_markers(name)}'
        top, height, width = first * ROW, len(some) * ROW, scale.width
        parts.append(
            f'<ul class="tl-labels">{_labels(some)}</ul><svg class="tl-picture" {head} width="{width}" '
            f'height="{height}" viewBox="0 {top} {width} {height}" preserveAspectRatio="none">{start}'
            f"{_background(some, scale, top)}{''.join(drawn[first:last])}"
            f"{links[number]}{_today_line(timeline, scale, top, height)}</svg>"
        )
    return "".join(parts)


def _paper_head(lines: Sequence[Bar | Group], first: int, name: str) -> str:
    """The axis once more, drawn by reference, and the heading of a group that goes on."""
    text = ""
    if isinstance(lines[first], Bar):
        above = (line for line in reversed(lines[:first]) if isinstance(line, Group))
        heading = next(above, None)
        text = escape(_("%(group)s (continued)") % {"group": heading.label}) if heading else ""
    return (
        f'<div class="tl-paper tl-goes-on" aria-hidden="true">{text}</div>'
        f'<svg class="tl-axis tl-paper" aria-hidden="true" focusable="false">'
        f'<use href="#{name}-axis"/></svg>'
    )


def _markers(name: str) -> str:
    return (
        "<defs>"
        + "".join(
            f'<marker id="{name}-{kind}" class="tl-arrow-{kind}" viewBox="0 0 6 6" refX="5.5" refY="3" '
            'markerWidth="6" markerHeight="6" markerUnits="userSpaceOnUse" orient="auto">'
            '<path d="M0 0l6 3-6 3z"/></marker>'
            for kind in ("ok", "bad")
        )
        + "</defs>"
    )


def _background(lines: Sequence[Bar | Group], scale: Scale, top: int) -> str:
    """Stripes, group bands and grid lines, one path each."""
    width, height = scale.width, len(lines) * ROW
    stripes, bands = [], []
    for number, line in enumerate(lines):
        if isinstance(line, Group):
            bands.append(f"M0 {top + number * ROW}h{width}v{ROW}h-{width}z")
        elif number % 2:
            stripes.append(f"M0 {top + number * ROW}h{width}v{ROW}h-{width}z")
    step = timescale.tick_step(scale)
    thin = "".join([f"M{x:.1f} {top}v{height}" for _day, x in timescale.ticks(scale, step)])
    thick = "".join(
        [f"M{x:.1f} {top}v{height}" for _day, x in timescale.ticks(scale, max(step, 12))]
    )
    return (
        f'<path class="tl-stripe" d="{"".join(stripes)}"/><path class="tl-band" d="{"".join(bands)}"/>'
        f'<path class="tl-grid-line" d="{thin}"/><path class="tl-year-line" d="{thick}"/>'
    )


def _today_line(timeline: Timeline, scale: Scale, top: int, height: int) -> str:
    if timeline.today is None or not scale.shows(timeline.today):
        return ""
    return f'<path class="tl-today" d="M{scale.x(timeline.today):.1f} {top}v{height}"/>'


def _span(bar: Bar, scale: Scale) -> tuple[float, float, str] | None:
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


def _bar(bar: Bar, top: int, scale: Scale, dates: _Dates, ends: dict[str, Edges]) -> str:
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
    place = f'x="{left:.1f}" y="{y + BAR - 4}" width="{done:.1f}"'
    return f'{rect}<rect class="tl-done" {place} height="4" rx="1"/>'


def _milestones(milestones: Sequence[Milestone], y: float, scale: Scale, dates: _Dates) -> str:
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


def _links(
    links: Sequence[Link], ends: dict[str, Edges], name: str, edges: Sequence[int]
) -> list[str]:
    """The drawn links of each block between two `edges`. A block that a link only runs through
    gets its straight piece; all these pieces are one path."""
    whole: list[list[str]] = [[] for _edge in edges[1:]]
    through: dict[str, list[list[str]]] = {
        css: [[] for _edge in edges[1:]] for css in ("ok", "bad")
    }
    for link in links:
        source, target = ends.get(link.from_id), ends.get(link.to_id)
        if source is None or target is None or source is target:
            continue
        css = "bad" if link.violated else "ok"
        route, x, near = _route(link.kind, source, target)
        path = f'<path class="tl-link tl-link-{css}" marker-end="url(#{name}-{css})" d="{route}"/>'
        turns = {_block(y, edges) for y in (source[2], target[2], near)}
        for number in range(min(turns), max(turns) + 1):
            if number in turns:
                whole[number].append(path)
            else:
                piece = f"M{x:.1f} {edges[number]}V{edges[number + 1]}"
                through[css][number].append(piece)
    for css, pieces in through.items():
        for number, some in enumerate(pieces):
            if some:
                whole[number].append(f'<path class="tl-link tl-link-{css}" d="{"".join(some)}"/>')
    return ["".join(paths) for paths in whole]


def _block(y: float, edges: Sequence[int]) -> int:
    return min(max(bisect_right(edges, y) - 1, 0), len(edges) - 2)


def _route(kind: str, source: Edges, target: Edges) -> tuple[str, float, float]:
    """A path of horizontal and vertical pieces from one bar's edge to another's; the place of its
    long vertical piece, and the height where that ends."""
    leaves_right, enters_left = kind[0] == "F", kind[1] == "S"
    x1 = source[1] if leaves_right else source[0]
    x2 = target[0] if enters_left else target[1]
    y1, y2 = source[2], target[2]
    out = x1 + (7 if leaves_right else -7)
    into = x2 + (-9 if enters_left else 9)
    direct = into >= out if leaves_right and enters_left else into <= out if kind == "SF" else False
    if direct:
        return f"M{x1:.1f} {y1}H{into:.1f}V{y2}H{x2:.1f}", into, y2
    if kind in ("SS", "FF"):
        outer = min(out, into) if kind == "SS" else max(out, into)
        return f"M{x1:.1f} {y1}H{outer:.1f}V{y2}H{x2:.1f}", outer, y2
    between = y2 - ROW / 2 if y2 > y1 else y2 + ROW / 2
    return f"M{x1:.1f} {y1}H{out:.1f}V{between}H{into:.1f}V{y2}H{x2:.1f}", out, between
