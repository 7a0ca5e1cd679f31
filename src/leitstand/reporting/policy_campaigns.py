"""Who sees and keeps the figures of campaigns: by level in the unit that runs the campaign."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy import registry
from leitstand.core.policy.grants import grants, predicate
from leitstand.core.policy.registry import Permission
from leitstand.reporting.models import Campaign

VIEW = "reporting.campaign.view"
CHANGE = "reporting.campaign.change"


def register() -> None:
    """Register permissions and their holders."""
    registry.register(
        [
            Permission(VIEW, _("See campaigns"), _("Sees campaigns and their figures."), "read"),
            Permission(CHANGE, _("Keep campaigns"), _("Enters campaigns and figures, imports them.")),
        ],
        {
            "admin": [VIEW], "digital-unit": [VIEW, CHANGE], "unit-head": [VIEW, CHANGE],
            "project-lead": [VIEW], "member": [VIEW], "auditor": [VIEW], "councillor": [VIEW],
        },
    )  # fmt: skip


def visible(actor: Actor) -> QuerySet[Campaign]:
    """The campaigns that the actor may see; the only read path."""
    rows = Campaign.objects.all()
    if actor.is_system:
        return rows
    return rows.filter(predicate(grants(actor, VIEW), unit="unit_id", level="confidentiality"))


def get_visible(actor: Actor, campaign_id: uuid.UUID) -> Campaign:
    """The campaign or ``NotFound``, whether it is missing or hidden."""
    row = visible(actor).select_related("unit").filter(pk=campaign_id).first()
    if row is None:
        raise NotFound
    return row


def may_change(actor: Actor, row: Campaign) -> bool:
    """Whether the actor may change a campaign that she sees."""
    return actor.is_system or grants(actor, CHANGE).level_in(row.unit_id) >= row.confidentiality


def require_change(actor: Actor, row: Campaign) -> None:
    """Raise ``NotFound`` for a hidden campaign, ``NotAllowed`` with the reason otherwise."""
    get_visible(actor, row.pk)
    if not may_change(actor, row):
        reason = policy_grants.why(actor, CHANGE, unit_id=row.unit_id, level=row.confidentiality)
        raise NotAllowed(reason.text)
