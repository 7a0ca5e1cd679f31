"""What rollouts do when a unit ends: they object, or hand their rows on to the successor."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio.actions.rollouts.recording import event
from leitstand.portfolio.models import CellState, Rollout, RolloutUnit, StepKind


def objection(unit_id: uuid.UUID) -> str:
    """Name unfinished rollouts as a reason against dissolving the unit that leads them."""
    unfinished = RolloutUnit.objects.filter(affected=True).exclude(
        cells__step__kind=StepKind.GO_LIVE, cells__state=CellState.DONE
    )
    led = Rollout.objects.filter(lead_unit_id=unit_id, members__in=unfinished)
    return _("unfinished rollouts that it leads") if led.exists() else ""


@transaction.atomic
def hand_over(unit_id: uuid.UUID, successor_id: uuid.UUID, actor: Actor) -> None:
    """Let the successor lead the unit's rollouts and take its row in others.

    Where the successor has a row of its own, that one goes on; the old one no longer takes part.
    """
    old, new = OrgUnit.objects.get(pk=unit_id), OrgUnit.objects.get(pk=successor_id)
    reason = _("%(old)s has become part of %(new)s.") % {"old": old.name, "new": new.name}
    noted = []
    for rollout in Rollout.objects.select_for_update(of=("self",)).filter(lead_unit=old):
        rollout.lead_unit = new
        rollout.version += 1
        rollout.save()
        changes = {"lead_unit": [str(old), str(new)]}
        noted.append(event("changed", rollout, actor, changes, reason))
    rows = RolloutUnit.objects.select_for_update(of=("self",)).filter(unit=old)
    for row in rows.select_related("rollout"):
        if RolloutUnit.objects.filter(rollout=row.rollout, unit=new).exists():
            about: dict[str, Any] = {"unit": [None, old.name], "affected": [row.affected, False]}
            row.affected, row.reason = False, reason[:300]
        else:
            about = {"unit": [old.name, new.name]}
            row.unit = new
        row.version += 1
        row.save()
        noted.append(event("unit_changed", row.rollout, actor, about, reason))
    events.record(*noted)
