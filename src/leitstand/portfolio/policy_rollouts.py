"""Who may see and change rollouts: levels as for projects, and each unit its own cells."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy.bygone import also_now
from leitstand.core.policy.grants import grants, predicate
from leitstand.portfolio import policy
from leitstand.portfolio.models import ProjectPerson, Rollout, RolloutUnit


def _leads(person_id: uuid.UUID, roles: tuple[str, ...]) -> Q:
    """Rollouts of projects in which the person has one of the roles."""
    involved = ProjectPerson.objects.filter(
        project=OuterRef("project_id"), person_id=person_id, person__active=True, role__in=roles
    )
    return Q(Exists(involved))


def visible(actor: Actor) -> QuerySet[Rollout]:
    """Return the rollouts that the actor may see; the only read path.

    By level in the lead unit or in a unit of the rollout, or because she leads its project.
    """
    rollouts = Rollout.objects.all()
    if actor.is_system:
        return rollouts
    grant = grants(actor, policy.VIEW)
    clause = by_role = predicate(grant, unit="lead_unit_id", level="confidentiality")
    for value in sorted(set(grant.unit_levels.values())):
        if value > grant.city_level:
            joined = RolloutUnit.objects.filter(
                rollout=OuterRef("pk"), unit_id__in=grant.units_at(value)
            )
            clause |= Q(confidentiality__lte=value) & Q(Exists(joined))
    if actor.person_id and grant:
        clause |= _leads(actor.person_id, policy.INSIDERS)
    return also_now(rollouts, clause, by_role).filter(clause)


def changeable(actor: Actor) -> QuerySet[Rollout]:
    """Return the rollouts that the actor may change: by role, or because she leads the project."""
    if actor.is_system:
        return Rollout.objects.all()
    clause = predicate(grants(actor, policy.CHANGE), unit="lead_unit_id", level="confidentiality")
    may_write = actor.scopes is None or "write" in actor.scopes
    if actor.person_id and may_write and grants(actor, policy.CREATE):
        clause |= _leads(actor.person_id, policy.LEADING)
    return visible(actor).filter(clause)


def get_visible(actor: Actor, rollout_id: uuid.UUID) -> Rollout:
    """Return the rollout or raise ``NotFound``, whether it is missing or hidden."""
    rollout = visible(actor).select_related("lead_unit", "project").filter(pk=rollout_id).first()
    if rollout is None:
        raise NotFound
    return rollout


def may_change(actor: Actor, rollout: Rollout) -> bool:
    """Whether the actor may change the rollout, its steps, waves and every unit."""
    return changeable(actor).filter(pk=rollout.pk).exists()


def require_change(actor: Actor, rollout_id: uuid.UUID) -> Rollout:
    """Return the rollout, or raise ``NotFound`` if hidden, ``NotAllowed`` with the reason."""
    rollout = get_visible(actor, rollout_id)
    if not may_change(actor, rollout):
        reason = policy_grants.why(
            actor, policy.CHANGE, unit_id=rollout.lead_unit_id, level=rollout.confidentiality
        )
        raise NotAllowed(reason.text)
    return rollout


def settable(actor: Actor, rollout: Rollout) -> QuerySet[RolloutUnit]:
    """Return the units of a visible rollout whose state the actor may set.

    All of them for those who may change the rollout, else the units in which she holds
    "change projects".
    """
    members = RolloutUnit.objects.filter(rollout=rollout)
    if may_change(actor, rollout):
        return members
    grant = grants(actor, policy.CHANGE)
    return members.filter(unit_id__in=grant.units_at(rollout.confidentiality))


def require_settable(actor: Actor, rollout_id: uuid.UUID, member_id: uuid.UUID) -> RolloutUnit:
    """Return a unit of the rollout whose state the actor may set, or raise as the others do."""
    rollout = get_visible(actor, rollout_id)
    members = RolloutUnit.objects.select_related("unit", "rollout").filter(rollout=rollout)
    member = members.filter(pk=member_id).first()
    if member is None:
        raise NotFound
    if not settable(actor, rollout).filter(pk=member_id).exists():
        reason = policy_grants.why(
            actor, policy.CHANGE, unit_id=member.unit_id, level=rollout.confidentiality
        )
        raise NotAllowed(reason.text)
    return member
