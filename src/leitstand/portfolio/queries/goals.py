"""Strategy as read models: fields of action with goals, programmes, each with its projects."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.tables.query import Query
from leitstand.portfolio import policy
from leitstand.portfolio.models import FieldOfAction, Goal, Programme, Project
from leitstand.portfolio.queries import indicators
from leitstand.portfolio.queries.indicators import Figures
from leitstand.portfolio.queries.projects import PROJECT_LIST, listed

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Strategy:
    """All fields with their goals, all programmes; figures by id."""

    fields: Sequence[FieldOfAction]
    goals: Mapping[uuid.UUID, Sequence[Goal]]
    programmes: Sequence[Programme]
    figures: Mapping[uuid.UUID, Figures]


def strategy(actor: Actor) -> Strategy:
    """The whole strategy with figures over the visible projects; 7 queries."""
    visible = policy.visible(actor)
    shares = [*indicators.per_field(visible), *indicators.per_programme(visible)]
    figures = {share.id: share.figures for share in shares if share.id}
    for share in indicators.per_goal(visible):
        if share.id:
            figures[share.id] = share.figures
    goals: dict[uuid.UUID, list[Goal]] = {}
    for goal in Goal.objects.all():
        goals.setdefault(goal.field_of_action_id, []).append(goal)
    return Strategy(
        fields=list(FieldOfAction.objects.all()),
        goals=goals,
        programmes=list(Programme.objects.select_related("lead_unit")),
        figures=figures,
    )


def get(queryset: QuerySet[M], key: uuid.UUID) -> M:
    """The object, or ``NotFound``."""
    found = queryset.filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def selection(name: str, key: uuid.UUID) -> Query:
    """The query of all projects of one goal, field or programme; ``name`` is the filter."""
    return Query(PROJECT_LIST).having(**{name: (key,)})


def projects_of(query: Query, actor: Actor) -> QuerySet[Project]:
    """The visible projects of a selection, by end."""
    return listed(query, actor).order_by("end", "number")
