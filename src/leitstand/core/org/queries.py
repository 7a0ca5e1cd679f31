"""Read models of the organisation."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from leitstand.core.history import around
from leitstand.core.history.around import Days
from leitstand.core.org.models import OrgUnit, OrgUnitPeriod, Person


def living_units() -> QuerySet[OrgUnit]:
    """Units that exist today, ordered by code."""
    return OrgUnit.objects.filter(active_to=None)


def subtree_ids(unit_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return the ids of the units and of everything below them, ended units included."""
    return set().union(*subtrees(unit_ids).values())


def subtrees(unit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return, per unit, its id and the ids of everything below it; two queries in all."""
    paths = dict(OrgUnit.objects.filter(pk__in=set(unit_ids)).values_list("pk", "path"))
    clause = Q()
    for path in paths.values():
        clause |= Q(path__startswith=path)
    below = list(OrgUnit.objects.filter(clause).values_list("pk", "path")) if paths else []
    return {
        unit: frozenset(pk for pk, path in below if path.startswith(prefix))
        for unit, prefix in paths.items()
    }


class TreeNode(NamedTuple):
    """A unit in the tree; ``depth`` counts from 0 at the root."""

    id: uuid.UUID
    code: str
    name: str
    short_name: str
    kind: str
    email: str
    active_to: date | None
    depth: int


_FACTS = ("code", "name", "short_name", "kind", "email", "active_to")


def tree(*, with_ended: bool = False, on: date | None = None) -> list[TreeNode]:
    """Return all units in tree order, siblings by code; one query.

    ``on`` reads the chronicle instead: the units that the city says existed on that day, with
    names, kinds and places. It alone reaches back before the record of versions begins.
    """
    if on is not None:
        facts = ("unit__code", "name", "short_name", "kind", "unit__email", "unit__active_to")
        then = periods_on(on).order_by("unit__code")
        return _in_tree_order(list(then.values_list("unit_id", "parent_id", *facts)))
    units = OrgUnit.objects.all() if with_ended else living_units()
    return _in_tree_order(list(units.values_list("pk", "parent_id", *_FACTS)))


def _in_tree_order(rows: list[Any]) -> list[TreeNode]:
    """Sort parents before children and count the depths; orphans hang at the top."""
    known = {row[0] for row in rows}
    children: dict[uuid.UUID | None, list[Any]] = {}
    for row in rows:
        children.setdefault(row[1] if row[1] in known else None, []).append(row)
    ordered: list[TreeNode] = []

    def walk(parent: uuid.UUID | None, depth: int) -> None:
        for identifier, _, *facts in children.get(parent, ()):
            ordered.append(TreeNode._make((identifier, *facts, depth)))
            walk(identifier, depth + 1)

    walk(None, 0)
    return ordered


def changed_around(day: date, unit_id: uuid.UUID | None = None) -> Days:
    """The days before and after ``day`` on which a unit changed, or the one named."""
    rows = around.versions(OrgUnit)
    return around.days([rows if unit_id is None else rows.filter(object_id=unit_id)], day)


def periods_on(day: date) -> QuerySet[OrgUnitPeriod]:
    """Return what was true of every unit on ``day``."""
    return OrgUnitPeriod.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day
    ).select_related("unit", "parent")


class UnitFinder:
    """Finds units by code, short name or name, ignoring case; loads the tree once."""

    def __init__(self) -> None:
        self._found: dict[str, set[uuid.UUID]] = {}
        self._units: dict[uuid.UUID, OrgUnit] = {}
        for unit in living_units():
            self._units[unit.id] = unit
            for text in (unit.code, unit.short_name, unit.name):
                if text:
                    self._found.setdefault(_fold(text), set()).add(unit.id)

    def __call__(self, text: str) -> OrgUnit | None:
        """Return the unit, or ``None`` if there is none or more than one of that name."""
        found = self._found.get(_fold(text), set())
        return self._units[next(iter(found))] if len(found) == 1 else None

    def ambiguous(self, text: str) -> bool:
        """Whether several units go by this text."""
        return len(self._found.get(_fold(text), ())) > 1

    def of_id(self, identifier: str) -> OrgUnit | None:
        """Return the living unit of this id."""
        return next((u for u in self._units.values() if str(u.id) == identifier), None)

    def names(self) -> list[str]:
        """Names of all living units, for proposals."""
        return [unit.name for unit in self._units.values()]

    def spellings(self) -> dict[str, str]:
        """Everything that living units go by → their names, for proposals."""
        return {
            text: unit.name
            for unit in self._units.values()
            for text in (unit.name, unit.short_name, unit.code)
            if text
        }


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


class PersonFinder:
    """Finds people by e-mail, "Given Family" or "Family, Given", ignoring case."""

    def __init__(self) -> None:
        self._found: dict[str, set[uuid.UUID]] = {}
        self._people: dict[uuid.UUID, Person] = {}
        for person in Person.objects.filter(active=True):
            self._people[person.id] = person
            texts = (
                person.email,
                f"{person.given_name} {person.family_name}",
                f"{person.family_name}, {person.given_name}",
                person.family_name,
            )
            for text in filter(None, texts):
                self._found.setdefault(_fold(text), set()).add(person.id)

    def __call__(self, text: str) -> Person | None:
        """Return the person, or ``None`` if there is none or more than one of that name."""
        found = self._found.get(_fold(text), set())
        return self._people[next(iter(found))] if len(found) == 1 else None

    def spellings(self) -> dict[str, str]:
        """How active people are written → their names, for proposals."""
        return {
            text: str(person)
            for person in self._people.values()
            for text in (str(person), f"{person.family_name}, {person.given_name}")
        }

    def ambiguous(self, text: str) -> bool:
        """Whether several people go by this text."""
        return len(self._found.get(_fold(text), ())) > 1
