"""Pages and API of status rounds: who sees and does what, what they say."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from leitstand.core.base.errors import NotAllowed
from leitstand.core.notify.models import Mail
from tests.portfolio.making import SYSTEM, lead, make_project
from tests.portfolio.rounds.making import City, link_of, opened, plan, work


def test_the_result_hides_what_the_reader_may_not_see(city: City, client_of: Any) -> None:
    from leitstand.portfolio.actions.rounds.closing import close_round

    row = opened()
    for state in ("open", "closed"):
        for role in ("digital-unit", "member", "auditor", "emergency"):
            html = (
                client_of(role, None if role != "member" else city.units["10"])
                .get(f"/statusrunden/{row.pk}/")
                .content.decode()
            )
            assert "Geheimsache" not in html, (state, role)
            assert "Vorhaben 1" in html
        if state == "open":
            close_round(row.pk, actor=SYSTEM)


def test_start_page_and_list_say_how_far_a_round_is(
    city: City, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    from leitstand.portfolio.queries.rounds import progress

    row = opened()
    mine = row.requests.filter(person=city.anna).first()
    Client().post(f"{link_of(city.anna)}{mine.pk}/", {"version": "1", "unchanged": "1"})
    opened(title="Nur dort", unit=city.units["20"])
    reader = client_of("member", city.units["10"])
    for address in ("/", "/statusrunden/"):
        html = reader.get(address).content.decode()
        assert "1 von 4" in html, address
        assert "Geheimsache" not in html
    assert "Nur dort" not in reader.get("/").content.decode()
    councillor = client_of("councillor").get("/statusrunden/").content.decode()
    assert "/meldungen/" not in councillor and "/vertretungen/" not in councillor
    with django_assert_max_num_queries(1):
        found = progress(type(row).objects.all(), SYSTEM)
    assert found[row.pk] == (1, 5) and len(found) == 2


def test_closing_asks_first_and_says_who_is_silent(city: City, client_of: Any) -> None:
    row = opened()
    client = client_of("digital-unit")
    html = client.get(f"/statusrunden/{row.pk}/schliessen/").content.decode()
    assert "4 von 4 Vorhaben sind nicht gemeldet" in html, "a hidden project is not counted"
    row.refresh_from_db()
    assert row.state == "open"
    client.post(f"/statusrunden/{row.pk}/schliessen/")
    row.refresh_from_db()
    assert row.state == "closed"


def test_an_open_round_without_requests_yet_says_so_and_another_open_one_is_named(
    city: City, client_of: Any
) -> None:
    from leitstand.portfolio.actions.rounds.setup import open_round

    opened(title="Erste Runde")
    row = plan(title="Zweite Runde")
    open_round(row.pk, actor=SYSTEM)
    client = client_of("digital-unit")
    html = client.get(f"/statusrunden/{row.pk}/").content.decode()
    assert "Alle haben geantwortet" not in html and "Noch niemand gefragt" in html
    assert "„Erste Runde“ (Antworten bis 30.11.2026): 5 Vorhaben in beiden" not in html
    assert "„Erste Runde“ (Antworten bis 30.11.2026): 4 Vorhaben in beiden" in html, "the secret one is hidden"


def test_the_page_tells_of_the_latest_e_mail(city: City, client_of: Any) -> None:
    """What became of the last reminder counts, not of the invitation weeks ago."""
    from leitstand.portfolio.actions.rounds import reminding

    row = opened()
    Mail.objects.update(state=Mail.State.FAILED)
    lines = list(row.requests.select_related("person"))
    before = reminding.mail_states(row, lines)
    reminding.remind(row.pk, actor=SYSTEM)
    work()
    after = reminding.mail_states(row, lines)
    assert set(before) == set(after) == {city.anna.pk, city.other.pk}
    assert all(before[key] != after[key] for key in before)


def test_only_managers_write(city: City, client_of: Any) -> None:
    from leitstand.portfolio.actions.rounds import closing, setup

    row = opened()
    client = client_of("member", city.units["10"])
    request = row.requests.first()
    for path in (
        "bearbeiten/",
        "oeffnen/",
        "schliessen/",
        "erinnern/",
        "absagen/",
        f"melden/{request.pk}/",
    ):
        assert client.post(f"/statusrunden/{row.pk}/{path}").status_code == 403, path
    assert client.get("/statusrunden/neu/").status_code == 403
    from leitstand.core.accounts.identity import of_account

    for action in (setup.open_round, closing.close_round):
        with pytest.raises(NotAllowed):
            action(row.pk, actor=of_account(client.account))


def test_a_coordinator_reports_on_behalf_of_somebody(city: City, client_of: Any) -> None:
    row = opened()
    request = row.requests.get(project=city.orphan)
    client = client_of("digital-unit")
    url = f"/statusrunden/{row.pk}/melden/{request.pk}/"
    assert "im Namen" in client.get(url).content.decode()
    assert client.post(url, {"version": "1", "unchanged": "1"}).status_code == 302
    assert city.orphan.status_reports.get().way == "others"
    assert (
        client.post(
            url.replace(str(request.pk), str(row.requests.get(project=city.secret).pk))
        ).status_code
        == 404
    )


def test_queries_of_the_answer_page_do_not_grow(
    city: City, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    opened()
    url = link_of(city.anna)
    with CaptureQueriesContext(
        connection,
    ) as few:
        Client().get(url)
    for n in range(4, 12):
        lead(make_project(city.units["10"], f"Vorhaben {n}", phase="running"), city.anna)
    opened(title="Größer")
    with CaptureQueriesContext(connection) as many:
        Client().get(link_of(city.anna))
    assert len(many) <= len(few) + 1


def test_all_reports_of_a_project_for_those_who_see_it(city: City, client_of: Any) -> None:
    opened()
    Client().post(link_of(city.anna))
    page = client_of("member", city.units["10"]).get(
        f"/vorhaben/{city.projects[0].pk}/statusmeldungen/"
    )
    assert "Status Herbst" in page.content.decode()
    hidden = client_of("member", city.units["10"]).get(
        f"/vorhaben/{city.secret.pk}/statusmeldungen/"
    )
    assert hidden.status_code == 404
    profile = client_of("digital-unit").get(f"/vorhaben/{city.projects[0].pk}/").content.decode()
    assert f"/vorhaben/{city.projects[0].pk}/statusmeldungen/" in profile


def test_api_answers_ones_own_requests_only(city: City, api_client: Any, account: Any) -> None:
    from leitstand.portfolio.actions.rounds.closing import close_round
    from tests.portfolio.talking import call, read

    row = opened()
    client = api_client("project-lead", city.units["10"])
    client_account(client).objects.filter(pk=client_pk(client)).update(person=city.anna)
    asked = read(client, "/me/reports")
    assert asked["total"] == 3
    mine = asked["items"][0]
    body = {"lights": {"cost": {"light": "red"}}, "summary": "Teurer"}
    url = f"/me/reports/{mine['id']}"
    assert call(client, "POST", url, body).status_code == 428
    assert call(client, "POST", url, body, if_match="1").status_code == 422
    body["lights"]["cost"]["reason"] = "Preis gestiegen"
    made = call(client, "POST", url, body, if_match="1")
    assert (made.status_code, made.json()["light"]) == (201, "red")
    assert call(client, "POST", url, body, if_match="1").status_code in (409, 412)
    foreign = row.requests.get(project=city.secret)
    assert call(client, "POST", f"/me/reports/{foreign.pk}", body, if_match="1").status_code == 404
    reports = read(client, f"/projects/{mine['project']['id']}/reports")
    assert reports["items"][0]["summary"] == "Teurer"
    close_round(row.pk, actor=SYSTEM)
    assert read(client, "/rounds")["items"][0]["state"] == "closed"
    titles = {r["title"] for r in read(client, f"/rounds/{row.pk}/results")["items"]}
    assert "Geheimsache" not in titles and "Vorhaben 1" in titles
    assert read(client, "/me/reports")["total"] == 0


def client_account(client: Any) -> Any:
    from leitstand.core.accounts.models import Account

    return Account


def client_pk(client: Any) -> Any:
    from tests.portfolio.talking import read

    return read(client, "/me")["id"]
