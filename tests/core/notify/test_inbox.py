"""Notices on the page, by interface, and in the daily e-mail."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from tests.core.notify.conftest import work

from leitstand.core.base import clock
from leitstand.core.jobs.models import Job
from leitstand.core.notify import actions, digest, queries
from leitstand.core.notify.models import Mail, Notification

pytestmark = pytest.mark.django_db(transaction=True)
BERLIN = ZoneInfo("Europe/Berlin")


def test_somebody_elses_notice_is_not_found(client_of: Any, notice: Any) -> None:
    mine, other = client_of("member"), client_of("member")
    actions.send(notice("a", account_id=other.account.id, subject="Geheimes Vorhaben", url="/vorhaben/"))
    row = Notification.objects.get()
    assert b"Geheimes" not in mine.get("/mitteilungen/?alle=1").content
    assert mine.get(f"/mitteilungen/{row.id}/").status_code == 404
    assert mine.post("/mitteilungen/gelesen/", {"id": str(row.id)}).status_code == 404
    assert mine.post("/mitteilungen/gelesen/", {"what": "all"}).status_code == 302
    assert queries.unread_count(other.account.id) == 1
    assert b"Geheimes" in other.get("/mitteilungen/").content
    opened = other.get(f"/mitteilungen/{row.id}/")
    assert (opened.status_code, opened["Location"]) == (302, "/vorhaben/")
    assert queries.unread_count(other.account.id) == 0


def test_visitors_are_sent_to_the_log_in(client: Any) -> None:
    for name in ("notices", "notice_preferences", "outbox"):
        assert client.get(reverse(f"administration:{name}"))["Location"].startswith("/konto/anmelden/")


def test_the_header_counts_with_one_query(client_of: Any, notice: Any, django_assert_num_queries: Any) -> None:
    mine = client_of("member")
    actions.send(*(notice(f"k{n}", account_id=mine.account.id) for n in range(3)))
    with django_assert_num_queries(1):
        assert queries.unread_count(mine.account.id) == 3
    assert '<span class="ls-count">3</span>' in mine.get("/mein-konto/").content.decode()
    mine.post("/mitteilungen/gelesen/", {"what": "all"})
    assert '<span class="ls-count">' not in mine.get("/mein-konto/").content.decode()


def test_pages_do_not_cost_more_with_more_notices(client_of: Any, notice: Any) -> None:
    mine = client_of("member")

    def cost() -> int:
        answer = mine.get("/mitteilungen/?alle=1")
        return int(answer.headers["Server-Timing"].rsplit('"', 2)[1])

    actions.send(notice("a", account_id=mine.account.id))
    cost()
    before = cost()
    actions.send(*(notice(f"k{n}", account_id=mine.account.id) for n in range(40)))
    assert cost() == before


def test_a_link_to_elsewhere_is_not_followed(client_of: Any, notice: Any) -> None:
    mine = client_of("member")
    actions.send(notice("a", account_id=mine.account.id, url="//boese.example/"))
    row = Notification.objects.get()
    assert mine.get(f"/mitteilungen/{row.id}/")["Location"] == "/mitteilungen/"


def test_people_choose_how_they_hear(server: Any, client_of: Any, notice: Any) -> None:
    mine = client_of("member")
    chosen = queries.channels_of(mine.account.id)
    answer = mine.post("/mitteilungen/einstellungen/", {**chosen, "test.mail": "page"})
    assert answer.status_code == 302
    actions.send(notice("a", account_id=mine.account.id), notice("b", account_id=mine.account.id, urgent=True),
                 notice("c", "ina@stadt.example"))  # fmt: skip
    assert sorted(Mail.objects.values_list("key", flat=True)) == ["b", "c"]
    assert queries.unread_count(mine.account.id) == 2
    assert queries.state_of(["a"])["a"].state == "skipped"
    answer = mine.post("/mitteilungen/einstellungen/", {**chosen, "test.mail": "brieftaube"})
    assert answer.status_code == 200


def test_a_person_with_an_account_sees_it_on_the_page_too(server: Any, account: Any, unit_tree: Any, notice: Any) -> None:
    from tests.conftest import SYSTEM

    from leitstand.core.org.actions import create_person

    with_account, without = (
        create_person(actor=SYSTEM, given_name=n, family_name="Blau", unit=unit_tree["10"], email=f"{n}@stadt.example")
        for n in ("ina", "ute")
    )
    owner = account("member", person=with_account, email="ina.konto@stadt.example")
    actions.send(notice("a", person_id=with_account.id), notice("b", person_id=without.id))
    work()
    assert server.receivers == ["ina.konto@stadt.example", "ute@stadt.example"]
    assert queries.unread_count(owner.id) == 1


def at(monkeypatch: Any, *moment: int, fold: int = 0) -> None:
    here = datetime.datetime(*moment, tzinfo=BERLIN, fold=fold)  # type: ignore[arg-type]
    monkeypatch.setattr(clock, "now", lambda: here.astimezone(datetime.UTC))


def asked() -> int:
    digest.ask_when_due()
    return Job.objects.filter(kind=digest.DIGEST).count()


def test_the_daily_mail_leaves_once(server: Any, account: Any, notice: Any, monkeypatch: Any) -> None:
    who = account("member", email="ina@stadt.example")
    actions.send(*(notice(f"k{n}", kind="test.digest", account_id=who.id, subject=f"Sache {n}", url=f"/s/{n}/")
                   for n in range(3)))  # fmt: skip
    assert not Mail.objects.exists()
    actions.mark_read(Notification.objects.get(key="k1").pk, actor=_actor(who))
    at(monkeypatch, 2026, 11, 27, 6, 59)
    assert asked() == 0
    at(monkeypatch, 2026, 11, 27, 7, 0)
    assert asked() == 1
    assert asked() == 1, "the same day once"
    work()
    job = Job.objects.get(kind=digest.DIGEST)
    Job.objects.filter(pk=job.pk).update(state="queued")  # killed at the end and run again
    Notification.objects.filter(account=who).update(digest_due=True)
    work()
    assert Mail.objects.count() == 1
    work()
    (got,) = server.got
    assert "Sache 0" in got.get_content() and "/s/2/" in got.get_content()
    assert "Sache 1" not in got.get_content(), "already read"
    actions.send(notice("neu", kind="test.digest", account_id=who.id))
    at(monkeypatch, 2026, 11, 28, 9, 0)  # a Saturday
    assert asked() == 1
    at(monkeypatch, 2026, 11, 30, 7, 5)
    assert asked() == 2


def test_what_comes_in_after_a_kill_waits_for_the_next_day(account: Any, notice: Any, monkeypatch: Any) -> None:
    who = account("member", email="ina@stadt.example")
    at(monkeypatch, 2026, 11, 26, 7, 0)
    actions.send(notice("a", kind="test.digest", account_id=who.id))
    digest.ask_when_due()
    work()
    Job.objects.filter(kind=digest.DIGEST).update(state="queued")  # killed after the first mail
    actions.send(notice("b", kind="test.digest", account_id=who.id, subject="Kam dazwischen"))
    work()
    assert Mail.objects.count() == 1
    at(monkeypatch, 2026, 11, 27, 7, 0)
    digest.ask_when_due()
    work()
    assert "Kam dazwischen" in Mail.objects.latest("pk").body


def test_the_change_of_summer_time(account: Any, notice: Any, monkeypatch: Any, client_of: Any) -> None:
    """A time that does not exist on that day is made up for; one that comes twice counts once."""
    who = account("member", email="ina@stadt.example")
    answer = client_of("admin").post("/verwaltung/postausgang/zeit/", {"daily_at": "02:30", "daily_days": list("1234567")})
    assert answer.status_code == 302
    actions.send(notice("a", kind="test.digest", account_id=who.id))
    at(monkeypatch, 2026, 3, 29, 1, 59)
    assert asked() == 0
    at(monkeypatch, 2026, 3, 29, 3, 0)
    assert asked() == 1
    at(monkeypatch, 2026, 10, 25, 2, 30)
    assert asked() == 2
    at(monkeypatch, 2026, 10, 25, 2, 30, fold=1)
    assert asked() == 2


def _actor(account: Any) -> Any:
    from leitstand.core.accounts.identity import of_account

    return of_account(account)


def test_the_outbox_says_what_became_but_never_what_was_said(server: Any, client_of: Any, notice: Any) -> None:
    admin = client_of("admin")
    actions.send(notice("a", "nein@stadt.example", subject="Streng geheimer Betreff", text="Streng geheimer Text"))
    work()
    page = admin.get("/verwaltung/postausgang/?zustand=rejected").content.decode()
    assert "nein@stadt.example" in page and "mailbox unknown" in page and "vom Server abgelehnt" in page
    assert "geheim" not in page
    row = Mail.objects.get()
    ask = admin.get(f"/verwaltung/postausgang/{row.id}/").content.decode()
    assert "geheim" not in ask
    member = client_of("member")
    assert member.get("/verwaltung/postausgang/").status_code == 403
    assert member.post(f"/verwaltung/postausgang/{row.id}/").status_code == 403
    assert admin.post(f"/verwaltung/postausgang/{row.id}/").status_code == 302
    assert Mail.objects.get().state == "waiting"
    assert Mail.objects.get().state == "waiting"


def test_interface(api_client: Any, notice: Any) -> None:
    mine, other = api_client("member"), api_client("member")
    actions.send(notice("a", account_id=mine.account.id), notice("b", account_id=other.account.id))
    listed = mine.get("/api/v1/me/notices?unread=true").json()
    assert [row["subject"] for row in listed["items"]] == ["Stand erbeten"]
    first = listed["items"][0]["id"]
    theirs = other.get("/api/v1/me/notices").json()["items"][0]["id"]
    assert mine.post(f"/api/v1/me/notices/{theirs}/read", {"read": True}, "application/json").status_code == 404
    done = mine.post(f"/api/v1/me/notices/{first}/read", {"read": True}, "application/json")
    assert done.json()["read_at"]
    assert mine.get("/api/v1/me/notices?unread=true").json()["total"] == 0
    assert mine.post("/api/v1/me/notices/read-all").json() == {"marked": 0}
    changed = mine.patch("/api/v1/me/notices/channels", [{"kind": "test.mail", "channel": "page"}], "application/json")
    assert {"kind": "test.mail", "channel": "page"} in changed.json()
    wrong = mine.patch("/api/v1/me/notices/channels", [{"kind": "gibt.es.nicht", "channel": "page"}], "application/json")
    assert wrong.status_code == 422
    reader = api_client("member", scope="read")
    assert reader.post("/api/v1/me/notices/read-all").status_code == 403
