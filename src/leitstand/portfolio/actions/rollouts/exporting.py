"""Records that a rollout was exported."""

from __future__ import annotations

from django.db import transaction

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.portfolio.actions.rollouts.recording import event
from leitstand.portfolio.models import Rollout


@transaction.atomic
def record_rollout_export(rollout: Rollout, form: str, *, actor: Actor) -> None:
    """One event per file."""
    events.record(event("exported", rollout, actor, {"format": [None, form]}))
