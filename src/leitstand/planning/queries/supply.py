"""Positions, costs and the basis of the planning as they hold now."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from leitstand.core.base import clock
from leitstand.planning.domain.capacity import Quarter, Seat, Terms, capacity
from leitstand.planning.models import GradeCost, PlanningBasis, Position, Restriction, RoleBasis


def basis() -> PlanningBasis:
    """The city's row, or an unsaved one of version 0 with what is shipped."""
    return PlanningBasis.objects.first() or PlanningBasis(version=0)


def roles() -> dict[uuid.UUID, RoleBasis]:
    """What holds per role; one query."""
    return {row.skill_id: row for row in RoleBasis.objects.all()}


def seats() -> list[Seat]:
    """All positions as the computation takes them; one query."""
    names = ("skill_id", "share", "start", "end", "vacant", "filled_from", "kw")
    return [
        Seat(role, float(share), *rest)
        for role, share, *rest in Position.objects.order_by("number").values_list(*names)
    ]


def terms(found: PlanningBasis, by_role: Mapping[uuid.UUID, RoleBasis]) -> Terms:
    """State, absence, work besides projects and closed times."""
    closed = tuple(Restriction.objects.values_list("start", "end"))
    background = {key: row.background_percent / 100 for key, row in by_role.items()}
    return Terms(found.state, found.absence_percent / 100, background, closed)


@dataclass(frozen=True)
class Supply:
    """Person days per role and quarter, and the terms they were computed with."""

    span: Sequence[Quarter]
    days: Mapping[uuid.UUID, Sequence[float]]
    terms: Terms
    basis: PlanningBasis
    roles: Mapping[uuid.UUID, RoleBasis]


def supply(span: Sequence[Quarter]) -> Supply:
    """Four queries, however many positions."""
    found, by_role = basis(), roles()
    all_terms = terms(found, by_role)
    return Supply(span, capacity(seats(), span, all_terms), all_terms, found, by_role)


@dataclass(frozen=True)
class Cost:
    """Euro of a full-time position in a year; ``year_of`` tells where it was taken from."""

    amount: Decimal
    year_of: int


def costs() -> dict[str, dict[int, Decimal]]:
    """Grade → year → euro; one query."""
    found: dict[str, dict[int, Decimal]] = {}
    for grade, year, amount in GradeCost.objects.values_list("grade", "year", "amount"):
        found.setdefault(grade, {})[year] = amount
    return found


def cost_of(table: Mapping[str, Mapping[int, Decimal]], grade: str, year: int) -> Cost | None:
    """The year's cost, else that of the nearest year before, else of the first one after."""
    years = table.get(grade)
    if not years:
        return None
    before = [one for one in years if one <= year]
    chosen = max(before) if before else min(years)
    return Cost(years[chosen], chosen)


def this_quarter() -> Quarter:
    """The quarter that today is in."""
    today = clock.today()
    return Quarter(today.year, (today.month + 2) // 3)
