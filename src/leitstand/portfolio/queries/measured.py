"""Indicators with their values and progress, as read models."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.base.figures import Scope, indicator_sources
from leitstand.portfolio.domain.progress import Course, Progress, progress, together
from leitstand.portfolio.models import Indicator, IndicatorValue


@dataclass(frozen=True)
class Measured:
    """An indicator with its values (oldest first) and where it stands.

    ``now`` is what a source computes today over what the reader may see, None without a source.
    """

    indicator: Indicator
    values: Sequence[IndicatorValue]
    now: Decimal | None
    progress: Progress
    value: Decimal | None
    value_day: date | None


@dataclass(frozen=True)
class GoalProgress:
    """Indicators of a goal or programme; ``share`` is the mean of those that have one."""

    measured: Sequence[Measured]
    share: float | None
    counted: int


def of_goal(actor: Actor, goal_id: uuid.UUID) -> GoalProgress:
    """The indicators of a goal; 2 queries and those of computed sources."""
    return _together(actor, Indicator.objects.filter(goal=goal_id))


def of_programme(actor: Actor, programme_id: uuid.UUID) -> GoalProgress:
    """The indicators of a programme."""
    return _together(actor, Indicator.objects.filter(programme=programme_id))


def one(actor: Actor, indicator_id: uuid.UUID) -> Measured:
    """One indicator; ``NotFound`` if there is none."""
    rows = Indicator.objects.filter(pk=indicator_id).select_related("goal", "programme")
    found = list(_measured(actor, rows))
    if not found:
        raise NotFound
    return found[0]


def every(actor: Actor) -> list[Measured]:
    """All indicators in the order of their codes."""
    return list(_measured(actor, Indicator.objects.select_related("goal", "programme")))


def _together(actor: Actor, rows: QuerySet[Indicator]) -> GoalProgress:
    found = list(_measured(actor, rows))
    parts = [one.progress for one in found]
    return GoalProgress(found, together(parts), sum(p.share is not None for p in parts))


def _measured(actor: Actor, rows: QuerySet[Indicator]) -> Iterable[Measured]:
    indicators = list(rows)
    values: dict[uuid.UUID, list[IndicatorValue]] = defaultdict(list)
    measured = IndicatorValue.objects.filter(indicator__in=[row.pk for row in indicators])
    for value in measured.select_related("entered_by").order_by("day"):
        values[value.indicator_id].append(value)
    today = clock.today()
    for row in indicators:
        yield _place(row, values.get(row.pk, []), _computed(actor, row), today)


def _place(
    row: Indicator, values: Sequence[IndicatorValue], now: Decimal | None, today: date
) -> Measured:
    """A source's value of today comes before the last one that was entered."""
    past = [value for value in values if value.day <= today]
    last = (past[-1].value, past[-1].day) if past else (None, None)
    value, day = (now, today) if now is not None else last
    course = Course(
        row.direction == Indicator.Direction.UP, _number(row.baseline_value), row.baseline_date,
        _number(row.target_value), row.target_date, _number(value), day,
    )  # fmt: skip
    return Measured(row, values, now, progress(course, today), value, day)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _computed(actor: Actor, row: Indicator) -> Decimal | None:
    if not row.source or row.source not in indicator_sources:
        return None
    value = indicator_sources[row.source].value(actor, Scope(row.goal_id, row.programme_id))
    return None if value is None else round(Decimal(str(value)), 2)


def source_choices() -> list[tuple[str, str]]:
    """The registered sources as (code, label)."""
    return [(source.code, str(source.label)) for source in indicator_sources]
