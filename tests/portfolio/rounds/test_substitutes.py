"""Who stands in for whom: named, ended, refused; what a substitute may and may not answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from leitstand.core.notify.models import Mail, Notification
from leitstand.core.policy.actions import assign_role
from leitstand.portfolio.models import Substitution
from tests.portfolio.making import SYSTEM, form_of, lead, make_person, make_project
from tests.portfolio.rounds.making import TODAY, City, link_of, opened, work
from tests.portfolio.views import words

HOME, NEW = "/vertretungen/", "/vertretungen/neu/"
DAYS = {"valid_from": "20.11.2026", "valid_until": "04.12.2026"}


def anna_of(client_of: Any, city: City, role: str = "project-lead") -> Client:
    return client_of(role, city.units["10"], person=city.anna)


def paula_of(city: City, **values: Any) -> Any:
    given = {"email": "paula@example.org"} | values
    return make_person(city.units["10"], "Paula", "Ersatz", **given)


def name(person: Any, substitute: Any, first: date = TODAY, last: date = TODAY) -> Substitution:
    from leitstand.portfolio.actions.rounds.substituting import name_substitute

    return name_substitute(
        actor=SYSTEM, person=person, substitute=substitute, valid_from=first, valid_until=last
    )


def test_one_names_her_substitute_and_ends_it(city: City, client_of: Any) -> None:
    from leitstand.core.audit.models import AuditEvent

    paula_of(city)
    anna = anna_of(client_of, city)
    assert "Keine Vertretungen" in words(anna.get(HOME).content.decode())
    page = anna.get(NEW).content.decode()
    assert 'name="person"' not in page, "one names a substitute for oneself alone"
    values = {"substitute": "Paula Ersatz", **DAYS}
    assert anna.post(NEW, values).status_code == 302
    row = Substitution.objects.get()
    assert (row.person, str(row.substitute), row.valid_until) == (
        city.anna,
        "Paula Ersatz",
        date(2026, 12, 4),
    )
    told = {m.address: m.body for m in Mail.objects.all()}
    assert set(told) == {"paula@example.org"} and "Anna Berg" in told["paula@example.org"]
    event = AuditEvent.objects.get(type="portfolio.substitution.named")
    assert "Paula" not in str(event.changes) and "Paula" in str(event.personal.details)
    url = f"/vertretungen/{row.pk}/beenden/"
    shown = anna.get(HOME).content.decode()
    assert url in shown and "gilt" in words(shown)
    stale = form_of(anna.get(url).content.decode())
    Substitution.objects.update(version=7)
    assert anna.post(url, stale).status_code == 422, "somebody else was faster"
    assert anna.post(url, form_of(anna.get(url).content.decode())).status_code == 302
    assert not Substitution.objects.exists(), "it had begun today, so nothing of it is left"
    assert anna.get(url).status_code == 404


def test_what_does_not_fit_is_told_at_the_field(city: City, client_of: Any) -> None:
    paula, gone = paula_of(city), make_person(city.units["10"], "Gerda", "Fort")
    leave(gone)
    make_person(city.units["10"], "Ohne", "Adresse")
    name(city.anna, paula, date(2027, 1, 4), date(2027, 1, 8))
    anna = anna_of(client_of, city)
    for values, text in (
        ({"substitute": "Anna Berg"}, "Niemand vertritt sich selbst"),
        ({"substitute": "Gerda Fort"}, "„Gerda Fort“"),
        ({"substitute": "Ohne Adresse"}, "weder E-Mail-Adresse noch Konto"),
        ({"valid_until": "19.11.2026"}, "vor dem ersten"),
        ({"valid_from": "01.11.2026", "valid_until": "10.11.2026"}, "ist vorbei"),
        ({"valid_until": "01.12.2028"}, "Höchstens ein Jahr"),
        ({"valid_from": "1.2.3.4"}, "Erster Tag"),
        (
            {"valid_from": "30.12.2026", "valid_until": "04.01.2027"},
            "vertritt bereits vom 04.01.2027",
        ),
    ):
        answer = anna.post(NEW, {"substitute": "Paula Ersatz", **DAYS, **values})
        assert answer.status_code == 422, values
        assert text in words(answer.content.decode()), values
    assert Substitution.objects.count() == 1


def leave(person: Any) -> None:
    """The person has left the city."""
    type(person).objects.filter(pk=person.pk).update(active=False)
    person.refresh_from_db()


def test_inactive_people_are_refused_by_the_action(city: City) -> None:
    from leitstand.core.base.errors import Invalid

    gone = paula_of(city)
    leave(gone)
    for pair, field in (((city.anna, gone), "substitute"), ((gone, city.anna), "person")):
        with pytest.raises(Invalid) as caught:
            name(*pair)
        assert list(caught.value.errors) == [field]


def test_who_may_what(city: City, client_of: Any, api_client: Any) -> None:
    paula = paula_of(city)
    row = name(city.anna, paula, TODAY, TODAY + timedelta(days=3))
    end = f"/vertretungen/{row.pk}/beenden/"
    sent = {
        "person": "Anna Berg",
        "substitute": "Paula Ersatz",
        "valid_from": "1.1.2027",
        "valid_until": "2.1.2027",
    }
    for role, unit in (
        ("member", "20"),
        ("unit-head", "10"),
        ("digital-unit", "10"),
        ("auditor", None),
    ):
        client = client_of(role, city.units[unit] if unit else None)
        assert "Paula" not in client.get(HOME).content.decode(), role
        assert client.get(NEW).status_code == client.post(NEW, sent).status_code == 403, role
        assert client.get(end).status_code == client.post(end, {"version": 1}).status_code == 404, (
            role
        )
    assert Client().get(HOME).status_code == Client().post(NEW, sent).status_code == 302
    stands_in = client_of("member", city.units["10"], person=paula)
    assert "Anna Berg" in stands_in.get(HOME).content.decode()
    assert stands_in.post(end, {"version": 1}).status_code == 403, "only whose it is ends it"
    unit = client_of("digital-unit")
    assert "Paula Ersatz" in unit.get(HOME).content.decode()
    assert unit.post(NEW, sent).status_code == 302
    told = Notification.objects.filter(subject="Vertretung bei Statusmeldungen")
    assert set(told.values_list("person_id", flat=True)) == {city.anna.pk, paula.pk}
    assert unit.post(end, {"version": 1}).status_code == 302
    assert Substitution.objects.count() == 1


def test_a_substitute_answers_what_she_may_see_and_no_more(city: City, client_of: Any) -> None:
    paula = paula_of(city)
    secret = make_project(city.units["10"], "Vertrauliches", phase="running", confidentiality=2)
    lead(secret, city.anna)
    name(city.anna, paula)
    row = opened()
    mail = Mail.objects.filter(address="paula@example.org").latest("pk")
    assert mail.subject == "In Vertretung: Stand von 3 Vorhaben zum 20.11.2026", (
        "the confidential one is not counted for her"
    )
    client = Client(headers={"accept-language": "de"})
    url = link_of(paula)
    html = client.get(url).content.decode()
    assert "Vorhaben 1" in html and "Vertrauliches" not in html
    hidden = row.requests.get(project=secret)
    assert client.post(f"{url}{hidden.pk}/", {"version": "1", "unchanged": "1"}).status_code == 404
    logged_in = client_of("member", city.units["10"], person=paula)
    mine = logged_in.get("/meldungen/").content.decode()
    assert "Vorhaben 1" in mine and "Vertrauliches" not in mine and "Anna Berg" in mine
    assign_role(logged_in.account, "unit-head", actor=SYSTEM, unit=city.units["10"])
    assert "Vertrauliches" in client.get(url).content.decode(), "now she may see it anyway"
    assert client.post(url).status_code == 302
    assert not row.requests.filter(person=city.anna, answered_at=None).exists()
    assert city.projects[0].status_reports.get().person == paula


def test_the_link_ends_with_the_substitution(city: City) -> None:
    from leitstand.portfolio.actions.rounds.substituting import end_substitution

    paula = paula_of(city)
    standing_in = name(city.anna, paula)
    row = opened()
    url, own = link_of(paula), link_of(city.anna)
    client = Client(headers={"accept-language": "de"})
    assert client.get(url).status_code == 200
    end_substitution(standing_in.pk, actor=SYSTEM, version=1)
    page = client.get(url)
    assert page.status_code == 410
    assert "vertreten Anna Berg nicht mehr" in words(page.content.decode())
    mine = row.requests.filter(person=city.anna).first()
    late = client.post(f"{url}{mine.pk}/", {"version": "1", "unchanged": "1"})
    assert late.status_code == 409
    assert not mine.project.status_reports.exists()
    assert Client().get(own).status_code == 200


def test_named_while_a_round_is_open_she_gets_the_link_once(
    city: City, at: Any
) -> None:
    from leitstand.portfolio.actions.rounds.sending import call_in_substitutes

    at(TODAY, 12)
    opened()
    paula = paula_of(city)
    name(city.anna, paula, TODAY + timedelta(days=1), TODAY + timedelta(days=5))
    before = Mail.objects.count()
    assert call_in_substitutes() == 0, "it begins tomorrow"
    at(TODAY + timedelta(days=1), 0, 1)
    assert call_in_substitutes() == 0, "nobody is written to at night"
    at(TODAY + timedelta(days=1), 8)
    assert [call_in_substitutes(), call_in_substitutes()] == [1, 0]
    assert Mail.objects.count() == before + 1
    assert "Vorhaben 3" in Client().get(link_of(paula)).content.decode()
    idle = paula_of(city, email="idle@example.org")
    name(
        city.other, idle, TODAY, TODAY + timedelta(days=1)
    )  # only a strictly confidential project: nothing for her
    assert call_in_substitutes() == 0


def test_they_are_forgotten_a_year_after_their_end(city: City) -> None:
    from datetime import UTC, datetime

    from leitstand.core.privacy.registry import retention_kinds

    name(city.anna, paula_of(city), TODAY, TODAY + timedelta(days=5))
    kind = retention_kinds["substitutions"]
    assert kind.months == 12
    assert not kind.due(datetime(2026, 11, 25, tzinfo=UTC)).exists(), "it holds until that day"
    keys = list(kind.due(datetime(2026, 11, 26, tzinfo=UTC)).values_list("pk", flat=True))
    assert [kind.remove(keys), kind.remove(keys)] == [1, 0]


def test_queries_of_the_list_do_not_grow(
    city: City, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    paula, unit = paula_of(city), client_of("digital-unit")

    def number(first: int, last: int) -> int:
        for n in range(first, last):
            name(
                city.anna, paula, TODAY + timedelta(days=10 * n), TODAY + timedelta(days=10 * n + 1)
            )
        with CaptureQueriesContext(connection) as seen:
            unit.get(HOME)
        return len(seen)

    number(0, 2)
    assert number(2, 3) == number(3, 9)


def test_api(city: City, api_client: Any, client_of: Any) -> None:
    from leitstand.core.accounts.models import Account
    from tests.portfolio.talking import call, read

    paula, client = paula_of(city), api_client("project-lead", city.units["10"])
    body = {"substitute": str(paula.pk), "valid_from": "2026-11-20", "valid_until": "2026-11-30"}
    assert call(client, "POST", "/substitutions", body).status_code == 422, (
        "the account has no person"
    )
    Account.objects.filter(pk=client.account.pk).update(person=city.anna)
    made = call(client, "POST", "/substitutions", body)
    assert made.status_code == 201, made.content
    assert call(client, "POST", "/substitutions", body).status_code == 422, "overlapping"
    other = {**body, "person": str(city.other.pk)}
    assert call(client, "POST", "/substitutions", other).status_code == 403
    (row,) = read(client, "/substitutions")["items"]
    assert (row["person"]["name"], row["substitute"]["name"]) == ("Anna Berg", "Paula Ersatz")
    url = f"/substitutions/{row['id']}"
    assert call(client, "DELETE", url).status_code == 428
    assert call(client, "DELETE", url, if_match="9").status_code == 412
    reading = api_client("digital-unit", scope="read")
    assert read(reading, "/substitutions")["total"] == 0, "a token for reading manages nothing"
    assert call(reading, "DELETE", url, if_match="1").status_code == 403
    assert call(client, "DELETE", url, if_match="1").status_code == 204
    assert call(client, "DELETE", url, if_match="1").status_code == 404
    opened()
    work()
