"""Who sees and keeps early warnings: levels as for projects, by the unit that watches."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy import registry
from leitstand.core.policy.bygone import also_now
from leitstand.core.policy.grants import grants, predicate
from leitstand.core.policy.registry import Permission
from leitstand.portfolio import policy
from leitstand.portfolio.models import EarlyWarning

CHANGE = "portfolio.warning.change"


def register() -> None:
    """Register the permission and its holders; seeing goes with seeing projects."""
    text = _("Enters laws, ends of contracts and support, and what they touch.")
    registry.register(
        [Permission(CHANGE, _("Keep early warnings"), text)],
        {"digital-unit": [CHANGE], "unit-head": [CHANGE]},
    )


def visible(actor: Actor) -> QuerySet[EarlyWarning]:
    """Return the warnings that the actor may see; the only read path."""
    rows = EarlyWarning.objects.all()
    if actor.is_system:
        return rows
    clause = predicate(grants(actor, policy.VIEW), unit="unit_id", level="confidentiality")
    return also_now(rows, clause, clause).filter(clause)


def changeable(actor: Actor) -> QuerySet[EarlyWarning]:
    """Return the visible warnings that the actor may change."""
    rows = visible(actor)
    if actor.is_system:
        return rows
    return rows.filter(predicate(grants(actor, CHANGE), unit="unit_id", level="confidentiality"))


def get_visible(actor: Actor, warning_id: uuid.UUID) -> EarlyWarning:
    """Return the warning or raise ``NotFound``, whether it is missing or hidden."""
    row = visible(actor).filter(pk=warning_id).select_related("unit").first()
    if row is None:
        raise NotFound
    return row


def require_change(actor: Actor, row: EarlyWarning) -> None:
    """Raise ``NotFound`` for a hidden warning, ``NotAllowed`` with the reason otherwise."""
    get_visible(actor, row.pk)
    if not changeable(actor).filter(pk=row.pk).exists():
        level = row.confidentiality
        reason = policy_grants.why(actor, CHANGE, unit_id=row.unit_id, level=level)
        raise NotAllowed(reason.text)
