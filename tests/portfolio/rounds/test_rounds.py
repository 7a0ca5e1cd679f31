"""Status rounds from opening to the frozen result, and everything that may go wrong between."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from leitstand.core.base.errors import Invalid
from leitstand.core.notify.models import Mail
from tests.portfolio.making import SYSTEM, form_of, make_person
from tests.portfolio.rounds.making import TODAY, City, link_of, opened, plan, work


def test_who_is_asked_and_by_one_mail_each(city: City) -> None:
    row = opened()
    asked = {r.project.title: r.person for r in row.requests.select_related("project", "person")}
    assert asked == {
        "Vorhaben 1": city.anna, "Vorhaben 2": city.anna, "Vorhaben 3": city.anna,
        "Verwaist": None, "Geheimsache": city.other,
    }  # fmt: skip
    mails = list(Mail.objects.order_by("address"))
    assert [m.address for m in mails] == ["anna@example.org", "otto@example.org"]
    assert "3 Vorhaben" in mails[0].subject
    assert mails[0].body.startswith("Guten Tag, Anna Berg,\n\nStatusrunde: Status Herbst\n")
    assert not any("Geheimsache" in m.subject + m.body for m in mails)


def test_opening_twice_or_again_after_a_kill_asks_nobody_twice(city: City) -> None:
    from leitstand.portfolio.actions.rounds.sending import send_round
    from leitstand.portfolio.actions.rounds.setup import open_round

    row = opened()
    open_round(row.pk, actor=SYSTEM)
    counts = send_round(row.pk, lambda *_: None)
    assert counts["mails"] == 0
    assert (row.requests.count(), Mail.objects.count(), row.links.count()) == (5, 2, 2)


def test_a_round_opens_by_itself_on_its_day_also_after_a_downtime(city: City, at: Any) -> None:
    from leitstand.portfolio.actions.rounds.setup import open_due

    at(TODAY, 8)
    later = plan(opens_on=TODAY + timedelta(days=1))
    missed = plan(title="Verpasst", opens_on=TODAY - timedelta(days=3))
    over = plan(
        title="Vorbei", opens_on=TODAY - timedelta(days=9), due_on=TODAY - timedelta(days=2)
    )
    assert open_due() == 1
    assert open_due() == 0
    states = [type(r).objects.get(pk=r.pk).state for r in (later, missed, over)]
    assert states == ["planned", "open", "planned"]


def test_three_projects_answered_by_the_link_without_log_in(city: City) -> None:
    from leitstand.core.audit.models import AuditEvent

    row = opened()
    url, client = link_of(city.anna), Client(headers={"accept-language": "de"})
    page = client.get(url)
    html = page.content.decode()
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert "Vorhaben 2" in html and "Geheimsache" not in html and "Anna Berg" in html
    assert row.requests.filter(answered_at=None).count() == 5, "opening a link answers nothing"
    first, second, _third = row.requests.filter(person=city.anna).order_by("project__number")
    unchanged = client.post(f"{url}{first.pk}/", {"version": "1", "unchanged": "1"})
    assert unchanged.status_code == 302
    values = form_of(html, f'name="r{second.pk.hex[-10:]}-summary"')
    prefix = f"r{second.pk.hex[-10:]}"
    values |= {f"{prefix}-light_cost": ["red"], f"{prefix}-summary": ["Die Lizenzen sind teurer."]}
    without = client.post(f"{url}{second.pk}/", values)
    assert without.status_code == 422
    assert "warum Sie sie anders setzen" in without.content.decode()
    values |= {f"{prefix}-why_cost": ["Preis um 40 % gestiegen"]}
    assert client.post(f"{url}{second.pk}/", values).status_code == 302
    assert client.post(url).status_code == 302  # all that are left, unchanged
    assert not row.requests.filter(person=city.anna, answered_at=None).exists()
    report = second.project.status_reports.get()
    assert (report.way, report.light, report.person) == ("link", "red", city.anna)
    cost = report.lights.get(dimension="cost")
    assert (cost.light, cost.deviation) == ("red", "Preis um 40 % gestiegen")
    second.project.refresh_from_db()
    assert (second.project.light, second.project.light_note) == ("red", "Die Lizenzen sind teurer.")
    used = AuditEvent.objects.filter(type="portfolio.round.link_used")
    assert used.count() == 1, "once an hour from an address; answers are events of their own"
    assert {e.personal.actor_name for e in used.select_related("personal")} == {"Anna Berg (Link)"}


def test_a_forged_or_cut_link_is_a_missing_page(city: City) -> None:
    opened()
    url, client = link_of(city.anna), Client()
    key, _, signature = url.strip("/").rpartition("/")[2].partition(".")
    for wrong in (
        f"/meldung/{key}/",
        f"/meldung/{key}.x{signature}/",
        "/meldung/0.0/",
        url[:-3] + "/",
    ):
        assert client.get(wrong).status_code == 404, wrong


def test_nobody_answers_for_others_projects_by_her_link(city: City) -> None:
    row = opened()
    client, foreign = Client(), row.requests.get(project=city.secret)
    answer = client.post(f"{link_of(city.anna)}{foreign.pk}/", {"version": "1", "unchanged": "1"})
    assert answer.status_code == 404
    foreign.refresh_from_db()
    assert foreign.answered_at is None


def test_an_expired_link_says_what_to_do(city: City) -> None:
    row = opened()
    url = link_of(city.anna)
    row.links.update(expires_at="2026-01-01T00:00:00Z")
    page = Client(headers={"accept-language": "de"}).get(url)
    assert page.status_code == 410
    assert "abgelaufen" in page.content.decode()
    assert "Anmelden" in page.content.decode()


def test_the_round_ends_while_somebody_types(city: City) -> None:
    from leitstand.portfolio.actions.rounds.closing import close_round

    row = opened()
    url, client = link_of(city.anna), Client(headers={"accept-language": "de"})
    mine = row.requests.filter(person=city.anna).first()
    values = form_of(client.get(url).content.decode(), f'name="r{mine.pk.hex[-10:]}-summary"')
    values[f"r{mine.pk.hex[-10:]}-summary"] = ["Mühsam getippter Satz"]
    close_round(row.pk, actor=SYSTEM)
    answer = client.post(f"{url}{mine.pk}/", values)
    assert answer.status_code == 409
    assert "Mühsam getippter Satz" in answer.content.decode()
    assert "beendet" in answer.content.decode()
    assert not mine.project.status_reports.exists()


def test_used_twice_the_second_sees_that_somebody_was_faster(city: City) -> None:
    row = opened()
    url, client = link_of(city.anna), Client(headers={"accept-language": "de"})
    mine = row.requests.filter(person=city.anna).first()
    stale = {"version": "1", "unchanged": "1"}
    assert client.post(f"{url}{mine.pk}/", stale).status_code == 302
    again = client.post(f"{url}{mine.pk}/", stale)
    assert again.status_code == 409
    assert "inzwischen" in again.content.decode()
    assert mine.project.status_reports.count() == 1
    mine.refresh_from_db()
    corrected = client.post(f"{url}{mine.pk}/", {"version": str(mine.version), "unchanged": "1"})
    assert corrected.status_code == 302
    assert mine.project.status_reports.count() == 2, "a correction follows, nothing is overwritten"


def test_a_substitute_gets_a_link_of_her_own_and_is_named(city: City) -> None:
    from leitstand.portfolio.models import Substitution

    sub = make_person(city.units["10"], "Paula", "Ersatz", email="paula@example.org")
    Substitution.objects.create(
        person=city.anna, substitute=sub, valid_from=TODAY, valid_until=TODAY
    )
    row = opened()
    client = Client(headers={"accept-language": "de"})
    url = link_of(sub)
    assert url != link_of(city.anna)
    html = client.get(url).content.decode()
    assert "Paula Ersatz" in html and "Anna Berg" in html
    mine = row.requests.filter(person=city.anna).first()
    assert client.post(f"{url}{mine.pk}/", {"version": "1", "unchanged": "1"}).status_code == 302
    assert mine.project.status_reports.get().person == sub


def test_who_has_left_or_lost_the_role_cannot_answer_any_more(city: City) -> None:
    from leitstand.portfolio.models import ProjectPerson

    row = opened()
    url, client = link_of(city.anna), Client()
    mine = row.requests.filter(person=city.anna).first()
    ProjectPerson.objects.filter(project=mine.project).delete()
    assert client.post(f"{url}{mine.pk}/", {"version": "1", "unchanged": "1"}).status_code == 404
    type(city.anna).objects.filter(pk=city.anna.pk).update(active=False)
    assert client.get(url).status_code == 404


def test_a_dissolved_unit_in_the_middle_of_a_round_harms_nothing(
    city: City, client_of: Any
) -> None:
    from leitstand.core.org.actions import dissolve_unit

    row = opened(title="Mitte")
    city.orphan.delete()
    dissolve_unit(city.units["11"], actor=SYSTEM, on=TODAY, reason="Neuordnung")
    page = client_of("digital-unit").get(f"/statusrunden/{row.pk}/")
    assert page.status_code == 200
    assert "Verwaist" not in page.content.decode()


def test_closing_freezes_and_invents_nothing(city: City) -> None:
    from leitstand.portfolio.actions.rounds.closing import close_round
    from leitstand.portfolio.models import RoundResult

    row = opened()
    client = Client()
    mine = row.requests.filter(person=city.anna).first()
    client.post(f"{link_of(city.anna)}{mine.pk}/", {"version": "1", "unchanged": "1"})
    close_round(row.pk, actor=SYSTEM)
    close_round(row.pk, actor=SYSTEM)
    assert row.results.count() == 5
    silent = row.results.get(project_ref=city.secret.pk)
    assert (silent.reported, silent.light, silent.lights) == (False, "grey", {})
    assert len(row.results.get(project_ref=mine.project_id).lights) == 5
    for change in (
        lambda: RoundResult.objects.update(light="green"),
        lambda: mine.project.status_reports.update(light="green"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_reminder_goes_to_those_who_are_missing_and_once_a_day(city: City) -> None:
    from leitstand.portfolio.actions.rounds.reminding import remind

    row = opened()
    Client().post(link_of(city.anna))
    before = Mail.objects.count()
    for _ in range(2):
        remind(row.pk, actor=SYSTEM)
        work()
    new = Mail.objects.order_by("pk")[before:]
    assert [m.address for m in new] == ["otto@example.org"]


def test_planning_needs_sense(city: City) -> None:
    with pytest.raises(Invalid) as caught:
        plan(due_on=TODAY - timedelta(days=1))
    assert "due_on" in caught.value.errors
    with pytest.raises(Invalid):
        plan(title="  ")


def test_an_open_round_keeps_its_day_and_selection(city: City) -> None:
    from leitstand.portfolio.actions.rounds.ended import RoundEnded
    from leitstand.portfolio.actions.rounds.setup import cancel_round, change_round, open_round

    row = opened()
    with pytest.raises(Invalid):
        change_round(
            row.pk, actor=SYSTEM, version=row.version, values={"as_of": TODAY - timedelta(days=9)}
        )
    cancel_round(row.pk, actor=SYSTEM, reason="")
    with pytest.raises(RoundEnded):
        open_round(row.pk, actor=SYSTEM)


def test_the_trend_compares_with_the_report_before(city: City) -> None:
    from leitstand.portfolio.actions.rounds.answering import Answer, give_report
    from leitstand.portfolio.domain.lights import DIMENSIONS
    from leitstand.portfolio.queries.rounds import latest_reports

    project = city.projects[0]
    for light in ("yellow", "red"):
        row = opened(title=light)
        request = row.requests.get(project=project)
        give_report(
            request.pk,
            actor=SYSTEM,
            way="api",
            version=request.version,
            answer=Answer(lights=dict.fromkeys(DIMENSIONS, (light, "weil es so ist"))),
        )
    report = latest_reports([project.pk], TODAY)[project.pk]
    assert report.light == "red"
    assert {light.trend for light in report.lights.all()} == {"worse"}


def test_a_round_may_ask_for_a_day_to_come(city: City) -> None:
    """What was answered is shown as answered; a correction keeps the trend against the last round."""
    from leitstand.portfolio.actions.rounds.answering import Answer, give_report

    project = city.projects[0]
    ahead = TODAY + timedelta(days=10)
    for title, as_of in (("Vorher", TODAY), ("Bald", ahead)):
        row = opened(title=title, as_of=as_of)
        request = row.requests.get(project=project)
        light = "yellow" if title == "Vorher" else "red"
        give_report(
            request.pk,
            actor=SYSTEM,
            way="api",
            version=request.version,
            answer=Answer(lights={"cost": (light, f"darum {light}")}),
        )
    shown = Client(headers={"accept-language": "de"}).get(link_of(city.anna)).content.decode()
    card = shown[shown.index("Vorhaben 1") :].partition("</section>")[0]
    assert re.search(r"Kosten</span>\s*<span[^>]*kern-badge--danger", card), card[:900]
    assert "darum red" in card
    request.refresh_from_db()
    give_report(
        request.pk,
        actor=SYSTEM,
        way="api",
        version=request.version,
        answer=Answer(lights={"cost": ("red", "immer noch")}),
    )
    trends = [r.lights.get(dimension="cost").trend for r in row.reports.filter(project=project)]
    assert trends == ["worse", "worse"]


def test_tokens_stay_out_of_the_logs() -> None:
    from leitstand.core.base.middleware import shown_path

    assert shown_path("/meldung/abc.def/123/") == "/meldung/…"
    assert shown_path("/meldungen/") == "/meldungen/"
