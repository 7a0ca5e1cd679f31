"""Measures of a project that a rule compares with its thresholds: one number and its words.

A measure answers ``None`` where nothing is known. ``text`` names the sentence and ``values``
fill it: numbers, texts and days in ISO form, so that a reason can be kept for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from leitstand.portfolio.domain.facts import Hindrance, ProjectFacts

CAPACITY_KINDS = frozenset({"capacity", "no_positions"})
"""Obstacles that say there is nobody to do the work."""


KEEPS_UP = 10
"""Percentage points by which progress may lag and still keeps up with the time."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A measured number; ``text`` and ``values`` make the sentence."""

    amount: float
    text: str
    values: Mapping[str, Any]


Measure = Callable[[ProjectFacts], Finding | None]
FINE = Finding(float("-inf"), "", {})
"""Known, and nothing found that a rule could object to."""


def end_days(facts: ProjectFacts) -> Finding | None:
    """Days by which the end lies behind the baseline's."""
    late = _days_behind(facts)
    if late is None or facts.baseline is None:
        return None
    return Finding(late, "end_days", {"days": late, "plan": facts.baseline.name})


def end_share(facts: ProjectFacts) -> Finding | None:
    """The same in percent of the baseline's duration."""
    late, plan = _days_behind(facts), facts.baseline
    if late is None or plan is None or plan.start is None or plan.end is None:
        return None
    whole = (plan.end - plan.start).days
    if whole <= 0:
        return None
    share = round(100 * late / whole)
    return Finding(
        100 * late / whole, "end_share",
        {"days": late, "share": share, "whole": whole, "plan": plan.name},
    )  # fmt: skip


def _days_behind(facts: ProjectFacts) -> int | None:
    end = facts.forecast_end
    if end is None or facts.baseline is None or facts.baseline.end is None:
        return None
    return (end - facts.baseline.end).days


def end_passed(facts: ProjectFacts) -> Finding | None:
    """Days since the planned end of a project that is still open."""
    if facts.end is None:
        return None
    days = (facts.on - facts.end).days
    return Finding(days, "end_passed", {"days": days, "end": facts.end.isoformat()})


def milestone_overdue(facts: ProjectFacts) -> Finding | None:
    """Days since the oldest milestone that was missed."""
    missed = sorted((s for s in facts.milestones if s.due < facts.on), key=lambda s: s.due)
    if not missed:
        return FINE if facts.milestones_kept else None
    first = missed[0]
    days = (facts.on - first.due).days
    values = {"title": first.title, "days": days, "number": len(missed)}
    return Finding(days, "milestone_overdue", values)


def milestone_moved(facts: ProjectFacts) -> Finding | None:
    """Days by which the open milestone moved farthest lies behind the baseline."""
    moved = [((s.due - s.frozen).days, s.title) for s in facts.milestones if s.frozen]
    if not moved or facts.baseline is None:
        return None
    days, title = max(moved)
    values = {"title": title, "days": days, "plan": facts.baseline.name}
    return Finding(days, "milestone_moved", values)


def law_date(facts: ProjectFacts) -> Finding | None:
    """Days by which the end lies behind the date by law; without an end, at least one."""
    if facts.due is None or facts.due_kind != "law":
        return None
    due = facts.due.isoformat()
    if facts.forecast_end is None:
        days = max((facts.on - facts.due).days, 1)
        return Finding(days, "law_date_open", {"due": due})
    days = (facts.forecast_end - facts.due).days
    return Finding(days, "law_date", {"days": days, "due": due})


def own_date(facts: ProjectFacts) -> Finding | None:
    """Days by which the end lies behind a date that the city set itself."""
    if facts.due is None or facts.due_kind == "law" or facts.forecast_end is None:
        return None
    days = (facts.forecast_end - facts.due).days
    return Finding(days, "own_date", {"days": days, "due": facts.due.isoformat()})


def dependency(facts: ProjectFacts) -> Finding | None:
    """Days by which the latest predecessor ends too late."""
    if not facts.pushed_days:
        return FINE if facts.has_predecessors else None
    days = max(facts.pushed_days)
    return Finding(days, "dependency", {"days": days, "number": len(facts.pushed_days)})


def money_used(facts: ProjectFacts) -> Finding | None:
    """Percent of the planned money that has been committed or spent, whichever is more."""
    money = facts.money
    if money is None or money.planned <= 0:
        return None
    used = max(money.committed, money.spent)
    share = 100 * used / money.planned
    text = "money_spent" if money.spent >= money.committed else "money_committed"
    values = {"share": round(share), "used": round(used), "planned": round(money.planned)}
    return Finding(share, text, values)


def no_budget(facts: ProjectFacts) -> Finding | None:
    """1 if a running project has no planned money."""
    if facts.phase not in ("running", "paused"):
        return None
    if facts.money is not None and facts.money.planned > 0:
        return FINE
    return Finding(1, "no_budget", {})


def funding_deadline(facts: ProjectFacts) -> Finding | None:
    """Days that are left until the next deadline of a funding; negative once it has passed."""
    if not facts.grants:
        return None
    first = min(facts.grants, key=lambda grant: grant.deadline)
    days = (first.deadline - facts.on).days
    text = "funding_passed" if days < 0 else "funding_deadline"
    values = {"title": first.title, "days": abs(days), "deadline": first.deadline.isoformat()}
    return Finding(days, text, values)


def capacity(facts: ProjectFacts) -> Finding | None:
    """Age in days of the oldest open obstacle that says there is nobody to do it."""
    found = _oldest(facts, (o for o in facts.obstacles if o.kind in CAPACITY_KINDS))
    return found or (FINE if facts.obstacles_kept else None)


def obstacle(facts: ProjectFacts) -> Finding | None:
    """Age in days of the oldest other open obstacle."""
    found = _oldest(facts, (o for o in facts.obstacles if o.kind not in CAPACITY_KINDS))
    return found or (FINE if facts.obstacles_kept else None)


def _oldest(facts: ProjectFacts, obstacles: Iterable[Hindrance]) -> Finding | None:
    """An obstacle without a day counts as new."""
    aged = [((facts.on - o.since).days if o.since else 0, o) for o in obstacles]
    if not aged:
        return None
    days, oldest = max(aged, key=lambda pair: pair[0])
    text = "obstacle" if oldest.since else "obstacle_undated"
    values = {"title": oldest.title, "kind": oldest.kind, "days": days, "number": len(aged)}
    return Finding(days, text, values)


def risk_open(facts: ProjectFacts) -> Finding | None:
    """Points of the worst open risk that has no measure."""
    return _worst(facts, has_measure=False)


def risk_treated(facts: ProjectFacts) -> Finding | None:
    """Points of the worst open risk that has a measure."""
    return _worst(facts, has_measure=True)


def _worst(facts: ProjectFacts, *, has_measure: bool) -> Finding | None:
    risks = [risk for risk in facts.risks if risk.has_measure is has_measure]
    if not risks:
        return FINE if facts.risks_kept else None
    worst = max(risks, key=lambda risk: risk.points)
    values = {
        "title": worst.title, "points": worst.points,
        "probability": worst.probability, "impact": worst.impact,
    }  # fmt: skip
    return Finding(worst.points, "risk_treated" if has_measure else "risk_open", values)


def stale(facts: ProjectFacts) -> Finding | None:
    """Days since the last status report."""
    if facts.last_status is None:
        return None
    days = (facts.on - facts.last_status).days
    return Finding(days, "stale", {"days": days, "day": facts.last_status.isoformat()})


def consultation(facts: ProjectFacts) -> Finding | None:
    """Days since the oldest mandatory consultation that should have been finished."""
    overdue = sorted((h for h in facts.hearings if h.due < facts.on), key=lambda h: h.due)
    if not overdue:
        return FINE if facts.hearings_kept else None
    days = (facts.on - overdue[0].due).days
    values = {"kind": overdue[0].kind, "days": days, "number": len(overdue)}
    return Finding(days, "consultation", values)


def progress(facts: ProjectFacts) -> Finding | None:
    """Percentage points by which progress lags behind the time that has passed."""
    if facts.phase != "running" or facts.progress is None or not (facts.start and facts.end):
        return None
    whole = (facts.end - facts.start).days
    gone = (facts.on - facts.start).days
    if whole <= 0 or gone < 0:
        return None
    expected = min(100 * gone / whole, 100.0)
    values = {"progress": facts.progress, "expected": round(expected)}
    return Finding(expected - facts.progress, "progress", values)


def time_used(facts: ProjectFacts) -> Finding | None:
    """Percent of the planned time that has passed, unless the progress keeps up with it.

    Slips are told late: more than half of them become known in the last third of the
    planned time (docs/reference/lights.md).
    """
    if facts.phase != "running" or not (facts.start and facts.end):
        return None
    whole = (facts.end - facts.start).days
    if whole <= 0:
        return None
    share = 100 * (facts.on - facts.start).days / whole
    if facts.progress is not None and facts.progress >= min(share, 100) - KEEPS_UP:
        return FINE
    text = "time_used" if facts.progress is None else "time_used_progress"
    values = {"share": min(round(share), 100), "progress": facts.progress}
    return Finding(share, text, values)


def no_lead(facts: ProjectFacts) -> Finding | None:
    """1 if nobody leads; a lead alone says nothing about resources unless effort is planned."""
    if facts.has_lead is None:
        return None
    if not facts.has_lead:
        return Finding(1, "no_lead", {})
    return FINE if facts.effort_planned else None
