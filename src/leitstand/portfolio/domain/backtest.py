"""Measures proposed lights against what happened: which later slips had been flagged?

A case is one project in one year that is seen in the next year too. It slipped if its planned
end moved later within that year. The rules know only what stood in the reports up to the year:
dates against the first plan, cost against the first estimate. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from leitstand.portfolio.domain import lights
from leitstand.portfolio.domain.facts import FrozenPlan, Money, ProjectFacts
from leitstand.portfolio.domain.lights import GREY, RED, YELLOW, Rule

_BADNESS = {GREY: 0, lights.GREEN: 1, YELLOW: 2, RED: 3}
FLAGGED = frozenset({YELLOW, RED})


@dataclass(frozen=True, slots=True)
class Report:
    """A project as it was reported in a year; ``light`` is the one that people set.

    ``original`` keeps the source's own scale.
    """

    key: str
    year: int
    on: date
    light: str
    start: date | None
    end: date | None
    cost: float | None
    original: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What was known, the light that people set, and the days by which the end moved then."""

    year: int
    facts: ProjectFacts
    official: str
    slipped: int


@dataclass(frozen=True, slots=True)
class Score:
    """How well a light announces slips of more than ``beyond`` days.

    ``recall``: share of the slips that were flagged; ``precision``: share of the flagged that
    slipped; ``base``: share of all that slipped. ``rank``: probability that a case that slipped
    has a worse light than one that did not, equal lights counting half (0.5 is chance).
    """

    beyond: int
    cases: int
    flagged: float
    recall: float
    precision: float
    base: float
    rank: float


def cases(reports: Iterable[Report]) -> list[Case]:
    """Pairs of following years with both ends known and a light that people had set."""
    by_project: dict[str, dict[int, Report]] = {}
    for report in reports:
        by_project.setdefault(report.key, {})[report.year] = report
    found: list[Case] = []
    for years in by_project.values():
        first: Report | None = None
        for year in sorted(years):
            now, then = years[year], years.get(year + 1)
            if now.end and then is not None and then.end and now.light != GREY:
                slipped = (then.end - now.end).days
                found.append(Case(year, _facts(now, first), now.light, slipped))
            first = first or (now if now.end else None)
    return sorted(found, key=lambda case: case.year)


def _facts(now: Report, first: Report | None) -> ProjectFacts:
    plan = FrozenPlan(str(first.year), first.start, first.end) if first else None
    money = None
    if first and first.cost and now.cost:
        money = Money(planned=first.cost, committed=now.cost, spent=0)
    start = now.start if now.start and now.end and now.start < now.end else None
    return ProjectFacts(
        on=now.on, phase="running", start=start, end=now.end, baseline=plan, money=money
    )


def proposed(case: Case, rules: Sequence[Rule]) -> str:
    """The overall light that the rules propose; without any budget that rule is left out."""
    known = [rule for rule in rules if rule.kind != "no_budget"]
    return lights.overall(lights.propose(case.facts, known))


def score(
    found: Sequence[Case], light_of: Callable[[Case], str], beyond: int,
    flagged: frozenset[str] = FLAGGED,
) -> Score:  # fmt: skip
    """Compare a light with the slips of more than ``beyond`` days; empty input scores 0."""
    judged = [(light_of(case), case.slipped > beyond) for case in found]
    alarms = [slip for light, slip in judged if light in flagged]
    slips = [light for light, slip in judged if slip]
    hits = sum(alarms)
    return Score(
        beyond=beyond,
        cases=len(judged),
        flagged=_share(len(alarms), len(judged)),
        recall=_share(hits, len(slips)),
        precision=_share(hits, len(alarms)),
        base=_share(len(slips), len(judged)),
        rank=_rank(slips, [light for light, slip in judged if not slip]),
    )


def _rank(slips: Sequence[str], others: Sequence[str]) -> float:
    if not slips or not others:
        return 0.0
    wins = sum(
        1.0 if _BADNESS[a] > _BADNESS[b] else 0.5 if _BADNESS[a] == _BADNESS[b] else 0.0
        for a in slips
        for b in others
    )
    return wins / (len(slips) * len(others))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
