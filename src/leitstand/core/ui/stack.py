"""A small stacked bar with its legend in words, as done / started / planned. Pure."""

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


@dataclass(frozen=True, slots=True)
class Part:
    """One part: a number not below 0, and a kind as in `timeline.Bar`."""

    label: Text
    number: float
    kind: str = "neutral"
    url: str = ""


def _bar(parts: Sequence[Part], total: float) -> str:
    drawn, at = [], 0.0
    for part in parts:
        share = 100 * max(part.number, 0) / total
        if share:
            kind = part.kind if part.kind.isidentifier() else "neutral"
            drawn.append(
                f'<rect class="st-part tl-k-{kind}" x="{at:.2f}%" width="{share:.2f}%" y="0" height="100%">'
                f"<title>{escape(str(part.label))}: {escape(str(localize(part.number)))}</title></rect>"
            )
        at += share
    return "".join(drawn)


def _legend(parts: Sequence[Part]) -> str:
    entries = []
    for part in parts:
        kind = part.kind if part.kind.isidentifier() else "neutral"
        text = f"{escape(str(part.label))} <b>{escape(str(localize(part.number)))}</b>"
        inner = f'<a href="{escape(part.url)}">{text}</a>' if part.url else text
        mark = (
            '<svg class="st-mark" width="12" height="12" aria-hidden="true"><rect class="st-part '
        )
        entries.append(f'<li>{mark}tl-k-{kind}" width="12" height="12" rx="3"/></svg>{inner}</li>')
    return "".join(entries)


def render(parts: Sequence[Part], label: object) -> SafeString:
    """Bar and legend; the legend holds all that the bar shows, so the bar needs no table."""
    total = sum(max(part.number, 0) for part in parts)
    bar = _bar(parts, total) if total else ""
    return SafeString(
        f'<div class="st"><svg class="st-bar" height="16" width="100%" aria-hidden="true">'
        f'<rect class="st-ground" width="100%" height="100%"/>{bar}</svg>'
        f'<ul class="st-legend" aria-label="{escape(str(label))}">{_legend(parts)}</ul></div>'
    )
