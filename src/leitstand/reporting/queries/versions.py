"""When something changed that a page of the council may show: the days around the one looked at."""

from __future__ import annotations

from datetime import date
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.history import around
from leitstand.core.history.around import Days
from leitstand.reporting import policy_council
from leitstand.reporting.models import ResolutionTracking, TrackedProject

_PARTS = ((ResolutionTracking, "object_id"), (TrackedProject, "tracking_id"))


def of_resolutions(actor: Actor, match: Any, day: date) -> Days:
    """Of visible tracked resolutions; on a paper's page of that paper alone."""
    shown = policy_council.visible_trackings(actor)
    wanted = match.kwargs.get("paper_id") if match is not None else None
    rows = [(around.versions(model), key) for model, key in _PARTS]
    if wanted is None:
        return around.days_among(rows, shown, day)
    one = shown.filter(paper=wanted).order_by().values("pk")
    return around.days([some.filter(**{f"{key}__in": one}) for some, key in rows], day)
