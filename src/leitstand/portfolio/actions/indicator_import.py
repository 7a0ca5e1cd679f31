"""Import of indicators from tables such as those that are exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import DomainError, Invalid
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.values import is_blank, parse
from leitstand.portfolio.actions.strategy import create_entry, require
from leitstand.portfolio.models import Goal, Indicator, Programme
from leitstand.portfolio.tables.indicators import INDICATORS

Row = Mapping[str, Any]


@dataclass
class Result:
    """How many rows were added, changed and were there already; errors as (row, text)."""

    added: int = 0
    changed: int = 0
    same: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


def import_indicators(rows: Iterable[Row], *, actor: Actor, dry_run: bool = False) -> Result:
    """Create the indicators whose codes are new; all or nothing. Columns as in the export.

    Goals and programmes are named by code or name.
    """
    known = set(Indicator.objects.values_list("code", flat=True))
    named = {"goal": _named(Goal), "programme": _named(Programme)}

    def one(row: Row) -> bool:
        values = read_row(row, tuple(INDICATORS), named)
        if values["code"] in known:
            return False
        create_entry("indicator", actor=actor, values=values)
        known.add(values["code"])
        return True

    return _all_or_nothing(rows, one, actor, dry_run)


def _all_or_nothing(
    rows: Iterable[Row], one: Callable[[Row], bool], actor: Actor, dry_run: bool
) -> Result:
    require(actor)
    result = Result()
    with transaction.atomic():
        for number, row in enumerate(rows, start=2):
            try:
                with transaction.atomic():
                    if one(row):
                        result.added += 1
                    else:
                        result.same += 1
            except DomainError as problem:
                result.errors.append((number, problem.text))
        if result.errors or dry_run:
            transaction.set_rollback(True)
    if result.errors:
        result.added = 0
    return result


def read_row(
    row: Row, columns: tuple[Column, ...], named: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """The row's values by column name; blank ones are left out. Raises ``Invalid``."""
    found: dict[str, Any] = {}
    for column in columns:
        cell = row.get(column.name)
        if is_blank(cell):
            if column.required:
                raise Invalid(_("%(column)s is missing.") % {"column": column.label})
            continue
        if column.type is ColumnType.REFERENCE:
            found[column.name] = _reference(named[column.name], column, cell)
            continue
        try:
            value = parse(column, cell)
        except ValueProblem as problem:
            raise Invalid(f"{column.label}: {problem.text}") from None
        found[column.name] = value.last if isinstance(value, PartialDate) else value
    return found


def _reference(named: Mapping[str, Any], column: Column, cell: Any) -> Any:
    row = named.get(str(cell).strip().casefold())
    if row is None:
        raise Invalid(
            _("%(column)s “%(name)s” is unknown.") % {"column": column.label, "name": cell}
        )
    return row


def _named(model: type[models.Model]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in model._default_manager.all():
        one: Any = row
        found[one.name.casefold()] = row
        found[one.code.casefold()] = row
    return found
