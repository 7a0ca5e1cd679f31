"""Delivery status notifications, as a mail server passes them on."""

from __future__ import annotations

import io
import sys
import uuid
from typing import Any

import pytest
from tests.core.notify.conftest import work

from leitstand.core.base.actor import Actor
from leitstand.core.cli import mail as command
from leitstand.core.notify import actions, bounces, queries
from leitstand.core.notify.actions import outbox
from leitstand.core.notify.models import Mail

BOUNCE = """\
From: MAILER-DAEMON@mx.stadt.example
To: leitstand@stadt.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.stadt.example

Final-Recipient: rfc822; ina@stadt.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ina@stadt.example>: user unknown

--B
Content-Type: {kind}

From: Leitstand <leitstand@stadt.example>
Message-ID: {message_id}
Subject: x

--B--
"""


def text(number: str, *, action: str = "failed", kind: str = "message/rfc822") -> bytes:
    made = BOUNCE.format(action=action, kind=kind, message_id=f"<{number}@leitstand.stadt.example>")
    return made.encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_notification_is_read(kind: str) -> None:
    number = uuid.uuid4()
    found = bounces.read(text(number.hex, kind=kind))
    assert found is not None
    assert (found.mail_id, found.final) == (number, True)
    assert found.said == "5.1.1 550 5.1.1 <ina@stadt.example>: user unknown"


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\xff" * 1000, b"Subject: Abwesend\n\nIch bin im Urlaub.", text("keine-nummer"),
     b"Content-Type: multipart/report; boundary=B\n\n--B\nContent-Type: message/rfc822\n\n"],
)  # fmt: skip
def test_anything_else_is_none_of_ours(data: bytes) -> None:
    assert bounces.read(data) is None


@pytest.mark.django_db(transaction=True)
def test_the_mail_is_marked_and_may_be_sent_again(
    server: Any, notice: Any, monkeypatch: Any, capsys: Any, tmp_path: Any
) -> None:
    actions.send(notice("a", "ina@stadt.example"))
    number = Mail.objects.get().pk.hex
    waiting = tmp_path / "zu-frueh.eml"
    waiting.write_bytes(text(number))
    assert _run(str(waiting)) == 0
    assert Mail.objects.get().state == "waiting", "what was not sent cannot come back"
    work()
    delayed = tmp_path / "verzoegert.eml"
    delayed.write_bytes(text(number, action="delayed"))
    assert _run(str(delayed)) == 0
    assert Mail.objects.get().state == "sent"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text(number))))
    assert _run("-") == 0
    state = queries.state_of(["a"])["a"]
    assert (state.state, "user unknown" in state.reason) == ("bounced", True)
    assert "came back" in capsys.readouterr().out
    assert _run(str(tmp_path / "gibt-es-nicht")) == 1
    actions.resend(Mail.objects.get().pk, actor=Actor.system("test"))
    outbox.tidy()
    work()
    assert Mail.objects.get().state == "sent"


def _run(what: str) -> int:
    import argparse

    return command.run(argparse.Namespace(action="bounce", what=what))


@pytest.mark.django_db(transaction=True)
def test_the_server_can_be_tried(server: Any, capsys: Any) -> None:
    import argparse

    assert command.run(argparse.Namespace(action="test", what="ina@stadt.example")) == 0
    assert server.receivers == ["ina@stadt.example"]
    assert command.run(argparse.Namespace(action="test", what="nein@stadt.example")) == 1
    server.stop()
    assert command.run(argparse.Namespace(action="test", what="ina@stadt.example")) == 1
    assert "refused" in capsys.readouterr().err.lower()
