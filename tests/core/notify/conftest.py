"""A mail server of the tests, and short ways to tell somebody something."""

from __future__ import annotations

import email
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from leitstand.core.base.actor import Actor
from leitstand.core.jobs import running, wake
from leitstand.core.jobs.models import Job
from leitstand.core.notify import kinds
from leitstand.core.notify.actions import Notice

SYSTEM = Actor.system("test")
SERVER = Path(__file__).with_name("server.py")


@dataclass
class MailServer:
    """The running server."""

    folder: Path
    port: int = 0
    process: Any = field(default=None)

    def start(self) -> None:
        command = [sys.executable, str(SERVER), str(self.port), str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()

    @property
    def got(self) -> list[EmailMessage]:
        found = [email.message_from_bytes(p.read_bytes(), policy=default) for p in sorted(self.folder.glob("*.eml"))]
        return [m for m in found if isinstance(m, EmailMessage)]

    @property
    def receivers(self) -> list[str]:
        return sorted(str(m["To"]) for m in self.got)


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[MailServer]:
    folder = tmp_path / "mails"
    folder.mkdir()
    made = MailServer(folder)
    made.start()
    settings.CONFIG = replace(settings.CONFIG, smtp_url=f"smtp://127.0.0.1:{made.port}",
                              mail_from="Leitstand <leitstand@stadt.example>")  # fmt: skip
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _no_bell(monkeypatch: Any) -> None:
    monkeypatch.setattr(wake, "wake", lambda job_id: None)


@pytest.fixture(autouse=True)
def kind() -> Iterator[str]:
    for code, channel in (("test.mail", "mail"), ("test.digest", "digest"), ("test.page", "page")):
        kinds.kinds.add(code, kinds.NoticeKind(code, "Prüfung", "Für Prüfungen.", channel))
    yield "test.mail"
    for code in ("test.mail", "test.digest", "test.page"):
        kinds.kinds._items.pop(code)


@pytest.fixture
def notice() -> Callable[..., Notice]:
    def make(key: str, address: str = "", **values: Any) -> Notice:
        given = {"kind": "test.mail", "subject": "Stand erbeten", "text": "Bitte melden Sie den Stand."}
        return Notice(key=key, address=address, **{**given, **values})

    return make


def work() -> None:
    """Run every waiting job of this kind of work once, as the worker would."""
    for job_id in list(Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True)):
        running.run_job(job_id)
