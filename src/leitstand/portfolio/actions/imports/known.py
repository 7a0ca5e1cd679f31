"""What the database already holds, in the same JSON form as parsed rows; a fixed set of queries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.portfolio import policy
from leitstand.portfolio.actions.imports.references import References, fold
from leitstand.portfolio.models import Participation, Project, ProjectPerson

SCALARS = (
    "external_key", "title", "need", "summary", "phase", "size", "start_precision",
    "end_precision", "due_kind", "due_basis", "progress", "light", "light_note",
    "source_status", "confidentiality", "published", "public_text", "public_contact",
)  # fmt: skip
DATES = ("start", "end", "due")


@dataclass
class Known:
    """Visible projects by key, their values and versions."""

    values: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    versions: dict[uuid.UUID, int] = field(default_factory=dict)
    by_number: dict[str, uuid.UUID] = field(default_factory=dict)
    by_key: dict[str, uuid.UUID] = field(default_factory=dict)
    by_title: dict[str, list[uuid.UUID]] = field(default_factory=dict)
    numbers: dict[uuid.UUID, str] = field(default_factory=dict)

    def called(self, title: str, unit: Mapping[str, str] | None, *, keyed: bool) -> list[uuid.UUID]:
        """Return the projects that a row of this title may mean.

        A row with a number of its own (``keyed``) only means a project that has none yet. Of
        several the one led by ``unit`` is meant.
        """
        found = self.by_title.get(fold(title), [])
        if keyed:
            found = [key for key in found if not self.values[key]["external_key"]]
        own = [key for key in found if unit and self.values[key]["lead_unit"] == unit]
        return own if len(found) > 1 and len(own) == 1 else found


def load_known(actor: Actor, references: References) -> Known:
    """Load everything the checker compares with: a fixed number of queries."""
    known = Known()
    names = ("id", "number", "version", "lead_unit_id", "lead_unit__name", "programme_id",
             "programme__name", *SCALARS, *DATES)  # fmt: skip
    for row in policy.visible(actor).values(*names):
        _take(known, row, references)
    _take_many(known, references)
    return known


def _take(known: Known, row: dict[str, Any], references: References) -> None:
    key = row["id"]
    values = {name: row[name] for name in SCALARS}
    values |= {name: row[name].isoformat() if row[name] else None for name in DATES}
    values["lead_unit"] = _ref(row["lead_unit_id"], row["lead_unit__name"], references)
    if row["programme_id"]:
        values["programme"] = _ref(row["programme_id"], row["programme__name"], references)
    known.values[key] = values
    known.versions[key] = row["version"]
    known.numbers[key] = row["number"]
    known.by_number[fold(row["number"])] = key
    if row["external_key"]:
        known.by_key[fold(row["external_key"])] = key
    known.by_title.setdefault(fold(row["title"]), []).append(key)


def _ref(identifier: uuid.UUID, name: str, references: References) -> dict[str, str]:
    references.labels[str(identifier)] = name
    return {"id": str(identifier)}


def _take_many(known: Known, references: References) -> None:
    many: dict[tuple[uuid.UUID, str], list[dict[str, str]]] = defaultdict(list)
    for name in ("fields_of_action", "goals"):
        relation: Any = Project._meta.get_field(name)
        column = relation.m2m_reverse_field_name()
        rows = getattr(Project, name).through.objects.values_list(
            "project_id", f"{column}_id", f"{column}__name"
        )
        for project, identifier, text in rows:
            many[project, name].append(_ref(identifier, text, references))
    for project, unit, text in Participation.objects.values_list(
        "project_id", "unit_id", "unit__name"
    ):
        many[project, "participating_units"].append(_ref(unit, text, references))
    for (project, name), refs in many.items():
        if project in known.values:
            known.values[project][name] = refs
    people = ProjectPerson.objects.filter(role__in=("lead", "sponsor")).select_related("person")
    for link in people.order_by("-created_at"):
        if link.project_id in known.values:
            ref = _ref(link.person_id, str(link.person), references)
            known.values[link.project_id][link.role] = ref
