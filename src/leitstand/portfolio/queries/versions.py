"""When something changed that a page may show: the days before and after the one looked at."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from leitstand.core.base.actor import Actor
from leitstand.core.history import around
from leitstand.core.history.around import Days
from leitstand.portfolio import policy, policy_groups, policy_intake, policy_warnings
from leitstand.portfolio.models import (
    ActionItem,
    AdviceCase,
    AgendaItem,
    EarlyWarning,
    Indicator,
    IndicatorValue,
    Meeting,
    Minutes,
    Need,
    Project,
    StatusRound,
    StatusRule,
    WorkingGroup,
)

Parts = Sequence[tuple[type[Model], str]]


def of_projects(actor: Actor, match: Any, day: date) -> Days:
    """Of visible projects; on a project's page of that project alone."""
    return _of(policy.visible(actor), match, "project_id", day, [(Project, "object_id")])


def of_needs(actor: Actor, match: Any, day: date) -> Days:
    """Of visible needs and their cases; on a need's page of that need alone."""
    parts = [(Need, "object_id"), (AdviceCase, "need_id")]
    return _of(policy_intake.visible(actor), match, "need_id", day, parts)


def of_warnings(actor: Actor, match: Any, day: date) -> Days:
    """Of visible early warnings; on a warning's page of that warning alone."""
    shown = policy_warnings.visible(actor)
    return _of(shown, match, "warning_id", day, [(EarlyWarning, "object_id")])


def of_rounds(actor: Actor, match: Any, day: date) -> Days:
    """Of status rounds; on a round's page of that round alone."""
    return _of(StatusRound.objects.all(), match, "round_id", day, [(StatusRound, "object_id")])


def of_indicators(actor: Actor, match: Any, day: date) -> Days:
    """Of an indicator and its values."""
    parts = [(Indicator, "object_id"), (IndicatorValue, "indicator_id")]
    return _of(Indicator.objects.all(), match, "indicator_id", day, parts)


def of_tasks(actor: Actor, match: Any, day: date) -> Days:
    """Of a task."""
    shown = policy_groups.visible_tasks(actor)
    return _of(shown, match, "task_id", day, [(ActionItem, "object_id")])


def of_rules(actor: Actor, match: Any, day: date) -> Days:
    """Of the rules by which lights are proposed."""
    return _of(StatusRule.objects.all(), match, "rule_id", day, [(StatusRule, "object_id")])


def of_groups(actor: Actor, match: Any, day: date) -> Days:
    """Of visible groups and their meetings; on a meeting's page of that meeting alone."""
    shown = policy_groups.visible(actor)
    if match is not None and "meeting_id" in match.kwargs:
        meetings = Meeting.objects.filter(group__in=shown)
        parts: Parts = [
            (Meeting, "object_id"), (AgendaItem, "meeting_id"), (Minutes, "meeting_id"),
            (ActionItem, "meeting_id"),
        ]  # fmt: skip
        return _of(meetings, match, "meeting_id", day, parts)
    parts = [(WorkingGroup, "object_id"), (Meeting, "group_id")]
    return _of(shown, match, "group_id", day, parts)


def _of(shown: QuerySet[Any], match: Any, name: str, day: date, parts: Parts) -> Days:
    """Days on which a part of the shown objects changed: of the one that the address names."""
    wanted = match.kwargs.get(name) if match is not None else None
    rows = [(around.versions(model), key) for model, key in parts]
    if not isinstance(wanted, uuid.UUID):
        return around.days_among(rows, shown, day)
    one = shown.filter(pk=wanted).order_by().values("pk")
    return around.days([some.filter(**{f"{key}__in": one}) for some, key in rows], day)
