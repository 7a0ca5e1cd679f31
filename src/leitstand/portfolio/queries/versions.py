"""When something changed that a page may show; what lies between two days."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone

from leitstand.core.base.actor import Actor
from leitstand.core.history import past, tracked
from leitstand.portfolio import policy
from leitstand.portfolio.models import Project


def neighbours(actor: Actor, match: Any, day: date) -> tuple[date | None, date | None]:
    """The days before and after ``day`` on which a visible project changed; on a project's page
    that project alone."""
    wanted = match.kwargs.get("project_id") if match is not None else None
    shown = policy.visible(actor)
    if isinstance(wanted, uuid.UUID):
        shown = shown.filter(pk=wanted)
    periods = tracked.of(Project).period._default_manager
    rows = periods.filter(object_id__in=shown.values("pk"))
    begins = timezone.make_aware(datetime.combine(day, time.min))
    ends = past.end_of(day)
    earlier = rows.filter(valid_from__lt=begins).order_by("-valid_from")
    later = rows.filter(Q(valid_from__gte=ends)).order_by("valid_from")
    return _day_of(earlier), _day_of(later)


def _day_of(rows: Any) -> date | None:
    found = rows.values_list("valid_from", flat=True).first()
    return timezone.localdate(found) if found else None
