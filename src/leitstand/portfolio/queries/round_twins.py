"""Rounds that ask for the same projects: what one answer counts for, and where rounds overlap."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from leitstand.core.base.actor import Actor
from leitstand.portfolio import policy
from leitstand.portfolio.models import StatusRequest, StatusRound
from leitstand.portfolio.queries.responsible import projects_of

NEAR = timedelta(days=31)
"""States of days that lie no further apart are asked for with one answer."""
State = StatusRound.State


@dataclass(frozen=True)
class Twin:
    """A waiting request of another open round for the same project and person.

    ``counts`` says whether an answer to the one is an answer to the other.
    """

    row: StatusRequest
    counts: bool


def is_near(one: StatusRound, other: StatusRound) -> bool:
    """Whether an answer for the one round, as open as the other, is an answer for both."""
    return other.state == State.OPEN and abs(one.as_of - other.as_of) <= NEAR


def twins(rows: Sequence[StatusRequest]) -> dict[uuid.UUID, list[Twin]]:
    """Request → its twins, the first due ones first; one query. Needs the requests' rounds."""
    waiting = StatusRequest.objects.filter(
        project__in={row.project_id for row in rows}, person__in={row.person_id for row in rows},
        person__isnull=False, answered_at=None, round__state=State.OPEN,
    ).select_related("round").order_by("round__due_on", "pk")  # fmt: skip
    found: dict[uuid.UUID, list[Twin]] = {row.pk: [] for row in rows}
    for other in waiting:
        for row in rows:
            same = (row.project_id, row.person_id) == (other.project_id, other.person_id)
            if same and row.round_id != other.round_id and row.round.state == State.OPEN:
                near = is_near(row.round, other.round)
                found[row.pk].append(Twin(other, near and row.answered_at is None))
    return found


@dataclass(frozen=True)
class Overlap:
    """Another round that asks, or will ask, for ``number`` of the same projects meanwhile."""

    round: StatusRound
    number: int


def overlaps(row: StatusRound, actor: Actor) -> list[Overlap]:
    """Rounds that run at the same time as one that is planned or open; of projects the actor sees."""
    if row.state not in (State.PLANNED, State.OPEN):
        return []
    meanwhile = Q(state=State.OPEN) | Q(
        state=State.PLANNED, opens_on__lte=row.due_on, due_on__gte=row.opens_on
    )
    others = StatusRound.objects.filter(meanwhile).exclude(pk=row.pk).order_by("due_on")
    mine = policy.visible(actor, projects_of(row))
    found = [Overlap(other, mine.filter(pk__in=projects_of(other).values("pk")).count())
             for other in others]  # fmt: skip
    return [one for one in found if one.number]
