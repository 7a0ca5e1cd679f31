"""What the filters offer: units as a tree, ended ones too, and people who lead projects."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeAlias

from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio import policy
from leitstand.portfolio.models import ProjectPerson
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


def people(actor: Actor, role: str) -> list[tuple[str, str]]:
    """People who hold the role in a project that the actor may see."""
    found = (
        ProjectPerson.objects.filter(role=role, project__in=policy.visible(actor))
        .order_by("person__family_name", "person__given_name", "person_id")
        .values_list("person_id", "person__family_name", "person__given_name")
        .distinct()
    )
    return [(str(key), f"{family}, {given}".strip(", ")) for key, family, given in found]


def for_filters(actor: Actor, asked: Collection[str]) -> dict[str, Options]:
    """The choices of filters that take objects, by the filter's name.

    ``asked`` are the filters in use: rarely used ones get their choices only then, for the words
    of the active filters.
    """
    tree = units()
    found: dict[str, Options] = {
        "lead_unit": tree,
        "lead_unit_only": tree,
        "participating_units": tree,
        "programme": choices.programmes().options,
        "fields_of_action": choices.fields_of_action().options,
        "goals": choices.goals().options,
        "lead": people(actor, ProjectPerson.Role.LEAD),
    }
    if "sponsor" in asked:
        found["sponsor"] = people(actor, ProjectPerson.Role.SPONSOR)
    return found
