"""Import of positions from a table: what each row would do, then all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import DomainError, Invalid
from leitstand.core.org.models import OrgUnit
from leitstand.core.policy.grants import require
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.values import is_blank, parse
from leitstand.planning import policy
from leitstand.planning.actions.supply import KINDS, change_entry, create_entry
from leitstand.planning.models import Position
from leitstand.planning.tables.supply import POSITIONS
from leitstand.portfolio.facade_planning import skills

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """What one row holds; ``verdict`` is new, changed or same."""

    number: int
    values: Mapping[str, Any]
    old: Position | None
    verdict: str


@dataclass
class Plan:
    """What an import would do; errors as (row, text)."""

    lines: list[Line] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)

    def number(self, verdict: str) -> int:
        """How many rows have this verdict."""
        return sum(line.verdict == verdict for line in self.lines)


@dataclass(frozen=True)
class _Known:
    units: Mapping[str, OrgUnit]
    skills: Mapping[str, Any]
    positions: Mapping[str, Position]


def _known() -> _Known:
    units: dict[str, OrgUnit] = {}
    for unit in OrgUnit.objects.all():
        for name in (unit.name, unit.short_name, unit.code):
            units.setdefault(name.casefold(), unit)
    named: dict[str, Any] = {}
    for skill in skills():
        named[skill.name.casefold()] = named[skill.code.casefold()] = skill.id
    rows = Position.objects.select_related("unit")
    return _Known(units, named, {row.number.casefold(): row for row in rows})


def plan_positions(rows: Iterable[Row]) -> Plan:
    """Read rows (column name → cell, ``row`` = its number); three queries, however many rows."""
    known, plan, seen = _known(), Plan(), dict[str, int]()
    for place, row in enumerate(rows, start=2):
        number = int(row.get("row") or place)
        try:
            line = _line(number, row, known)
            _once(line, seen)
        except DomainError as problem:
            plan.errors.append((number, problem.text))
        else:
            plan.lines.append(line)
    return plan


def _line(number: int, row: Row, known: _Known) -> Line:
    values: dict[str, Any] = {}
    for column in POSITIONS.importable():
        cell = row.get(column.name)
        if is_blank(cell):
            if column.required:
                raise Invalid(_("%(column)s is missing.") % {"column": column.label})
            continue
        values[column.name] = _value(column, cell, known)
    values["skill_id"] = values.pop("skill")
    old = known.positions.get(str(values["number"]).casefold())
    whole = {name: getattr(old, name) for name in KINDS["position"].fields} if old else {}
    KINDS["position"].check({"share": 1, **whole, **values})
    if old is None:
        return Line(number, values, None, "new")
    same = all(getattr(old, name) == value for name, value in values.items())
    return Line(number, values, old, "same" if same else "changed")


def _value(column: Column, cell: Any, known: _Known) -> Any:
    if column.type in (ColumnType.UNIT, ColumnType.REFERENCE):
        named: Mapping[str, Any] = known.units if column.type is ColumnType.UNIT else known.skills
        found = named.get(str(cell).strip().casefold())
        if found is None:
            text = _("%(column)s “%(name)s” is unknown.")
            raise Invalid(text % {"column": column.label, "name": str(cell)[:80]})
        return found
    try:
        value = parse(column, cell)
    except ValueProblem as problem:
        raise Invalid(f"{column.label}: {problem.text}") from None
    if isinstance(value, PartialDate):
        return value.last if column.name == "end" else value.first
    return value


def _once(line: Line, seen: dict[str, int]) -> None:
    first = seen.setdefault(str(line.values["number"]).casefold(), line.number)
    if first != line.number:
        raise Invalid(_("Row %(row)d holds this position already.") % {"row": first})


@transaction.atomic
def import_positions(rows: Sequence[Row], *, actor: Actor, skip_faulty: bool = False) -> Plan:
    """Create and change the positions of the rows; all or nothing unless ``skip_faulty``."""
    require(actor, policy.SUPPLY, citywide=True)
    plan = plan_positions(rows)
    if plan.errors and not skip_faulty:
        return plan
    for line in plan.lines:
        if line.old is None:
            create_entry("position", actor=actor, values=line.values)
        elif line.verdict == "changed":
            version = line.old.version
            change_entry("position", line.old.pk, actor=actor, version=version, values=line.values)
    return plan
