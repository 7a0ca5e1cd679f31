"""Looking for what is to be sealed costs little; ways around the triggers are closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from leitstand.core.audit import sealer
from leitstand.core.audit.models import AuditEvent, AuditSeal, AuditSealed
from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor


def record(number: int = 1) -> None:
    for _ in range(number):
        events.record(
            events.Event(type="audit.read", actor=Actor.system("test"), object_kind="test")
        )


def test_a_look_that_finds_nothing_opens_no_transaction(db: Any) -> None:
    record(3)
    assert sealer.seal() == 3
    with CaptureQueriesContext(connection) as seen:
        assert sealer.seal() == 0
    texts = [query["sql"] for query in seen]
    assert texts
    assert all(text.startswith("SELECT") for text in texts), texts


def test_a_look_begins_behind_what_is_sealed(db: Any, monkeypatch: Any) -> None:
    record(5)
    sealer.seal()
    last = AuditSealed.objects.order_by("-pk").values_list("pk", flat=True)[0]
    if connection.vendor == "postgresql":
        assert sealer._floor() == 0  # late commits of the last day may still come
        later = clock.now() + timedelta(days=2)
        monkeypatch.setattr(clock, "now", lambda: later)
    assert sealer._floor() == last
    record(2)
    assert sealer.seal() == 2
    assert sealer.verify().unsealed_events == 0
    assert AuditSeal.objects.count() == 2


def test_replacing_or_emptying_is_no_way_around(db: Any) -> None:
    record()
    sealer.seal()
    sql = "TRUNCATE audit_auditevent, audit_auditsealed, audit_auditseal, audit_auditpersonal"
    if connection.vendor == "sqlite":
        columns = ", ".join(
            "'x'" if field.column == "type" else f'"{field.column}"'
            for field in AuditEvent._meta.concrete_fields
        )
        sql = f"REPLACE INTO audit_auditevent SELECT {columns} FROM audit_auditevent"
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert sealer.verify().ok
