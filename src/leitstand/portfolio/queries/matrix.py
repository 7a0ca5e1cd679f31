"""Priorities: must criteria first, then weighted scores from 0 to 100, everything visible."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leitstand.core.base.actor import Actor
from leitstand.core.tables.query import Query
from leitstand.portfolio import policy
from leitstand.portfolio.domain.priority import Criterion, Ranked, rank
from leitstand.portfolio.models import PriorityCriterion, PriorityScore, Size
from leitstand.portfolio.queries.projects import listed

_SIZES = {str(size): place for place, size in enumerate(Size, start=1)}


@dataclass(frozen=True)
class Subject:
    """A project to rank; ``size`` 0-1 for the area of its bubble."""

    id: uuid.UUID
    number: str
    title: str
    phase: str
    unit: str
    size: float


@dataclass(frozen=True)
class Priorities:
    """Subjects by id, the ranking, and what was scored: (project, criterion) → (score, note)."""

    subjects: Mapping[uuid.UUID, Subject]
    criteria: Sequence[Criterion]
    ranking: Sequence[Ranked]
    scores: Mapping[tuple[uuid.UUID, uuid.UUID], tuple[int, str]]
    changeable: frozenset[uuid.UUID]


def criteria() -> list[Criterion]:
    """All criteria in their order."""
    rows = PriorityCriterion.objects.values_list("id", "name", "kind", "weight", "help")
    return [
        Criterion(key, name, kind == PriorityCriterion.Kind.MUST, weight, text)
        for key, name, kind, weight, text in rows
    ]


def priorities(query: Query, actor: Actor) -> Priorities:
    """Rank the visible projects that the query lets through; a constant number of queries."""
    found = listed(query, actor)
    fields = ("id", "number", "title", "phase", "lead_unit__name", "size")
    subjects = {
        row[0]: Subject(row[0], row[1], row[2], row[3], row[4], _SIZES.get(row[5], 2) / 4)
        for row in found.order_by("number").values_list(*fields)
    }
    known = criteria()
    scores = {
        (project, criterion): (score, note)
        for project, criterion, score, note in PriorityScore.objects.filter(
            project__in=found
        ).values_list("project_id", "criterion_id", "score", "note")
    }
    by_project: dict[uuid.UUID, dict[uuid.UUID, int]] = defaultdict(dict)
    for (project, criterion), (score, _note) in scores.items():
        by_project[project][criterion] = score
    return Priorities(
        subjects=subjects,
        criteria=known,
        ranking=rank(known, {key: by_project.get(key, {}) for key in subjects}),
        scores=scores,
        changeable=_changeable(actor, subjects),
    )


def _changeable(actor: Actor, subjects: Mapping[uuid.UUID, Subject]) -> frozenset[uuid.UUID]:
    """The subjects that the actor may score."""
    reach = policy.may_score(actor).values_list("pk", flat=True)
    return frozenset(subjects).intersection(reach)
