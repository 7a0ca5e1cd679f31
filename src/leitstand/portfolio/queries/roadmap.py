"""The roadmap: periods, milestones, latest baselines and dependencies of many projects at once.

Rows come as plain tuples: a thousand projects carry ten thousand milestones, and model instances
would cost more than everything else together.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast

from leitstand.core.base.actor import Actor
from leitstand.core.tables.query import Query
from leitstand.portfolio.domain.dependencies import Span, late_days
from leitstand.portfolio.models import Baseline, Dependency, Milestone, Project
from leitstand.portfolio.queries.projects import listed


class Line(NamedTuple):
    """One project on the roadmap; ``group`` is the identity of its group."""

    id: uuid.UUID
    number: str
    title: str
    phase: str
    start: date | None
    end: date | None
    start_precision: str
    end_precision: str
    progress: int
    unit: str
    group: Any


class Mark(NamedTuple):
    """A milestone."""

    due: date
    title: str
    done: bool


class Tie(NamedTuple):
    """A dependency between two projects of the roadmap; ``late`` in days, 0 if it holds."""

    predecessor: uuid.UUID
    successor: uuid.UUID
    kind: str
    late: int


@dataclass(frozen=True)
class Roadmap:
    """Everything drawn; ``groups`` is identity → (heading, number), in the order of the lines."""

    lines: list[Line]
    marks: Mapping[uuid.UUID, list[Mark]]
    baselines: Mapping[uuid.UUID, tuple[date | None, date | None]]
    ties: list[Tie]
    groups: Mapping[Any, tuple[str, int]]


def roadmap(query: Query, actor: Actor) -> Roadmap:
    """The roadmap of the visible projects that the query lets through; 6 queries at most.

    A dependency appears only if both its projects do: nothing hints at a hidden one.
    """
    found = listed(query, actor)
    lines, groups = _lines(query, found), query.groups(found)
    if not any(heading for heading, _number in groups.values()):
        groups, lines = {}, [line._replace(group="") for line in lines]  # "not given" says nothing
    return Roadmap(
        lines=lines,
        marks=_marks(found),
        baselines=_baselines(found),
        ties=_ties(found, lines),
        groups=groups,
    )


def _lines(query: Query, found: QuerySet[Project]) -> list[Line]:
    ordered = query.order(found)
    if not query.sort:
        group = ordered.query.order_by[:-2] if query.group else ()
        by_time = (OrderBy(F("start"), nulls_last=True), OrderBy(F("end"), nulls_last=True))
        ordered = ordered.order_by(*group, *by_time, "number")
    key = F(query.spec.group_paths(query.group)[0]) if query.group else Value("")
    rows = ordered.annotate(_group=key).values_list(
        "id", "number", "title", "phase", "start", "end", "start_precision", "end_precision",
        "progress", "lead_unit__name", "_group",
    )  # fmt: skip
    return [Line._make(row) for row in rows]


def _marks(found: QuerySet[Project]) -> dict[uuid.UUID, list[Mark]]:
    """Milestones by project, in no order.

    Ids and days are read as text: turning every one of ten thousand into an object by way of
    Django's converters takes longer than the query.
    """
    done = Case(When(done_on=None, then=Value("")), default=Value("yes"), output_field=CharField())
    rows = (
        Milestone.objects.filter(project__in=found)
        .order_by()
        .values_list(Cast("project_id", CharField()), Cast("due", CharField()), "title", done)
    )
    by_text: dict[str, list[Mark]] = defaultdict(list)
    day = date.fromisoformat
    for project, due, title, reached in rows.iterator(chunk_size=5000):
        by_text[project].append(Mark(day(due), title, bool(reached)))
    return {uuid.UUID(text): marks for text, marks in by_text.items()}


def _baselines(found: QuerySet[Project]) -> dict[uuid.UUID, tuple[date | None, date | None]]:
    """The latest baseline of each project."""
    rows = Baseline.objects.filter(project__in=found).order_by("project_id", "number")
    return {
        project: (start, end)
        for project, start, end in rows.values_list("project_id", "start", "end")
    }


def _ties(found: QuerySet[Project], lines: list[Line]) -> list[Tie]:
    """Ties between lines. One side is asked of the database, both are checked here: two
    sub-selects over projects make SQLite compare every pair."""
    spans = {line.id: Span(line.start, line.end) for line in lines}
    rows = Dependency.objects.filter(predecessor__in=found).order_by("pk")
    return [
        Tie(before, after, kind, late_days(kind, lag, spans[before], spans[after]))
        for before, after, kind, lag in rows.values_list(
            "predecessor_id", "successor_id", "kind", "lag_days"
        )
        if before in spans and after in spans
    ]
