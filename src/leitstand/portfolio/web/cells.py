"""Values of projects as table cells: badges, links, short texts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.tables import values
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.ui.components import Badge, Cell, Kind
from leitstand.portfolio.models import Light, Phase

NIL = uuid.UUID(int=0)
SHORT = 180
PHASE_KINDS: dict[str, Kind] = {
    Phase.RUNNING: "info",
    Phase.PAUSED: "warning",
    Phase.DONE: "success",
}
LIGHT_KINDS: dict[str, Kind] = {
    Light.GREEN: "success",
    Light.YELLOW: "warning",
    Light.RED: "danger",
}
INLINE = ("phase", "light", "progress", "start", "end", "due", "size", "external_key", "programme")


@lru_cache(maxsize=16)
def pattern(name: str) -> str:
    """The address of a page with ``{}`` for the object: reversing per row costs too much."""
    return reverse(f"portfolio:{name}", args=[NIL]).replace(str(NIL), "{}")


@lru_cache(maxsize=32)
def edit_pattern(column: str) -> str:
    """The address that edits one column in place, with ``{}`` for the project."""
    return reverse("portfolio:cell", args=[NIL, column]).replace(str(NIL), "{}")


def phase_badge(phase: str) -> Badge:
    """A phase in words with its colour."""
    return Badge(Phase(phase).label, PHASE_KINDS.get(phase, "neutral"))


def light_badge(light: str) -> Badge:
    """A traffic light in words with its colour."""
    return Badge(Light(light).label, LIGHT_KINDS.get(light, "neutral"))


def title_cell(row: Mapping[str, Any], *, late: bool = False) -> Cell:
    """The title as a link, underneath the number and, in words, whether the project is late."""
    note = f"{row['number']} · {_('late')}" if late else row["number"]
    return Cell(row["title"], url=pattern("project").format(row["id"]), note=note)


def cell(column: Column, row: Mapping[str, Any], *, edit: bool = False) -> Cell:
    """One value of a project; ``edit`` lets it be changed in place."""
    edit_url = edit_pattern(column.name).format(row["id"]) if edit else ""
    value = row[column.name]
    if column.name == "phase":
        return Cell(badge=phase_badge(value), edit_url=edit_url)
    if column.name == "light":
        return Cell(badge=light_badge(value), edit_url=edit_url)
    if column.name == "lead_unit":
        return Cell(value, url=pattern("unit").format(row["lead_unit_id"]))
    if column.name == "programme" and value and not edit:
        return Cell(value, url=pattern("programme").format(row["programme_id"]))
    return Cell(text(column, value), edit_url=edit_url)


def text(column: Column, value: Any) -> str:
    """A value in words; long texts are cut."""
    shown = values.show(column, value)
    if column.type is ColumnType.LONGTEXT and len(shown) > SHORT:
        return shown[: SHORT - 1].rsplit(" ", 1)[0] + " …"
    return shown
