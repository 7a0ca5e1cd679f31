"""The days around one on which something changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from leitstand.core.history import past, tracked

Days = tuple[date | None, date | None]


def versions(model: type[Model]) -> QuerySet[Any]:
    """All versions of a tracked model."""
    return tracked.of(model).period._default_manager.all()


def days(rows: Sequence[QuerySet[Any]], day: date) -> Days:
    """The last day before ``day`` and the first one after it on which one of these versions began."""
    begins = timezone.make_aware(datetime.combine(day, time.min))
    earlier = [_first(some.filter(valid_from__lt=begins).order_by("-valid_from")) for some in rows]
    ends = past.end_of(day)
    later = [_first(some.filter(valid_from__gte=ends).order_by("valid_from")) for some in rows]
    return max(filter(None, earlier), default=None), min(filter(None, later), default=None)


def _first(rows: QuerySet[Any]) -> date | None:
    found = rows.values_list("valid_from", flat=True).first()
    return timezone.localdate(found) if found else None
