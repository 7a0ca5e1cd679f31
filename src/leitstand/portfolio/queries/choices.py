"""What forms offer to choose from: units as a tree, people, programmes, goals."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.org.models import OrgUnit, Person
from leitstand.core.org.queries import PersonFinder, tree
from leitstand.core.policy.grants import grants
from leitstand.portfolio import policy
from leitstand.portfolio.models import FieldOfAction, Goal, Programme, Skill

INDENT = "\N{NO-BREAK SPACE}" * 3


@dataclass(frozen=True)
class Offer:
    """Options as (id, label) in the order shown, and how a chosen id becomes its object."""

    options: list[tuple[str, str]]
    load: Callable[[Iterable[str]], list[Any]]


def loader(model: type[Model]) -> Callable[[Iterable[str]], list[Any]]:
    """How ids become objects of the model, in the order of the ids."""

    def load(ids: Iterable[str]) -> list[Any]:
        wanted = list(ids)
        rows = {str(row.pk): row for row in model._default_manager.filter(pk__in=wanted)}
        return [rows[pk] for pk in wanted if pk in rows]

    return load


def units(keep: OrgUnit | None = None) -> Offer:
    """All living units, indented as a tree; ``keep`` is offered although it may have ended."""
    return units_that(keep, lambda unit_id: True)


def units_for_projects(actor: Actor, keep: OrgUnit | None = None) -> Offer:
    """The units in which the actor may create a project."""
    return units_where(actor, policy.CREATE, keep)


def units_where(actor: Actor, permission: str, keep: OrgUnit | None = None) -> Offer:
    """The units in which the actor holds a permission for internal things."""
    grant = grants(actor, permission)
    return units_that(keep, lambda unit_id: grant.level_in(unit_id) >= Level.INTERNAL)


def units_that(keep: OrgUnit | None, fits: Callable[[uuid.UUID], bool]) -> Offer:
    """The living units that fit, indented as a tree; ``keep`` is offered in any case."""
    nodes = [node for node in tree() if fits(node.id) or (keep and node.id == keep.id)]
    top = min((node.depth for node in nodes), default=0)
    options = [(str(node.id), INDENT * (node.depth - top) + node.name) for node in nodes]
    if keep and str(keep.id) not in dict(options):
        options.insert(0, (str(keep.id), keep.name))
    return Offer(options, loader(OrgUnit))


def programmes() -> Offer:
    """All programmes."""
    return _named(Programme)


def skills() -> Offer:
    """All roles for which effort is planned."""
    return _named(Skill)


def fields_of_action() -> Offer:
    """All fields of action."""
    return _named(FieldOfAction)


def goals() -> Offer:
    """All goals with their codes."""
    rows = Goal.objects.values_list("pk", "code", "name")
    return Offer([(str(pk), f"{code} {name}") for pk, code, name in rows], loader(Goal))


def _named(model: type[Model]) -> Offer:
    rows = model._default_manager.values_list("pk", "name")
    return Offer([(str(pk), name) for pk, name in rows], loader(model))


class People:
    """Active people by the name that a form shows; namesakes are told apart by e-mail.

    ``keep`` is found although she may have left.
    """

    def __init__(self, keep: Person | None = None) -> None:
        rows = list(Person.objects.filter(active=True).select_related("unit"))
        rows += [keep] if keep and not keep.active else []
        times = Counter(str(person) for person in rows)
        self._by_name: dict[str, Person] = {}
        self.proposals: list[tuple[str, str]] = []
        for person in rows:
            name = self._name(person, times[str(person)] > 1)
            self._by_name[name.casefold()] = person
            self.proposals.append((name, str(person.unit)))
        self._finder: PersonFinder | None = None

    @staticmethod
    def _name(person: Person, ambiguous: bool) -> str:
        return f"{person} ({person.email or person.unit})" if ambiguous else str(person)

    def name_of(self, person: Person) -> str:
        """The name by which ``find`` gives this person back."""
        for name, other in self._by_name.items():
            if other.pk == person.pk:
                return next(
                    (shown for shown, _unit in self.proposals if shown.casefold() == name), name
                )
        return str(person)

    def find(self, text: str) -> Person | None:
        """The person of this name or e-mail address, or ``None`` if not exactly one fits."""
        exact = self._by_name.get(" ".join(text.split()).casefold())
        if exact:
            return exact
        self._finder = self._finder or PersonFinder()
        return self._finder(text)
