"""What the start page is made of, per kind of reader: one table, data only.

A section comes from a feature, with its place; here stands which places a reader sees, in which
order and under which words. A place that is not named for a reader is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.ui.registry import Place


@dataclass(frozen=True)
class Part:
    """One part of the start page; without title its sections stand by themselves.

    ``without`` names registered sections that this reader is not shown.
    """

    place: Place
    title: Any = ""
    without: frozenset[str] = frozenset()


_WAITING = Part(Place.WAITING, _("What waits for you"))
_LATE = Part(Place.LATE, _("What is late and why"))
_CHANGED = Part(Place.CHANGED, _("What has changed"))
_AHEAD = Part(Place.AHEAD, _("What comes"))
_PROGRESS = Part(Place.PROGRESS, _("How far it is"))
_VIEWS = Part(Place.VIEWS, _("Saved views"))
_FIRST, _OTHER = Part(Place.FIRST), Part(Place.OTHER)

STEERS = (_FIRST, _LATE, _WAITING, _CHANGED, _AHEAD, _PROGRESS, _VIEWS, _OTHER)
HEADS_A_UNIT = (_FIRST, _WAITING, _LATE, _CHANGED, _AHEAD, _PROGRESS, _VIEWS, _OTHER)
WORKS = (_FIRST, _WAITING, _CHANGED, _AHEAD, _LATE, _PROGRESS, _VIEWS, _OTHER)
COUNCIL = (
    _FIRST,
    Part(
        Place.LATE,
        _("What takes longer than planned"),
        without=frozenset({"portfolio.consultations"}),
    ),
    Part(Place.AHEAD, _("What is coming up")),
    Part(Place.CHANGED, _("What is new since your last visit")),
    Part(Place.PROGRESS, _("How far it is")),
    _VIEWS,
)

# The first line of which the reader holds a role counts.
COMPOSITIONS: tuple[tuple[frozenset[str], tuple[Part, ...]], ...] = (
    (frozenset({"digital-unit", "admin"}), STEERS),
    (frozenset({"unit-head"}), HEADS_A_UNIT),
    (frozenset({"project-lead", "member", "auditor", "emergency"}), WORKS),
    (frozenset({"councillor"}), COUNCIL),
)


def parts_for(roles: frozenset[str]) -> tuple[Part, ...]:
    """The parts of the start page for somebody with these roles."""
    for holders, parts in COMPOSITIONS:
        if roles & holders:
            return parts
    return WORKS
