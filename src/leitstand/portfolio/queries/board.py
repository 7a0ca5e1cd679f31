"""The board: the selected projects by phase."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from leitstand.core.base.actor import Actor
from leitstand.core.tables.query import Query
from leitstand.portfolio import policy
from leitstand.portfolio.models import Phase, Project
from leitstand.portfolio.queries.projects import is_late, listed, partial, phase_counts

MOST_CARDS = 30
_FIELDS = (
    "id", "number", "title", "lead_unit__name", "end", "end_precision", "light", "progress",
    "version",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """One project; ``may_move`` if the actor may change its phase."""

    id: uuid.UUID
    number: str
    title: str
    unit: str
    end: Any
    light: str
    progress: int
    version: int
    late: bool
    may_move: bool


@dataclass(frozen=True)
class Lane:
    """A phase with its first cards; ``number`` counts all of its projects."""

    phase: Phase
    number: int
    cards: tuple[Card, ...]


def lanes(query: Query, actor: Actor) -> list[Lane]:
    """All phases, also those without projects; a constant number of queries."""
    found = listed(query, actor)
    counts = phase_counts(found)
    by_end = found.order_by(F("end").asc(nulls_last=True), "number")
    ordered = query.order(found) if query.sort else by_end
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for phase in Phase:
        if counts[phase]:
            rows[phase] = list(ordered.filter(phase=phase).values_list(*_FIELDS)[:MOST_CARDS])
    shown = Project.objects.filter(pk__in=[row[0] for part in rows.values() for row in part])
    late = set(shown.filter(is_late()).values_list("pk", flat=True))
    movable = set(policy.changeable(actor, shown).values_list("pk", flat=True))
    return [
        Lane(
            phase,
            counts[phase],
            tuple(_card(row, late, movable) for row in rows.get(phase, ())),
        )
        for phase in Phase
    ]


def _card(row: tuple[Any, ...], late: set[uuid.UUID], movable: set[uuid.UUID]) -> Card:
    key, number, title, unit, end, precision, light, progress, version = row
    return Card(
        key, number, title, unit, partial(end, precision), light, progress, version,
        late=key in late, may_move=key in movable,
    )  # fmt: skip
