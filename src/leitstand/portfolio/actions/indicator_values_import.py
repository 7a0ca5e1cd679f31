"""Import of measured values: what each row of a table would do, then all of them at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import DomainError, Invalid
from leitstand.core.base.texts import refuse_unstorable
from leitstand.portfolio.actions.indicator_import import Result, read_row
from leitstand.portfolio.actions.indicators import plain_value
from leitstand.portfolio.actions.strategy import require
from leitstand.portfolio.models import Indicator, IndicatorValue
from leitstand.portfolio.tables.indicators import INDICATOR_CODE, VALUES

Row = Mapping[str, Any]
Key = tuple[uuid.UUID, date]
_TOO_LARGE = Decimal(10**12)


@dataclass(frozen=True)
class Line:
    """What one row holds; ``old`` is the value that the day has already."""

    number: int
    indicator: Indicator
    day: date
    value: Decimal
    note: str
    old: IndicatorValue | None

    @property
    def verdict(self) -> str:
        """``new``, ``same`` or ``changed``."""
        if self.old is None:
            return "new"
        same = self.old.value == self.value and self.note in ("", self.old.note)
        return "same" if same else "changed"


@dataclass
class Plan:
    """What an import would do; errors as (row, text)."""

    lines: list[Line] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)

    def number(self, verdict: str) -> int:
        """How many rows have this verdict."""
        return sum(line.verdict == verdict for line in self.lines)


def plan_values(rows: Iterable[Row], *, only: Indicator | None = None) -> Plan:
    """Read rows (column name → cell, ``row`` = its number); ``only``: values of this indicator.

    Rows of that indicator need not name its code. Two queries, however many rows.
    """
    known = [only] if only else list(Indicator.objects.all())
    indicators = {row.code.casefold(): row for row in known}
    found = IndicatorValue.objects.filter(indicator__in=known) if only else IndicatorValue.objects
    values: dict[Key, IndicatorValue] = {(row.indicator_id, row.day): row for row in found.all()}
    plan, seen = Plan(), dict[Key, int]()
    for place, row in enumerate(rows, start=2):
        number = int(row.get("row") or place)
        try:
            line = _line(number, row, indicators, only, values)
            _once(line, seen)
        except DomainError as problem:
            plan.errors.append((number, problem.text))
        else:
            plan.lines.append(line)
    return plan


def _line(
    number: int,
    row: Row,
    indicators: Mapping[str, Indicator],
    only: Indicator | None,
    values: Mapping[Key, IndicatorValue],
) -> Line:
    columns = tuple(VALUES) if only else (INDICATOR_CODE, *VALUES)
    found = read_row(row, columns, {})
    refuse_unstorable(found)
    code = str(row.get("indicator") or (only.code if only else "")).strip()
    indicator = indicators.get(code.casefold())
    if indicator is None:
        text = _("There is no indicator with the code “%(code)s” here.")
        raise Invalid(text % {"code": code[:40]})
    if found["day"] > clock.today():
        raise Invalid(_("The day lies in the future; enter what was measured."))
    if abs(found["value"]) >= _TOO_LARGE:
        raise Invalid(_("The value is too large: at most 12 digits before the comma."))
    value = found["value"].quantize(Decimal("0.01"))
    old = values.get((indicator.pk, found["day"]))
    return Line(number, indicator, found["day"], value, found.get("note", "").strip(), old)


def _once(line: Line, seen: dict[Key, int]) -> None:
    first = seen.setdefault((line.indicator.pk, line.day), line.number)
    if first != line.number:
        raise Invalid(_("Row %(row)d holds a value of this day already.") % {"row": first})


@transaction.atomic
def import_values(
    rows: Sequence[Row],
    *,
    actor: Actor,
    only: Indicator | None = None,
    replace: bool = False,
    skip_faulty: bool = False,
    dry_run: bool = False,
) -> Result:
    """Enter the values of the rows; all or nothing unless ``skip_faulty``.

    A day that has a value already is left as it is, or changed with ``replace``.
    """
    require(actor)
    keys = [only.pk] if only else list(Indicator.objects.values_list("pk", flat=True))
    list(Indicator.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    plan = plan_values(rows, only=only)
    result = Result(errors=plan.errors)
    if plan.errors and not skip_faulty:
        return result
    new = [line for line in plan.lines if line.verdict == "new"]
    changed = [line for line in plan.lines if line.verdict == "changed" and replace]
    result.added, result.changed = len(new), len(changed)
    result.same = len(plan.lines) - len(new) - len(changed)
    if not dry_run:
        _write(new, changed, actor)
    return result


def _write(new: Sequence[Line], changed: Sequence[Line], actor: Actor) -> None:
    noted = [*map(_first, new), *(_change(line) for line in changed)]
    IndicatorValue.objects.bulk_create(
        IndicatorValue(
            indicator=line.indicator, day=line.day, value=line.value, note=line.note,
            entered_by_id=actor.person_id,
        )
        for line in new
    )  # fmt: skip
    rows = []
    for line in changed:
        row = line.old
        assert row is not None  # noqa: S101 - what changed was there
        row.value, row.note, row.version = line.value, line.note or row.note, row.version + 1
        row.updated_at = clock.now()
        rows.append(row)
    IndicatorValue.objects.bulk_update(rows, ["value", "note", "version", "updated_at"])
    events.record(*(_event(actor, line, told) for line, told in noted))


def _first(line: Line) -> tuple[Line, dict[str, Any]]:
    told = {"day": [None, plain_value(line.day)], "value": [None, plain_value(line.value)]}
    return line, told | ({"note": [None, line.note]} if line.note else {})


def _change(line: Line) -> tuple[Line, dict[str, Any]]:
    old, day = line.old, plain_value(line.day)
    told: dict[str, Any] = {"day": [day, day]}
    if old is not None and old.value != line.value:
        told["value"] = [plain_value(old.value), plain_value(line.value)]
    if old is not None and line.note and old.note != line.note:
        told["note"] = [old.note, line.note]
    return line, told


def _event(actor: Actor, line: Line, changes: dict[str, Any]) -> events.Event:
    return events.Event(
        type="portfolio.indicator.measured", actor=actor, object_kind="indicator",
        object_id=line.indicator.pk, object_title=line.indicator.name, changes=changes,
    )  # fmt: skip
