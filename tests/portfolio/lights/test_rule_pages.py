"""Pages and API of the status rules: who opens them, preview, two people, reset."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from leitstand.portfolio.models import StatusRule
from tests.portfolio.making import form_of, make_project, send
from tests.portfolio.test_past import change, on
from tests.portfolio.views import SECRET, World, page, words

pytestmark = pytest.mark.django_db
RULES, RULE = "/ampelregeln/", "/ampelregeln/end_passed/"
PAGES = {
    RULES: {"digital-unit", "admin", "unit-head", "project-lead", "member", "auditor", "councillor",
            "emergency"},
    RULE: {"digital-unit"},
    RULE + "zuruecksetzen/": {"digital-unit"},
}  # fmt: skip
ROLES = [*sorted(PAGES[RULES]), ""]


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("role", [*ROLES, "anonymous"])
def test_who_opens_which_page(client_of: Any, world: World, url: str, role: str) -> None:
    client = Client() if role == "anonymous" else client_of(role)
    assert client.get(url).status_code == (200 if role in PAGES[url] else 403)
    if url != RULES:
        may = role in PAGES[url]
        assert client.post(url, {}).status_code in ((302, 422) if may else (403,))


def test_one_unit_is_not_enough(client_of: Any, world: World) -> None:
    client = client_of("digital-unit", world.units["10"])
    assert client.get(RULES).status_code == 200
    assert client.get(RULE).status_code == 403


@pytest.mark.parametrize("role", [role for role in ROLES if role != "unit-head"])
def test_lights_of_a_project_open_with_the_project(client_of: Any, world: World, role: str) -> None:
    client = client_of(role)
    shown = client.get(f"/vorhaben/{world.open.pk}/ampeln/")
    assert shown.status_code == (200 if role else 403)
    assert client.get(f"/vorhaben/{world.secret.pk}/ampeln/").status_code == (404 if role else 403)


def test_preview_saves_nothing_and_saving_holds(staff: Any, world: World) -> None:
    send(staff, "/ampelregeln/time_used/", {"active": []})
    values = {"yellow": "100", "red": ""}
    shown = send(staff, RULE, {**values, "vorschau": "1"}).content.decode()
    said = words(shown)
    assert "Mit diesen Werten ändert sich 1 von 5 Ampeln." in said
    assert "Übergabe der E-Akte" in said
    assert SECRET not in said
    assert not StatusRule.objects.filter(kind="end_passed").exists()
    again = form_of(shown)
    assert (again["yellow"], again["red"]) == (["100"], [""])
    assert staff.post(RULE, again).status_code == 302
    assert StatusRule.objects.get(kind="end_passed").yellow == 100
    assert "mindestens 100 Tage" in words(page(staff, RULES))


def _closed(title: str, day: date, *projects: Any, **values: Any) -> Any:
    """A closed round that has frozen the projects as they are now, or as ``values`` say."""
    from leitstand.portfolio.models import RoundResult, StatusRound

    row = StatusRound.objects.create(
        title=title, as_of=day, opens_on=day, due_on=day, state=StatusRound.State.CLOSED
    )
    for project in projects:
        frozen = {"start": project.start, "end": project.end, "progress": 0, "phase": "running"}
        RoundResult.objects.create(
            round=row, project_ref=project.pk, number=project.number, title=project.title,
            lead_unit=project.lead_unit, unit_name=str(project.lead_unit), light="grey",
            confidentiality=project.confidentiality, reported=True, **(frozen | values),
        )  # fmt: skip
    return row


def _told(client: Client, url: str, row: Any, **values: str) -> str:
    sent = {**values, "vorschau": "1", "preview_round": str(row.pk)}
    return words(send(client, url, sent).content.decode())


def test_preview_on_a_past_round_takes_what_was_known_in_it(staff: Any, world: World) -> None:
    with on("2026-09-01"):
        project = make_project(world.units["10.1"], "Verschoben", phase="running",
                               start=date(2026, 1, 1), end=date(2026, 9, 15))  # fmt: skip
    change(project, end=date(2027, 12, 31))
    row = _closed("Herbst", date(2026, 9, 30), project, world.secret)
    send(staff, "/ampelregeln/time_used/", {"active": []})
    assert "Herbst (30.09.2026)" in page(staff, RULE)
    shown = _told(staff, RULE, row, yellow="100", red="")
    assert "Mit diesen Werten ändert sich 1 von 5 Ampeln." in shown
    assert "mit dem, was am Ende des 30. September 2026 bekannt war" in shown
    assert SECRET not in shown
    values = {"yellow": "1", "red": "", "vorschau": "1", "preview_round": "nonsense"}
    assert send(staff, RULE, values).status_code == 422


def test_preview_on_a_round_before_the_record(staff: Any, world: World) -> None:
    """An imported round knows dates alone: nothing of today goes in, the first plan is the measure."""
    began = {"start": date(2010, 1, 1)}
    _closed("Alt 2014", date(2014, 3, 31), world.open, end=date(2018, 1, 1), **began)
    row = _closed("Alt 2015", date(2015, 3, 31), world.open, world.secret, end=date(2018, 3, 1), **began)
    shown = _told(staff, "/ampelregeln/end_days/", row, yellow="100", red="")
    assert "Mit diesen Werten ändert sich 1 von 5 Ampeln." in shown, "59 days were yellow"
    assert "eingefroren" in shown and SECRET not in shown
    unknown = _told(staff, "/ampelregeln/no_budget/", row, yellow="", red="1")
    assert "Mit diesen Werten ändern sich 0 von 5 Ampeln." in unknown


def test_wrong_thresholds_are_told_at_the_field(staff: Any, world: World) -> None:
    answer = send(staff, RULE, {"yellow": "40", "red": "30", "vorschau": "1"})
    assert answer.status_code == 422
    assert "Rot darf nicht vor Gelb kommen: Wählen Sie mindestens 40." in words(
        answer.content.decode()
    )
    assert send(staff, RULE, {"yellow": "abc"}).status_code == 422


def test_two_people_get_both_versions(staff: Any, world: World) -> None:
    mine = form_of(page(staff, RULE))
    send(staff, RULE, {"yellow": "7"})
    answer = staff.post(RULE, {**mine, "red": ["77"]})
    assert answer.status_code == 409
    shown = words(answer.content.decode())
    assert "77" in shown
    assert "7" in shown
    assert StatusRule.objects.get().red == 30


def test_reset(staff: Any, world: World) -> None:
    send(staff, RULE, {"yellow": "7"})
    assert "Gelb: mindestens 7 Tage, ausgeliefert mindestens 1 Tag" in words(
        page(staff, RULE + "zuruecksetzen/")
    )
    assert staff.post(RULE + "zuruecksetzen/").status_code == 302
    assert not StatusRule.objects.exists()


def test_unknown_rules_are_not_found(staff: Any) -> None:
    assert staff.get("/ampelregeln/wetter/").status_code == 404
    assert staff.get("/ampelregeln/wetter/zuruecksetzen/").status_code == 404


def test_api(api_client: Any, world: World) -> None:
    client = api_client("digital-unit")
    rows = client.get("/api/v1/status-rules").json()
    rule = next(row for row in rows if row["kind"] == "end_passed")
    assert (rule["version"], rule["unit"], rule["yellow"], rule["red"]) == (0, "days", 1, 30)
    url = "/api/v1/status-rules/end_passed"
    body = {"dimension": "schedule", "active": True, "yellow": 2, "red": None}
    options: dict[str, Any] = {"content_type": "application/json"}
    assert client.put(url, body, headers={"if-match": '"0"'}, **options).status_code == 200
    assert client.put(url, body, headers={"if-match": '"0"'}, **options).status_code in (409, 412)
    assert (
        client.put(
            url, {**body, "yellow": 99999}, headers={"if-match": '"1"'}, **options
        ).status_code
        == 422
    )
    found = client.get(f"/api/v1/projects/{world.open.pk}/lights").json()
    schedule = found["proposals"][0]
    assert (schedule["dimension"], schedule["light"]) == ("schedule", "yellow")
    assert schedule["reasons"][0]["text"].startswith("Das geplante Ende (31.10.2026)")
    assert client.get(f"/api/v1/projects/{world.secret.pk}/lights").status_code == 404
    assert client.delete(url).status_code == 204
    assert client.get(url).json()["version"] == 0
