"""What the filters offer: units as a tree, ended ones too, and the strategy."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from leitstand.core.org.models import OrgUnit, Person
from leitstand.portfolio.queries import choices

Options: TypeAlias = Sequence[tuple[str, str]]
INDENT = "\N{EM SPACE}"
_Row: TypeAlias = "tuple[uuid.UUID, uuid.UUID | None, str, date | None]"


def units() -> list[tuple[str, str]]:
    """All units in tree order, indented by depth; ended ones are marked."""
    children: dict[uuid.UUID | None, list[_Row]] = {}
    rows = list(
        OrgUnit.objects.order_by("code").values_list("id", "parent_id", "name", "active_to")
    )
    known = {row[0] for row in rows}
    for row in rows:
        children.setdefault(row[1] if row[1] in known else None, []).append(row)
    found: list[tuple[str, str]] = []
    ended = _("dissolved")

    def walk(parent: uuid.UUID | None, depth: int) -> None:
        for key, _parent, name, active_to in children.get(parent, ()):
            text = f"{name} ({ended})" if active_to else name
            found.append((str(key), INDENT * depth + text))
            walk(key, depth + 1)

    walk(None, 0)
    return found


def names(people: Iterable[uuid.UUID | None]) -> list[tuple[str, str]]:
    """These people by name."""
    rows = Person.objects.filter(pk__in=[key for key in people if key])
    return [
        (str(key), f"{family}, {given}".strip(", "))
        for key, family, given in rows.values_list("id", "family_name", "given_name")
    ]


def for_filters(asked: Mapping[str, Any]) -> dict[str, Options]:
    """The choices of filters that take objects, by the filter's name.

    ``asked`` are the filters in use: people are too many to be offered, so only those asked for
    get their names; the form searches by name instead.
    """
    tree = units()
    found: dict[str, Options] = {
        "lead_unit": tree,
        "lead_unit_only": tree,
        "participating_units": tree,
        "programme": choices.programmes().options,
        "fields_of_action": choices.fields_of_action().options,
        "goals": choices.goals().options,
    }
    for name in ("lead", "sponsor"):
        if name in asked:
            found[name] = names(asked[name])
    return found
