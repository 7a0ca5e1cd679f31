"""What features add to the shell: navigation, tiles of the start page, public sections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.registry import Registry
from leitstand.core.ui.components import Tile

STEERING = _("Steering")
TOGETHER = _("Cooperation")
"""Groups of the main navigation; views of the same selection are tabs and no entries at all."""


@dataclass(frozen=True)
class NavEntry:
    """An entry of the main navigation; ``permission`` hides it from those who lack it.

    ``group`` is one of the labels above or the administration's. ``prefixes`` are the paths
    under which the entry counts as the current one.
    """

    label: Any
    url_name: str
    order: int
    permission: str = ""
    group: Any = ""
    prefixes: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True)
class TileSource:
    """Tiles of the start page for one actor."""

    order: int
    tiles: Callable[[Actor], Sequence[Tile]]


class Place(StrEnum):
    """What a section of the start page is about; the shell orders the places per role."""

    FIRST = "first"
    WAITING = "waiting"
    LATE = "late"
    CHANGED = "changed"
    AHEAD = "ahead"
    PROGRESS = "progress"
    VIEWS = "views"
    OTHER = "other"


@dataclass(frozen=True)
class StartSection:
    """A section of the start page: a template, its context for one actor, its place."""

    order: int
    template: str
    context: Callable[[Actor], dict[str, Any] | None]
    place: Place = Place.OTHER


navigation: Registry[NavEntry] = Registry("navigation entry")
tiles: Registry[TileSource] = Registry("tile source")
start_sections: Registry[StartSection] = Registry("start section")
public_sections: Registry[StartSection] = Registry("public section")
"""Sections of the start page of visitors; their context is asked for the anonymous actor."""


@dataclass(frozen=True)
class PastPages:
    """Pages that show a past day by ``?stand=``, named by URL name.

    ``neighbours`` gives for one request the days before and after the day shown on which
    something changed that the page may show; ``earlier`` are those among them that read the
    parameter themselves for days before the record; ``api`` are prefixes of end points; ``of``
    are models that the pages show and whose record may begin later than that of projects.
    """

    names: frozenset[str]
    neighbours: Callable[[Actor, Any, date], tuple[date | None, date | None]]
    earlier: frozenset[str] = frozenset()
    of: tuple[str, ...] = ()
    api: tuple[str, ...] = ()


past_pages: Registry[PastPages] = Registry("pages of past days")
