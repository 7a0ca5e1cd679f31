"""The only writer of when the daily e-mail leaves."""

from __future__ import annotations

import datetime

from django.db import transaction

from leitstand.core.base import authority, events
from leitstand.core.base.actor import Actor
from leitstand.core.notify.actions.outbox import OUTBOX
from leitstand.core.notify.models import Schedule


@transaction.atomic
def set_schedule(*, daily_at: datetime.time, daily_days: str, actor: Actor) -> Schedule:
    """Set time of day (on the city's clock) and days of the week (1 = Monday)."""
    authority.require(actor, OUTBOX, citywide=True)
    row = Schedule.objects.select_for_update().order_by("pk").first() or Schedule()
    before = [f"{row.daily_at:%H:%M}", row.daily_days]
    row.daily_at, row.daily_days = daily_at, daily_days
    row.save()
    after = [f"{row.daily_at:%H:%M}", row.daily_days]
    if before != after:
        changes = {"daily_at": [before[0], after[0]], "daily_days": [before[1], after[1]]}
        events.record(
            events.Event(
                type="notify.schedule.changed", actor=actor, object_kind="mail", changes=changes
            )
        )
    return row
