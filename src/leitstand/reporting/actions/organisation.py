"""What the council's papers do when a unit ends: tracked resolutions go to its successor."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.reporting.actions import tracking
from leitstand.reporting.models import ResolutionTracking


def objection(unit_id: uuid.UUID) -> str:
    """Name open resolutions as a reason against dissolving the unit."""
    open_ones = ResolutionTracking.objects.filter(unit_id=unit_id).exclude(state__in=tracking.CLOSED)
    return _("open resolutions of the council that it carries out") if open_ones.exists() else ""


@transaction.atomic
def hand_over(unit_id: uuid.UUID, successor_id: uuid.UUID, actor: Actor) -> None:
    """Let the successor carry the unit's resolutions out; each records the change."""
    new = OrgUnit.objects.get(pk=successor_id)
    rows = ResolutionTracking.objects.select_for_update(of=("self",)).filter(unit_id=unit_id)
    for row in rows.select_related("paper", "unit"):
        old = str(row.unit)
        row.unit = new
        row.version += 1
        row.save()
        changes = {"unit": [old, str(new)]}
        events.record(tracking.event("reporting.tracking.changed", row, actor, changes))
