"""Needs, groups, rounds, warnings, indicators, rules and the organisation as of a past day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse

from leitstand.core.base.actions import remember
from leitstand.core.comments.actions import post as comment
from leitstand.core.history import past, tracked
from leitstand.core.org import actions as organisation
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio.actions import (
    advice,
    groups,
    minutes,
    needs,
    status_rules,
    tasks,
    warnings,
)
from leitstand.portfolio.actions import indicators as measured
from leitstand.portfolio.actions.rollouts import setup as rollouts
from leitstand.portfolio.actions.rounds import answering, closing, sending, setup
from leitstand.portfolio.models import (
    FieldOfAction,
    Goal,
    Indicator,
    Need,
    StatusReport,
    StatusRound,
)
from tests.portfolio.making import SYSTEM, lead, make_person, make_project
from tests.portfolio.rollouts.making import make_rollout
from tests.portfolio.test_past import change, on
from tests.portfolio.views import words

FEB, MAR, APR, MAY, JUN = (f"2026-0{n}-15" for n in (2, 3, 4, 5, 6))


@pytest.fixture
def project(unit_tree: Any) -> Any:
    """A running project; the record begins with it on 1 January 2026."""
    with on("2026-01-01"):
        return make_project(unit_tree["10"], title="Erstes", phase="running")


def shown(client: Client, name: str, day: str, *keys: Any) -> str:
    """The words of a page's main part on a day; "" for today."""
    query = {"stand": day} if day else {}
    answer = client.get(reverse(f"portfolio:{name}", args=keys), query)
    assert answer.status_code == 200, (name, day, answer.status_code)
    whole = answer.content.decode()
    html = whole.split("<main")[1]
    if day:
        assert whole.count("Stand vom") >= 3, "title, banner and the mark that stays in view"
        assert 'method="post"' not in html, (name, day)
        assert _leads_elsewhere(html, day) <= OF_TODAY, (name, day)
    return words(html)


def _unknown(client: Client, name: str, day: str, first: str) -> bool:
    """Whether the page says that nothing is known of the day, and since when something is."""
    answer = client.get(reverse(f"portfolio:{name}"), {"stand": day})
    return answer.status_code == 422 and first in answer.content.decode()


OF_TODAY = {"portfolio:meeting_calendar", "portfolio:project_calendar", "shell:start"}
"""What a past page may lead to besides past pages: nothing that changes anything."""


def _leads_elsewhere(html: str, day: str) -> set[str]:
    """Names of pages that links lead to without the day, or that show no past day."""
    found = set()
    for tag, url in re.findall(r'(<a\b[^>]*href="(/[^"#]*)[^>]*>)', html):
        path, _mark, query = url.partition("?")
        match = resolve(path)
        if "data-now" in tag or match.view_name.startswith(("public:", "shell:", "api")):
            continue
        if f"stand={day}" not in query:
            found.add(match.view_name)
    return found


def test_needs(project: Any, unit_tree: Any, client_of: Callable[..., Any], api_client: Any) -> None:
    with on("2026-03-01"):
        need = needs.file_need(actor=SYSTEM, values={"title": "Altes Formular", "unit": unit_tree["20"]})
    with on("2026-04-01"):
        advice.note(need.pk, actor=SYSTEM, text="Nur intern gedacht")
        advice.ask(need.pk, actor=SYSTEM, text="Wie viele Anträge sind es?")
    with on("2026-05-01"):
        need.refresh_from_db()
        values = {"title": "Neues Formular", "confidentiality": 2}
        needs.change_need(need.pk, actor=SYSTEM, version=need.version, values=values)
    unit, member = client_of("digital-unit"), client_of("member", unit_tree["10"])
    assert _unknown(unit, "needs", FEB, "1. März 2026")
    assert "Altes Formular" in shown(unit, "needs", MAR)
    march, april, today = (shown(unit, "need", day, need.pk) for day in (MAR, APR, ""))
    assert "Wie viele" not in march and "Wie viele" in april and "Nur intern" in april
    assert "Altes Formular" in april and "Neues Formular" in today
    assert "Formular" not in shown(member, "needs", MAR), "its level has been raised since"
    rows = api_client("digital-unit").get("/api/v1/needs", {"as_of": MAR}).json()["items"]
    assert [row["title"] for row in rows] == ["Altes Formular"]


def test_groups_meetings_and_tasks(project: Any, unit_tree: Any, client_of: Callable[..., Any]) -> None:
    person = make_person(unit_tree["10"])
    with on("2026-03-01"):
        values = {"title": "AK Akte", "unit": unit_tree["10"], "lead": person}
        group = groups.create_group(actor=SYSTEM, values=values)
        values = {"title": "Erste Sitzung", "day": date(2026, 5, 20), "begins": "10:00"}
        meeting = groups.plan_meeting(group.pk, actor=SYSTEM, values=values)
        point = minutes.add_point(meeting.pk, actor=SYSTEM, values={"title": "Alter Punkt"})
    with on("2026-04-01"):
        values = {"title": "Neuer Punkt", "text": "Beraten.", "resolution": "So sei es."}
        minutes.change_point(point.pk, actor=SYSTEM, version=point.version, values=values)
        given = {"title": "Raum buchen", "responsible": person}
        task = tasks.give_task(actor=SYSTEM, values=given, meeting=meeting)
    with on("2026-05-01"):
        draft = minutes.begin_minutes(meeting.pk, actor=SYSTEM)
        minutes.release(meeting.pk, actor=SYSTEM, version=draft.version)
        tasks.finish(task.pk, actor=SYSTEM)
    with on("2026-06-01"):
        minutes.add_addendum(meeting.pk, actor=SYSTEM, text="Es war der blaue Raum.")
    lead_of = client_of("member", unit_tree["10"], person=person)
    assert _unknown(lead_of, "groups", FEB, "1. März 2026")
    assert "AK Akte" in shown(lead_of, "groups", MAR)
    assert "Erste Sitzung" in shown(lead_of, "group", MAR, group.pk)
    march, april = (shown(lead_of, "meeting", day, meeting.pk) for day in (MAR, APR))
    assert "Alter Punkt" in march and "Raum buchen" not in march
    assert "Neuer Punkt" in april and "Raum buchen" in april
    assert "offen" in shown(lead_of, "task", APR, task.pk)
    assert "15.04.2026" not in shown(lead_of, "task", APR, task.pk)
    mine = [shown(lead_of, "tasks", day) for day in (APR, MAY)]
    assert all("Raum buchen" in text and "Neue Aufgabe" not in text for text in mine)
    url = reverse("portfolio:minutes", args=[meeting.pk])
    assert lead_of.get(url, {"stand": APR}).status_code == 404
    assert "blaue Raum" not in shown(lead_of, "minutes", MAY, meeting.pk)
    assert "blaue Raum" in shown(lead_of, "minutes", JUN, meeting.pk)


def test_rounds(project: Any, client_of: Callable[..., Any], api_client: Any) -> None:
    lead(project, make_person(project.lead_unit, email="anna@example.org"))
    with on("2026-03-01"):
        days = {name: date(2026, 4, 1) for name in ("as_of", "opens_on", "due_on")}
        row = setup.create_round(actor=SYSTEM, values={"title": "Frühling", **days})
    with on("2026-04-01"):
        setup.open_round(row.pk, actor=SYSTEM)
        row = StatusRound.objects.get(pk=row.pk)
        sending.make_requests(row)
    with on("2026-05-01"):
        asked = row.requests.get()
        answer = answering.Answer(summary="Läuft wie geplant")
        answering.give_report(
            asked.pk, actor=SYSTEM, way=StatusReport.Way.PAGE, version=asked.version, answer=answer
        )
    with on("2026-06-01"):
        closing.close_round(row.pk, actor=SYSTEM)
    unit = client_of("digital-unit")
    assert _unknown(unit, "rounds", FEB, "1. März 2026")
    assert "geplant" in shown(unit, "rounds", MAR)
    april, may, june = (shown(unit, "round", day, row.pk) for day in (APR, MAY, JUN))
    assert "beantwortet 0 noch offen 1" in april and "Anna Berg" in april
    assert "beantwortet 1 noch offen 0" in may
    assert "Läuft wie geplant" not in shown(unit, "reports", APR, project.pk)
    assert "Läuft wie geplant" in shown(unit, "reports", MAY, project.pk)
    assert "Ergebnis" in june and "Ergebnis" not in may
    url = f"/api/v1/rounds/{row.pk}/results"
    client = api_client("digital-unit")
    assert client.get(url, {"as_of": MAY}).json()["items"] == []
    assert len(client.get(url, {"as_of": JUN}).json()["items"]) == 1


def test_warnings_indicators_rules_and_comments(
    project: Any, unit_tree: Any, client_of: Callable[..., Any]
) -> None:
    with on("2026-03-01"):
        given = {"kind": "contract", "title": "Alter Vertrag", "day": date(2026, 12, 1),
                 "lead_days": 300, "unit": unit_tree["10"]}  # fmt: skip
        warning = warnings.create_warning(actor=SYSTEM, values=given, projects=project.number)
        indicator = Indicator.objects.create(code="K1", name="Quote", unit_label="%")
        value = measured.enter_value(
            indicator.pk, actor=SYSTEM, day=date(2026, 2, 1), value=Decimal(41)
        )
    with on("2026-04-01"):
        warning.refresh_from_db()
        warnings.change_warning(
            warning.pk, actor=SYSTEM, version=warning.version, values={"title": "Neuer Vertrag"}
        )
        measured.change_value(
            value.pk, actor=SYSTEM, version=value.version, values={"value": Decimal(57)}
        )
        status_rules.save_rule(
            "stale", actor=SYSTEM, dimension="schedule", active=True, yellow=1, red=2
        )
        comment("project", project.pk, actor=SYSTEM, text="Das klärt sich im Mai")
    with on("2026-05-01"):
        warnings.settle_warning(warning.pk, actor=SYSTEM)
    unit = client_of("digital-unit")
    assert _unknown(unit, "warnings", FEB, "1. März 2026")
    assert "Alter Vertrag" in shown(unit, "warnings", MAR)
    assert "Neuer Vertrag" in shown(unit, "warning", APR, warning.pk)
    assert "Neuer Vertrag" not in shown(unit, "warnings", MAY)
    assert "Erstes" in shown(unit, "warning", MAR, warning.pk)
    march, april = (shown(unit, "indicator", day, indicator.pk) for day in (MAR, APR))
    assert "41 %" in march and "57" not in march and "57 %" in april
    assert "klärt sich" not in shown(unit, "project", MAR, project.pk)
    assert "klärt sich" in shown(unit, "project", APR, project.pk)
    assert _unknown(unit, "status_rules", MAR, "1. April 2026")
    assert "von der Stadt geändert" in shown(unit, "status_rules", APR)


def test_the_organisation_has_one_past(
    project: Any, unit_tree: Any, client_of: Callable[..., Any], api_client: Any
) -> None:
    """Told on 1 April that it holds since 1 March: pages of March show what was known in March."""
    unit = unit_tree["10"]
    with on("2026-04-01"):
        organisation.rename_unit(
            unit, actor=SYSTEM, version=1, name="Fachbereich Zentrales", on=date(2026, 3, 1),
            reason="Verfügung",
        )  # fmt: skip
    client = client_of("digital-unit")
    tree = reverse("administration:units")

    def words_of(url: str, day: str) -> str:
        answer = client.get(url, {"stand": day})
        assert answer.status_code == 200, (url, day)
        return words(answer.content.decode().split("<main")[1])

    for url in (tree, reverse("portfolio:list"), reverse("portfolio:unit", args=[unit.pk])):
        assert "Hauptamt" in words_of(url, MAR), url
        assert "Fachbereich Zentrales" in words_of(url, MAY), url
    before = words_of(tree, "2021-06-01")
    assert "Hauptamt" in before and "nach ihrer Chronik" in before
    assert "Neue Einheit" not in before
    rows = api_client("digital-unit").get("/api/v1/units", {"as_of": MAR}).json()["items"]
    assert "Hauptamt" in [row["name"] for row in rows]
    with past.as_of(date(2026, 3, 15)):
        assert OrgUnit.objects.get(pk=unit.pk).name == "Hauptamt"


def test_a_hidden_rollout_hides_its_past(
    project: Any, unit_tree: Any, client_of: Callable[..., Any]
) -> None:
    with on("2026-03-01"):
        rollout = make_rollout(unit_tree["10"], "Offene Umstellung")
    with on("2026-04-01"):
        values = {"confidentiality": 2}
        rollouts.change_rollout(
            rollout.pk, actor=SYSTEM, version=rollout.version, values=values
        )
    with on("2026-04-02"):
        change(project, confidentiality=2)
    member = client_of("member", unit_tree["20"])
    assert "Offene Umstellung" not in shown(member, "rollouts", MAR)
    assert "Offene Umstellung" in shown(client_of("digital-unit"), "rollouts", MAR)


def test_what_is_tracked_later_is_known_later(
    project: Any, unit_tree: Any, client_of: Callable[..., Any], api_client: Any
) -> None:
    """A city that has kept projects since January begins to track needs in May."""
    needs.file_need(actor=SYSTEM, values={"title": "Nie geändert", "unit": unit_tree["20"]})
    period = tracked.of(Need).period._default_manager
    period.all().delete()
    remember("history.since.portfolio_need", "2026-05-01T08:00:00+00:00")
    client = client_of("digital-unit")
    assert _unknown(client, "needs", APR, "1. Mai 2026")
    assert "Nie geändert" not in shown(client, "needs", MAY)
    answer = api_client("digital-unit").get("/api/v1/needs", {"as_of": APR})
    assert answer.status_code == 422 and "1. Mai 2026" in answer.content.decode()
    assert "Erstes" in shown(client, "list", APR)


def test_the_other_views(project: Any, client_of: Callable[..., Any]) -> None:
    """Roadmap, board, ranking, figures, goals with the progress of their indicators."""
    with on("2026-03-01"):
        field = FieldOfAction.objects.create(code="H1", name="Verwaltung")
        goal = Goal.objects.create(code="Z1", name="Altes Ziel", field_of_action=field)
        change(project, goals=[goal])
        indicator = Indicator.objects.create(
            code="K1", name="Quote", goal=goal, unit_label="%", baseline_value=0, target_value=100
        )
        measured.enter_value(indicator.pk, actor=SYSTEM, day=date(2026, 2, 1), value=Decimal(41))
    with on("2026-04-01"):
        change(project, title="Zweites", phase="done")
        Goal.objects.filter(pk=goal.pk).update(name="Neues Ziel")
        measured.enter_value(indicator.pk, actor=SYSTEM, day=date(2026, 4, 1), value=Decimal(57))
    client = client_of("digital-unit")
    for name in ("roadmap", "board", "list"):
        assert "Erstes" in shown(client, name, MAR), name
        assert "Zweites" in shown(client, name, APR), name
    for name in ("matrix", "indicators", "downloads"):
        shown(client, name, MAR)
    assert "Altes Ziel" in shown(client, "goals", MAR)
    march, april = (shown(client, "goal", day, goal.pk) for day in (MAR, APR))
    assert "Altes Ziel" in march and "Erstes" in march and "41 %" in march and "57" not in march
    assert "Neues Ziel" in april and "Zweites" in april and "57 %" in april
