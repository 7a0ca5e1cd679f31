"""The history of a project in words that people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from leitstand.core.audit.models import AuditEvent
from leitstand.core.audit.queries import history
from leitstand.core.base.actor import Actor
from leitstand.core.base.events import event_types
from leitstand.core.policy.grants import grants, predicate
from leitstand.core.tables import values
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.ui.components import HistoryEntry
from leitstand.portfolio import policy
from leitstand.portfolio.models import Dependency, Project
from leitstand.portfolio.tables import ITEM_TABLES, PROJECTS

SIDES = ("predecessor", "successor")
Pair = tuple[Any, Any]


@dataclass(frozen=True)
class ProjectHistory:
    """What a reader sees of a project's events; ``hidden`` counts those closed to her."""

    entries: list[HistoryEntry]
    hidden: int


def of_project(
    actor: Actor, project: Project, *, limit: int = 200, shorten: int = 0
) -> ProjectHistory:
    """The newest events of a visible project, with labels and German values.

    An event stays as confidential as the project was then, also when its level is lowered later.
    ``shorten`` cuts long texts to so many characters (0 = never).
    """
    open_to = _open_to(actor, project)
    rows = history(project.pk, limit=limit, open_to=open_to)
    names = _names(actor, rows)
    closed = AuditEvent.objects.filter(object_id=project.pk).exclude(open_to) if open_to else None
    return ProjectHistory(
        entries=[_entry(row, names, shorten) for row in rows],
        hidden=closed.count() if closed is not None else 0,
    )


def _open_to(actor: Actor, project: Project) -> Q:
    """Predicate over the events: everything for insiders, else what the level then allows."""
    if actor.is_system or policy.is_insider(actor, project):
        return Q()
    reach = predicate(grants(actor, policy.VIEW), unit="unit_id", level="level")
    return Q(level__lte=project.confidentiality) | reach


def _names(actor: Actor, rows: Iterable[AuditEvent]) -> dict[str, str]:
    """Titles of the other projects of dependencies, as far as the actor may see them."""
    ids = {
        side
        for row in rows
        for name in SIDES
        for side in _pair(row.changes.get(name))
        if isinstance(side, str)
    }
    if not ids:
        return {}
    found = policy.visible(actor).filter(pk__in=ids).values_list("pk", "number", "title")
    return {str(pk): f"{number} {title}" for pk, number, title in found}


def _entry(row: AuditEvent, names: Mapping[str, str], shorten: int) -> HistoryEntry:
    details = row.personal.details if isinstance(row.personal.details, dict) else {}
    changes: dict[str, Any] = {**row.changes, **details}
    part = next((code for code in _pair(row.changes.get("part")) if code), "")
    table = ITEM_TABLES.get(str(part), PROJECTS)
    label: Any = event_types[row.type].label if row.type in event_types else row.type
    text = f"{label}: {table.label}" if part else str(label)
    shown = []
    for name, change in changes.items():
        before, after = _pair(change)
        if name == "part" or name.endswith("_precision") or (not before and not after):
            continue
        old, new = (
            _readable(table, name, side, changes, place, names)
            for place, side in enumerate((before, after))
        )
        if old != new:
            shown.append((_label(table, name), _cut(old, shorten), _cut(new, shorten)))
    return HistoryEntry(
        at=row.at,
        who=row.personal.actor_name or _("deleted"),
        text=text,
        reason=row.reason,
        changes=shown,
    )


def _pair(change: Any) -> Pair:
    return (change[0], change[1]) if isinstance(change, list) and len(change) == 2 else (None, None)


def _cut(text: str, limit: int) -> str:
    return text if not limit or len(text) <= limit else text[:limit].rstrip() + " …"


def _label(table: Table, name: str) -> str:
    if name in table:
        return str(table.column(name).label)
    others = {
        "predecessor": _("Predecessor"),
        "successor": _("Successor"),
        "kind": _("Kind"),
        "baseline": _("Baseline"),
        "criterion": _("Criterion"),
        "score": _("Score"),
        "file": _("File"),
        "number": _("Identifier"),
    }
    return others.get(name, name)


def _readable(
    table: Table, name: str, value: Any, changes: Mapping[str, Any], place: int,
    names: Mapping[str, str],
) -> str:  # fmt: skip
    if value in (None, ""):
        return ""
    if name in SIDES:
        return names.get(str(value)) or _("another project")
    if name not in table:
        return (
            str(dict(Dependency.Kind.choices).get(value, value)) if name == "kind" else str(value)
        )
    column = table.column(name)
    precision = _pair(changes.get(f"{name}_precision"))[place] or Precision.DAY
    return _of_column(column, value, str(precision))


def _of_column(column: Column, value: Any, precision: str) -> str:
    """A JSON value of the trail as its column shows it; what does not fit stays as it is."""
    try:
        if column.type is ColumnType.DATE:
            return PartialDate(date.fromisoformat(value), Precision(precision)).show()
        if column.type is ColumnType.CHOICE:
            return values.show(column, str(value))
        return values.show(column, value)
    except (ValueError, ArithmeticError, TypeError):
        return str(value)
