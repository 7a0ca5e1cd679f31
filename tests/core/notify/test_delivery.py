"""E-mails over a real server: each once, whatever it does."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.core.notify.conftest import SYSTEM, work

from leitstand.core.base import actions as instance
from leitstand.core.base import clock
from leitstand.core.jobs import lives
from leitstand.core.notify import actions, queries, smtp
from leitstand.core.notify.actions import outbox
from leitstand.core.notify.models import Mail, Notification

pytestmark = pytest.mark.django_db(transaction=True)


def states() -> dict[str, str]:
    return dict(Mail.objects.values_list("key", "state"))


def test_what_arrives(server: Any, notice: Any, account: Any) -> None:
    who = account("member", email="ina@stadt.example")
    sent = actions.send(
        notice("a", account_id=who.id, subject="Prüfung für „Bürgerbüro“\r\nBcc: alle@stadt.example",
               text="Grüße\n.\nEnde", url="/vorhaben/")
    )  # fmt: skip
    assert sent == 1
    work()
    (got,) = server.got
    assert got["To"] == "ina@stadt.example"
    assert got["Bcc"] is None
    assert got["Subject"] == "Prüfung für „Bürgerbüro“ Bcc: alle@stadt.example"
    assert got["From"] == "Leitstand <leitstand@stadt.example>"
    assert got["Auto-Submitted"] == "auto-generated"
    mail = Mail.objects.get()
    assert got["Message-ID"] == f"<{mail.pk.hex}@leitstand.stadt.example>"
    assert got["Content-Transfer-Encoding"] == "quoted-printable"
    assert abs((got["Date"].datetime - clock.now()).total_seconds()) < 30
    text = got.get_content().replace("\r\n", "\n")
    assert text.startswith("Grüße\n.\nEnde\n\nhttp://127.0.0.1:8000/vorhaben/\n")
    assert "/mitteilungen/einstellungen/" in text
    assert mail.state == "sent" and mail.sent_at
    assert queries.state_of(["a"])["a"].state == "sent"


def test_the_same_key_tells_once(server: Any, notice: Any) -> None:
    assert actions.send(notice("a", "ina@stadt.example"), notice("a", "ute@stadt.example")) == 1
    assert actions.send(notice("a", "ina@stadt.example"), notice("b", "ute@stadt.example")) == 1
    work()
    assert server.receivers == ["ina@stadt.example", "ute@stadt.example"]


def test_nothing_leaves_if_the_action_fails(server: Any, notice: Any) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.send(notice("a", "ina@stadt.example"))
        raise RuntimeError
    work()
    assert server.got == []
    assert not Notification.objects.exists()


def test_refusals_are_kept_with_the_servers_words(server: Any, notice: Any) -> None:
    names = ("nein", "spaeter", "voll", "gut")
    actions.send(*(notice(name, f"{name}@stadt.example") for name in names))
    work()
    assert states() == {"nein": "rejected", "spaeter": "waiting", "voll": "rejected", "gut": "sent"}
    reasons = {key: found.reason for key, found in queries.state_of(names).items()}
    assert reasons["nein"] == "550 5.1.1 mailbox unknown"
    assert "greylisted" in reasons["spaeter"]
    assert "mailbox full" in reasons["voll"]


def test_it_is_tried_again_with_growing_pauses_and_given_up_once(server: Any, notice: Any) -> None:
    actions.send(notice("a", "spaeter@stadt.example"))
    pauses = []
    for _number in range(outbox.MAX_ATTEMPTS):
        outbox.ask_for_sending()
        work()
        mail = Mail.objects.get()
        pauses.append(round((mail.next_at - clock.now()).total_seconds() / 60))
        Mail.objects.update(next_at=clock.now())
    assert pauses[:6] == [1, 2, 5, 10, 30, 60]
    assert states() == {"a": "failed"}


def test_a_connection_that_breaks_costs_nobody_a_mail(server: Any, notice: Any) -> None:
    actions.send(notice("weg", "weg@stadt.example"), notice("stumm", "stumm@stadt.example"),
                 notice("gut", "gut@stadt.example"))  # fmt: skip
    work()
    # handed over, but never confirmed: it may have arrived, so it is not sent again by itself
    assert states() == {"weg": "waiting", "stumm": "uncertain", "gut": "sent"}
    Mail.objects.update(next_at=clock.now())
    outbox.tidy()
    work()
    assert server.receivers == ["gut@stadt.example", "stumm@stadt.example"]


def test_a_server_that_is_down_lets_all_wait(server: Any, notice: Any) -> None:
    server.stop()
    actions.send(notice("a", "ina@stadt.example"), notice("b", "ute@stadt.example"))
    work()
    assert states() == {"a": "waiting", "b": "waiting"}
    assert outbox.is_resting()
    assert "refused" in outbox.paused()["said"].lower()
    outbox.tidy()
    work()
    assert outbox.paused()["failures"] == 1, "not asked before the pause is over"
    server.start()
    instance.remember(outbox.PAUSE, '{"failures": 1}')
    outbox.tidy()
    work()
    assert states() == {"a": "sent", "b": "sent"}
    assert outbox.paused() == {}


def test_our_own_address_refused_is_no_fault_of_the_receivers(server: Any, notice: Any) -> None:
    (server.folder / "absender-nein").touch()
    actions.send(notice("a", "ina@stadt.example"))
    work()
    assert states() == {"a": "waiting"}
    assert "sender refused" in outbox.paused()["said"]


def test_a_hanging_server_is_left_after_a_while(server: Any, notice: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_S", 0.5)
    actions.send(notice("a", "langsam@stadt.example"), notice("b", "gut@stadt.example"))
    begun = time.monotonic()
    work()
    assert time.monotonic() - begun < 10
    assert states() == {"a": "uncertain", "b": "sent"}


def test_a_signed_link_is_forgotten_once_it_was_sent(server: Any, notice: Any) -> None:
    actions.send(notice("a", "ina@stadt.example", mail_text="Ihr Link: /s/geheim"))
    assert "geheim" in Mail.objects.get().body
    work()
    assert "geheim" in server.got[0].get_content()
    assert Mail.objects.get().body == ""
    assert "geheim" not in str(Notification.objects.values().get())


def test_what_has_lost_its_meaning_is_not_sent(server: Any, notice: Any) -> None:
    actions.send(notice("a", "ina@stadt.example", mail_text="x", expires=clock.now() - timedelta(minutes=1)))
    work()
    mail = Mail.objects.get()
    assert (mail.state, mail.cause, mail.body) == ("skipped", "expired", "")
    assert server.got == []


@pytest.mark.parametrize(
    ("address", "cause"),
    [("", "no_address"), ("kein-at", "bad_address"), ("a@b.de\r\nRCPT TO:<x@y.de>", "bad_address"),
     ("müller@stadt.example", "bad_address")],
)  # fmt: skip
def test_unusable_addresses(server: Any, notice: Any, address: str, cause: str) -> None:
    actions.send(notice("a", address))
    work()
    mail = Mail.objects.get()
    assert (mail.state, mail.cause) == ("skipped", cause)
    assert queries.state_of(["a"])["a"].reason


def test_without_a_server_nothing_waits(notice: Any) -> None:
    actions.send(notice("a", "ina@stadt.example"))
    assert Mail.objects.get().cause == "no_server"


def test_queries_grow_by_batches_alone(server: Any, notice: Any, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(30):
        actions.send(*(notice(f"k{n}", f"p{n}@stadt.example") for n in range(400)))


def test_killed_in_the_middle_means_unclear_and_never_twice(
    server: Any, notice: Any, monkeypatch: Any
) -> None:
    """What the dead worker was sending stays; everything else goes on."""
    actions.send(notice("a", "ina@stadt.example"), notice("b", "ute@stadt.example"))
    first = Mail.objects.get(key="a")
    outbox.claim(first.pk)
    monkeypatch.setattr(lives, "has_ended", lambda name: True)
    work()
    assert states() == {"a": "uncertain", "b": "sent"}
    for _again in range(3):
        outbox.tidy()
        work()
    assert server.receivers == ["ute@stadt.example"]
    with pytest.raises(Exception, match="."):
        actions.resend(Mail.objects.get(key="b").pk, actor=SYSTEM)
    actions.resend(first.pk, actor=SYSTEM)
    work()
    assert server.receivers == ["ina@stadt.example", "ute@stadt.example"]

