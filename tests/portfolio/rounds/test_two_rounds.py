"""Two rounds at once, answers that settle an e-mail, the hour of e-mails, comments, planning by API."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.errors import Invalid
from leitstand.core.notify.models import Mail, Notification
from leitstand.portfolio.actions.rounds.reminding import remind
from leitstand.portfolio.actions.rounds.setup import change_round, open_due
from leitstand.portfolio.models import RoundLink, StatusReport, StatusRequest, StatusRound
from tests.portfolio.making import SYSTEM, make_person
from tests.portfolio.rounds.making import TODAY, City, link_of, opened, plan, work
from tests.portfolio.talking import call, problem, read
from tests.portfolio.views import words


def _answered(row: Any) -> set[str]:
    rows = StatusRequest.objects.filter(round=row).exclude(answered_at=None)
    return set(rows.values_list("project__title", flat=True))


def test_one_answer_counts_for_both_where_the_days_are_near(city: City, client_of: Any) -> None:
    one = opened(title="Quartal", due_on=TODAY + timedelta(days=10))
    near = opened(title="Ausschuss", as_of=TODAY + timedelta(days=31), due_on=TODAY + timedelta(days=5))
    far = opened(title="Sommer", as_of=TODAY - timedelta(days=32))
    client = client_of("member", person=city.anna)
    page = words(client.get("/meldungen/").content.decode())
    assert page.count("Runde „Ausschuss“ · bitte antworten bis 25.11.2026") == 3, "each names its round"
    assert page.count("Ihre Antwort zählt auch für die Runde „Quartal“ (bis 30.11.2026).") == 3
    assert "Runde „Quartal“ · bitte" not in page, "nobody is asked for the same thing twice"
    assert page.count("Runde „Sommer“ · bitte antworten bis 30.11.2026") == 3
    assert "Die Runde „Sommer“ fragt nach dem Stand vom 19.10.2026: Das ist eine eigene Antwort." in page
    asked = one.requests.get(project=city.projects[0])
    done = client.post(f"/meldungen/{asked.pk}/", {"version": asked.version, "unchanged": "1"}, follow=True)
    assert "Gemeldet: Vorhaben 1, auch für „Ausschuss“" in done.content.decode()
    assert [_answered(row) for row in (one, near, far)] == [{"Vorhaben 1"}, {"Vorhaben 1"}, set()]
    reports = StatusReport.objects.filter(project=city.projects[0])
    assert {(r.round_id, r.as_of) for r in reports} == {(one.pk, one.as_of), (near.pk, near.as_of)}
    assert {light.trend for report in reports for light in report.lights.all()} == {""}
    link = RoundLink.objects.get(round=near, person=city.anna)
    from leitstand.portfolio.actions.rounds.links import token

    assert Client().post(f"/meldung/{token(link)}/").status_code == 302
    everything = {f"Vorhaben {n}" for n in (1, 2, 3)}
    assert [_answered(row) for row in (one, near, far)] == [everything, everything, set()]
    correction = StatusRequest.objects.get(pk=asked.pk)
    data = {"version": correction.version, "unchanged": "1"}
    client.post(f"/meldungen/{asked.pk}/", data)
    assert reports.filter(round=near).count() == 1, "a correction is for its round alone"
    assert reports.filter(round=one).count() == 2


def test_who_does_not_answer_for_it_is_not_answered_for(city: City) -> None:
    """The other round asks somebody else: nothing is said in her name."""
    one = opened(title="Eins")
    two = opened(title="Zwei")
    asked = two.requests.get(project=city.projects[0])
    StatusRequest.objects.filter(pk=asked.pk).update(person=city.other)
    orphans = [row.requests.get(project=city.orphan) for row in (one, two)]
    from leitstand.portfolio.actions.rounds.answering import Answer, give_report

    for request in (one.requests.get(project=city.projects[0]), orphans[0]):
        give_report(request.pk, actor=SYSTEM, way="others", version=1, answer=Answer(unchanged=True))
    assert _answered(two) == set()


def test_overlaps_are_told_when_planning(city: City, client_of: Any) -> None:
    opened(title="Läuft")
    client = client_of("digital-unit")
    values = {
        "title": "Neue Runde", "as_of": "01.12.2026", "opens_on": "25.11.2026", "due_on": "10.12.2026",
        "reminder_days": "", "mail_hour": "9", "message": "", "programme": "", "unit": "",
    }  # fmt: skip
    done = client.post("/statusrunden/neu/", values, follow=True)
    assert "Die Runde „Läuft“ fragt auch nach 4 dieser Vorhaben." in done.content.decode()
    assert StatusRound.objects.get(title="Neue Runde").mail_hour == 9
    elsewhere = client.post(
        "/statusrunden/neu/", {**values, "title": "Nur Amt 20", "unit": str(city.units["20"].pk)}, follow=True
    )
    assert "fragt auch nach" not in elsewhere.content.decode()


def test_answered_meanwhile_nothing_more_is_sent(city: City, settings: Any) -> None:
    settings.CONFIG = dataclasses.replace(settings.CONFIG, smtp_url="smtp://127.0.0.1:9")
    row = opened()
    path = link_of(city.anna)
    remind(row.pk, actor=SYSTEM)
    assert Client().post(path).status_code == 302  # between the button and its job
    work()
    hers = Mail.objects.filter(address=city.anna.email)
    assert [(m.state, m.body) for m in hers] == [("skipped", "")], "the server was down: it waited"
    assert Mail.objects.filter(address=city.other.email, state="waiting").count() == 2
    told = Notification.objects.filter(person_id=city.anna.pk)
    assert all(one.expires <= one.updated_at + timedelta(minutes=1) for one in told)
    assert Client().get(path).status_code == 200, "she may still correct herself"


def test_answers_while_the_job_writes_count_too(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    from leitstand.portfolio.actions.rounds import sending

    row = opened()
    path, before = link_of(city.anna), Mail.objects.count()
    monkeypatch.setattr(sending, "_STEP", 1)
    first = min(city.anna.pk, city.other.pk)
    assert first == city.anna.pk

    def answer_between(done: int, _of: int, _text: str) -> None:
        if done == 1:
            StatusRequest.objects.filter(person=city.other).update(answered_at=row.created_at)

    sending.invite(row, answer_between, tail=":2026-11-21")
    assert Mail.objects.count() == before + 1
    assert Client().get(path).status_code == 200


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 10, 25), [(0, 0), (2, 0), (2, 1), (7, 0), (8, 0), (9, 0)]),
        (date(2027, 3, 28), [(0, 0), (1, 0), (3, 0), (7, 0), (8, 0), (9, 0)]),
    ],
)
def test_invitations_leave_at_the_rounds_hour(city: City, at: Any, day: date, hours: Any) -> None:
    """On the day of 25 hours and on the one of 23: at eight by the city's clock, once."""
    at(day - timedelta(days=1), 23)
    row = plan(as_of=day, opens_on=day, due_on=day + timedelta(days=5))
    late = plan(title="Später", as_of=day, opens_on=day, due_on=day + timedelta(days=5), mail_hour=20)
    found = []
    for hour, fold in hours:
        at(day, hour, fold=fold)
        found.append(open_due())
    assert found == [0, 0, 0, 0, 1, 0]
    at(day + timedelta(days=1), 3)
    assert open_due() == 0, "not at night after a downtime either"
    at(day + timedelta(days=1), 20)
    assert open_due() == 1
    assert {StatusRound.objects.get(pk=r.pk).state for r in (row, late)} == {"open"}


def test_the_hour_is_checked_and_may_change_while_it_runs(city: City) -> None:
    row = opened()
    for hour in (5, 21, -1):
        with pytest.raises(Invalid) as caught:
            change_round(row.pk, actor=SYSTEM, version=row.version, values={"mail_hour": hour})
        assert "mail_hour" in caught.value.errors
    assert change_round(row.pk, actor=SYSTEM, version=row.version, values={"mail_hour": 6}).mail_hour == 6


def test_colleagues_talk_about_a_round(city: City, client_of: Any, account: Any) -> None:
    row = opened()
    account("member", city.units["10"], person=city.anna)
    unit = client_of("digital-unit", person=make_person(city.units["20"], "Uta", "Amt", email="uta@example.org"))
    url = f"/statusrunden/{row.pk}/"
    assert "kommentare" in unit.get(url).content.decode()
    sent = unit.post(f"/kommentare/status-round/{row.pk}/neu/", {"text": "@Anna Berg, bitte bis Freitag."})
    assert sent.status_code == 302 and sent["Location"].startswith(url), sent.content
    assert "bitte bis Freitag" in unit.get(url).content.decode()
    told = Notification.objects.get(kind="comments.mention")
    assert told.person_id == city.anna.pk and told.url.startswith(url)
    council = client_of("councillor").get(url)
    assert council.status_code == 200 and "bitte bis Freitag" not in council.content.decode()
    assert AuditEvent.objects.get(type="comments.posted").object_id == row.pk
    assert client_of("councillor").post(f"/kommentare/status-round/{row.pk}/neu/").status_code == 404


def test_rounds_are_planned_and_run_by_api(city: City, api_client: Any) -> None:
    client = api_client("digital-unit")
    wanted = {
        "title": "Herbst", "as_of": "2026-11-30", "opens_on": "2026-11-25", "due_on": "2026-12-05",
        "reminder_days": [2, 7, 2], "unit": str(city.units["10"].pk),
    }  # fmt: skip
    made = call(client, "POST", "/rounds", wanted)
    assert made.status_code == 201, made.content
    body, where = made.json(), made["Location"].removeprefix("/api/v1")
    assert (body["state"], body["reminder_days"], body["mail_hour"]) == ("planned", [7, 2], 8)
    assert body["unit"]["id"] == str(city.units["10"].pk) and body["programme"] is None
    problem(call(client, "PATCH", where, {"mail_hour": 9}), 428, "precondition_required")
    changed = call(client, "PATCH", where, {"mail_hour": 9, "unit": None}, if_match="1")
    assert (changed.json()["mail_hour"], changed.json()["unit"], changed["ETag"]) == (9, None, '"2"')
    problem(call(client, "PATCH", where, {"mail_hour": 10}, if_match="1"), 412, "conflict")
    problem(call(client, "POST", f"{where}/remind", {}), 409, "round-ended")
    for bad in ({"mail_hour": 3}, {"due_on": "2026-11-01"}, {"reminder_days": [99]}, {"unit": str(row_id())}):
        assert call(client, "POST", "/rounds", {**wanted, **bad}).status_code == 422, bad
    assert call(client, "POST", f"{where}/open", {}).json()["state"] == "open"
    work()
    assert Mail.objects.exists()
    assert call(client, "POST", f"{where}/open", {}).status_code == 200
    late = call(client, "PATCH", where, {"as_of": "2026-12-01"}, if_match="3")
    assert late.status_code == 422, "its day is fixed by now"
    assert call(client, "POST", f"{where}/close", {}).json()["state"] == "closed"
    assert read(client, where)["closed_at"] and read(client, f"{where}/results")["total"] == 4
    problem(call(client, "POST", f"{where}/cancel", {"reason": "x"}), 409, "round-ended")
    problem(call(client, "GET", f"/rounds/{row_id()}"), 404, "not_found")


def row_id() -> Any:
    import uuid

    return uuid.UUID(int=7)
