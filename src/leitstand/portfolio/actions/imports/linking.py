"""Writes the links of imported projects: fields, goals, participating units, people."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from leitstand.core.base.bulk import Insert, next_ids
from leitstand.portfolio.actions.imports.creating import Created
from leitstand.portfolio.models import Participation, Project, ProjectPerson

Link = tuple[uuid.UUID, str, Any]
"""(project, field name, reference or list of references)"""

LINKS = ("fields_of_action", "goals", "participating_units", "lead", "sponsor")
_BATCH = 400


def parts_of(keys: list[Any]) -> Iterable[list[Any]]:
    """Return the keys in pieces that fit into one statement."""
    return (keys[i : i + _BATCH] for i in range(0, len(keys), _BATCH))


def write_links(links: list[Link], created: Created, changed: set[uuid.UUID]) -> None:
    """Replace the links of changed projects and write those of new ones."""
    for name in ("fields_of_action", "goals"):
        _write_many(name, _of(links, name), created, changed)
    participating = _of(links, "participating_units")
    _clear(Participation.objects, participating, changed)
    Insert(
        Participation,
        [
            Participation(project_id=key, unit_id=unit)
            for key, _name, refs in participating
            for unit in dict.fromkeys(created.resolve("units", ref) for ref in refs)
        ],
    ).execute()
    for role in ("lead", "sponsor"):
        people = _of(links, role)
        _clear(ProjectPerson.objects.filter(role=role), people, changed)
        Insert(
            ProjectPerson,
            [
                ProjectPerson(project_id=key, role=role, person_id=created.resolve("people", ref))
                for key, _name, ref in people
                if ref
            ],
        ).execute()


def _of(links: list[Link], name: str) -> list[Link]:
    return [link for link in links if link[1] == name]


def _write_many(name: str, links: list[Link], created: Created, changed: set[uuid.UUID]) -> None:
    relation: Any = Project._meta.get_field(name)
    through: Any = getattr(Project, name).through
    column = relation.m2m_reverse_field_name()
    _clear(through.objects, links, changed)
    rows = [
        through(**{"project_id": key, f"{column}_id": target})
        for key, _name, refs in links
        for target in dict.fromkeys(created.resolve(name, ref) for ref in refs)
    ]
    insert = Insert(through, rows)
    for index, number in enumerate(next_ids(through, len(rows)) if rows else ()):
        insert.set(index, "id", number)
    insert.execute()


def _clear(rows: Any, links: list[Link], changed: set[uuid.UUID]) -> None:
    for part in parts_of([key for key, _name, _refs in links if key in changed]):
        rows.filter(project_id__in=part).delete()
