"""The page of the audit trail: purpose first, half an hour, its own sight recorded."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.jobs import running
from leitstand.core.jobs.models import Job
from leitstand.core.policy import grants

TRAIL, PURPOSE = "/verwaltung/protokoll/", "/verwaltung/protokoll/zweck/"
CSV, VERIFY = "/verwaltung/protokoll/csv/", "/verwaltung/protokoll/pruefen/"
WHY = "Beschwerde vom 12. März über geänderte Termine"


@pytest.fixture
def auditor(client_of: Any) -> Client:
    """An auditor who has stated a purpose."""
    client: Client = client_of("auditor")
    assert client.post(PURPOSE, {"purpose": WHY}).headers["Location"] == TRAIL
    return client


def record(title: str, *, who: str = "Ute Blau", level: int = 1, reason: str = "") -> None:
    actor = Actor(kind="user", name=who, address="192.0.2.7")
    events.record(
        events.Event(
            type="org.unit.renamed", actor=actor, object_kind="org-unit", object_title=title,
            changes={"name": ["alt", "neu"]}, level=level, reason=reason,
        )
    )  # fmt: skip


@pytest.mark.parametrize("url", [TRAIL, CSV])
def test_without_a_purpose_nothing_is_shown(client_of: Any, url: str) -> None:
    record("Geheimer Vorgang")
    answer = client_of("auditor").get(url)
    assert answer.status_code == 302
    assert answer.headers["Location"] == PURPOSE


@pytest.mark.parametrize("purpose", ["", "test", "    kurz     "])
def test_a_word_is_no_purpose(client_of: Any, purpose: str) -> None:
    client = client_of("auditor")
    assert client.post(PURPOSE, {"purpose": purpose}).status_code == 200
    assert client.get(TRAIL).status_code == 302
    assert not AuditEvent.objects.filter(type="audit.read").exists()


def test_the_purpose_is_recorded_and_ends_after_half_an_hour(
    auditor: Any, monkeypatch: Any
) -> None:
    event = AuditEvent.objects.get(type="audit.read")
    assert event.reason == WHY
    assert event.personal.account_id == auditor.account.id
    assert auditor.get(TRAIL).status_code == 200
    later = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert auditor.get(TRAIL).status_code == 302
    assert auditor.get(CSV).status_code == 302


def test_a_purpose_does_not_outlive_the_role(auditor: Any) -> None:
    auditor.account.roles.all().delete()
    grants.forget()
    assert auditor.get(TRAIL).status_code == 403


def test_looking_is_recorded_with_the_filter(auditor: Any) -> None:
    auditor.get(TRAIL, {"who": "Blau"})
    event = AuditEvent.objects.get(type="audit.viewed")
    assert event.reason == WHY
    assert event.personal.details == {"filter": {"who": "Blau"}}
    b"".join(auditor.get(CSV).streaming_content)
    assert AuditEvent.objects.filter(type="audit.exported").count() == 1


def test_filters_find_what_one_looks_for(auditor: Any) -> None:
    record("Hauptamt", who="Ute Blau")
    record("Kämmerei", who="Max Grün")

    def shown(**query: str) -> set[str]:
        page = auditor.get(TRAIL, query).content.decode()
        return {name for name in ("Hauptamt", "Kämmerei") if name in page.split("<table", 1)[-1]}

    today = clock.today()
    assert shown() == {"Hauptamt", "Kämmerei"}
    assert shown(who="blau") == {"Hauptamt"}
    assert shown(text="kämm") <= {"Kämmerei"}
    assert shown(type="org.unit.renamed") == {"Hauptamt", "Kämmerei"}
    assert shown(type="org.unit.moved") == set()
    assert shown(kind="org-unit", since=today.isoformat()) == {"Hauptamt", "Kämmerei"}
    assert shown(until=(today - timedelta(days=1)).isoformat()) == set()
    assert shown(since="kaputt") == {"Hauptamt", "Kämmerei"}


def test_what_is_above_the_reader_s_level_stays_hidden(auditor: Any) -> None:
    record("Streng vertrauliches Vorhaben", level=3, reason="Geheime Begründung")
    for query in ({}, {"text": "Vorhaben"}, {"type": "org.unit.renamed"}):
        page = auditor.get(TRAIL, query).content.decode()
        assert "Geheime Begründung" not in page
        assert "Streng vertrauliches" not in page
    assert "Streng" not in b"".join(auditor.get(CSV).streaming_content).decode()


def test_pages_of_fifty_and_no_more_queries_for_more_rows(auditor: Any) -> None:
    def queries() -> int:
        """The fewest of three, for caches of a few seconds may run out in between."""
        answers = [auditor.get(TRAIL) for _ in range(3)]
        return min(int(a.headers["Server-Timing"].rsplit('"', 2)[1]) for a in answers)

    few = queries()
    for number in range(60):
        record(f"Ding {number}")
    assert queries() == few <= 12
    assert "Ding 0<" not in auditor.get(TRAIL).content.decode()
    assert "Ding 0<" in auditor.get(TRAIL, {"seite": "2"}).content.decode()


def test_the_csv_is_safe_to_open_in_a_spreadsheet(auditor: Any) -> None:
    record("=HYPERLINK(1)", who="@SUM(A1)", reason="+1;-1")
    answer = auditor.get(CSV)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    cells = [cell for row in rows[1:] for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in "=+@" and cell[:1]]


def test_shredded_people_are_shown_as_erased(auditor: Any) -> None:
    from leitstand.core.audit.actions import shred_before

    record("Ding")
    shred_before(clock.today() + timedelta(days=1), actor=Actor.system("test"))
    page = auditor.get(TRAIL, {"type": "org.unit.renamed"}).content.decode()
    assert "Ute Blau" not in page
    assert "gelöscht" in page


def test_verification_runs_as_a_job_and_its_result_is_shown(auditor: Any) -> None:
    record("Ding")
    answer = auditor.post(VERIFY)
    job = Job.objects.get(kind="audit.verify")
    assert answer.headers["Location"].endswith(f"{job.id}/")
    running.run_job(job.id)
    assert Job.objects.get(pk=job.pk).result["ok"] is True
    page = auditor.get(TRAIL).content.decode()
    assert "unversehrt" in page
    assert "noch nicht versiegelt" in page
    assert auditor.get(VERIFY).status_code == 405
