"""The strategy with the number of projects that the reader may see."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.portfolio import policy
from leitstand.portfolio.models import FieldOfAction, Goal, Indicator, Programme, Project, Skill


@dataclass(frozen=True)
class Strategy:
    """All entries; ``projects`` counts visible projects by the entry's id."""

    fields: Sequence[FieldOfAction]
    goals: Mapping[uuid.UUID, Sequence[Goal]]
    programmes: Sequence[Programme]
    skills: Sequence[Skill]
    indicators: Sequence[Indicator]
    projects: Mapping[uuid.UUID, int]


def overview(actor: Actor) -> Strategy:
    """The whole strategy in eight queries."""
    goals: dict[uuid.UUID, list[Goal]] = {}
    for goal in Goal.objects.all():
        goals.setdefault(goal.field_of_action_id, []).append(goal)
    seen = policy.visible(actor)
    return Strategy(
        fields=list(FieldOfAction.objects.all()),
        goals=goals,
        programmes=list(Programme.objects.select_related("lead_unit")),
        skills=list(Skill.objects.all()),
        indicators=list(Indicator.objects.select_related("goal", "programme")),
        projects=Counter(_uses(seen)),
    )


def _uses(seen: Any) -> list[uuid.UUID]:
    """Ids of the entries that visible projects use, one per use."""
    ids = seen.order_by().values("pk")
    fields = Project.fields_of_action.through.objects.filter(project_id__in=ids)
    goals = Project.goals.through.objects.filter(project_id__in=ids)
    programmes = seen.order_by().exclude(programme=None)
    return [
        *fields.values_list("fieldofaction_id", flat=True),
        *goals.values_list("goal_id", flat=True),
        *programmes.values_list("programme_id", flat=True),
    ]
