"""Who files needs, who sees them, who advises: permissions as data, one SQL predicate."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.base.models import Level
from leitstand.core.history import past
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy import registry
from leitstand.core.policy.bygone import also_now
from leitstand.core.policy.grants import grants, predicate
from leitstand.core.policy.registry import Permission
from leitstand.portfolio.models import Need
from leitstand.portfolio.policy import CHANGE

VIEW = "portfolio.need.view"
CREATE = "portfolio.need.create"
ADVISE = "portfolio.need.advise"


def register() -> None:
    """Register permissions and their holders."""
    registry.register(
        [
            Permission(VIEW, _("See needs"), _("Sees needs up to the role's level."), "read"),
            Permission(CREATE, _("File needs"), _("Files needs for the own unit.")),
            Permission(ADVISE, _("Advise on needs"), _("Works on needs and decides on them.")),
        ],
        {
            "admin": [VIEW],
            "digital-unit": [VIEW, CREATE, ADVISE],
            "project-lead": [VIEW, CREATE],
            "unit-head": [VIEW, CREATE],
            "member": [VIEW, CREATE],
            "auditor": [VIEW],
        },
    )


def _own(person_id: uuid.UUID) -> Q:
    """Needs that the person has filed or is the contact of."""
    return Q(filed_by=person_id, filed_by__active=True) | Q(contact=person_id, contact__active=True)


def visible(actor: Actor, queryset: QuerySet[Need] | None = None) -> QuerySet[Need]:
    """Return the needs that the actor may see; the only read path."""
    needs = Need.objects.all() if queryset is None else queryset
    if actor.is_system:
        return needs
    grant = grants(actor, VIEW)
    clause = by_role = predicate(grant, unit="unit_id", level="confidentiality")
    if actor.person_id and grant:
        clause |= _own(actor.person_id)
    return also_now(needs, clause, by_role).filter(clause)


def get_visible(actor: Actor, need_id: uuid.UUID) -> Need:
    """Return the need with its case or raise ``NotFound``, whether it is missing or hidden."""
    need = (
        visible(actor)
        .filter(pk=need_id)
        .select_related("unit", "contact", "filed_by", "case", "case__handler",
                        "case__handling_unit")
        .first()
    )  # fmt: skip
    if need is None:
        raise NotFound
    return need


def advisable(actor: Actor) -> QuerySet[Need]:
    """Return the visible needs on which the actor may advise."""
    needs = visible(actor)
    if actor.is_system:
        return needs
    return needs.filter(predicate(grants(actor, ADVISE), unit="unit_id", level="confidentiality"))


def may_advise(actor: Actor, need: Need) -> bool:
    """Whether the actor may work on the need's case."""
    level = grants(actor, ADVISE).level_in(need.unit_id)
    return actor.is_system or level >= need.confidentiality


def reads_notes(actor: Actor, need: Need) -> bool:
    """Whether the actor reads what advisers write for themselves: whoever works on the case, of
    a past day too; then she must have worked on it both then and now."""
    if not past.is_past():
        return may_advise(actor, need)
    with past.present():
        now = Need.objects.filter(pk=need.pk).first()
        return may_advise(actor, need) and (now is None or may_advise(actor, now))


def require_advice(actor: Actor, need: Need) -> None:
    """Raise ``NotAllowed`` with the reason unless the actor may work on the case."""
    if not may_advise(actor, need):
        policy_grants.require(actor, ADVISE, need.unit_id, need.confidentiality)


def speaks_for(actor: Actor, need: Need) -> bool:
    """Whether the actor speaks for the asking unit: filed it, is its contact, or heads it."""
    if actor.is_system:
        return True
    if not grants(actor, CREATE):
        return False
    if actor.person_id and actor.person_id in (need.filed_by_id, need.contact_id):
        return True
    return grants(actor, CHANGE).level_in(need.unit_id) >= need.confidentiality


def require_voice(actor: Actor, need: Need) -> None:
    """Raise ``NotAllowed`` with the reason unless the actor speaks for the asking unit."""
    if not speaks_for(actor, need):
        raise NotAllowed(
            _(
                "Only those who filed the need, its contact person and the head of the unit may do this."
            )
        )


def require_filing(actor: Actor, unit_id: uuid.UUID, level: int) -> None:
    """Raise ``NotAllowed`` unless the actor may file a need for the unit."""
    policy_grants.require(actor, CREATE, unit_id, min(level, Level.INTERNAL))
