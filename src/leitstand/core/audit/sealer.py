"""Chains committed events and verifies the chain.

A seal's digest covers the previous digest and the digest of every event it holds, in order. An
event's digest covers all its columns and, of its personal part, only the salted digest: the
personal part can be shredded without breaking the chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max

from leitstand.core.audit.models import AuditEvent, AuditPersonal, AuditSeal, AuditSealed
from leitstand.core.audit.recorder import canonical, digest_of
from leitstand.core.base import clock

GENESIS = "0" * 64
BATCH = 2000
_LOCK_KEY = 0x4C656974
_LATEST = timedelta(days=1)
_has_looked = False


def event_digest(event: AuditEvent) -> str:
    """Return the SHA-256 over all columns of an event."""
    text = canonical(
        [
            event.pk, event.at.isoformat(), event.type, event.object_kind,
            str(event.object_id or ""), event.object_title, event.level,
            str(event.unit_id or ""), event.changes, event.reason, event.request_id,
            event.personal_digest,
        ]
    )  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()


def chain(previous: str, digests: Iterable[str]) -> str:
    """Return the digest of a seal."""
    state = hashlib.sha256(previous.encode())
    for digest in digests:
        state.update(digest.encode())
    return state.hexdigest()


def seal() -> int:
    """Seal what is committed and not yet sealed; returns the number of sealed events.

    The look for them holds no lock; only what is found is then sealed under one.
    """
    total, first_look = 0, _is_first_look()
    while found := _unsealed(0 if first_look else _floor()):
        total += _seal_batch(found)
    return total


def _unsealed(floor: int) -> list[int]:
    events = AuditEvent.objects.filter(pk__gt=floor, sealed=None)
    return list(events.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _is_first_look() -> bool:
    """Whether this process has yet to look through the whole trail (PostgreSQL only).

    It finds events of a transaction that stayed open for longer than :data:`_LATEST`.
    """
    global _has_looked
    first, _has_looked = not _has_looked, True
    return first and connection.vendor == "postgresql"


def _floor() -> int:
    """Return an event's id below which everything is sealed, so that a look stays short."""
    sealed = AuditSealed.objects.all()
    if connection.vendor == "postgresql":  # a late commit may carry a lower id
        old = AuditSeal.objects.filter(at__lt=clock.now() - _LATEST).order_by("-pk").first()
        if old is None:
            return 0
        sealed = sealed.filter(seal=old)
    return sealed.aggregate(last=Max("event_id"))["last"] or 0


@transaction.atomic
def _seal_batch(found: list[int]) -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_KEY])
    events = list(AuditEvent.objects.filter(pk__in=found, sealed=None).order_by("pk"))
    if not events:  # another process was faster
        return 0
    last = AuditSeal.objects.order_by("-pk").values_list("digest", flat=True).first()
    previous = last or GENESIS
    row = AuditSeal.objects.create(
        at=clock.now(),
        count=len(events),
        previous=previous,
        digest=chain(previous, map(event_digest, events)),
    )
    AuditSealed.objects.bulk_create(
        [AuditSealed(event=event, seal=row, position=i) for i, event in enumerate(events)],
        batch_size=500,
    )
    return len(events)


@dataclass
class Verification:
    """Result of ``audit verify``."""

    seals: int = 0
    sealed_events: int = 0
    unsealed_events: int = 0
    unsealed_first: int | None = None
    shredded: int = 0
    head: str = GENESIS
    findings: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(*, progress: Callable[[int, int], None] | None = None) -> Verification:
    """Recompute every seal and every personal digest; names what does not fit.

    ``progress`` is told the number of seals done and the number of all.
    """
    result = Verification()
    total = AuditSeal.objects.count() if progress else 0
    for seal_row in AuditSeal.objects.order_by("pk").iterator():
        if progress:
            progress(result.seals, total)
        result.seals += 1
        if seal_row.previous != result.head:
            result.findings.append(f"seal {seal_row.pk}: does not follow the seal before it")
        _verify_seal(seal_row, result)
        result.head = seal_row.digest
    unsealed = AuditEvent.objects.filter(sealed=None).order_by("pk")
    result.unsealed_events = unsealed.count()
    result.unsealed_first = unsealed.values_list("pk", flat=True).first()
    return result


def _verify_seal(row: AuditSeal, result: Verification) -> None:
    links = AuditSealed.objects.filter(seal=row).order_by("position")
    events = [link.event for link in links.select_related("event__personal")]
    result.sealed_events += len(events)
    if len(events) != row.count:
        result.findings.append(f"seal {row.pk}: holds {len(events)} events instead of {row.count}")
    if chain(row.previous, map(event_digest, events)) != row.digest:
        result.findings.append(f"seal {row.pk}: its events were changed, removed or reordered")
    for event in events:
        _verify_personal(event, result)


def _verify_personal(event: AuditEvent, result: Verification) -> None:
    try:
        personal: AuditPersonal = event.personal
    except AuditPersonal.DoesNotExist:
        result.findings.append(f"event {event.pk}: its personal part is missing")
        return
    if personal.shredded_at:
        result.shredded += 1
    elif digest_of(personal) != event.personal_digest:
        result.findings.append(f"event {event.pk}: its personal part was changed")
