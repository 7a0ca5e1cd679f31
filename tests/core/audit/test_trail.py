"""The trail cannot be changed unnoticed: triggers, seals, tampering, shredding."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from leitstand.core.accounts.identity import of_account
from leitstand.core.audit import sealer
from leitstand.core.audit.actions import shred_before, state_purpose
from leitstand.core.audit.models import AuditEvent, AuditPersonal, AuditSeal, AuditSealed
from leitstand.core.audit.queries import history
from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed

SYSTEM = Actor.system("test")
PERSON = Actor(kind="user", name="Ute Blau", address="192.0.2.7", request_id="r-1")


def record(number: Any = 1, actor: Any = PERSON, **values: Any) -> None:
    for i in range(number):
        events.record(
            events.Event(
                type="audit.read", actor=actor, object_kind="test", object_title=f"Ding {i}",
                changes={"n": [None, i], "ä": ["alt", {"b": 1, "a": [1.5, True, None]}]},
                personal={"note": "vertraulich"}, **values,
            )
        )  # fmt: skip


def raw(sql: Any, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def drop_triggers() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("auditevent", "auditsealed", "auditseal", "auditpersonal"):
                cursor.execute(f"ALTER TABLE audit_{table} DISABLE TRIGGER USER")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND name LIKE 'audit%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")


# --- triggers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: AuditEvent.objects.update(reason="anders"),
        lambda: AuditEvent.objects.all().delete(),
        lambda: AuditSeal.objects.update(digest="0"),
        lambda: AuditSeal.objects.all().delete(),
        lambda: AuditSealed.objects.update(position=7),
        lambda: AuditSealed.objects.all().delete(),
        lambda: AuditPersonal.objects.all().delete(),
        lambda: raw("UPDATE audit_auditevent SET type='x'"),
        lambda: raw("DELETE FROM audit_auditevent"),
    ],
    ids=["event", "events", "seal", "seals", "link", "links", "personal", "raw", "raw delete"],
)
def test_the_database_forbids_changes(db: Any, attempt: Any) -> None:
    record()
    sealer.seal()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        attempt()
    assert sealer.verify().ok


def test_an_event_is_written_with_its_change_or_not_at_all(db: Any) -> None:
    count = AuditEvent.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        record()
        raise RuntimeError
    assert AuditEvent.objects.count() == AuditPersonal.objects.count() == count
    with pytest.raises(LookupError):
        events.record(events.Event(type="no.such", actor=SYSTEM, object_kind="x"))


# --- chain -----------------------------------------------------------------------------------


def test_sealed_and_unsealed_are_told_apart(db: Any) -> None:
    record(3)
    assert sealer.seal() == 3
    record(2)
    result = sealer.verify()
    assert (result.ok, result.seals, result.sealed_events) == (True, 1, 3)
    assert result.unsealed_events == 2
    assert result.unsealed_first == AuditEvent.objects.order_by("pk")[3].pk
    assert sealer.seal() == 2
    assert sealer.seal() == 0
    assert sealer.verify().seals == 2


def test_long_trails_are_sealed_in_batches(db: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sealer, "BATCH", 10)
    record(25)
    assert sealer.seal() == 25
    seen = []
    result = sealer.verify(progress=lambda done, total: seen.append((done, total)))
    assert (result.seals, result.ok) == (3, True)
    assert seen == [(0, 3), (1, 3), (2, 3)]


TAMPERINGS = {
    "an event's reason": "UPDATE audit_auditevent SET reason='anders' WHERE id=%(e)s",
    "an event's level": "UPDATE audit_auditevent SET level=0 WHERE id=%(e)s",
    "an event's changes": "UPDATE audit_auditevent SET changes='{\"n\": [1, 2]}' WHERE id=%(e)s",
    "an event's object": "UPDATE audit_auditevent SET object_title='X' WHERE id=%(e)s",
    "who did it": "UPDATE audit_auditpersonal SET actor_name='Max' WHERE event_id=%(e)s",
    "from where": "UPDATE audit_auditpersonal SET address='1.1.1.1' WHERE event_id=%(e)s",
    "order": "UPDATE audit_auditsealed SET position=99 WHERE event_id=%(e)s",
    "a link taken out": "DELETE FROM audit_auditsealed WHERE event_id=%(e)s",
    "a seal's digest": "UPDATE audit_auditseal SET digest='0' WHERE id=%(s)s",
    "a seal's predecessor": "UPDATE audit_auditseal SET previous='0' WHERE id=%(s)s",
    "a seal's count": "UPDATE audit_auditseal SET count=1 WHERE id=%(s)s",
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_every_tampering_is_found(db: Any, what: Any) -> None:
    record(4)
    sealer.seal()
    record(4)
    sealer.seal()
    assert sealer.verify().ok
    drop_triggers()
    seal = AuditSeal.objects.order_by("pk").first()
    event = seal.sealed.order_by("position")[1].event_id
    sql = TAMPERINGS[what].replace("%(e)s", str(event)).replace("%(s)s", str(seal.pk))
    raw(sql.replace("%", "%%"))
    result = sealer.verify()
    assert not result.ok, what
    assert all(isinstance(text, str) and text for text in result.findings)


def test_taking_out_an_event_with_its_links_is_found(db: Any) -> None:
    record(4)
    sealer.seal()
    drop_triggers()
    event = AuditEvent.objects.order_by("pk")[2].pk
    for table, column in (("sealed", "event_id"), ("personal", "event_id"), ("event", "id")):
        raw(f"DELETE FROM audit_audit{table} WHERE {column}={event}")
    assert not sealer.verify().ok


def test_taking_out_a_whole_seal_in_the_middle_is_found(db: Any) -> None:
    for _ in range(3):
        record(2)
        sealer.seal()
    drop_triggers()
    middle = AuditSeal.objects.order_by("pk")[1].pk
    raw(f"DELETE FROM audit_auditsealed WHERE seal_id={middle}")
    raw(f"DELETE FROM audit_auditseal WHERE id={middle}")
    result = sealer.verify()
    assert any("does not follow" in text for text in result.findings)


def test_the_head_tells_if_the_end_was_cut_off(db: Any) -> None:
    record(2)
    sealer.seal()
    record(2)
    sealer.seal()
    head = sealer.verify().head
    drop_triggers()
    last = AuditSeal.objects.order_by("pk").last().pk
    raw(f"DELETE FROM audit_auditsealed WHERE seal_id={last}")
    raw(f"DELETE FROM audit_auditseal WHERE id={last}")
    assert sealer.verify().head != head


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_seal_everything_once() -> None:
    record(60)
    barrier, problems, totals = threading.Barrier(3), [], []

    def work() -> None:
        try:
            barrier.wait(10)
            totals.append(sealer.seal())
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if connection.vendor == "sqlite":
        # a database in memory has one lock for all threads: who loses comes again
        problems = [p for p in problems if "locked" not in str(p)]
    assert not problems
    sealer.seal()
    result = sealer.verify()
    assert result.ok, result.findings
    assert result.sealed_events == AuditSealed.objects.count() == AuditEvent.objects.count()


# --- shredding -------------------------------------------------------------------------------


def test_shredding_erases_the_person_and_keeps_the_chain(db: Any) -> None:
    record(3)
    sealer.seal()
    tomorrow = clock.today() + timedelta(days=2)
    assert shred_before(tomorrow, actor=SYSTEM) == 3
    result = sealer.verify()
    assert (result.ok, result.shredded) == (True, 3)
    rows = AuditPersonal.objects.exclude(shredded_at=None)
    dump = json.dumps(list(rows.values("actor_name", "address", "details", "salt")))
    assert "Ute" not in dump
    assert "192.0.2" not in dump
    assert "vertraulich" not in dump
    assert AuditEvent.objects.filter(type="audit.shredded").count() == 1


def test_shredding_leaves_younger_events_alone(db: Any) -> None:
    record(2)
    assert shred_before(date(2020, 1, 1), actor=SYSTEM) == 0
    assert AuditPersonal.objects.filter(shredded_at=None).count() == 3


@pytest.mark.parametrize("role", ["", "admin", "digital-unit", "member"])
def test_only_the_auditor_shreds_and_reads(account: Any, role: Any) -> None:
    actor = of_account(account(role))
    record()
    with pytest.raises(NotAllowed):
        shred_before(clock.today(), actor=actor)
    with pytest.raises(NotAllowed):
        state_purpose("Ein guter Grund ist das.", actor=actor)


def test_a_purpose_is_a_sentence(account: Any) -> None:
    actor = of_account(account("auditor"))
    for text in ("", "test", "x" * 1001):
        with pytest.raises(Invalid):
            state_purpose(text, actor=actor)


def test_an_object_has_its_history_newest_first(db: Any, unit_tree: Any) -> None:
    from leitstand.core.org.actions import rename_unit

    unit = unit_tree["10"]
    rename_unit(unit, actor=PERSON_SYSTEM, version=1, name="Neu")
    types = [event.type for event in history(unit.id)]
    assert types == ["org.unit.renamed", "org.unit.created"]


PERSON_SYSTEM = Actor(kind="system", name="Import")
