"""Links of imported projects: fields, goals, participating units, people."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from leitstand.core.base.bulk import Insert, next_ids
from leitstand.portfolio.actions.imports.creating import Created
from leitstand.portfolio.models import Participation, Project, ProjectPerson

Link = tuple[uuid.UUID, str, Any]
"""(project, field name, reference or list of references)"""

LINKS = ("fields_of_action", "goals", "participating_units", "lead", "sponsor")
_BATCH = 400
_PENDING = uuid.UUID(int=0)


def parts_of(keys: list[Any]) -> Iterable[list[Any]]:
    """Return the keys in pieces that fit into one statement."""
    return (keys[i : i + _BATCH] for i in range(0, len(keys), _BATCH))


@dataclass
class LinkSet:
    """Links of one kind, prepared before the transaction.

    ``late`` are the rows, by name, whose target is created in the transaction itself.
    """

    model: type[models.Model]
    attribute: str
    kind: str
    role: str = ""
    has_number: bool = False
    rows: list[models.Model] = field(default_factory=list)
    late: dict[str, list[int]] = field(default_factory=dict)
    cleared: list[uuid.UUID] = field(default_factory=list)
    insert: Insert = field(init=False)

    def add(self, row: models.Model, ref: dict[str, str]) -> None:
        """Add one link to an existing object or to one still to be created."""
        if "new" in ref:
            self.late.setdefault(ref["new"], []).append(len(self.rows))
            setattr(row, self.attribute, _PENDING)
        else:
            setattr(row, self.attribute, uuid.UUID(ref["id"]))
        self.rows.append(row)

    def write(self, created: Created) -> None:
        """Replace the old links of changed projects and write all new ones."""
        self._clear()
        for name, indexes in self.late.items():
            self.insert.fill(indexes, self.attribute, created.resolve(self.kind, {"new": name}))
        if self.has_number and self.rows:
            for index, number in enumerate(next_ids(self.model, len(self.rows))):
                self.insert.set(index, "id", number)
        self.insert.execute()

    def _clear(self) -> None:
        """Delete the old links with one prepared statement."""
        project: Any = self.model._meta.get_field("project")
        where = f"{connection.ops.quote_name(project.column)} = %s"
        role = [self.role] if self.role else []
        where += " AND role = %s" if role else ""
        table = connection.ops.quote_name(self.model._meta.db_table)
        values = [[project.get_db_prep_save(key, connection), *role] for key in self.cleared]
        if values:
            with connection.cursor() as cursor:
                cursor.executemany(f"DELETE FROM {table} WHERE {where}", values)  # noqa: S608


def prepare_links(links: Sequence[Link], changed: set[uuid.UUID]) -> list[LinkSet]:
    """Prepare all links; the old ones of ``changed`` projects will be replaced."""
    sets = [
        *(_many(name) for name in ("fields_of_action", "goals")),
        LinkSet(Participation, "unit_id", "units"),
        *(LinkSet(ProjectPerson, "person_id", "people", role) for role in ("lead", "sponsor")),
    ]
    for links_of_kind, name in zip(sets, LINKS, strict=True):
        _fill(links_of_kind, name, [link for link in links if link[1] == name], changed)
    return sets


def _many(name: str) -> LinkSet:
    relation: Any = Project._meta.get_field(name)
    through: Any = getattr(Project, name).through
    attribute = f"{relation.m2m_reverse_field_name()}_id"
    return LinkSet(through, attribute, name, has_number=True)


def _fill(found: LinkSet, name: str, links: list[Link], changed: set[uuid.UUID]) -> None:
    extra = {"role": found.role} if found.role else {}
    for project, _name, refs in links:
        listed = refs if isinstance(refs, list) else [refs] if refs else []
        unique = {ref.get("id") or ref["new"].casefold(): ref for ref in listed}
        for ref in unique.values():
            found.add(found.model(project_id=project, **extra), ref)
        if project in changed:
            found.cleared.append(project)
    found.insert = Insert(found.model, found.rows)
