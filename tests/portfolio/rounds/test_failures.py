"""What goes wrong around a round, and the clear text that each case has."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from leitstand.core.audit.models import AuditEvent
from leitstand.core.notify.actions import outbox
from leitstand.core.notify.models import Mail
from leitstand.portfolio.models import StatusRequest
from tests.portfolio.making import SYSTEM, lead, make_person, make_project, send
from tests.portfolio.rounds.making import TODAY, City, link_of, opened
from tests.portfolio.views import words


@pytest.fixture
def smtp(settings: Any) -> None:
    """A mail server is set; nobody listens, as no job of the outbox is run here."""
    from dataclasses import replace

    settings.CONFIG = replace(settings.CONFIG, smtp_url="smtp://127.0.0.1:9")


def beside(client: Client, row: Any, name: str) -> str:
    """What the round's page says beside a person."""
    page = client.get(f"/statusrunden/{row.pk}/").content.decode()
    return words(page.partition(name)[2].partition("</tr>")[0])


def test_the_round_s_page_says_what_became_of_an_invitation(
    city: City, smtp: None, client_of: Any
) -> None:  # fmt: skip
    row, client = opened(), client_of("digital-unit")
    anna = Mail.objects.get(address="anna@example.org")
    assert "wartet" in beside(client, row, "Anna Berg")
    outbox.pause_all("ConnectionRefusedError: [Errno 111] Connection refused")
    said = beside(client, row, "Anna Berg")
    assert (
        "wartet" in said
        and "Mailserver ist nicht erreichbar" in said
        and "Connection refused" in said
    )
    assert "nächste Versuch folgt von selbst" in said
    outbox.go_on()
    claimed = outbox.claim(anna.pk)
    assert claimed is not None
    outbox.settle(claimed, Mail.State.REJECTED, said="550 5.1.1 mailbox unknown")
    said = beside(client, row, "Anna Berg")
    assert "vom Server abgelehnt" in said and "550 5.1.1 mailbox unknown" in said
    Mail.objects.filter(pk=anna.pk).update(state=Mail.State.SENT, said="")
    assert outbox.bounce(anna.pk, "5.2.2 mailbox full", actor=SYSTEM)
    said = beside(client, row, "Anna Berg")
    assert "kam zurück" in said and "5.2.2 mailbox full" in said
    assert "mailbox full" not in beside(client, row, "Otto Fern"), "each line says its own"
    assert "mailbox" not in beside(client_of("unit-head", city.units["10"]), row, "Anna Berg")
    mine = row.requests.filter(person=city.anna).first()
    page = client.get(f"/statusrunden/{row.pk}/melden/{mine.pk}/").content.decode()
    assert "Anna Berg" in page, "the coordinator reports on her behalf meanwhile"


def test_a_forwarded_link_speaks_for_its_receiver_alone(
    city: City, client_of: Any
) -> None:  # fmt: skip
    """Somebody else who is logged in opens it: page, report and trail name the receiver."""
    from leitstand.core.audit.models import AuditEvent

    row, url = opened(), link_of(city.anna)
    other = client_of("member", city.units["20"])
    page = words(other.get(url).content.decode())
    assert "Dieser Link ist für Anna Berg." in page
    mine = row.requests.filter(person=city.anna).first()
    assert other.post(f"{url}{mine.pk}/", {"version": "1", "unchanged": "1"}).status_code == 302
    report = mine.project.status_reports.get()
    assert (report.person, report.way) == (city.anna, "link")
    told = AuditEvent.objects.filter(type="portfolio.report.given").select_related("personal").get()
    assert told.personal.actor_name == "Anna Berg (Link)"
    foreign = row.requests.get(project=city.secret)
    assert other.post(f"{url}{foreign.pk}/", {"version": "1", "unchanged": "1"}).status_code == 404


def test_a_unit_that_ends_in_the_middle_of_a_round(city: City, client_of: Any) -> None:
    """Dissolving is refused with the reason; merged, the round goes on with the new unit."""
    from leitstand.core.base.errors import Invalid
    from leitstand.core.org.actions import dissolve_unit, merge_units
    from leitstand.portfolio.actions.rounds.closing import close_round

    project = make_project(city.units["10.1"], "Umzug", phase="running")
    lead(project, make_person(city.units["10"], "Ute", "Umzug", email="ute@example.org"))
    row, client = opened(), client_of("digital-unit")
    url = link_of(row.requests.get(project=project).person)
    with pytest.raises(Invalid) as refused:
        dissolve_unit(city.units["10.1"], actor=SYSTEM, on=TODAY)
    assert refused.value.errors
    merge_units(
        city.units["10.1"], actor=SYSTEM, into=city.units["10.2"], on=TODAY, reason="Neuordnung"
    )
    browser = Client(headers={"accept-language": "de"})
    page = browser.get(url)
    assert page.status_code == 200
    assert "Zentrale Dienste" in page.content.decode(), "the project is led by the new unit"
    mine = row.requests.get(project=project)
    assert (
        send(browser, f"{url}{mine.pk}/", {"version": mine.version, "unchanged": "1"}).status_code
        == 302
    )
    assert client.get(f"/statusrunden/{row.pk}/").status_code == 200
    close_round(row.pk, actor=SYSTEM)
    result = row.results.get(project_ref=project.pk)
    assert (result.unit_name, result.reported) == ("Zentrale Dienste", True)


@pytest.mark.parametrize(
    ("due", "last"),
    [
        (date(2026, 10, 11), datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),  # a day of 25 hours
        (date(2026, 10, 10), datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC)),  # the day before it
        (date(2027, 3, 14), datetime(2027, 3, 28, 21, 59, 59, tzinfo=UTC)),  # a day of 23 hours
        (date(2027, 3, 13), datetime(2027, 3, 27, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_links_end_with_the_city_s_day_also_at_a_change_of_summer_time(
    city: City, monkeypatch: pytest.MonkeyPatch, due: date, last: datetime
) -> None:  # fmt: skip
    from leitstand.core.base import clock

    monkeypatch.setattr(clock, "today", lambda: due - timedelta(days=7))
    row = opened(as_of=due - timedelta(days=7), opens_on=due - timedelta(days=7), due_on=due)
    assert set(row.links.values_list("expires_at", flat=True)) == {last}
    url, client = link_of(city.anna), Client(headers={"accept-language": "de"})
    monkeypatch.setattr(clock, "now", lambda: last)
    assert client.get(url).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: last + timedelta(seconds=1))
    page = client.get(url)
    assert (page.status_code, "abgelaufen" in page.content.decode()) == (410, True)


def test_looks_by_link_are_told_once_an_hour_from_each_address(city: City, at: Any) -> None:
    at(TODAY, 9)
    opened()
    url = link_of(city.anna)
    seen = AuditEvent.objects.filter(type="portfolio.round.link_used")
    for _n in range(5):
        assert Client().get(url).status_code == 200
    assert seen.count() == 1
    assert Client(REMOTE_ADDR="10.9.8.7").get(url).status_code == 200, "a forwarded link is seen"
    assert seen.count() == 2
    asked = StatusRequest.objects.filter(person=city.anna).first()
    assert asked is not None
    Client().post(f"{url}{asked.pk}/", {"version": "1", "unchanged": "1"})
    assert AuditEvent.objects.filter(type="portfolio.report.given").count() == 1, "answers are told each"
    cache.clear()  # the hour is over
    Client().get(url)
    assert seen.count() == 3
