"""Import of project parts (milestones, budget lines, risks …) keyed by the project's number."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import errors, events
from leitstand.core.base.actor import Actor
from leitstand.core.org.queries import PersonFinder, UnitFinder
from leitstand.core.tables import headers, reading
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.mapping import guess
from leitstand.core.tables.problems import Refused, ValueProblem
from leitstand.core.tables.values import is_blank, parse
from leitstand.portfolio import policy
from leitstand.portfolio.actions.imports.references import fold
from leitstand.portfolio.actions.items import ITEM_KINDS, ItemKind
from leitstand.portfolio.actions.projects import event
from leitstand.portfolio.models import Project, Skill

PROJECT = Column(
    "project", _("Project"), ColumnType.TEXT, required=True,
    aliases=("Nr.", "Nr", "Kennung", "Projektnummer", "Vorhaben"),
)  # fmt: skip


@dataclass
class PartsResult:
    """What was added, what was there already, and what was wrong, by row."""

    added: int = 0
    same: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


def import_parts(kind: str, path: Path, *, actor: Actor, dry_run: bool = False) -> PartsResult:
    """Add the parts of a file to their projects; a part that is already there is not doubled.

    Nothing is written if any row has an error.
    """
    item_kind = ITEM_KINDS[kind]
    table = Table(
        kind=kind, label=item_kind.table.label, label_plural=item_kind.table.label_plural,
        columns=(PROJECT, *item_kind.table.columns), key=("project",),
    )  # fmt: skip
    try:
        sheet, header = headers.best_sheet(reading.read(path, path.name), table)
    except Refused as problem:
        raise errors.Refused(problem.text, where=problem.where, remedy=problem.remedy) from None
    mapping = guess(header.titles, table)
    missing = [c for c in table if c.required and c.name not in mapping.values()]
    if missing:
        names = ", ".join(str(column.label) for column in missing)
        text = _("The file lacks these columns: %(columns)s.") % {"columns": names}
        raise errors.Refused(text, where=path.name)
    parser = _PartParser(item_kind, table, mapping, actor)
    rows = [
        (row.number, parser(row.number, list(row.cells)))
        for row in headers.data_rows(sheet, header)
    ]
    if not parser.result.errors and not dry_run:
        _write(item_kind, [values for _number, values in rows if values], actor, parser.result)
    return parser.result


class _PartParser:
    """Parses rows into model field values, with ids instead of names."""

    def __init__(self, kind: ItemKind, table: Table, mapping: dict[int, str], actor: Actor) -> None:
        self.table, self.mapping, self.result = table, mapping, PartsResult()
        self.projects: dict[str, Project] = {}
        for project in policy.changeable(actor):
            for text in (project.number, project.external_key):
                if text:
                    self.projects[fold(text)] = project
        self.units, self.people = UnitFinder(), PersonFinder()
        self.skills = {fold(s.name): s for s in Skill.objects.all()}
        self.fields = {f.name for f in kind.model._meta.get_fields()}

    def __call__(self, number: int, cells: list[Any]) -> dict[str, Any] | None:
        values: dict[str, Any] = {}
        for index, name in self.mapping.items():
            cell = cells[index] if index < len(cells) else None
            if is_blank(cell):
                continue
            try:
                values[name] = self._value(name, parse(self.table[name], cell))
            except ValueProblem as problem:
                self._fail(number, f"{self.table[name].label}: {problem.text}")
                return None
        for column in self.table:
            if column.required and values.get(column.name) is None:
                self._fail(number, _("%(column)s is missing.") % {"column": column.label})
                return None
        return {name: value for name, value in values.items() if value is not None}

    def _fail(self, number: int, text: str) -> None:
        self.result.errors.append((number, text))

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, PartialDate):
            return value.last if name in {"end", "due", "deadline"} else value.first
        if name == "project":
            return self._known(self.projects.get(fold(value)), value)
        if name == "unit":
            return self._known(self.units(value), value)
        if name == "person":
            return self._known(self.people(value), value)
        if name == "skill":
            return self._skill(value)
        return value

    def _skill(self, name: str) -> Skill:
        """Roles are created when first named; they are only words."""
        found = self.skills.get(fold(name))
        if found is None:
            found = Skill(code=f"R{len(self.skills) + 1:02d}", name=name)
            self.skills[fold(name)] = found
        return found

    @staticmethod
    def _known(found: Any, text: str) -> Any:
        if found is None:
            raise ValueProblem(_("“%(name)s” is unknown.") % {"name": text})
        return found


def _write(kind: ItemKind, rows: list[dict[str, Any]], actor: Actor, result: PartsResult) -> None:
    existing = _existing(kind, {row["project"].pk for row in rows})
    fresh: list[Any] = []
    for values in rows:
        identity = _identity(kind, values["project"].pk, values)
        if identity in existing:
            result.same += 1
            continue
        existing.add(identity)
        fresh.append(kind.model(**values))
    with transaction.atomic():
        for row in fresh:
            skill = getattr(row, "skill", None) if kind.code == "effort" else None
            if skill is not None and skill._state.adding:
                skill.save(force_insert=True)
                events.record(_created(skill, actor))
        kind.model._default_manager.bulk_create(fresh, batch_size=400)
        counts: dict[uuid.UUID, int] = {}
        projects: dict[uuid.UUID, Project] = {}
        for row in fresh:
            project = row.project
            projects[project.pk] = project
            counts[project.pk] = counts.get(project.pk, 0) + 1
        events.record(
            *(
                event("portfolio.item.added", projects[key], actor,
                      {"part": [None, kind.code], "count": [0, number]})
                for key, number in counts.items()
            )
        )  # fmt: skip
    result.added = len(fresh)


def _created(skill: Skill, actor: Actor) -> events.Event:
    return events.Event(
        type="portfolio.strategy.created",
        actor=actor,
        object_kind="skill",
        object_id=skill.pk,
        object_title=skill.name,
        changes={"code": [None, skill.code], "name": [None, skill.name]},
    )


def _identity(kind: ItemKind, project: uuid.UUID, row: dict[str, Any]) -> tuple[Any, ...]:
    parts = [row.get(name) for name in kind.table.key]
    return (project, *(str(getattr(part, "pk", part)) for part in parts))


def _existing(kind: ItemKind, projects: set[uuid.UUID]) -> set[tuple[Any, ...]]:
    found = kind.model._default_manager.filter(project_id__in=projects)
    names = [f"{n}_id" if kind.model._meta.get_field(n).is_relation else n for n in kind.table.key]
    return {
        (row[0], *(str(value) for value in row[1:]))
        for row in found.values_list("project_id", *names)
    }
