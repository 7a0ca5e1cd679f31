"""The demo city's plans, money, risks and priorities fit its projects."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.core.demo.city import (
    DATA,
    TODAY,
    by_project,
    day,
    full_names,
    is_late,
    must_day,
    number,
    period,
    projects,
    rows,
)

CHILDREN = (
    "milestones", "work_packages", "efforts", "budget", "funding", "consultations", "waiting",
    "risks", "obstacles", "decisions", "partners", "baselines", "scores", "team",
)  # fmt: skip


@pytest.mark.parametrize("name", CHILDREN)
def test_children_belong_to_projects(name: str) -> None:
    assert {row["Nr."] for row in rows(name)} <= set(projects())


def test_every_project_but_a_sketch_has_a_plan() -> None:
    sketches = {key for key, row in projects().items() if row["Phase"] == "Idee"}
    assert set(by_project("milestones")) == set(projects())
    assert set(by_project("work_packages")) == set(projects()) - sketches
    assert not sketches & (set(by_project("budget")) | set(by_project("decisions")))


def test_milestones_lie_in_the_period_and_fit_the_phase() -> None:
    for key, milestones in by_project("milestones").items():
        project = projects()[key]
        start, end = period(project)
        for row in milestones:
            due, done = must_day(row["Fällig"]), day(row["Erledigt am"])
            assert start <= due, row
            assert due <= end or (is_late(project) and due > TODAY and not done), row
            assert done is None or (start <= done < TODAY and done <= end), row
            assert row["Öffentlich"] == "nein" or project["Veröffentlicht"] == "ja", row
        done_rows = sum(bool(row["Erledigt am"]) for row in milestones)
        if project["Phase"] == "abgeschlossen":
            assert done_rows == len(milestones), key
        else:
            assert done_rows < len(milestones), key
            assert (done_rows > 0) == (int(project["Fortschritt"]) > 0), key


def test_green_projects_have_no_overdue_milestone() -> None:
    overdue = {
        row["Nr."]
        for row in rows("milestones")
        if not row["Erledigt am"] and must_day(row["Fällig"]) < TODAY
    }
    assert not [key for key in overdue if projects()[key]["Ampel"] == "grün"]
    assert len(overdue) > 15


def test_work_packages_lie_in_the_period_and_efforts_sum_up_to_them() -> None:
    effort: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows("work_packages"):
        project = projects()[row["Nr."]]
        start, end = period(project)
        first, last = must_day(row["Beginn"]), must_day(row["Ende"])
        assert start <= first <= last <= end, row
        assert row["Erledigt"] == "nein" or last < TODAY, row
        assert row["Erledigt"] == "ja" or project["Phase"] != "abgeschlossen", row
        assert number(row["Aufwand PT"]) > 0
        effort[row["Nr."]] += number(row["Aufwand PT"])
    roles = {row["name"] for row in rows("skills")}
    for key, entries in by_project("efforts").items():
        assert {row["Rolle"] for row in entries} <= roles
        assert sum(number(row["Aufwand PT"]) for row in entries) == effort[key], key


def test_budget_is_plausible_for_the_city() -> None:
    four_years, above = Decimal(0), 0
    for row in rows("budget"):
        planned, committed, spent = (
            number(row[column]) for column in ("Ansatz", "Verfügt", "Ausgegeben")
        )
        assert committed >= spent, row
        above += committed > planned
        year = int(row["Jahr"])
        start, end = period(projects()[row["Nr."]])
        if row["Art"] == "Folgekosten":
            assert year >= end.year, row
        else:
            assert start.year <= year <= end.year, row
            four_years += planned if 2024 <= year <= 2027 else 0
        assert year <= TODAY.year or spent == 0, row
    assert above == 1, "one line is above its plan, so that its hint can be seen"
    assert Decimal(37_000_000) < four_years < Decimal(43_000_000)


def test_funding_does_not_exceed_the_cost() -> None:
    cost: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows("budget"):
        if row["Art"] != "Folgekosten":
            cost[row["Nr."]] += number(row["Ansatz"])
    for key, entries in by_project("funding").items():
        amounts = [number(row["Betrag"]) for row in entries if row["Stand"] != "abgelehnt"]
        assert sum(amounts) <= cost[key], key
        for row in entries:
            assert 0 < number(row["Förderquote"]) <= 100
            assert day(row["Frist"])


def test_consultations_and_waiting_times_fit_the_project() -> None:
    for row in rows("consultations"):
        start, end = period(projects()[row["Nr."]])
        done = day(row["Erledigt am"])
        assert start <= must_day(row["Frist"]) <= end, row
        assert (done is not None) == (row["Stand"] == "erledigt"), row
        assert done is None or start <= done < TODAY, row
        if projects()[row["Nr."]]["Phase"] == "abgeschlossen":
            assert row["Stand"] in {"erledigt", "nicht erforderlich"}, row
    for row in rows("waiting"):
        start, end = period(projects()[row["Nr."]])
        first, last = must_day(row["Beginn"]), must_day(row["Ende"])
        assert start <= first <= last, row
        assert last <= end, row


def test_obstacles_and_decisions_are_dated_in_the_past() -> None:
    for row in rows("obstacles"):
        since, resolved = must_day(row["Seit"]), day(row["Behoben am"])
        assert period(projects()[row["Nr."]])[0] <= since < TODAY, row
        assert resolved is None or since < resolved < TODAY, row
    papers = [row["Vorlage"] for row in rows("decisions") if row["Vorlage"]]
    assert len(set(papers)) == len(papers)
    for row in rows("decisions"):
        assert must_day(row["Datum"]) < TODAY, row
        assert not row["Vorlage"] or row["Vorlage"][:4] == row["Datum"][-4:], row


def test_baselines_follow_one_another_and_end_at_the_present_plan() -> None:
    again = 0
    for key, entries in by_project("baselines").items():
        frozen = [must_day(row["Eingefroren am"]) for row in entries]
        assert frozen == sorted(frozen), key
        assert frozen[-1] < TODAY
        assert [row["Name"] for row in entries] == [
            f"Basisplan {position}" for position in range(1, len(entries) + 1)
        ]
        for row in entries:
            assert must_day(row["Beginn"]) < must_day(row["Ende"]), row
        assert must_day(entries[-1]["Ende"]) == period(projects()[key])[1], key
        again += len(entries) > 1
    assert len(by_project("baselines")) >= 60
    assert again >= 10


def test_dependencies_have_no_cycle() -> None:
    after: dict[str, set[str]] = defaultdict(set)
    for row in rows("dependencies"):
        assert row["Vorgänger"] in projects(), row
        assert row["Nachfolger"] in projects(), row
        after[row["Vorgänger"]].add(row["Nachfolger"])
    before = Counter(itertools.chain.from_iterable(after.values()))
    free = [key for key in projects() if not before[key]]
    ordered = 0
    while free:
        ordered += 1
        for successor in after[free.pop()]:
            before[successor] -= 1
            if not before[successor]:
                free.append(successor)
    assert ordered == len(projects())


def test_some_dependencies_contradict_the_dates() -> None:
    violated = 0
    for row in rows("dependencies"):
        source, target = row["Art"].split("–")
        ties = period(projects()[row["Vorgänger"]])[source == "Ende"]
        tied = period(projects()[row["Nachfolger"]])[target == "Ende"]
        violated += tied < ties + timedelta(days=int(row["Abstand Tage"]))
    described = (DATA / "README.md").read_text(encoding="utf-8")
    assert f"{violated} contradict the dates" in described
    assert 5 <= violated <= 20


def test_scores_use_the_criteria_and_are_complete() -> None:
    criteria = {row["Name"]: row["Art"] for row in rows("criteria")}
    assert {"Muss-Kriterium", "gewichtetes Kriterium"} == set(criteria.values())
    for key, entries in by_project("scores").items():
        assert [row["Kriterium"] for row in entries] == list(criteria), key
        for row in entries:
            top = 1 if criteria[row["Kriterium"]] == "Muss-Kriterium" else 5
            assert 0 <= int(row["Wert"]) <= top, row
    waiting = {
        key for key, row in projects().items() if row["Phase"] in {"Idee", "beantragt", "geplant"}
    }
    assert waiting <= set(by_project("scores"))


def test_team_members_are_people_of_the_city() -> None:
    assert {row["Person"] for row in rows("team")} <= set(full_names())
