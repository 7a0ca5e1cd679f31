"""Days on which something changed in the rollouts that a page shows."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.history import around
from leitstand.core.history.around import Days
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.models import RolloutCell, RolloutStep


def neighbours(actor: Actor, match: Any, day: date) -> Days:
    """The days before and after ``day`` on which a state of a visible rollout changed; on a
    rollout's page that rollout alone."""
    shown = policy_rollouts.visible(actor)
    wanted = match.kwargs.get("rollout_id") if match is not None else None
    if isinstance(wanted, uuid.UUID):
        shown = shown.filter(pk=wanted)
    steps = RolloutStep.objects.filter(rollout__in=shown.values("pk"))
    return around.days([around.versions(RolloutCell).filter(step_id__in=steps.values("pk"))], day)
