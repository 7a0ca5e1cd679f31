"""Who stands in for whom, and for which requests: never for what she may not see herself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.policy.grants import grants
from leitstand.portfolio import policy
from leitstand.portfolio.models import ProjectPerson, Substitution
from leitstand.portfolio.queries.responsible import ORDER, entitled

KEPT = timedelta(days=365)
MOST = 200


# --- in force -----------------------------------------------------------------------------


def in_force(on: date) -> QuerySet[Substitution]:
    """Substitutions that hold on a day, of active people on both sides."""
    return Substitution.objects.filter(
        valid_from__lte=on, valid_until__gte=on, person__active=True, substitute__active=True
    )


def stands_in(substitute_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Whether she stands in for the person today."""
    rows = in_force(clock.today()).filter(substitute_id=substitute_id, person_id=person_id)
    return rows.exists()


def represented(substitute_id: uuid.UUID) -> list[uuid.UUID]:
    """For whom she stands in today."""
    rows = in_force(clock.today()).filter(substitute_id=substitute_id)
    return list(rows.order_by("person_id").values_list("person_id", flat=True))


def pairs(people: Iterable[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(Person, who stands in for her today) of these people."""
    rows = in_force(clock.today()).filter(person_id__in=list(people))
    return list(rows.order_by("person_id", "pk").values_list("person_id", "substitute_id"))


def open_to(substitute_id: uuid.UUID) -> Q:
    """Requests that somebody may answer for another: up to the level internal, or hers to see.

    Standing in opens nothing: a confidential project stays with those who may see it.
    """
    own = ProjectPerson.objects.filter(
        entitled(), project=OuterRef("project"), person_id=substitute_id, role__in=ORDER
    )
    seen = Q(project__confidentiality__lte=Level.INTERNAL) | Q(Exists(own))
    account = Account.objects.filter(person_id=substitute_id, is_active=True).first()
    if account is not None:
        seen |= Q(project__in=policy.visible(of_account(account)))
    return seen


# --- lists --------------------------------------------------------------------------------


def manages(actor: Actor) -> bool:
    """Whether the actor names and ends substitutes of everybody."""
    return bool(grants(actor, policy.ROUNDS))


def may_name(actor: Actor) -> bool:
    """Whether the actor may name a substitute: for herself if she answers for a project."""
    if manages(actor):
        return True
    if actor.person_id is None or not writes(actor):
        return False
    return ProjectPerson.objects.filter(
        entitled(), person_id=actor.person_id, role__in=ORDER
    ).exists()


def writes(actor: Actor) -> bool:
    """Whether the actor may change anything at all: a token for reading may not."""
    return actor.scopes is None or "write" in actor.scopes


def visible(actor: Actor) -> QuerySet[Substitution]:
    """One's own substitutions, on either side; those who manage rounds see all."""
    rows = Substitution.objects.select_related("person", "substitute")
    if not manages(actor):
        own = Q(person_id=actor.person_id) | Q(substitute_id=actor.person_id)
        rows = rows.filter(own) if actor.person_id else rows.none()
    return rows.filter(valid_until__gte=clock.today() - KEPT).order_by("-valid_until", "pk")


@dataclass(frozen=True)
class Lists:
    """What the page shows: who stands in for the reader, for whom she does, all others."""

    mine: list[Substitution]
    standing_in: list[Substitution]
    others: list[Substitution]


def lists(actor: Actor) -> Lists:
    """The substitutions of the last year and to come; one query."""
    rows = list(visible(actor)[:MOST])
    me = actor.person_id
    mine = [row for row in rows if me and row.person_id == me]
    standing_in = [row for row in rows if me and row.substitute_id == me]
    others = [row for row in rows if not me or me not in (row.person_id, row.substitute_id)]
    return Lists(mine, standing_in, others)
