"""Facts of projects from the database: any day, a fixed number of queries, words with numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from leitstand.portfolio.domain.lights import DEFAULTS, Dimension, propose
from leitstand.portfolio.models import Baseline, Dependency, Project
from leitstand.portfolio.queries.facts import facts_of
from leitstand.portfolio.queries.lights import current_rules, proposals, words
from tests.portfolio.making import every_part, make_item, make_project
from tests.portfolio.views import SECRET, TODAY, World

pytestmark = pytest.mark.django_db


def said(project: Any, dimension: Dimension, on: date = TODAY) -> list[str]:
    with translation.override("de"):
        return [words(r) for r in proposals([project.pk], on)[project.pk][dimension].reasons]


def test_the_baseline_is_named_with_the_days(world: World) -> None:
    Baseline.objects.create(
        project=world.open, number=1, name="Beschluss 2025", frozen_on=date(2025, 6, 1),
        start=date(2026, 1, 1), end=date(2026, 10, 6),
    )  # fmt: skip
    found = said(world.open, Dimension.SCHEDULE)
    assert "Ende 45 Tage hinter dem Basisplan „Beschluss 2025“" in found
    assert "Das geplante Ende (31.10.2026) ist um 20 Tage überschritten" in found


def test_a_baseline_counts_from_the_day_it_was_frozen(world: World) -> None:
    for number, day in ((1, date(2025, 6, 1)), (2, date(2026, 6, 1))):
        Baseline.objects.create(
            project=world.open, number=number, name=f"Plan {number}", frozen_on=day, end=day
        )
    names = {
        on: facts_of([world.open.pk], on)[world.open.pk].baseline
        for on in (date(2025, 1, 1), date(2025, 7, 1), TODAY)
    }
    assert [plan.name if plan else None for plan in names.values()] == [None, "Plan 1", "Plan 2"]


def test_things_count_as_they_stood_on_the_day(world: World) -> None:
    project = world.open
    make_item("milestone", project, title="Vergabe", due=date(2026, 3, 1), done_on=date(2026, 5, 1))
    make_item("obstacle", project, kind="capacity", title="Stelle", since=date(2026, 2, 1),
              resolved_on=date(2026, 6, 1))  # fmt: skip
    make_item("consultation", project, kind="treasury", due=date(2026, 3, 1), state="done",
              done_on=date(2026, 4, 15))  # fmt: skip
    then = facts_of([project.pk], date(2026, 4, 1))[project.pk]
    assert [s.title for s in then.milestones] == ["Vergabe", "Abnahme; Stufe 1"]
    assert [o.title for o in then.obstacles] == ["Stelle"]
    assert [h.kind for h in then.hearings] == ["treasury"]
    now = facts_of([project.pk], TODAY)[project.pk]
    assert (now.obstacles, now.hearings) == ((), ())
    assert now.obstacles_kept
    assert now.hearings_kept
    assert not facts_of([project.pk], date(2026, 1, 15))[project.pk].obstacles_kept


def test_reasons_hold_the_numbers(world: World) -> None:
    project = world.open
    make_item("budget", project, year=2026, kind="investment", planned=1000, committed=1250)
    make_item("budget", project, year=2026, kind="follow_up", planned=9000)
    make_item("risk", project, title="Anbieter", probability=4, impact=5)
    make_item(
        "obstacle", project, kind="network", title="Kein Netz am Bauhof", since=date(2026, 11, 19)
    )
    assert said(project, Dimension.COST) == [
        "125 % der geplanten Mittel gebunden: 1.250 € von 1.000 €"
    ]
    assert said(project, Dimension.RISKS) == [
        "Risiko „Anbieter“ ohne Maßnahme: 4 × 5 = 20 Punkte",
        "Hemmnis „Kein Netz am Bauhof“: 1 Tag offen",
    ]


def test_a_hidden_predecessor_is_not_named(world: World) -> None:
    Dependency.objects.create(predecessor=world.secret, successor=world.open)
    found = said(world.open, Dimension.SCHEDULE)
    assert any("Vorgänger endet 273 Tage zu spät" in text for text in found), found
    assert SECRET not in " ".join(found)


def test_every_reason_of_every_rule_has_a_sentence(world: World) -> None:
    every_part(world.open, world.units["11"], world.person)
    found = [
        (reason, words(reason))
        for on in (TODAY, date(2029, 1, 1))
        for by_dimension in proposals(Project.objects.all(), on).values()
        for proposal in by_dimension.values()
        for reason in proposal.reasons
    ]
    assert {reason.rule for reason, _text in found} >= {"end_passed", "no_lead", "capacity"}
    assert all(text and "%(" not in text for _reason, text in found)


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    def count(projects: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            facts_of(projects, TODAY)
        return len(seen)

    every_part(world.open, world.units["11"], world.person)
    few = count([world.open.pk])
    for number in range(12):
        every_part(make_project(world.units["11"], f"Weiteres {number}", phase="running"),
                   world.units["11"], world.person)  # fmt: skip
    assert count(list(Project.objects.values_list("pk", flat=True))) == few
    assert count(Project.objects.order_by("-title")) == few <= 13


def test_no_projects_no_facts(world: World) -> None:
    assert facts_of([], TODAY) == {}
    assert facts_of(Project.objects.none(), TODAY) == {}


def test_as_shipped_until_the_city_changes_a_rule(world: World) -> None:
    assert current_rules() == DEFAULTS
    facts = facts_of([world.open.pk], TODAY)[world.open.pk]
    assert propose(facts, current_rules()) == proposals([world.open.pk], TODAY)[world.open.pk]
