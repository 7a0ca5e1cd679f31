"""Priority matrix: a small bubble chart as SVG. Pure; the caller provides an equal table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from django.utils.formats import localize
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text: TypeAlias = str | _StrPromise
else:
    Text: TypeAlias = object

WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 56, 32, 32, 48  # room for half a bubble at the edges


@dataclass(frozen=True, slots=True)
class Bubble:
    """One object: `x` and `y` on the axes' scales, `size` 0-1 sets the area, `number` is
    written into the bubble and stands in the table too."""

    x: float
    y: float
    label: Text
    number: int | str = ""
    size: float = 0.3
    kind: str = "neutral"


@dataclass(frozen=True, slots=True)
class Matrix:
    """The chart. `maximum` is the upper end of both scales; they begin at 0. The lines
    `split_x`/`split_y` make four fields with the names of `quadrants` (top left, top right,
    bottom left, bottom right)."""

    bubbles: Sequence[Bubble]
    label: Text
    x_label: Text
    y_label: Text
    id: str = "matrix"
    maximum_x: float = 5
    maximum_y: float = 5
    split_x: float | None = None
    split_y: float | None = None
    quadrants: Sequence[Text] = ()


def _x(matrix: Matrix, value: float) -> float:
    share = min(max(value / matrix.maximum_x, 0), 1) if matrix.maximum_x else 0
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(matrix: Matrix, value: float) -> float:
    share = min(max(value / matrix.maximum_y, 0), 1) if matrix.maximum_y else 0
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _number(value: float) -> str:
    return escape(str(localize(int(value) if value == int(value) else round(value, 2))))


def _frame(matrix: Matrix) -> str:
    parts = [
        f'<rect class="mx-field" x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" '
        f'height="{HEIGHT - TOP - BOTTOM}"/>'
    ]
    for step in range(6):
        x_value, y_value = matrix.maximum_x * step / 5, matrix.maximum_y * step / 5
        x, y = _x(matrix, x_value), _y(matrix, y_value)
        parts.append(
            f'<path class="mx-grid" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
        )
        parts.append(
            f'<text class="mx-tick" x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
            f'{_number(x_value)}</text><text class="mx-tick" x="{LEFT - 8}" y="{y + 5:.1f}" '
            f'text-anchor="end">{_number(y_value)}</text>'
        )
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(
        f'<text class="mx-axis" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">'
        f"{escape(str(matrix.x_label))}</text>"
        f'<text class="mx-axis" x="16" y="{middle}" text-anchor="middle" '
        f'transform="rotate(-90 16 {middle})">{escape(str(matrix.y_label))}</text>'
    )
    return "".join(parts)


def _quadrants(matrix: Matrix) -> str:
    if matrix.split_x is None or matrix.split_y is None:
        return ""
    x, y = _x(matrix, matrix.split_x), _y(matrix, matrix.split_y)
    parts = [
        f'<path class="mx-split" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
    ]
    places = (
        (LEFT + 8, TOP + 18, "start"),
        (WIDTH - RIGHT - 8, TOP + 18, "end"),
        (LEFT + 8, HEIGHT - BOTTOM - 10, "start"),
        (WIDTH - RIGHT - 8, HEIGHT - BOTTOM - 10, "end"),
    )
    for (text_x, text_y, anchor), name in zip(places, matrix.quadrants, strict=False):
        parts.append(
            f'<text class="mx-quadrant" x="{text_x}" y="{text_y}" text-anchor="{anchor}">'
            f"{escape(str(name))}</text>"
        )
    return "".join(parts)


def _bubble(matrix: Matrix, bubble: Bubble) -> str:
    x, y = _x(matrix, bubble.x), _y(matrix, bubble.y)
    radius = 11 + 15 * min(max(bubble.size, 0), 1) ** 0.5
    number = escape(str(bubble.number))
    kind = bubble.kind if bubble.kind.isidentifier() else "neutral"
    return (
        f'<g class="mx-bubble tl-k-{kind}"><title>{escape(str(bubble.label))}</title>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
        f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle">{number}</text></g>'
    )


def render(matrix: Matrix) -> SafeString:
    """The chart; big bubbles are drawn first so that small ones stay visible."""
    name, label = escape(matrix.id), escape(str(matrix.label))
    ordered = sorted(matrix.bubbles, key=lambda bubble: -bubble.size)
    return SafeString(
        f'<div class="mx" role="region" tabindex="0" aria-label="{label}">'
        f'<svg class="mx-picture" role="img" aria-labelledby="{name}-title" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<title id="{name}-title">{label}</title>{_frame(matrix)}{_quadrants(matrix)}'
        f"{''.join(_bubble(matrix, bubble) for bubble in ordered)}</svg></div>"
    )
