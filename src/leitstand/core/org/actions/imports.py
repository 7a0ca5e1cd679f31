"""Units and people from tables: preview, problems per row, update on re-import."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import authority
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import DomainError, Invalid
from leitstand.core.org.actions.import_plans import PeoplePlan, Step, UnitPlan, fold
from leitstand.core.org.actions.units import CHANGE

_RowData = Mapping[str, Any]
_Planned = tuple[int, Step]
_T = TypeVar("_T")
_AT_ONCE = 100


@dataclass(frozen=True)
class RowProblem:
    """Why a row cannot be taken; ``row`` is the number that the spreadsheet shows."""

    row: int
    field: str
    text: str


@dataclass
class ImportResult:
    """What an import did or would do; each list holds texts to show, in the order of the rows."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)


def import_units(
    rows: Iterable[_RowData], *, actor: Actor, dry_run: bool = False, skip_faulty: bool = False
) -> ImportResult:
    """Create units and update those whose code exists; parents may stand below their children.

    Each row maps ``code, name, short_name, kind, parent_code, email, active_from`` to texts
    (``active_from`` also to a date) and may carry ``row``, its number in the file. ``kind`` may
    be the German or English word. A missing key leaves a known unit's value as it is.

    A dry run stores nothing and locks nothing. Otherwise rows with problems make the whole import
    raise ``Invalid`` before anything is stored, unless ``skip_faulty``. Rows are stored in steps
    of a hundred, so that others can save in between; if that is cut short, the same import again
    does the rest.
    """
    authority.require(actor, CHANGE)
    numbered = _numbered(rows)
    return _run(lambda result: _units(numbered, actor, result), dry_run, skip_faulty)


def import_people(
    rows: Iterable[_RowData], *, actor: Actor, dry_run: bool = False, skip_faulty: bool = False
) -> ImportResult:
    """Create people and update known ones, found by e-mail, else by name and unit.

    Each row maps ``given_name, family_name, email, unit_code, function`` to texts and may carry
    ``row``. For ``dry_run`` and ``skip_faulty`` see :func:`import_units`.
    """
    authority.require(actor, CHANGE)
    numbered = _numbered(rows)
    return _run(lambda result: _people(numbered, actor, result), dry_run, skip_faulty)


def _run(
    plan: Callable[[ImportResult], list[_Planned]], dry_run: bool, skip_faulty: bool
) -> ImportResult:
    result = ImportResult()
    planned = plan(result)
    if not dry_run:
        if result.problems and not skip_faulty:
            raise Invalid({"": [_line(problem) for problem in result.problems]})
        _carry_out(planned, result)
    for _number, step in planned:
        if step.outcome == "unchanged":
            result.unchanged += 1
        else:
            getattr(result, step.outcome).append(step.name)
    return result


def _carry_out(planned: list[_Planned], result: ImportResult) -> None:
    """Store what is planned; rows that no longer fit become problems and leave the plan."""
    todo = [pair for pair in planned if pair[1].outcome != "unchanged"]
    for start in range(0, len(todo), _AT_ONCE):
        with transaction.atomic():
            for number, step in todo[start : start + _AT_ONCE]:
                if not _tried(number, result, partial(_in_savepoint, step)):
                    planned.remove((number, step))


def _in_savepoint(step: Step) -> bool:
    with transaction.atomic():
        step.carry_out()
    return True


def _line(problem: RowProblem) -> str:
    return _("Row %(row)d: %(text)s") % {"row": problem.row, "text": problem.text}


def _numbered(rows: Iterable[_RowData]) -> list[tuple[int, dict[str, Any]]]:
    """Return the rows with their numbers; a file's first data row is row 2."""
    return [
        (
            int(row.get("row") or position),
            {key: _clean(value) for key, value in row.items() if key != "row"},
        )
        for position, row in enumerate(rows, start=2)
    ]


def _clean(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else "" if value is None else value


# --- units -----------------------------------------------------------------------------------


def _units(
    rows: list[tuple[int, dict[str, Any]]], actor: Actor, result: ImportResult
) -> list[_Planned]:
    plan, planned = UnitPlan(actor), list[_Planned]()
    waiting = _first_of_each(rows, "code", result)
    while waiting:
        names = {fold(row.get("code")) for _, row in waiting}
        ready = [
            (number, row)
            for number, row in waiting
            if fold(row.get("parent_code")) not in names
            or fold(row.get("parent_code")) == fold(row.get("code"))
        ]
        if not ready:
            _report_circle(waiting, result)
            break
        planned += _steps(ready, plan.step, result)
        done = {number for number, _ in ready}
        waiting = [(number, row) for number, row in waiting if number not in done]
    return planned


def _first_of_each(
    rows: list[tuple[int, dict[str, Any]]], key: str, result: ImportResult
) -> list[tuple[int, dict[str, Any]]]:
    """Return the rows without those whose key was seen before, which become problems."""
    seen: dict[str, int] = {}
    kept = []
    for number, row in rows:
        value = fold(row.get(key))
        if value and value in seen:
            text = _("%(value)s already stands in row %(row)d.")
            text %= {"value": row[key], "row": seen[value]}
            result.problems.append(RowProblem(number, key, text))
            continue
        seen[value] = number
        kept.append((number, row))
    return kept


def _report_circle(rows: list[tuple[int, dict[str, Any]]], result: ImportResult) -> None:
    text = _("The parents form a circle; no unit of it hangs below a unit that exists.")
    result.problems += [RowProblem(number, "parent_code", text) for number, _row in rows]


def _tried(number: int, result: ImportResult, work: Callable[[], _T]) -> _T | None:
    """Return the work's result; None if the row cannot be taken, which becomes a problem."""
    try:
        return work()
    except Invalid as problem:
        for column, texts in problem.errors.items():
            result.problems += [RowProblem(number, column, text) for text in texts]
    except DomainError as problem:
        result.problems.append(RowProblem(number, problem.field or "", problem.text))
    return None


def _people(
    rows: list[tuple[int, dict[str, Any]]], actor: Actor, result: ImportResult
) -> list[_Planned]:
    plan = PeoplePlan(actor)
    return _steps(_first_of_each(rows, "email", result), plan.step, result)


def _steps(
    rows: list[tuple[int, dict[str, Any]]],
    plan: Callable[[dict[str, Any]], Step],
    result: ImportResult,
) -> list[_Planned]:
    steps = [(number, _tried(number, result, partial(plan, row))) for number, row in rows]
    return [(number, step) for number, step in steps if step is not None]
