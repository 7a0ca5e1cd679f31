"""Erasing who did what in the trail, long after; that something was done stays provable."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.audit.actions import SHRED, shred_before
from leitstand.core.audit.models import AuditPersonal
from leitstand.core.base import authority, clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid

YOUNGEST_DAYS = 365


def last_day() -> date:
    """Return the latest day up to which the trail may be shredded: nobody covers fresh tracks."""
    return clock.today() - timedelta(days=YOUNGEST_DAYS)


def count_before(day: date) -> int:
    """Return how many events before ``day`` still have their personal part."""
    return AuditPersonal.objects.filter(shredded_at=None, event__at__date__lt=day).count()


@transaction.atomic
def shred(day: date, *, actor: Actor, reason: str) -> int:
    """Erase the personal part of all events before ``day``, for a stated reason."""
    authority.require(actor, SHRED, citywide=True)
    errors: dict[str, list[str]] = {}
    if day > last_day():
        errors["day"] = [
            _("At the latest up to %(day)s: what is younger than a year may still be needed.")
            % {"day": f"{last_day():%d.%m.%Y}"}
        ]
    if not 10 <= len(reason.strip()) <= 1000:
        errors["reason"] = [_("State the reason in a sentence, for example the deletion plan.")]
    if errors:
        raise Invalid(errors)
    events.record(
        events.Event(
            type="privacy.shredding.ordered",
            actor=actor,
            object_kind="audit-trail",
            changes={"before": [None, str(day)]},
            reason=reason.strip(),
        )
    )
    return shred_before(day, actor=actor)
