"""What the portfolio does when a unit ends: it objects, or hands its projects on."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio.actions.projects import event
from leitstand.portfolio.models import Participation, Phase, Programme, Project

ENDED = (Phase.DONE, Phase.CANCELLED)


def objection(unit_id: uuid.UUID) -> str:
    """Name open projects as a reason against dissolving the unit.

    Without their number: whoever keeps the organisation need not know confidential projects.
    """
    open_ones = Project.objects.filter(lead_unit_id=unit_id).exclude(phase__in=ENDED)
    return _("open projects that it leads") if open_ones.exists() else ""


@transaction.atomic
def hand_over(unit_id: uuid.UUID, successor_id: uuid.UUID, actor: Actor) -> None:
    """Let the successor lead the unit's projects and programmes and take its participations.

    Rights are the organisation's matter; every project records the change.
    """
    old = OrgUnit.objects.get(pk=unit_id)
    new = OrgUnit.objects.get(pk=successor_id)
    reason = _("%(old)s has become part of %(new)s.") % {"old": old.name, "new": new.name}
    noted = [
        *_hand_over_lead(old, new, actor, reason),
        *_hand_over_participations(old, new, actor, reason),
    ]
    events.record(*noted, *_hand_over_programmes(old, new, actor, reason))


def _hand_over_programmes(
    old: OrgUnit, new: OrgUnit, actor: Actor, reason: str
) -> list[events.Event]:
    noted = []
    for programme in Programme.objects.select_for_update(of=("self",)).filter(lead_unit=old):
        programme.lead_unit = new
        programme.version += 1
        programme.save()
        noted.append(
            events.Event(
                type="portfolio.strategy.changed",
                actor=actor,
                object_kind="programme",
                object_id=programme.pk,
                object_title=programme.name,
                changes={"lead_unit": [str(old), str(new)]},
                reason=reason,
            )
        )
    return noted


def _hand_over_lead(old: OrgUnit, new: OrgUnit, actor: Actor, reason: str) -> list[events.Event]:
    noted = []
    for project in Project.objects.select_for_update(of=("self",)).filter(lead_unit=old):
        project.lead_unit = new
        project.version += 1
        project.save()
        changes = {"lead_unit": [str(old), str(new)]}
        noted.append(event("portfolio.project.changed", project, actor, changes, reason))
    return noted


def _hand_over_participations(
    old: OrgUnit, new: OrgUnit, actor: Actor, reason: str
) -> list[events.Event]:
    """A participation ends where the successor already leads or takes part."""
    noted = []
    rows = Participation.objects.select_for_update(of=("self",)).filter(unit=old)
    for row in rows.select_related("project"):
        project = row.project
        changes: dict[str, Any] = {"part": [None, "participation"]}
        taken = Participation.objects.filter(project=project, unit=new).exists()
        if taken or project.lead_unit_id == new.id:
            row.delete()
            kind = "portfolio.item.removed"
            changes["unit"] = [str(old), None]
        else:
            row.unit = new
            row.version += 1
            row.save()
            kind = "portfolio.item.changed"
            changes["unit"] = [str(old), str(new)]
        noted.append(event(kind, project, actor, changes, reason))
    return noted
