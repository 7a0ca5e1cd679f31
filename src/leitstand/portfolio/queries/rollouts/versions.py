"""Days on which something changed in the rollouts that a page shows."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from leitstand.core.base.actor import Actor
from leitstand.core.history import past, tracked
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.models import RolloutCell, RolloutStep


def neighbours(actor: Actor, match: Any, day: date) -> tuple[date | None, date | None]:
    """The days before and after ``day`` on which a state of a visible rollout changed; on a
    rollout's page that rollout alone."""
    shown = policy_rollouts.visible(actor)
    wanted = match.kwargs.get("rollout_id") if match is not None else None
    if isinstance(wanted, uuid.UUID):
        shown = shown.filter(pk=wanted)
    steps = RolloutStep.objects.filter(rollout__in=shown.values("pk"))
    rows = tracked.of(RolloutCell).period._default_manager.filter(step_id__in=steps.values("pk"))
    begins = timezone.make_aware(datetime.combine(day, time.min))
    earlier = rows.filter(valid_from__lt=begins).order_by("-valid_from")
    later = rows.filter(valid_from__gte=past.end_of(day)).order_by("valid_from")
    return _day_of(earlier), _day_of(later)


def _day_of(rows: Any) -> date | None:
    found = rows.values_list("valid_from", flat=True).first()
    return timezone.localdate(found) if found else None
