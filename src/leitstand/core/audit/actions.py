"""Reading the trail for a purpose; shredding the personal part."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from leitstand.core.audit.models import AuditPersonal
from leitstand.core.base import authority, clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid

READ = "audit.read"
SHRED = "audit.shred"
PURPOSE_MINUTES = 30


@transaction.atomic
def state_purpose(purpose: str, *, actor: Actor) -> datetime:
    """Record why the trail is read; returns the moment at which the permission to read ends."""
    authority.require(actor, READ, citywide=True)
    if not 10 <= len(purpose.strip()) <= 1000:
        raise Invalid(
            _("State the purpose in a sentence, for example the case you are looking into."),
            field="purpose",
        )
    events.record(
        events.Event(
            type="audit.read", actor=actor, object_kind="audit-trail", reason=purpose.strip()
        )
    )
    return clock.now() + timedelta(minutes=PURPOSE_MINUTES)


@transaction.atomic
def shred_before(day: date, *, actor: Actor) -> int:
    """Erase the personal part of all events before ``day``; the chain stays whole."""
    authority.require(actor, SHRED, citywide=True)
    limit = timezone.make_aware(datetime.combine(day, time.min))
    rows = AuditPersonal.objects.filter(shredded_at=None, event__at__lt=limit)
    count = rows.update(
        salt="", actor_name="", account_id=None, address="", details={}, shredded_at=clock.now()
    )
    events.record(
        events.Event(
            type="audit.shredded",
            actor=actor,
            object_kind="audit-trail",
            changes={"events": [None, count], "before": [None, str(day)]},
        )
    )
    return count
