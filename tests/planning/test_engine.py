"""The planner on small problems: plans keep the checker's rules, bounds hold, faults are named."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from leitstand.planning.adapters.cp_sat import CpSat, available
from leitstand.planning.commands import plan as command
from leitstand.planning.domain import checker, problems, questions, readers
from leitstand.planning.domain.model import (
    Change,
    Link,
    Option,
    Period,
    Plan,
    Problem,
    Project,
    Role,
    Spread,
    Task,
    half_post_years,
)
from leitstand.planning.domain.outside_view import ProjectYear, own, rolling
from leitstand.planning.domain.risk import risk
from leitstand.planning.domain.whatif import what_if
from leitstand.planning.domain.why import why_late

YEARS = (Period(0, "1", 0), Period(20, "2", 1))


def problem(seed: int, tasks: int = 30, *, dated: bool = True) -> Problem:
    """A random portfolio of projects with four tasks each, two roles, two years."""
    lot = Random(seed)
    count = tasks // 4
    made, links = [], []
    for number in range(count * 4):
        demand = {role: lot.randint(1, 6) for role in ("A", "B") if lot.random() < 0.7}
        made.append(Task(f"t{number}", f"p{number // 4}", lot.randint(1, 4), demand,
                         release=lot.choice((0, 0, 3))))  # fmt: skip
        if number % 4:
            links.append(Link(f"t{number - 1}", f"t{number}", lot.choice((0, 0, 2, -1))))
    return Problem(
        roles=(Role("A"), Role("B")), tasks=tuple(made), links=tuple(links), periods=YEARS,
        projects=tuple(
            Project(f"p{n}", due=lot.randint(15, 40) if dated else None, by_law=n == 0, benefit=n)
            for n in range(count)
        ),
        supply={"A": (8, 7), "B": (8, 6)}, options=(Option("A"), Option("B", cost=2)),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_every_answer_is_checked_and_never_better_than_its_bound(seed: int) -> None:
    asked = problem(seed)
    plan = questions.schedule(asked, 0.05)
    shortest = questions.length(replace(asked, periods=(Period(0),)), 0.05)
    staff = questions.extra_staff(asked, 0.2)
    for answer in (plan, shortest, staff):
        assert not answer.violations
        assert answer.bound.value <= answer.objective
    assert not checker.check(asked, staff.plan, dates=True) or any(
        fault.code == "impossible_date" for fault in staff.faults
    )
    curve = questions.partial(asked, staff.plan.grant, known=staff.plan)
    assert [point.share for point in curve] == [0, 0.25, 0.5, 0.75, 1]
    assert curve[-1].half_post_years == half_post_years(staff.plan.grant)
    late = [entry.project for entry in plan.lateness if entry.late]
    for project in late:
        why = why_late(asked, plan.plan, project)
        assert why.late
        assert why.chain


def test_the_checker_finds_every_kind_of_violation() -> None:
    asked = problem(1)
    good = questions.schedule(asked, 0.02).plan
    first = asked.links[0]

    def kinds(**starts: int) -> set[str]:
        moved = Plan({**good.starts, **starts}, good.grant)
        return {violation.kind for violation in checker.check(asked, moved)}

    assert kinds() == set()
    assert "early" in kinds(t0=-1)
    assert "unknown" in kinds(nothing=3)
    assert "precedence" in kinds(**{first.successor: 0})
    assert "capacity" in kinds(**dict.fromkeys(good.starts, 50))
    less = Plan({k: v for k, v in good.starts.items() if k != "t0"})
    assert [v.kind for v in checker.check(asked, less)] == ["missing"]
    for grant in ({"A": (2, 1)}, {"A": (-1, 0)}, {"A": (41, 41)}, {"Z": (1, 1)}):
        assert "grant" in {v.kind for v in checker.check(asked, Plan(good.starts, grant))}
    late = checker.check(
        asked, Plan({name: at + 500 for name, at in good.starts.items()}), dates=True
    )
    assert "late" in {v.kind for v in late}


def test_what_cannot_be_planned_is_named_and_the_rest_is_planned() -> None:
    good = problem(2, 8)
    bad = (
        Task("loop1", "p0", 1), Task("loop2", "p0", 1), Task("after", "p0", 1),
        Task("ghost", "p0", 1, {"Z": 1}), Task("huge", "p0", 1, {"A": 99}),
        Task("typo", "p0", 1, {"A": 10**6}), Task("minus", "p0", -2), Task("t0", "p0", 1),
        Task("stray", "nowhere", 1), Task("runs", "p1", 3, {"A": 9}, fixed=0),
        Task("soon", "p1", 90),
    )  # fmt: skip
    asked = replace(
        good, tasks=good.tasks + bad,
        links=(*good.links, Link("loop1", "loop2"), Link("loop2", "loop1"), Link("loop2", "after"),
               Link("t0", "missing"), Link("t3", "runs")),
        projects=(*good.projects, Project("open")),
    )  # fmt: skip
    answer = questions.schedule(asked, 0.02)
    codes = {fault.code: fault for fault in answer.faults}
    assert set(codes) == {
        "cycle", "hangs_on_left_out", "unknown_role", "never_enough", "bad_demand", "bad_duration",
        "duplicate", "unknown_project", "unknown_task", "overtaken", "impossible_date",
    }  # fmt: skip
    assert codes["cycle"].tasks == ("loop1", "loop2")
    assert codes["hangs_on_left_out"].tasks == ("after",)
    assert (codes["never_enough"].need, codes["never_enough"].have) == (99, 8)
    assert not answer.violations
    assert set(answer.plan.starts) == {t.id for t in good.tasks} | {"runs", "soon"}
    assert questions.schedule(replace(good, tasks=()), 0.01).plan.starts == {}


def test_supply_that_ends_leaves_out_what_can_never_run() -> None:
    asked = Problem(
        (Role("A"),), (Task("x", "p", 5, {"A": 5}), Task("y", "p", 5, {"A": 5}), Task("z", "p", 1)),
        (Project("p"),), (Link("y", "z"),), (Period(0), Period(6)), {"A": (5, 0)},
    )  # fmt: skip
    answer = questions.schedule(asked, 0.01)
    assert not answer.violations
    assert len(answer.plan.starts) in {1, 2}
    assert [fault.code for fault in answer.faults if fault.left_out] == ["never_enough"]


def test_a_curve_from_no_posts_on_names_what_can_never_be_done() -> None:
    asked = Problem(
        (Role("A"),), (Task("x", "p", 5, {"A": 5}), Task("y", "q", 5, {"A": 8})),
        (Project("p", due=9, benefit=3), Project("q", due=20, benefit=4)), (),
        (Period(0), Period(3, year=1)), {"A": (5, 0)}, (Option("A"),),
    )  # fmt: skip
    points = questions.partial(asked, {"A": (2, 2)}, (0, 0.5, 1))
    assert [point.unfinished for point in points] == [2, 1, 0]
    assert [point.benefit for point in points] == [0, 3, 7]
    assert not questions.schedule(asked, 0.01, grant={"A": (2, 2)}).faults


def test_posts_cover_exactly_what_the_dates_ask_for() -> None:
    """Two tasks of 5 tenths at once until slot 10, one half post is there: one more is needed."""
    asked = Problem(
        (Role("A"),), (Task("x", "p", 10, {"A": 5}), Task("y", "p", 10, {"A": 5})),
        (Project("p", due=10),), (), YEARS, {"A": (5,)}, (Option("A"),),
    )  # fmt: skip
    permanent = questions.extra_staff(asked, 0.1)
    assert permanent.plan.grant == {"A": (1, 1)}
    assert permanent.objective == permanent.bound.value == 2
    fixed_term = questions.extra_staff(replace(asked, permanent=False), 0.1)
    assert fixed_term.plan.grant == {"A": (1, 0)}
    assert fixed_term.objective == fixed_term.bound.value == 1
    none = replace(asked, options=(Option("A", most=0),))
    short = questions.extra_staff(none, 0.1)
    assert short.lateness[0].late == 10
    assert short.bound.source == "none"
    late = replace(asked, tasks=(*asked.tasks, Task("long", "p", 30), Task("z", "p", 10, {"A": 5})))
    best = questions.extra_staff(late, 0.1)  # the date cannot hold; 30 slots are enough for all
    assert (best.objective, best.bound.value, best.lateness[0].late) == (0, 0, 20)


def test_why_names_role_predecessor_and_waiting_time() -> None:
    asked = Problem(
        (Role("A"),),
        (Task("big", "q", 9, {"A": 5}), Task("wait", "p", 4, waiting="committee"),
         Task("do", "p", 2, {"A": 5}), Task("end", "p", 1)),
        (Project("p", due=5), Project("q", due=9)),
        (Link("wait", "do"), Link("do", "end")), (Period(0),), {"A": (5,)},
    )  # fmt: skip
    why = why_late(asked, Plan({"big": 0, "wait": 0, "do": 9, "end": 11}), "p")
    assert [(r.kind, r.task, r.other) for r in why.chain] == [
        ("predecessor", "end", "do"), ("role", "do", "big"), ("waiting", "do", "wait"),
        ("start", "wait", ""),
    ]  # fmt: skip
    assert (why.late, why.shortest, why.chain[1].waited) == (7, 7, 5)


def test_what_if_changes_one_thing_and_tells_what_became_of_whom() -> None:
    asked = problem(3, dated=True)
    base = questions.schedule(asked, 0.05).plan
    same = what_if(asked, (), base)
    assert same.moved == ()
    gone = what_if(asked, (Change("drop", project="p1"),), base)
    assert next(m for m in gone.moved if m.project == "p1").after is None
    later = what_if(asked, (Change("pause", project="p2", to=60),), base)
    assert min(later.answer.plan.starts[f"t{n}"] for n in range(8, 12)) >= 59  # lag of -1
    new = Change("add", adds=Project("new", due=9), tasks=(Task("n", "new", 3, {"A": 3}),))
    frozen = Change("supply", role="B", period=0, to=6)
    both = what_if(
        asked,
        (new, frozen, Change("weight", project="p3", to=9), Change("due", project="p3", to=4)),
        base,
    )
    assert not both.answer.violations
    assert any(m.project == "new" and m.before is None for m in both.moved)
    with pytest.raises(ValueError, match="nobody"):
        what_if(asked, (Change("drop", project="nobody"),), base)


def test_risk_widens_with_the_spread_and_knows_certainty() -> None:
    asked = replace(problem(4), projects=tuple(
        replace(p, rollout="r") for p in problem(4).projects
    ))  # fmt: skip
    plan = questions.schedule(asked, 0.02).plan
    sure = risk(asked, plan, Spread(1, 1, 1, 1), samples=5)
    assert all(entry.p80 <= entry.planned + 1 for entry in sure.projects)
    wide = risk(asked, plan, Spread(0.9, 1, 1.5, 1.9), samples=60)
    assert all(entry.p50 <= entry.p80 for entry in wide.projects)
    assert wide.rollouts[0].p80 >= max(entry.p50 for entry in wide.projects)
    assert own([1.0] * 29, "x") is None
    assert own([1.0] * 30, "x") == Spread(1.0, 1.0, 1.0, 1.0, "x")


def test_back_test_knows_only_earlier_years() -> None:
    cases = [
        ProjectYear(2000 + n // 50, n % 50 * 20, n % 3 == 0, n % 7 * (n % 50)) for n in range(200)
    ]
    years = rolling(cases)
    assert [year.year for year in years] == [2001, 2002, 2003]
    assert all(year.loss < year.constant_loss for year in years)


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ("import os; os.kill(os.getpid(), 9)", {"killed"}),
        ("print('nonsense')", {"killed"}),
        ("import time; time.sleep(60)", {"out_of_time"}),
        ('print(\'{"state": "done", "starts": [0, 0]}\')', {"refuted"}),
        ('print(\'{"state": "done", "bound": 100000}\')', {"refuted"}),
    ],
    ids=["killed", "nonsense", "slow", "wrong-plan", "wrong-bound"],
)
def test_whatever_becomes_of_the_solver_the_own_plan_stands(script: str, state: set[str]) -> None:
    if "100000" in script:
        starts = list(questions.schedule(problem(5, 80), 0.0).plan.starts.values())
        script = f"print('{json.dumps({'state': 'done', 'bound': 100000, 'starts': starts})}')"
    asked = problem(5, 80)
    alone = questions.schedule(asked, 0.0)
    assert alone.objective > alone.bound.value
    answer = questions.schedule(asked, 0.5, improver=CpSat(command=[sys.executable, "-c", script]))
    assert answer.solver in state
    assert not answer.violations
    assert answer.objective <= alone.objective
    assert answer.bound.value <= answer.objective


def test_a_solver_that_is_not_there_is_told() -> None:
    answer = questions.schedule(problem(5, 80), 0.05, improver=CpSat(command=["/nowhere/python"]))
    assert answer.solver == "missing"


@pytest.mark.skipif(not available(), reason="the extra [optimise] is not installed")
@pytest.mark.slow
def test_the_real_solver_improves_or_proves() -> None:
    for measure in (questions.schedule, questions.length):
        answer = measure(problem(5, 80), 8, improver=CpSat())
        assert answer.solver in {"improved", "proved", "no_better"}
        assert not answer.violations
        assert answer.bound.value <= answer.objective


def test_a_search_can_be_stopped() -> None:
    told = []

    def stop(seconds: float, best: int) -> bool:
        told.append((seconds, best))
        return len(told) < 3

    answer = questions.schedule(problem(5, 80), 60, report=stop)
    assert answer.solver == "cancelled"
    assert len(told) == 3


SM = """jobs (incl. supersource/sink ):  4
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
****
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
----
  1      1     0       0    0
  2      1     3       2    0
  3      1     4       2    1
  4      1     0       0    0
****
RESOURCEAVAILABILITIES:
  R 1  R 2
    3    1
****
"""
MP = "2 1\n3\n3 0\n1\n0 0 1 1:2\n4 2 1 1:3\n0 0 0\n3 0\n1\n0 0 1 2:2\n5 2 1 2:3\n0 0 0\n"


def test_readers_and_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    city = {
        "schema": "municipal-portfolio/1", "years": 2, "weeks_per_year": 10,
        "roles": [{"id": "A", "label": "A", "base_capacity": 5}],
        "projects": [{"id": "P", "name": "P", "deadline_week": 4}],
        "work_packages": [
            {"id": f"W{n}", "project": "P", "name": "", "duration_weeks": 3, "demand": {"A": 5}}
            for n in range(2)
        ],
        "precedences": [],
    }  # fmt: skip

    def asked(kind: str, text: str, *more: str) -> dict[str, Any]:
        path = tmp_path / "file"
        path.write_text(text)
        code = command.run(
            parser.parse_args(
                [kind, str(path), "--seconds", "0.05", "--no-solver", "--json", *more]
            )
        )
        assert code == 0
        told = json.loads(capsys.readouterr().out)
        assert told["checker"] == {"ok": True, "violations": []}
        return told

    assert asked("rcpsp", SM)["objective"] == 7
    assert asked("rcpsp", SM)["bound_source"] == "energy" or asked("rcpsp", SM)["lower_bound"] <= 7
    assert asked("multi", MP)["objective"] == 4 + 5
    text = json.dumps(city)
    assert asked("municipal", text)["lateness"] == {"sum": 2, "projects": 1}
    assert asked("municipal", text, "--question", "extra-staff")["extra"] == {"A": [1, 1]}
    assert [p["lateness"] for p in asked("municipal", text, "--question", "partial")["curve"]][
        -1
    ] == 0
    assert asked("municipal", text, "--question", "late")["late"][0]["late"] == 2
    assert (
        asked("municipal", text, "--question", "risk", "--samples", "20")["risk"]["samples"] == 20
    )
    for reader, wrong in ((readers.rcpsp, MP), (readers.multi, "2 1 x"), (readers.multi, "1 1 1 9 0 1 0"),
                          (readers.municipal, "{}"), (readers.municipal, "[]"), (readers.municipal, "{")):  # fmt: skip
        with pytest.raises(ValueError):
            reader(wrong)


def test_inspect_leaves_a_sound_problem_alone() -> None:
    asked = problem(1)
    clean, faults = problems.inspect(asked)
    assert clean == asked
    assert {fault.code for fault in faults} <= {"impossible_date"}
