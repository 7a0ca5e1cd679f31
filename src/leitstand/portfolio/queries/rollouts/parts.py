"""Steps, waves, obstacles and templates as pages show them."""

from __future__ import annotations

import uuid
from typing import Any

from leitstand.core.base.errors import NotFound
from leitstand.portfolio.actions.rollouts.parts import PART_KINDS
from leitstand.portfolio.models import (
    Rollout,
    RolloutCell,
    RolloutObstacle,
    RolloutStep,
    RolloutTemplate,
)


def steps(rollout: Rollout) -> list[RolloutStep]:
    """The steps in order."""
    return list(rollout.steps.all())


def part(code: str, rollout: Rollout, part_id: uuid.UUID) -> Any:
    """A part of the rollout, or ``NotFound``."""
    of_rollout = "member__rollout" if code == "obstacle" else "rollout"
    model = PART_KINDS[code].model
    row = model._default_manager.filter(pk=part_id, **{of_rollout: rollout}).first()
    if row is None:
        raise NotFound
    return row


def obstacles(rollout: Rollout, *, resolved: bool) -> list[RolloutObstacle]:
    """Obstacles of units that take part, longest first; resolved ones only if asked."""
    rows = RolloutObstacle.objects.filter(member__rollout=rollout, member__affected=True)
    if not resolved:
        rows = rows.filter(resolved_on=None)
    return list(rows.select_related("member__unit", "member__wave"))


def obstacles_of(member_id: uuid.UUID) -> list[RolloutObstacle]:
    """All obstacles of a unit, open ones first."""
    rows = list(RolloutObstacle.objects.filter(member=member_id))
    return sorted(rows, key=lambda row: row.resolved_on is not None)


def cell(rollout: Rollout, member_id: uuid.UUID, cell_id: uuid.UUID) -> RolloutCell:
    """A cell of a unit of the rollout, or ``NotFound``."""
    rows = RolloutCell.objects.select_related("member__unit", "step")
    row = rows.filter(pk=cell_id, member=member_id, member__rollout=rollout).first()
    if row is None:
        raise NotFound
    return row


def templates() -> list[RolloutTemplate]:
    """All templates with their steps."""
    return list(RolloutTemplate.objects.prefetch_related("steps"))


def template(template_id: uuid.UUID) -> RolloutTemplate:
    """One template, or ``NotFound``."""
    row = RolloutTemplate.objects.filter(pk=template_id).first()
    if row is None:
        raise NotFound
    return row
