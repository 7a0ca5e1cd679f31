"""What an import of units or people would do, row by row, worked out without a lock.

Each plan loads what is known once, checks every row against it by the rules of the actions, and
remembers the outcome as if it had happened. Carrying a step out calls the action, which checks
again: something may have changed since.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from leitstand.core.base import authority, clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.org.actions import people as person_actions
from leitstand.core.org.actions import structure, units
from leitstand.core.org.actions.units import CHANGE
from leitstand.core.org.models import OrgUnit, OrgUnitPeriod, Person
from leitstand.core.org.spelling import kind_of, spelled

Row = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One row's outcome (``created``, ``changed``, ``unchanged``), its name, and how to do it."""

    outcome: str
    name: str
    carry_out: Callable[[], None] = lambda: None


def fold(value: Any) -> str:
    """Return a text by which codes, names and addresses are compared."""
    return str(value or "").casefold()


# --- units -----------------------------------------------------------------------------------


class UnitPlan:
    """Plans rows of units; parents must be planned before their children."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.known = {unit.code.casefold(): unit for unit in OrgUnit.objects.all()}
        self._by_id = {unit.id: unit for unit in self.known.values()}
        periods = OrgUnitPeriod.objects.values_list("unit").annotate(last=Max("valid_from"))
        self._last: dict[uuid.UUID, date] = dict(periods)
        self._done: dict[uuid.UUID, OrgUnit] = {}

    def step(self, row: Row) -> Step:
        """Return what the row would do; raises ``Invalid`` or ``NotAllowed``."""
        unit = self.known.get(fold(row.get("code")))
        parent = _parent(row, self.known)
        if unit is None:
            return self._create(row, parent)
        return self._change(unit, row, parent)

    def _remember(self, unit: OrgUnit) -> None:
        self.known[unit.code.casefold()] = self._by_id[unit.id] = unit

    def _real(self, unit: OrgUnit | None) -> OrgUnit | None:
        """Return the stored unit in the place of one that was only planned."""
        return unit and self._done.get(unit.id, unit)

    def _require_below(self, parent: OrgUnit | None) -> None:
        """Require the right at the nearest unit that exists already."""
        while parent is not None and parent._state.adding:
            parent = parent.parent
        authority.require(
            self.actor, CHANGE, unit_id=parent.id if parent else None, citywide=parent is None
        )

    def _create(self, row: Row, parent: OrgUnit | None) -> Step:
        self._require_below(parent)
        values: dict[str, Any] = {
            name: str(row.get(name, "")) for name in ("code", "name", "short_name", "email")
        }
        values |= {"kind": _kind(row.get("kind")), "active_from": _day(row.get("active_from"))}
        planned = units.prepared(parent=parent, **values)
        self._remember(planned)

        def carry_out() -> None:
            self._done[planned.id] = units.create_unit(
                actor=self.actor, parent=self._real(parent), **values
            )

        return Step("created", f"{planned.code} {planned.name}", carry_out)

    def _change(self, unit: OrgUnit, row: Row, parent: OrgUnit | None) -> Step:
        if not unit._state.adding:
            authority.require(self.actor, CHANGE, unit_id=unit.id)
        kind = _kind(row["kind"]) if row.get("kind") else ""
        wanted: dict[str, Any] = {
            name: str(row.get(name, getattr(unit, name)))
            for name in ("name", "short_name", "email")
        }
        new, changes = units.renamed(unit, kind=kind, **wanted)
        moves = "parent_code" in row and (parent and parent.id) != unit.parent_id
        if changes or moves:
            units.check_order(unit, clock.today(), self._last.get(unit.id))
        if moves:
            self._check_move(unit, parent)
        planned = copy.copy(unit)
        for name, value in new.items():
            setattr(planned, name, value)
        if moves:
            planned.parent = parent
        self._remember(planned)

        def carry_out() -> None:
            base = self._done.get(unit.id, unit)
            base = units.rename_unit(
                base, actor=self.actor, version=base.version, kind=kind, **wanted
            )
            if moves:
                base = structure.move_unit(base, actor=self.actor, parent=self._real(parent))
            self._done[unit.id] = base

        name = f"{planned.code} {planned.name}"
        return Step("changed", name, carry_out) if changes or moves else Step("unchanged", name)

    def _check_move(self, unit: OrgUnit, parent: OrgUnit | None) -> None:
        self._require_below(parent)
        if parent is None:
            return
        structure.check_place(parent, clock.today())
        above: uuid.UUID | None = parent.id
        while above is not None:
            if above == unit.id:
                raise structure.circle(unit)
            above = self._by_id[above].parent_id


def _parent(row: dict[str, Any], known: dict[str, OrgUnit]) -> OrgUnit | None:
    code = str(row.get("parent_code", ""))
    if not code:
        return None
    parent = known.get(code.casefold())
    if parent is None or code.casefold() == fold(row.get("code")):
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


class _Finder:
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
        key = (fold(person.given_name), fold(person.family_name), person.unit_id)
        self.by_name[key] = person

    def find(self, row: dict[str, Any], unit: OrgUnit) -> Person | None:
        """Return the person that the row means; one with another e-mail is somebody else."""
        email = fold(row.get("email"))
        if email in self.by_email:
            return self.by_email[email]
        key = (fold(row.get("given_name")), fold(row.get("family_name")), unit.id)
        person = self.by_name.get(key)
        return None if person and email and person.email else person


class PeoplePlan:
    """Plans rows of people."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._finder = _Finder()
        self._done: dict[uuid.UUID, Person] = {}

    def step(self, row: Row) -> Step:
        """Return what the row would do; raises ``Invalid`` or ``NotAllowed``."""
        code = str(row.get("unit_code", ""))
        unit = self._finder.units.get(code.casefold())
        if unit is None:
            raise Invalid(
                _("There is no unit with the code “%(code)s”.") % {"code": code},
                field="unit_code",
            )
        values: dict[str, Any] = {
            name: str(row[name])
            for name in ("given_name", "family_name", "email", "function")
            if name in row
        }
        person = self._finder.find(row, unit)
        authority.require(self.actor, CHANGE, unit_id=unit.id)
        if person is None:
            return self._create({"given_name": "", "family_name": "", **values, "unit": unit})
        return self._change(person, {**values, "unit": unit})

    def _taken(self, email: str, person: Person | None) -> bool:
        holder = self._finder.by_email.get(email)
        return holder is not None and holder != person

    def _create(self, values: Row) -> Step:
        planned = Person(**person_actions.clean(values, None, self._taken))
        self._finder.add(planned)

        def carry_out() -> None:
            self._done[planned.id] = person_actions.create_person(actor=self.actor, **values)

        return Step("created", _named(planned), carry_out)

    def _change(self, person: Person, values: Row) -> Step:
        authority.require(self.actor, CHANGE, unit_id=person.unit_id)
        new = person_actions.clean(values, person, self._taken)
        if all(getattr(person, name) == value for name, value in new.items()):
            return Step("unchanged", _named(person))
        planned = copy.copy(person)
        for name, value in new.items():
            setattr(planned, name, value)
        self._finder.add(planned)

        def carry_out() -> None:
            base = self._done.get(person.id, person)
            self._done[person.id] = person_actions.change_person(
                base, actor=self.actor, version=base.version, **values
            )

        return Step("changed", _named(planned), carry_out)


def _named(person: Person) -> str:
    return f"{person} ({person.unit.code})"
