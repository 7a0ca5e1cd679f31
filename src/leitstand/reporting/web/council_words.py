"""How tracked resolutions and their projects' changes read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from leitstand.core.ui import components as ui
from leitstand.portfolio.facade_council import Carrier, Change
from leitstand.reporting.models import ResolutionTracking

_KINDS: dict[str, ui.Kind] = {
    "open": "neutral", "running": "info", "done": "success", "rejected": "warning",
    "dropped": "neutral",
}  # fmt: skip
_SHOWN = 12


def state_badge(state: str) -> ui.Badge:
    """The state of a tracked resolution."""
    return ui.Badge(ResolutionTracking.State(state).label, _KINDS[state])


def from_changes(
    changes: Iterable[tuple[Carrier, Sequence[Change]]],
) -> list[tuple[Carrier, list[str], int]]:
    """Per project: its changes in words, and how many more there are."""
    return [
        (project, [_line(one) for one in found[:_SHOWN]], max(0, len(found) - _SHOWN))
        for project, found in changes
    ]


def _line(one: Change) -> str:
    place = f"{one.part} “{one.title}”" if one.part and one.title else one.part
    if not one.label:
        return _("%(place)s: new") % {"place": place} if one.after else _("%(place)s: removed") % {
            "place": place
        }
    what = f"{place}, {one.label}" if place else one.label
    return f"{what}: {_cut(one.before)} → {_cut(one.after)}"


def _cut(text: str) -> str:
    return (text[:120] + "…" if len(text) > 120 else text) or "–"
