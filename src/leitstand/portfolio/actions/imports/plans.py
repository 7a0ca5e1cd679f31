"""Import of dependencies, frozen baselines, priority criteria and scores from files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base import errors, events
from leitstand.core.base.actor import Actor
from leitstand.core.tables import headers, reading
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.mapping import guess
from leitstand.core.tables.problems import Refused, ValueProblem
from leitstand.core.tables.values import parse
from leitstand.portfolio import policy
from leitstand.portfolio.actions.dependencies import add_dependency
from leitstand.portfolio.actions.imports.references import fold
from leitstand.portfolio.actions.priority import save_criterion
from leitstand.portfolio.actions.projects import event
from leitstand.portfolio.models import (
    Baseline,
    Dependency,
    PriorityCriterion,
    PriorityScore,
    Project,
)

_T = ColumnType
_PROJECT = Column("project", gettext_lazy("Project"), _T.TEXT, required=True, aliases=("Nr.",))
_NOTE = Column("note", gettext_lazy("Note"), _T.TEXT, aliases=("Notiz",))


def _table(kind: str, *columns: Column) -> Table:
    return Table(kind=kind, label=kind, label_plural=kind, columns=columns, key=())


DEPENDENCIES = _table(
    "dependency",
    Column(
        "predecessor", gettext_lazy("Predecessor"), _T.TEXT, aliases=("Vorgänger",), required=True
    ),
    Column("successor", gettext_lazy("Successor"), _T.TEXT, aliases=("Nachfolger",), required=True),
    Column(
        "kind", gettext_lazy("Kind"), _T.CHOICE, choices=Dependency.Kind.choices, aliases=("Art",)
    ),
    Column("lag_days", gettext_lazy("Lag in days"), _T.INTEGER, aliases=("Abstand Tage",)),
    _NOTE,
)
BASELINES = _table(
    "baseline",
    _PROJECT,
    Column("name", gettext_lazy("Name"), _T.TEXT, required=True, max_length=120),
    Column(
        "frozen_on", gettext_lazy("Frozen on"), _T.DATE, required=True, aliases=("Eingefroren am",)
    ),
    Column("start", gettext_lazy("Start"), _T.DATE, aliases=("Beginn",)),
    Column("end", gettext_lazy("End"), _T.DATE, aliases=("Ende",)),
    Column("reason", gettext_lazy("Reason"), _T.TEXT, max_length=500, aliases=("Grund",)),
)
CRITERIA = _table(
    "criterion",
    Column("name", gettext_lazy("Name"), _T.TEXT, required=True),
    Column("kind", gettext_lazy("Kind"), _T.CHOICE, choices=PriorityCriterion.Kind.choices,
           required=True, aliases=("Art",)),
    Column("weight", gettext_lazy("Weight"), _T.INTEGER, aliases=("Gewicht",)),
    Column("help", gettext_lazy("Explanation"), _T.TEXT, aliases=("Hilfe",)),
    Column("position", gettext_lazy("Position"), _T.INTEGER, aliases=("Reihenfolge",)),
)  # fmt: skip
SCORES = _table(
    "score",
    _PROJECT,
    Column("criterion", gettext_lazy("Criterion"), _T.TEXT, required=True, aliases=("Kriterium",)),
    Column("score", gettext_lazy("Score"), _T.INTEGER, required=True, minimum=0, maximum=5,
           aliases=("Wert",)),
    _NOTE,
)  # fmt: skip


def read_rows(path: Path, table: Table) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (row number, values); raises the kernel's ``Refused`` or ``Invalid`` with the place."""
    try:
        sheet, header = headers.best_sheet(reading.read(path, path.name), table)
    except Refused as problem:
        raise errors.Refused(problem.text, where=problem.where, remedy=problem.remedy) from None
    mapping = guess(header.titles, table)
    for row in headers.data_rows(sheet, header):
        values = {}
        for index, name in mapping.items():
            try:
                value = parse(table[name], row.cell(index))
            except ValueProblem as problem:
                place = _("%(file)s, row %(row)d") % {"file": path.name, "row": row.number}
                raise errors.Refused(problem.text, where=place) from None
            if value is not None:
                values[name] = value.first if isinstance(value, PartialDate) else value
        yield row.number, values


def _projects(actor: Actor) -> dict[str, Project]:
    found: dict[str, Project] = {}
    for project in policy.changeable(actor):
        for text in filter(None, (project.number, project.external_key)):
            found[fold(text)] = project
    return found


def _known(found: dict[str, Any], text: str, path: Path, row: int) -> Any:
    if fold(text) not in found:
        place = _("%(file)s, row %(row)d") % {"file": path.name, "row": row}
        raise errors.Refused(_("“%(name)s” is unknown.") % {"name": text}, where=place)
    return found[fold(text)]


@transaction.atomic
def import_dependencies(path: Path, *, actor: Actor) -> int:
    """Tie projects as the file says; ties that exist are left alone. Returns how many are new."""
    projects = _projects(actor)
    existing = set(Dependency.objects.values_list("predecessor_id", "successor_id"))
    count = 0
    for number, values in read_rows(path, DEPENDENCIES):
        ends = [
            _known(projects, values[name], path, number) for name in ("predecessor", "successor")
        ]
        if (ends[0].pk, ends[1].pk) in existing:
            continue
        extra = {name: values[name] for name in ("kind", "lag_days", "note") if name in values}
        add_dependency(actor=actor, predecessor_id=ends[0].pk, successor_id=ends[1].pk, **extra)
        count += 1
    return count


@transaction.atomic
def import_baselines(path: Path, *, actor: Actor) -> int:
    """Take over baselines frozen elsewhere, in the file's order; known names are left alone."""
    projects = _projects(actor)
    numbers: dict[Any, int] = {}
    known: set[tuple[Any, str]] = set()
    for key, name in Baseline.objects.values_list("project_id", "name"):
        numbers[key] = numbers.get(key, 0) + 1
        known.add((key, name))
    fresh = []
    for row_number, values in read_rows(path, BASELINES):
        project = _known(projects, values.pop("project"), path, row_number)
        if (project.pk, values["name"]) in known:
            continue
        numbers[project.pk] = numbers.get(project.pk, 0) + 1
        fresh.append(Baseline(project=project, number=numbers[project.pk], **values))
    Baseline.objects.bulk_create(fresh, batch_size=400)
    events.record(
        *(
            event("portfolio.baseline.frozen", row.project, actor, {"baseline": [None, row.name]})
            for row in fresh
        )
    )
    return len(fresh)


@transaction.atomic
def import_criteria(path: Path, *, actor: Actor) -> int:
    """Create criteria that do not exist yet; returns how many are new."""
    existing = {fold(name) for name in PriorityCriterion.objects.values_list("name", flat=True)}
    count = 0
    for _number, values in read_rows(path, CRITERIA):
        if fold(values["name"]) not in existing:
            save_criterion(actor=actor, **values)
            count += 1
    return count


@transaction.atomic
def import_scores(path: Path, *, actor: Actor) -> int:
    """Score projects that have no score for the criterion yet; returns how many are new."""
    projects = _projects(actor)
    criteria = {fold(row.name): row for row in PriorityCriterion.objects.all()}
    known = set(PriorityScore.objects.values_list("project_id", "criterion_id"))
    fresh = []
    for number, values in read_rows(path, SCORES):
        project = _known(projects, values["project"], path, number)
        criterion = _known(criteria, values["criterion"], path, number)
        if (project.pk, criterion.pk) in known:
            continue
        score, note = values["score"], values.get("note", "")
        fresh.append(PriorityScore(project=project, criterion=criterion, score=score, note=note))
    PriorityScore.objects.bulk_create(fresh, batch_size=400)
    scored = {row.project_id: row.project for row in fresh}
    events.record(*(event("portfolio.priority.scored", p, actor, {}) for p in scored.values()))
    return len(fresh)
