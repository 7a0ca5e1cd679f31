"""The rules that propose lights: thresholds, reasons, and what is unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstand.portfolio.domain import facts as f
from leitstand.portfolio.domain import lights
from leitstand.portfolio.domain.lights import DEFAULTS, KINDS, Dimension, Rule, propose

TODAY = date(2026, 11, 20)
PLAN = f.FrozenPlan("Beschluss 2025", date(2025, 1, 1), date(2026, 12, 31))


def facts(**values: Any) -> f.ProjectFacts:
    base: dict[str, Any] = {"on": TODAY, "phase": "running"}
    return f.ProjectFacts(**(base | values))


def light(kind: str, one: f.ProjectFacts, **values: Any) -> str:
    rule = replace(next(rule for rule in DEFAULTS if rule.kind == kind), **values)
    return propose(one, [rule])[rule.dimension].light


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_every_kind_has_one_default() -> None:
    assert sorted(rule.kind for rule in DEFAULTS) == sorted(KINDS)


def test_nothing_known_is_grey_and_gives_no_reason() -> None:
    found = propose(facts(phase="planned", has_lead=None), DEFAULTS)
    assert set(found) == set(Dimension)
    assert {p.light for p in found.values()} == {"grey"}
    assert all(not p.reasons and not p.checked for p in found.values())


@pytest.mark.parametrize("phase", ["idea", "done", "cancelled"])
def test_closed_projects_and_ideas_get_no_proposal(phase: str) -> None:
    late = facts(phase=phase, end=ago(400), has_lead=False)
    assert lights.overall(propose(late, DEFAULTS)) == "grey"


@pytest.mark.parametrize(
    ("kind", "green", "yellow", "red"),
    [
        ("end_days", {"baseline": PLAN, "end": date(2027, 1, 29)},
         {"baseline": PLAN, "end": date(2027, 1, 30)}, {"baseline": PLAN, "end": date(2027, 6, 29)}),
        ("end_share", {"baseline": PLAN, "end": date(2027, 2, 1)},
         {"baseline": PLAN, "end": date(2027, 3, 15)}, {"baseline": PLAN, "end": date(2028, 2, 1)}),
        ("end_passed", {"end": TODAY}, {"end": ago(1)}, {"end": ago(30)}),
        ("milestone_overdue", {"milestones_kept": True}, {"milestones": (f.Stone("A", ago(1)),)},
         {"milestones": (f.Stone("A", ago(60)), f.Stone("B", ago(1)))}),
        ("milestone_moved", {"baseline": PLAN, "milestones": (f.Stone("A", TODAY, TODAY),)},
         {"baseline": PLAN, "milestones": (f.Stone("A", TODAY, ago(30)),)},
         {"baseline": PLAN, "milestones": (f.Stone("A", TODAY, ago(90)),)}),
        ("dependency", {"has_predecessors": True}, {"pushed_days": (3,)}, {"pushed_days": (3, 60)}),
        ("money_used", {"money": f.Money(100, 100, 0)}, {"money": f.Money(100, 101, 0)},
         {"money": f.Money(100, 50, 110)}),
        ("funding_deadline", {"grants": (f.Grant("L", ago(-61)),)},
         {"grants": (f.Grant("L", ago(-60)),)}, {"grants": (f.Grant("L", ago(3)),)}),
        ("capacity", {"obstacles_kept": True}, {"obstacles": (f.Hindrance("capacity", "", None),)},
         {"obstacles": (f.Hindrance("no_positions", "", ago(90)),)}),
        ("obstacle", {"obstacles": (f.Hindrance("capacity", "", ago(300)),), "obstacles_kept": True},
         {"obstacles": (f.Hindrance("network", "", ago(2)),)},
         {"obstacles": (f.Hindrance("network", "", ago(2)), f.Hindrance("other", "", ago(91)))}),
        ("consultation", {"hearings": (f.Hearing("treasury", TODAY),), "hearings_kept": True},
         {"hearings": (f.Hearing("treasury", ago(1)),)}, {"hearings": (f.Hearing("treasury", ago(30)),)}),
        ("progress", {"start": ago(50), "end": ago(-50), "progress": 30},
         {"start": ago(50), "end": ago(-50), "progress": 25}, {"start": ago(99), "end": ago(-1), "progress": 9}),
        ("risk_open", {"risks": (f.Danger("R", 4, 2, False),)}, {"risks": (f.Danger("R", 3, 3, False),)},
         {"risks": (f.Danger("R", 1, 1, False), f.Danger("S", 4, 4, False))}),
    ],
)  # fmt: skip
def test_thresholds(kind: str, green: Any, yellow: Any, red: Any) -> None:
    seen = [light(kind, facts(**values)) for values in (green, yellow, red)]
    assert seen == ["green", "yellow", "red"]


def test_a_date_by_law_is_red_as_soon_as_it_cannot_be_kept() -> None:
    due = date(2026, 12, 31)
    law = {"due": due, "due_kind": "law"}
    assert light("law_date", facts(end=due, **law)) == "green"
    assert light("law_date", facts(end=due + timedelta(days=1), **law)) == "red"
    assert light("law_date", facts(end=None, **law)) == "red"
    assert light("law_date", facts(end=due, due=ago(1), due_kind="law")) == "red"
    assert (
        light("law_date", facts(end=due + timedelta(days=1), due=due, due_kind="self_set"))
        == "grey"
    )


def test_an_end_that_has_passed_counts_as_today() -> None:
    one = facts(end=ago(200), baseline=f.FrozenPlan("B", ago(800), ago(200)))
    reason = propose(one, [Rule("end_days", Dimension.SCHEDULE, 1, 180)])[
        Dimension.SCHEDULE
    ].reasons[0]
    assert (reason.values["days"], reason.light) == (200, "red")


@pytest.mark.parametrize(
    "one",
    [
        facts(baseline=PLAN), facts(end=TODAY),
        facts(baseline=f.FrozenPlan("B", None, None), end=TODAY),
        facts(baseline=f.FrozenPlan("B", TODAY, TODAY), end=TODAY, phase="paused"),
        facts(start=TODAY, end=TODAY, progress=0), facts(start=ago(-9), end=ago(-99), progress=0),
        facts(money=f.Money(0, 100, 100)),
    ],
)  # fmt: skip
def test_half_known_dates_and_money_break_nothing(one: f.ProjectFacts) -> None:
    for rule in DEFAULTS:
        if rule.kind in ("end_share", "progress", "money_used"):
            assert propose(one, [rule])[rule.dimension].light == "grey"


def test_switched_off_and_empty_thresholds() -> None:
    late = facts(end=ago(400))
    assert light("end_passed", late, active=False) == "grey"
    assert light("end_passed", late, red=None) == "yellow"
    assert light("end_passed", late, red=None, yellow=None) == "green"


def test_a_dimension_is_as_bad_as_its_worst_rule_and_the_gravest_reason_comes_first() -> None:
    one = facts(end=ago(5), baseline=f.FrozenPlan("B", ago(500), ago(300)), milestones_kept=True)
    proposal = propose(one, DEFAULTS)[Dimension.SCHEDULE]
    assert proposal.light == "red"
    assert [r.light for r in proposal.reasons] == sorted(r.light for r in proposal.reasons)
    assert {"end_days", "end_passed", "milestone_overdue"} <= set(proposal.checked)


def test_time_that_is_nearly_over_counts_unless_the_progress_keeps_up() -> None:
    time = {"start": ago(80), "end": ago(-20)}
    assert light("time_used", facts(progress=None, **time)) == "yellow"
    assert light("time_used", facts(progress=69, **time)) == "yellow"
    assert light("time_used", facts(progress=70, **time)) == "green"
    assert light("time_used", facts(progress=None, start=ago(50), end=ago(-50))) == "green"
    assert light("time_used", facts(progress=95, start=ago(90), end=ago(30))) == "green"
    assert light("time_used", facts(phase="paused", **time)) == "grey"


def test_a_lead_alone_says_nothing_about_resources() -> None:
    assert light("no_lead", facts(has_lead=True)) == "grey"
    assert light("no_lead", facts(has_lead=True, effort_planned=True)) == "green"
    assert light("no_lead", facts(has_lead=False, effort_planned=True)) == "yellow"


days = st.none() | st.dates(date(2000, 1, 1), date(2060, 1, 1))


@given(days, days, days, days, days, st.integers(0, 100), st.sampled_from(["law", "self_set", ""]))
def test_any_dates_give_a_proposal(
    start: Any, end: Any, due: Any, frozen_start: Any, frozen_end: Any, progress: int, due_kind: str
) -> None:
    one = facts(
        start=start, end=end, due=due, due_kind=due_kind, progress=progress,
        baseline=f.FrozenPlan("B", frozen_start, frozen_end),
    )  # fmt: skip
    for proposal in propose(one, DEFAULTS).values():
        assert (
            proposal.light == lights.worst(r.light for r in proposal.reasons)
            or not proposal.reasons
        )


@given(st.integers(-400, 400), st.integers(1, 300))
def test_later_is_never_better(late: int, more: int) -> None:
    plan = f.FrozenPlan("B", date(2025, 1, 1), date(2027, 6, 1))
    badness = ["grey", "green", "yellow", "red"]
    seen = [
        badness.index(lights.overall(propose(facts(baseline=plan, end=plan.end + timedelta(days=d)), DEFAULTS)))
        for d in (late, late + more)
        if plan.end is not None
    ]  # fmt: skip
    if plan.end and plan.end + timedelta(days=late) >= TODAY:
        assert seen[0] <= seen[1]
