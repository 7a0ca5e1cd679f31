"""Units and people from tables: preview, problems per row, update on re-import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import authority
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import DomainError, Invalid
from leitstand.core.org.actions import people as person_actions
from leitstand.core.org.actions import structure, units
from leitstand.core.org.actions.units import CHANGE
from leitstand.core.org.models import OrgUnit, Person
from leitstand.core.org.spelling import kind_of, spelled

_RowData = Mapping[str, Any]


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

    def count(self, outcome: str, name: str) -> None:
        """Note the outcome ``created``, ``changed`` or ``unchanged`` of one row."""
        if outcome == "unchanged":
            self.unchanged += 1
        else:
            getattr(self, outcome).append(name)


class _RolledBack(Exception):
    """Ends a dry run."""


def import_units(
    rows: Iterable[_RowData], *, actor: Actor, dry_run: bool = False, skip_faulty: bool = False
) -> ImportResult:
    """Create units and update those whose code exists; parents may stand below their children.

    Each row maps ``code, name, short_name, kind, parent_code, email, active_from`` to texts
    (``active_from`` also to a date) and may carry ``row``, its number in the file. ``kind`` may
    be the German or English word. A missing key leaves a known unit's value as it is.

    A dry run stores nothing. Otherwise rows with problems make the whole import raise
    ``Invalid``, unless ``skip_faulty``.
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


def _run(work: Any, dry_run: bool, skip_faulty: bool) -> ImportResult:
    result = ImportResult()
    try:
        with transaction.atomic():
            work(result)
            if dry_run:
                raise _RolledBack
            if result.problems and not skip_faulty:
                raise Invalid({"": [_line(problem) for problem in result.problems]})
    except _RolledBack:
        pass
    return result


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


def _units(rows: list[tuple[int, dict[str, Any]]], actor: Actor, result: ImportResult) -> None:
    known = {unit.code.casefold(): unit for unit in OrgUnit.objects.select_related("parent")}
    waiting = _first_of_each(rows, "code", result)
    while waiting:
        names = {_fold(row.get("code")) for _, row in waiting}
        ready = [
            (number, row)
            for number, row in waiting
            if _fold(row.get("parent_code")) not in names
            or _fold(row.get("parent_code")) == _fold(row.get("code"))
        ]
        if not ready:
            _report_circle(waiting, result)
            return
        for number, row in ready:
            _take(number, row, result, lambda row: _unit(row, actor, known))
        done = {number for number, _ in ready}
        waiting = [(number, row) for number, row in waiting if number not in done]


def _first_of_each(
    rows: list[tuple[int, dict[str, Any]]], key: str, result: ImportResult
) -> list[tuple[int, dict[str, Any]]]:
    """Return the rows without those whose key was seen before, which become problems."""
    seen: dict[str, int] = {}
    kept = []
    for number, row in rows:
        value = _fold(row.get(key))
        if value and value in seen:
            text = _("%(value)s already stands in row %(row)d.")
            text %= {"value": row[key], "row": seen[value]}
            result.problems.append(RowProblem(number, key, text))
            continue
        seen[value] = number
        kept.append((number, row))
    return kept


def _fold(value: Any) -> str:
    return str(value or "").casefold()


def _report_circle(rows: list[tuple[int, dict[str, Any]]], result: ImportResult) -> None:
    text = _("The parents form a circle; no unit of it hangs below a unit that exists.")
    result.problems += [RowProblem(number, "parent_code", text) for number, _row in rows]


def _take(number: int, row: dict[str, Any], result: ImportResult, work: Any) -> None:
    """Apply one row in a savepoint of its own and note what became of it."""
    try:
        with transaction.atomic():
            outcome, name = work(row)
    except DomainError as problem:
        if isinstance(problem, Invalid):
            for column, texts in problem.errors.items():
                result.problems += [RowProblem(number, column, text) for text in texts]
        else:
            result.problems.append(RowProblem(number, problem.field or "", problem.text))
        return
    result.count(outcome, name)


def _unit(row: dict[str, Any], actor: Actor, known: dict[str, OrgUnit]) -> tuple[str, str]:
    code = str(row.get("code", ""))
    unit = known.get(code.casefold())
    parent = _parent(row, known)
    if unit is None:
        unit = units.create_unit(
            actor=actor,
            code=code,
            name=str(row.get("name", "")),
            short_name=str(row.get("short_name", "")),
            kind=_kind(row.get("kind")),
            parent=parent,
            email=str(row.get("email", "")),
            active_from=_day(row.get("active_from")),
        )
        outcome = "created"
    else:
        unit, outcome = _update_unit(unit, row, parent, actor)
    known[code.casefold()] = unit
    return outcome, f"{unit.code} {unit.name}"


def _update_unit(
    unit: OrgUnit, row: dict[str, Any], parent: OrgUnit | None, actor: Actor
) -> tuple[OrgUnit, str]:
    before = unit.version
    unit = units.rename_unit(
        unit,
        actor=actor,
        version=unit.version,
        name=str(row.get("name", unit.name)),
        short_name=str(row.get("short_name", unit.short_name)),
        kind=_kind(row["kind"]) if row.get("kind") else "",
        email=str(row.get("email", unit.email)),
    )
    if "parent_code" in row and parent != unit.parent:
        unit = structure.move_unit(unit, actor=actor, parent=parent)
    return unit, "unchanged" if unit.version == before else "changed"


def _parent(row: dict[str, Any], known: dict[str, OrgUnit]) -> OrgUnit | None:
    code = str(row.get("parent_code", ""))
    if not code:
        return None
    parent = known.get(code.casefold())
    if parent is None or code.casefold() == _fold(row.get("code")):
        raise Invalid(
            _("There is no unit with the code %(code)s to hang this one below.") % {"code": code},
            field="parent_code",
        )
    return parent


def _kind(text: Any) -> str:
    found = kind_of(str(text or ""))
    if not found:
        raise Invalid(
            _("“%(text)s” is not a kind of unit. Possible are: %(kinds)s.")
            % {"text": text or "", "kinds": spelled()},
            field="kind",
        )
    return found


def _day(value: Any) -> date | None:
    """Return a date from a date, ``2026-11-20`` or ``20.11.2026``; empty is ``None``."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value or "")
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - only the day is used
        except ValueError:
            continue
    raise Invalid(
        _("“%(text)s” is not a date. Write it like 01.02.2026.") % {"text": text},
        field="active_from",
    )


# --- people ----------------------------------------------------------------------------------


def _people(rows: list[tuple[int, dict[str, Any]]], actor: Actor, result: ImportResult) -> None:
    finder = _PersonFinder()
    for number, row in _first_of_each(rows, "email", result):
        _take(number, row, result, lambda row: _person(row, actor, finder))


class _PersonFinder:
    """Known units by code; known people by e-mail, and by name and unit."""

    def __init__(self) -> None:
        self.units = {unit.code.casefold(): unit for unit in OrgUnit.objects.all()}
        self.by_email: dict[str, Person] = {}
        self.by_name: dict[tuple[str, str, Any], Person] = {}
        for person in Person.objects.select_related("unit"):
            self.add(person)

    def add(self, person: Person) -> None:
        """Remember a person."""
        if person.email:
            self.by_email[person.email.casefold()] = person
        key = (_fold(person.given_name), _fold(person.family_name), person.unit_id)
        self.by_name[key] = person

    def find(self, row: dict[str, Any], unit: OrgUnit) -> Person | None:
        """Return the person that the row means; one with another e-mail is somebody else."""
        email = _fold(row.get("email"))
        if email in self.by_email:
            return self.by_email[email]
        key = (_fold(row.get("given_name")), _fold(row.get("family_name")), unit.id)
        person = self.by_name.get(key)
        return None if person and email and person.email else person


def _person(row: dict[str, Any], actor: Actor, finder: _PersonFinder) -> tuple[str, str]:
    code = str(row.get("unit_code", ""))
    unit = finder.units.get(code.casefold())
    if unit is None:
        raise Invalid(
            _("There is no unit with the code “%(code)s”.") % {"code": code}, field="unit_code"
        )
    values = {
        name: str(row[name])
        for name in ("given_name", "family_name", "email", "function")
        if name in row
    }
    person = finder.find(row, unit)
    if person is None:
        needed = {"given_name": "", "family_name": "", **values}
        person = person_actions.create_person(actor=actor, unit=unit, **needed)
        outcome = "created"
    else:
        before = person.version
        person = person_actions.change_person(
            person, actor=actor, version=before, unit=unit, **values
        )
        outcome = "unchanged" if person.version == before else "changed"
    finder.add(person)
    return outcome, f"{person} ({unit.code})"
