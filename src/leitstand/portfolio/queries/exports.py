"""What can be exported: every table of the portfolio, over visible and selected projects alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import F, QuerySet

from leitstand.core.administration.tables import UNITS
from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.core.tables.columns import Column, Table
from leitstand.core.tables.query import Query
from leitstand.portfolio.actions.items import ITEM_KINDS, ItemKind
from leitstand.portfolio.models import (
    Baseline,
    Dependency,
    FieldOfAction,
    Goal,
    Indicator,
    IndicatorValue,
    PriorityScore,
    Programme,
)
from leitstand.portfolio.queries import projects
from leitstand.portfolio.tables import FIELDS, GOALS, PROGRAMMES, PROJECTS
from leitstand.portfolio.tables.exports import (
    BASELINES,
    DEPENDENCIES,
    IDENTIFIER,
    PROJECT_NUMBER,
    PROJECT_TITLE,
    SCORES,
    VERSION,
)
from leitstand.portfolio.tables.indicators import INDICATOR_CODE, INDICATORS, VALUES

Rows: TypeAlias = "Iterator[dict[str, Any]]"
Load: TypeAlias = Callable[[Query, Actor, Sequence[Column]], Rows]


@dataclass(frozen=True)
class Source:
    """One exportable table; ``of_projects`` if the selection of projects narrows it."""

    table: Table
    columns: tuple[Column, ...]
    load: Load
    of_projects: bool = True


def _project_rows(query: Query, actor: Actor, columns: Sequence[Column]) -> Rows:
    found = projects.listed(query, actor)
    ordered = query.order(projects.listed(query, actor))
    return projects.rows(ordered, found, columns)


def _values(queryset: QuerySet[Any], paths: dict[str, str]) -> Rows:
    """Rows of named paths, streamed."""
    names = list(paths)
    for values in queryset.values_list(*paths.values()).iterator(chunk_size=2000):
        yield dict(zip(names, values, strict=True))


def item_rows(kind: ItemKind, found: Any) -> Rows:
    """The parts of one kind of these projects, by column name, with id, version and project."""
    paths = {"project_number": "project__number", "project_title": "project__title"}
    paths |= {"id": "id", "version": "version"}
    paths |= {column.name: column.source for column in kind.table}
    is_person = kind.code == "person"
    if is_person:
        paths |= {"_given": "person__given_name", "person": "person__family_name"}
    rows = kind.model._default_manager.filter(project__in=found).order_by(
        "project__number", *(kind.model._meta.ordering or ()), "pk"
    )
    for row in _values(rows, paths):
        row["id"] = str(row["id"])
        if is_person:
            row["person"] = f"{row['_given']} {row['person']}".strip()
        yield row


def _item_rows(kind: ItemKind) -> Load:
    def load(query: Query, actor: Actor, columns: Sequence[Column]) -> Rows:
        return item_rows(kind, projects.listed(query, actor))

    return load


def _dependencies(query: Query, actor: Actor, columns: Sequence[Column]) -> Rows:
    """Both ends must be selected: a hidden project appears on neither side."""
    found = projects.listed(query, actor)
    known = set(found.values_list("pk", flat=True))
    paths = {
        "predecessor": "predecessor__number", "predecessor_title": "predecessor__title",
        "successor": "successor__number", "successor_title": "successor__title",
        "kind": "kind", "lag_days": "lag_days", "note": "note", "_to": "successor_id",
    }  # fmt: skip
    for row in _values(Dependency.objects.filter(predecessor__in=found), paths):
        if row["_to"] in known:
            yield row


def _of_project(model: Any, *names: str, **paths: str) -> Load:
    both = {"project_number": "project__number", "project_title": "project__title"}
    both |= {name: name for name in names} | paths

    def load(query: Query, actor: Actor, columns: Sequence[Column]) -> Rows:
        found = projects.listed(query, actor)
        rows = model._default_manager.filter(project__in=found)
        return _values(rows.order_by("project__number", "pk"), both)

    return load


def _strategy(model: Any, table: Table) -> Load:
    paths = {column.name: column.source for column in table} | {"version": "version"}

    def load(query: Query, actor: Actor, columns: Sequence[Column]) -> Rows:
        return _values(model._default_manager.order_by("code"), paths)

    return load


def _measured(query: Query, actor: Actor, columns: Sequence[Column]) -> Rows:
    rows = IndicatorValue.objects.order_by("indicator__code", "day")
    return _values(
        rows, {"indicator": "indicator__code", "day": "day", "value": "value", "note": "note"}
    )


def _units(query: Query, actor: Actor, columns: Sequence[Column]) -> Rows:
    names = ("code", "name", "short_name", "kind", "email")
    paths = {name: name for name in names} | {"parent_code": "parent__code"}
    living = OrgUnit.objects.filter(active_to=None).order_by("path", "code")
    for row in _values(living.annotate(_from=F("active_from")), {**paths, "active_from": "_from"}):
        row["active_from"] = row["active_from"].isoformat()
        yield row


def _sources() -> dict[str, Source]:
    found = {"projects": Source(PROJECTS, PROJECTS.exported(), _project_rows)}
    for kind in ITEM_KINDS:
        columns = (PROJECT_NUMBER, PROJECT_TITLE, *kind.table.exported(), IDENTIFIER, VERSION)
        found[kind.code] = Source(kind.table, columns, _item_rows(kind))
    found["dependency"] = Source(DEPENDENCIES, DEPENDENCIES.columns, _dependencies)
    found["baseline"] = Source(
        BASELINES, BASELINES.columns,
        _of_project(Baseline, "number", "name", "frozen_on", "start", "end", "reason"),
    )  # fmt: skip
    found["score"] = Source(
        SCORES, SCORES.columns,
        _of_project(PriorityScore, "score", "note", criterion="criterion__name",
                    weight="criterion__weight"),
    )  # fmt: skip
    for code, model, table in (
        ("programme", Programme, PROGRAMMES),
        ("field-of-action", FieldOfAction, FIELDS),
        ("goal", Goal, GOALS),
        ("indicator", Indicator, INDICATORS),
    ):
        columns = (*table.exported(), VERSION)
        found[code] = Source(table, columns, _strategy(model, table), of_projects=False)
    found["indicator-value"] = Source(
        VALUES, (INDICATOR_CODE, *VALUES.exported()), _measured, of_projects=False
    )
    found["unit"] = Source(UNITS, UNITS.columns, _units, of_projects=False)
    return found


SOURCES: dict[str, Source] = _sources()
