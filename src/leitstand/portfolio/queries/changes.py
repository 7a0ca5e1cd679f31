"""Changed fields of the trail in words: labels and values as the tables show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.base.changes import Line
from leitstand.core.tables import values
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.portfolio.models import Dependency
from leitstand.portfolio.queries.exports import SOURCES
from leitstand.portfolio.tables import FIELDS, GOALS, ITEM_TABLES, PROGRAMMES, PROJECTS, SKILLS
from leitstand.portfolio.tables.money import column_of, is_money
from leitstand.portfolio.tables.rounds import RESULTS

SIDES = ("predecessor", "successor")
TABLES = {table.kind: table for table in (FIELDS, GOALS, PROGRAMMES, SKILLS)}
Pair = tuple[Any, Any]


def pair(change: Any) -> Pair:
    """Old and new value of a recorded change; two times None for anything else."""
    return (change[0], change[1]) if isinstance(change, list) and len(change) == 2 else (None, None)


def table_of(changes: Mapping[str, Any]) -> Table | None:
    """The table of the part that a project's event is about; None for the project itself."""
    part = next((code for code in pair(changes.get("part")) if code), "")
    return ITEM_TABLES.get(str(part))


def of_project(changes: Mapping[str, Any]) -> list[Line]:
    """Lines of a project's event; a part's event begins with the kind of part."""
    table = table_of(changes)
    first = [Line(_("Kind"), "", str(table.label))] if table else []
    return first + lines(table or PROJECTS, changes)


def lines(
    table: Table, changes: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> list[Line]:
    """The changed fields of a row of ``table``; ``names``: titles of projects by id."""
    shown = []
    for name, change in changes.items():
        before, after = pair(change)
        if name == "part" or name.endswith("_precision") or (not before and not after):
            continue
        old, new = (
            _readable(table, name, side, changes, place, names or {})
            for place, side in enumerate((before, after))
        )
        if name == "count" and not before:
            old = ""  # a number of new rows, not a value that was 0 before
        if old != new:
            shown.append(Line(_label(table, name), old, new))
    return shown


def of_import(changes: Mapping[str, Any]) -> list[Line]:
    """What an import has created, counted."""
    labels = {
        "new": _("new projects"),
        "changed": _("changed projects"),
        "file": _("File"),
        "units": _("Units"),
        "people": _("People"),
        "programme": PROGRAMMES.label_plural,
        "fields_of_action": FIELDS.label_plural,
        "goals": GOALS.label_plural,
        "budget": ITEM_TABLES["budget"].label_plural,
        "funding": ITEM_TABLES["funding"].label_plural,
    }
    return [
        Line(str(labels.get(name, name)), "", str(pair(change)[1]))
        for name, change in changes.items()
        if pair(change)[1]
    ]


def of_export(changes: Mapping[str, Any]) -> list[Line]:
    """Which list was exported, in which format."""
    table, form = pair(changes.get("table"))[1], pair(changes.get("format"))[1]
    found = [Line(_("List"), "", export_title(str(table)))] if table else []
    return found + ([Line(_("Format"), "", str(form).upper())] if form else [])


def export_title(code: str) -> str:
    """Name of the list that an export recorded by its code."""
    if code == RESULTS.kind:
        return str(RESULTS.label_plural)
    return str(SOURCES[code].table.label_plural) if code in SOURCES else code


def _label(table: Table, name: str) -> str:
    column = table.column(name) if name in table else column_of(name)
    if column is not None and (name in table or table is PROJECTS):
        return str(column.label)
    others = {
        "predecessor": _("Predecessor"),
        "successor": _("Successor"),
        "kind": _("Kind"),
        "baseline": _("Baseline"),
        "criterion": _("Criterion"),
        "score": _("Score"),
        "file": _("File"),
        "number": _("Identifier"),
        "count": _("How many"),
        "person": _("Person"),
        "unit": _("Unit"),
        "role": _("Role"),
        "name": _("Name"),
        "code": _("Code"),
        "description": _("Description"),
        "weight": _("Weight"),
        "position": _("Position"),
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
    if name not in table and table is PROJECTS and is_money(name):
        return _of_column(column_of(name) or table.column("budget_planned"), value, "")
    if name not in table:
        return (
            str(dict(Dependency.Kind.choices).get(value, value)) if name == "kind" else str(value)
        )
    column = table.column(name)
    precision = pair(changes.get(f"{name}_precision"))[place] or Precision.DAY
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
