"""Writes events into the trail, inside the transaction of the action."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from leitstand.core.audit.models import AuditEvent, AuditPersonal
from leitstand.core.base import clock
from leitstand.core.base.bulk import Insert, next_ids
from leitstand.core.base.events import Event
from leitstand.core.base.jsonvalues import plain_numbers


def canonical(value: Any) -> str:
    """Return JSON with sorted keys and no blanks: the form that digests cover."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder
    )


def personal_digest(salt: str, actor_name: str, account: str, address: str, details: Any) -> str:
    """Return the salted SHA-256 of the personal part of an event."""
    text = canonical([salt, actor_name, account, address, details])
    return hashlib.sha256(text.encode()).hexdigest()


def prepare(events: Sequence[Event]) -> Callable[[], None]:
    """Prepare a batch of events; the returned function writes it with two statements."""
    moment = clock.now()
    pairs = [_rows(event, moment) for event in events]
    rows = Insert(AuditEvent, [event for event, _ in pairs])
    personal = Insert(AuditPersonal, [personal for _, personal in pairs])

    def write() -> None:
        with transaction.atomic():
            for index, number in enumerate(next_ids(AuditEvent, len(rows))):
                rows.set(index, "id", number)
                personal.set(index, "event_id", number)
            rows.execute()
            personal.execute()

    return write


def _rows(event: Event, moment: datetime) -> tuple[AuditEvent, AuditPersonal]:
    actor = event.actor
    personal = AuditPersonal(
        salt=secrets.token_hex(8),
        actor_name=actor.name[:200],
        account_id=actor.account_id,
        address=actor.address[:64],
        details=plain_numbers(json.loads(canonical(event.personal))),
    )
    row = AuditEvent(
        at=moment,
        type=event.type,
        object_kind=event.object_kind,
        object_id=event.object_id,
        object_title=event.object_title[:300],
        level=event.level,
        unit_id=event.unit_id,
        changes=plain_numbers(json.loads(canonical(event.changes))),
        reason=event.reason[:1000],
        request_id=actor.request_id,
        personal_digest=digest_of(personal),
    )
    return row, personal


def digest_of(personal: AuditPersonal) -> str:
    """Return the digest of a stored personal part, as it was when it was written."""
    return personal_digest(
        personal.salt,
        personal.actor_name,
        str(personal.account_id or ""),
        personal.address,
        personal.details,
    )
