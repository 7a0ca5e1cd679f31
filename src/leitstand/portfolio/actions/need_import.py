"""Import of needs from a table: a list kept elsewhere, or an export of another instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import DomainError, Invalid, NotAllowed
from leitstand.core.org.queries import PersonFinder, UnitFinder
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.values import is_blank, parse
from leitstand.portfolio.actions.needs import file_need
from leitstand.portfolio.models import Need
from leitstand.portfolio.tables.intake import NEEDS


@dataclass
class NeedsResult:
    """Needs that were filed, those that were there already, and what was wrong, by row."""

    filed: list[Need] = field(default_factory=list)
    same: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


@transaction.atomic
def import_needs(
    rows: Sequence[Mapping[str, Any]], *, actor: Actor, dry_run: bool = False
) -> NeedsResult:
    """File the needs of ``rows`` (texts by column name, ``row`` is the row's number).

    Nothing is written if a row has an error. A need whose key of the source is known already is
    left as it is.
    """
    result = NeedsResult()
    reader = _Reader()
    known = set(Need.objects.exclude(external_key="").values_list("external_key", flat=True))
    wanted = []
    for row in rows:
        values = _values(row, reader, result)
        if values is None:
            continue
        if values.get("external_key") and values["external_key"] in known:
            result.same += 1
            continue
        known.add(values.get("external_key", ""))
        wanted.append((int(row["row"]), values))
    if result.errors or dry_run:
        return result
    point = transaction.savepoint()
    for number, values in wanted:
        _file(number, values, actor, result)
    if result.errors:
        transaction.savepoint_rollback(point)
        result.filed.clear()
    else:
        transaction.savepoint_commit(point)
    return result


def _file(number: int, values: dict[str, Any], actor: Actor, result: NeedsResult) -> None:
    filed_on = values.pop("filed_on", None)
    try:
        result.filed.append(file_need(actor=actor, values=values, filed_on=filed_on))
    except (Invalid, NotAllowed) as problem:
        result.errors.append((number, problem.text))


def _values(row: Mapping[str, Any], reader: _Reader, result: NeedsResult) -> dict[str, Any] | None:
    number, values = int(row["row"]), {}
    for column in NEEDS.importable():
        cell = row.get(column.name)
        if is_blank(cell):
            if column.required:
                text = _("%(column)s is missing.") % {"column": column.label}
                result.errors.append((number, text))
                return None
            continue
        try:
            values[column.name] = reader(column, cell)
        except (ValueProblem, DomainError) as problem:
            result.errors.append((number, f"{column.label}: {problem.text}"))
            return None
    return values


class _Reader:
    """Cells as model values; units and people are looked up, the trees loaded once."""

    def __init__(self) -> None:
        self.units, self.people = UnitFinder(), PersonFinder()

    def __call__(self, column: Column, cell: Any) -> Any:
        value = parse(column, cell)
        if column.type is ColumnType.UNIT:
            return self._known(self.units(str(value)), value)
        if column.type is ColumnType.PERSON:
            return self._known(self.people(str(value)), value)
        if isinstance(value, PartialDate):
            return value.last
        return int(str(value)) if column.name == "confidentiality" else value

    @staticmethod
    def _known(found: Any, text: Any) -> Any:
        if found is None:
            raise Invalid(_("“%(name)s” is unknown.") % {"name": text})
        return found
