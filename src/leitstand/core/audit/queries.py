"""Read models of the trail."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from leitstand.core.audit.models import AuditEvent


def history(
    object_id: uuid.UUID, *, limit: int = 200, open_to: Q | None = None
) -> list[AuditEvent]:
    """Return the newest events of one object with their actors; the caller has checked access.

    ``open_to`` leaves out events that the reader may not see: an event keeps the level that its
    object had then.
    """
    return list(
        AuditEvent.objects.filter(open_to or Q(), object_id=object_id)
        .select_related("personal")
        .order_by("-pk")[:limit]
    )


def trail() -> QuerySet[AuditEvent]:
    """Return the whole trail, newest first; only for readers who have stated a purpose."""
    return AuditEvent.objects.select_related("personal").order_by("-pk")
