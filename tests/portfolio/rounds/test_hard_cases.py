"""Rounds where something happens in between: corrections, older rounds, ends, far days."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from leitstand.core.audit.models import AuditEvent
from leitstand.core.notify.models import Mail, Notification
from tests.portfolio.making import SYSTEM
from tests.portfolio.rounds.making import TODAY, City, link_of, opened, plan


def _give(row: Any, project: Any, light: str, **values: Any) -> Any:
    from leitstand.portfolio.actions.rounds.answering import Answer, give_report
    from leitstand.portfolio.domain.lights import Dimension

    asked = row.requests.get(project=project)
    lights = {Dimension.RISKS: (light, "Weil es so ist.")}
    answer = Answer(lights=lights, **values)
    return give_report(asked.pk, actor=SYSTEM, way="page", version=asked.version, answer=answer)


def _trend(report: Any) -> str:
    return str(report.lights.get(dimension="risks").trend)


def test_a_correction_keeps_the_trend_against_the_round_before(city: City) -> None:
    from leitstand.portfolio.actions.rounds.closing import close_round

    project = city.projects[0]
    before = opened(title="Sommer", as_of=TODAY - timedelta(days=90))
    _give(before, project, "green")
    close_round(before.pk, actor=SYSTEM)
    now = opened()
    assert _trend(_give(now, project, "red")) == "worse"
    assert _trend(_give(now, project, "red", summary="Tippfehler behoben")) == "worse"
    assert _trend(_give(now, project, "yellow")) == "worse"


def test_an_older_round_answered_later_does_not_overwrite_the_newer_state(city: City) -> None:
    project = city.projects[0]
    old = opened(title="Sommer", as_of=TODAY - timedelta(days=90))
    new = opened()
    _give(new, project, "red", summary="Jetzt steht alles", progress=40)
    _give(old, project, "green", summary="Damals lief es", progress=10)
    project.refresh_from_db()
    assert (project.light_note, project.progress) == ("Jetzt steht alles", 40)


def test_notices_hold_as_long_as_the_links(city: City) -> None:
    from leitstand.portfolio.actions.rounds.setup import change_round

    row = opened()
    change_round(
        row.pk, actor=SYSTEM, version=row.version, values={"due_on": TODAY + timedelta(days=90)}
    )
    ends = set(row.links.values_list("expires_at", flat=True))
    assert len(ends) == 1
    assert set(Notification.objects.values_list("expires", flat=True)) == ends


@pytest.mark.parametrize("end", ["cancel", "close"])
def test_what_waits_in_the_outbox_leaves_with_the_round(
    city: City, settings: Any, end: str
) -> None:
    import dataclasses

    from leitstand.portfolio.actions.rounds.closing import close_round
    from leitstand.portfolio.actions.rounds.setup import cancel_round

    settings.CONFIG = dataclasses.replace(settings.CONFIG, smtp_url="smtp://127.0.0.1:9")
    row = opened()
    assert set(Mail.objects.values_list("state", flat=True)) == {"waiting"}
    if end == "cancel":
        cancel_round(row.pk, actor=SYSTEM, reason="")
    else:
        close_round(row.pk, actor=SYSTEM)
    assert set(Mail.objects.values_list("state", flat=True)) == {"skipped"}
    assert not Mail.objects.exclude(body="").exists(), "the link's address is erased"
    assert not Notification.objects.filter(expires__gt=row.created_at + timedelta(days=1)).exists()


def test_a_round_that_ends_while_e_mails_are_written_writes_no_more(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leitstand.portfolio.actions.rounds import sending
    from leitstand.portfolio.actions.rounds.setup import cancel_round, open_round

    monkeypatch.setattr(sending, "_STEP", 1)
    row = plan()
    open_round(row.pk, actor=SYSTEM)

    def step(done: int, _whole: int, _text: str) -> None:
        if done == 1:
            cancel_round(row.pk, actor=SYSTEM, reason="")

    sending.send_round(row.pk, step)
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("due", [date(9999, 12, 31), date(1, 1, 2)])
def test_days_at_the_ends_of_the_calendar(city: City, client_of: Any, due: date) -> None:
    from leitstand.core.base.errors import Invalid

    client = client_of("digital-unit")
    try:
        row = plan(due_on=due, opens_on=min(due, TODAY))
    except Invalid:
        return
    assert client.get(f"/statusrunden/{row.pk}/").status_code == 200


def test_who_owes_an_answer_is_for_colleagues(city: City, client_of: Any) -> None:
    from leitstand.portfolio.models import Project

    Project.objects.filter(pk=city.projects[0].pk).update(confidentiality=0)
    row = opened()
    html = client_of("councillor").get(f"/statusrunden/{row.pk}/").content.decode()
    assert "Vorhaben 1" in html
    assert "Anna Berg" not in html
    inside = client_of("member", city.units["10"]).get(f"/statusrunden/{row.pk}/").content.decode()
    assert "Anna Berg" in inside


def test_the_state_of_ones_own_e_mail_not_of_another(city: City) -> None:
    from leitstand.portfolio.actions.rounds.reminding import mail_states
    from leitstand.portfolio.actions.rounds.substituting import name_substitute

    name_substitute(actor=SYSTEM, person=city.anna, substitute=city.other, valid_from=TODAY,
                    valid_until=TODAY + timedelta(days=3))  # fmt: skip
    row = opened()
    own = row.links.get(person=city.other, answers_for=city.other)
    Mail.objects.filter(key=f"round:{row.pk.hex}:{own.pk.hex}").update(
        state="bounced", cause="", said="zurück"
    )
    states = mail_states(row, list(row.requests.all()))
    assert "zurück" in states[city.other.pk]


def test_the_api_pages_through_frozen_results(city: City, api_client: Any) -> None:
    from leitstand.portfolio.actions.rounds.closing import close_round

    row = opened()
    close_round(row.pk, actor=SYSTEM)
    client = api_client("digital-unit")
    url, seen, cursor = f"/api/v1/rounds/{row.pk}/results", [], ""
    for _turn in range(9):
        answer = client.get(url, {"limit": 2, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.content
        seen += [item["number"] for item in answer.json()["items"]]
        cursor = answer.json()["next"]
        if not cursor:
            break
    hidden = city.secret.number
    assert seen == sorted(set(row.results.values_list("number", flat=True)) - {hidden})


@pytest.mark.django_db(transaction=True)  # PostgreSQL knows one moment per transaction
def test_reports_of_a_confidential_time_stay_confidential(
    city: City, client_of: Any, api_client: Any
) -> None:
    from leitstand.portfolio.actions.projects import change_project

    project, row = city.projects[0], opened()

    def to_level(level: int) -> None:
        project.refresh_from_db()
        values = {"confidentiality": level}
        change_project(project.pk, actor=SYSTEM, version=project.version, values=values)

    to_level(2)
    secret = _give(row, project, "red", summary="Geheimes Wort")
    to_level(0)
    _give(row, project, "green", summary="Offenes Wort")
    for role, sees in (("councillor", False), ("member", False), ("unit-head", True)):
        unit = city.units["10"] if role == "unit-head" else None
        client = client_of(role, unit)
        assert client.get(f"/statusmeldungen/{secret.pk}/").status_code == (200 if sees else 404), (
            role
        )
        told = api_client(role, unit).get(f"/api/v1/projects/{project.pk}/reports").json()
        words = [one["summary"] for one in told["items"]]
        assert words == ["Offenes Wort", "Geheimes Wort"][: 2 if sees else 1], role
    leader = client_of("councillor", None, person=city.anna)
    assert leader.get(f"/statusmeldungen/{secret.pk}/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_words_of_a_confidential_time_go_when_the_level_is_lowered(city: City, client_of: Any) -> None:
    """They stay in the report; project, papers and the next answer do not repeat them."""
    from leitstand.portfolio.actions.projects import change_project
    from leitstand.portfolio.facade import project_states

    project, row, word = city.projects[0], opened(), "Geheimes Wort"

    def to_level(level: int) -> None:
        project.refresh_from_db()
        values = {"confidentiality": level}
        change_project(project.pk, actor=SYSTEM, version=project.version, values=values)

    to_level(2)
    _give(row, project, "red", summary=word, outlook=word)
    project.refresh_from_db()
    assert project.light_note == word
    assert project_states([project.pk], TODAY)[project.pk].standing == word
    to_level(1)
    project.refresh_from_db()
    assert (project.light_note, project.light) == ("", "red")
    state = project_states([project.pk], TODAY)[project.pk]
    assert word not in str(state) and "Weil es so ist" not in str(state)
    assert state.light == "red", "the light itself stays"
    anna = client_of("member", city.units["10"], person=city.anna)
    other = client_of("member", city.units["10"])
    for client, path in (
        (anna, "/meldungen/"), (anna, "/vorhaben/export.json"), (other, f"/vorhaben/{project.pk}/"),
        (other, "/vorhaben/export.json"),
    ):  # fmt: skip
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert word not in body.decode(), path
    asked = row.requests.get(project=project)
    anna.post(f"/meldungen/{asked.pk}/", {"version": asked.version, "unchanged": "1"})
    after = project.status_reports.order_by("-pk").first()
    assert (after.unchanged, after.summary, after.light) == (True, "", "red")
    assert {one.deviation for one in after.lights.all()} <= {"", "Als unverändert bestätigt."}
    trail = AuditEvent.objects.filter(type="portfolio.report.given").order_by("pk")
    assert [event.changes["light"] for event in trail] == [["grey", "red"], ["red", "red"]]


def test_no_line_of_the_log_holds_a_link(
    city: City, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import logging

    from leitstand.core.cli.start import configure_logging
    from leitstand.portfolio.actions.rounds.setup import cancel_round

    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    monkeypatch.setattr(root, "level", root.level)
    row = opened()
    url, asked = link_of(city.anna), row.requests.filter(person=city.anna).first()
    token = url.split("/")[2]
    configure_logging("json", "INFO")
    client = Client()
    assert client.post(f"{url}{asked.pk}/", {"version": "1"}).status_code == 422
    assert Client(enforce_csrf_checks=True).post(f"{url}{asked.pk}/").status_code == 403
    cancel_round(row.pk, actor=SYSTEM, reason="")
    assert client.get(url).status_code == 410
    said = capsys.readouterr().err
    assert said.count("/meldung/\\u2026") >= 4, said
    assert token not in said and token.partition(".")[0] not in said


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_being_stored_is_frozen_too(city: City) -> None:
    from leitstand.portfolio.actions.rounds.closing import close_round

    row = opened()
    stored, go_on = threading.Event(), threading.Event()

    def answer() -> None:
        try:
            with transaction.atomic():
                _give(row, city.projects[0], "red")
                stored.set()
                go_on.wait(10)
        finally:
            connection.close()

    def close() -> None:
        try:
            close_round(row.pk, actor=SYSTEM)
        finally:
            connection.close()

    answering, closing = threading.Thread(target=answer), threading.Thread(target=close)
    answering.start()
    assert stored.wait(10)
    closing.start()
    closing.join(1)
    go_on.set()
    answering.join(10)
    closing.join(10)
    assert row.reports.count() == 1
    result = row.results.get(project_ref=city.projects[0].pk)
    assert (result.reported, result.light) == (True, "red")
