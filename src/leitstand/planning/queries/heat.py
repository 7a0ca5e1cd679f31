"""Demand and supply per role and quarter."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leitstand.core.base import clock
from leitstand.planning.domain.capacity import Quarter, quarters
from leitstand.planning.domain.demand import Work, demand, period_left, split
from leitstand.planning.models import RoleBasis
from leitstand.planning.queries.supply import Supply, supply
from leitstand.portfolio.facade_planning import (
    PlanFacts,
    PlanProject,
    SkillRef,
    plan_facts,
    size_days,
    skills,
)

UNCOUNTED = ("idea", "paused")
"""Phases that do not ask for staff now."""


@dataclass(frozen=True)
class Gap:
    """A project that could not be placed, and why: no_effort, no_roles or no_period."""

    project: PlanProject
    why: str


@dataclass(frozen=True)
class HeatCell:
    """One role in one quarter; ``projects`` with their person days, the most first."""

    demand: float
    supply: float
    projects: Sequence[tuple[uuid.UUID, float]]

    @property
    def load(self) -> float | None:
        """Demand by supply; None if there is nothing to divide by."""
        return self.demand / self.supply if self.supply > 0 else None

    @property
    def over(self) -> float:
        """Person days that are missing."""
        return max(0.0, self.demand - self.supply)


@dataclass(frozen=True)
class HeatRow:
    """One role."""

    role: SkillRef
    cells: Sequence[HeatCell]


@dataclass(frozen=True)
class Heat:
    """The whole picture."""

    span: Sequence[Quarter]
    rows: Sequence[HeatRow]
    gaps: Sequence[Gap]
    projects: Mapping[uuid.UUID, PlanProject]
    estimated: int
    hidden: int
    supply: Supply


def mix(
    facts: PlanFacts, roles: Mapping[uuid.UUID, RoleBasis], known: Sequence[SkillRef]
) -> dict[uuid.UUID, float]:
    """How an effort without roles is shared out: as the city says, else as the other projects."""
    said = {key: float(row.mix_percent) for key, row in roles.items() if row.mix_percent}
    if said:
        return said
    found: dict[uuid.UUID, float] = {}
    for one in facts.projects:
        for role, days in one.efforts:
            found[role] = found.get(role, 0.0) + days
    return found or {one.id: 1.0 for one in known}


def days_left(
    one: PlanProject, shares: Mapping[uuid.UUID, float], assumed: float | None
) -> tuple[dict[uuid.UUID, float], bool]:
    """Person days per role that are left, and whether they are estimated from the size."""
    left = 1 - min(one.progress, 100) / 100
    if one.efforts:
        return {role: days * left for role, days in one.efforts if days > 0}, False
    whole = one.sized if one.sized is not None else assumed
    return (split(whole * left, shares), True) if whole else ({}, True)


def works(
    facts: PlanFacts, found: Supply, known: Sequence[SkillRef], assumed: float | None
) -> tuple[list[Work], list[Gap], int]:
    """What can be placed, what cannot and why, and how many efforts are estimated."""
    shares, today = mix(facts, found.roles, known), clock.today()
    placed: list[Work] = []
    gaps: list[Gap] = []
    estimated = 0
    for one in facts.projects:
        if one.phase in UNCOUNTED:
            continue
        days, guessed = days_left(one, shares, assumed)
        if not days and one.progress < 100:
            no_size = one.sized is None and not assumed and not one.efforts
            gaps.append(Gap(one, "no_effort" if no_size else "no_roles"))
        elif one.start is None or (one.end or one.due) is None:
            gaps.append(Gap(one, "no_period"))
        else:
            end = one.end or one.due
            assert end is not None  # noqa: S101 - asked above
            placed.append(Work(one.id, days, *period_left(one.start, end, today)))
            estimated += guessed
    return placed, gaps, estimated


def heat(level: int, years: int) -> Heat:
    """Of all projects up to ``level``, from this quarter on; a fixed number of queries."""
    span = quarters(clock.today(), years * 4)
    found, facts, known = supply(span), plan_facts(level), skills()
    sizes = size_days() if found.basis.assumed_size else {}
    placed, gaps, estimated = works(facts, found, known, sizes.get(found.basis.assumed_size))
    asked = demand(placed, span, found.basis.state)
    rows = [
        HeatRow(role, [_cell(asked, found, role.id, place) for place in range(len(span))])
        for role in known
        if role.id in asked or role.id in found.days
    ]
    by_id = {one.id: one for one in facts.projects}
    return Heat(span, rows, gaps, by_id, estimated, facts.hidden, found)


def _cell(
    asked: Mapping[uuid.UUID, Sequence[Mapping[uuid.UUID, float]]],
    found: Supply,
    role: uuid.UUID,
    place: int,
) -> HeatCell:
    parts = asked[role][place] if role in asked else {}
    most = sorted(parts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    there = found.days[role][place] if role in found.days else 0.0
    return HeatCell(sum(parts.values()), there, most)
