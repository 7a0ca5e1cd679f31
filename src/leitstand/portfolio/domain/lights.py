"""Rules that propose the traffic lights of a project, and the reasons for each of them.

Pure: the same facts and rules always give the same proposal. A dimension is as bad as its worst
rule; it is grey where no active rule knows anything. Closed projects and ideas get no proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from leitstand.portfolio.domain import measures
from leitstand.portfolio.domain.facts import ProjectFacts
from leitstand.portfolio.domain.measures import Finding, Measure

__all__ = [
    "DEFAULTS", "DIMENSIONS", "GREEN", "GREY", "KINDS", "RED", "YELLOW", "Dimension", "Kind",
    "ProjectFacts", "Proposal", "Reason", "Rule", "Unit", "overall", "propose", "worst",
]  # fmt: skip

GREY, GREEN, YELLOW, RED = "grey", "green", "yellow", "red"
_BADNESS = {GREY: 0, GREEN: 1, YELLOW: 2, RED: 3}
WITHOUT_LIGHT = frozenset({"idea", "done", "cancelled"})


class Dimension(StrEnum):
    """What a light speaks about."""

    SCHEDULE = "schedule"
    COST = "cost"
    RESOURCES = "resources"
    SCOPE = "scope"
    RISKS = "risks"


DIMENSIONS = tuple(Dimension)


class Unit(StrEnum):
    """What a threshold counts."""

    DAYS = "days"
    PERCENT = "percent"
    POINTS = "points"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rule; ``falling`` ones worsen as the number becomes smaller."""

    code: str
    unit: Unit
    measure: Measure
    falling: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the city has set it; a threshold of ``None`` never proposes that colour."""

    kind: str
    dimension: Dimension
    yellow: int | None
    red: int | None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a light was proposed: the rule, its sentence and what fills it."""

    rule: str
    text_id: str
    values: Mapping[str, Any]
    light: str = YELLOW


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed light; ``checked`` are the rules that knew something, in their order."""

    light: str = GREY
    reasons: tuple[Reason, ...] = ()
    checked: tuple[str, ...] = field(default=())


_M, _U, _D = measures, Unit, Dimension
KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("end_days", _U.DAYS, _M.end_days),
        Kind("end_share", _U.PERCENT, _M.end_share),
        Kind("end_passed", _U.DAYS, _M.end_passed),
        Kind("time_used", _U.PERCENT, _M.time_used),
        Kind("milestone_overdue", _U.DAYS, _M.milestone_overdue),
        Kind("milestone_moved", _U.DAYS, _M.milestone_moved),
        Kind("law_date", _U.DAYS, _M.law_date),
        Kind("own_date", _U.DAYS, _M.own_date),
        Kind("dependency", _U.DAYS, _M.dependency),
        Kind("stale", _U.DAYS, _M.stale),
        Kind("money_used", _U.PERCENT, _M.money_used),
        Kind("no_budget", _U.YES, _M.no_budget),
        Kind("funding_deadline", _U.DAYS, _M.funding_deadline, falling=True),
        Kind("capacity", _U.DAYS, _M.capacity),
        Kind("no_lead", _U.YES, _M.no_lead),
        Kind("progress", _U.PERCENT, _M.progress),
        Kind("consultation", _U.DAYS, _M.consultation),
        Kind("risk_open", _U.POINTS, _M.risk_open),
        Kind("risk_treated", _U.POINTS, _M.risk_treated),
        Kind("obstacle", _U.DAYS, _M.obstacle),
    )
}
DEFAULTS: tuple[Rule, ...] = (
    Rule("end_days", _D.SCHEDULE, 30, 180),
    Rule("end_share", _D.SCHEDULE, 10, 50),
    Rule("end_passed", _D.SCHEDULE, 1, 30),
    Rule("time_used", _D.SCHEDULE, 70, None),
    Rule("milestone_overdue", _D.SCHEDULE, 1, 60),
    Rule("milestone_moved", _D.SCHEDULE, 30, 90),
    Rule("law_date", _D.SCHEDULE, None, 1),
    Rule("own_date", _D.SCHEDULE, 1, None),
    Rule("dependency", _D.SCHEDULE, 1, 60),
    Rule("stale", _D.SCHEDULE, 120, None),
    Rule("money_used", _D.COST, 101, 110),
    Rule("no_budget", _D.COST, 1, None),
    Rule("funding_deadline", _D.COST, 60, 14),
    Rule("capacity", _D.RESOURCES, 0, 90),
    Rule("no_lead", _D.RESOURCES, 1, None),
    Rule("progress", _D.SCOPE, 25, 50),
    Rule("consultation", _D.SCOPE, 1, 30),
    Rule("risk_open", _D.RISKS, 9, 16),
    Rule("risk_treated", _D.RISKS, 16, None),
    Rule("obstacle", _D.RISKS, 0, 90),
)
"""What holds as long as the city has not changed a rule, one per kind."""


def propose(facts: ProjectFacts, rules: Iterable[Rule]) -> dict[Dimension, Proposal]:
    """The light of every dimension, the gravest reasons first."""
    found: dict[Dimension, list[tuple[str, str, Reason | None]]] = {d: [] for d in DIMENSIONS}
    if facts.phase not in WITHOUT_LIGHT:
        for rule in rules:
            judged = _judge(facts, rule) if rule.active else None
            if judged is not None:
                found[rule.dimension].append((rule.kind, *judged))
    return {dimension: _proposal(judged) for dimension, judged in found.items()}


def _judge(facts: ProjectFacts, rule: Rule) -> tuple[str, Reason | None] | None:
    kind = KINDS[rule.kind]
    finding = kind.measure(facts)
    if finding is None:
        return None
    light = _colour(kind, rule, finding)
    if light == GREEN:
        return light, None
    return light, Reason(rule.kind, finding.text, finding.values, light)


def _colour(kind: Kind, rule: Rule, finding: Finding) -> str:
    if finding is measures.FINE:
        return GREEN
    for light, threshold in ((RED, rule.red), (YELLOW, rule.yellow)):
        if threshold is None:
            continue
        if finding.amount <= threshold if kind.falling else finding.amount >= threshold:
            return light
    return GREEN


def _proposal(judged: list[tuple[str, str, Reason | None]]) -> Proposal:
    if not judged:
        return Proposal()
    reasons = sorted(
        (reason for _kind, _light, reason in judged if reason is not None),
        key=lambda reason: -_BADNESS[reason.light],
    )
    light = worst(light for _kind, light, _reason in judged)
    return Proposal(light, tuple(reasons), tuple(kind for kind, _light, _reason in judged))


def worst(lights: Iterable[str]) -> str:
    """The worst of the lights; grey if none is set."""
    return max(lights, key=_BADNESS.__getitem__, default=GREY)


def overall(proposals: Mapping[Dimension, Proposal]) -> str:
    """One light for the project: that of its worst dimension."""
    return worst(proposal.light for proposal in proposals.values())
