"""Tracked resolutions as pages show them: with projects as far as the reader sees them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, QuerySet

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.policy.grants import grants
from leitstand.portfolio import facade_council as portfolio
from leitstand.portfolio.facade_council import Carrier, Change
from leitstand.reporting import policy_council
from leitstand.reporting.models import (
    Consultation,
    Paper,
    ResolutionTracking,
    TrackedProject,
    TrackingStep,
)
from leitstand.reporting.queries import council

State = ResolutionTracking.State
OPEN = (State.OPEN, State.RUNNING)
SOON_DAYS = 30
_SINCE_DAYS = 90


@dataclass(frozen=True)
class Line:
    """A tracked resolution in a list with the projects that the reader sees."""

    tracking: ResolutionTracking
    projects: tuple[Carrier, ...]
    late: bool


def trackings(actor: Actor, *, state: str = "", followed: bool = False) -> QuerySet[ResolutionTracking]:
    """Tracked resolutions: open ones, one state, or all; those due first."""
    found = policy_council.visible_trackings(actor)
    found = found.select_related("paper", "unit", "responsible")
    if state == "open":
        found = found.filter(state__in=OPEN)
    elif state:
        found = found.filter(state=state)
    if followed:
        found = found.filter(paper__in=council.followers(actor).values("paper"))
    return found.order_by(F("next_report").asc(nulls_last=True), "id")


def lines(actor: Actor, rows: Iterable[ResolutionTracking]) -> list[Line]:
    """Lines in the order of the rows; three queries."""
    found = list(rows)
    links = TrackedProject.objects.filter(tracking__in=[row.pk for row in found])
    by_tracking: dict[uuid.UUID, list[uuid.UUID]] = {}
    for tracking, project in links.values_list("tracking_id", "project_id"):
        by_tracking.setdefault(tracking, []).append(project)
    seen = portfolio.seen(actor, {key for keys in by_tracking.values() for key in keys})
    today = clock.today()
    return [
        Line(
            row,
            tuple(seen[key] for key in by_tracking.get(row.pk, ()) if key in seen),
            is_late(row, today),
        )
        for row in found
    ]


def is_late(row: ResolutionTracking, today: date) -> bool:
    """Whether a report is overdue."""
    return row.state in OPEN and row.next_report is not None and row.next_report < today


@dataclass(frozen=True)
class Followed:
    """What became of one paper, for its page."""

    tracking: ResolutionTracking
    links: tuple[tuple[uuid.UUID, Carrier], ...]
    steps: tuple[TrackingStep, ...]
    since: date
    meeting: str
    changes: tuple[tuple[Carrier, tuple[Change, ...]], ...]
    planned: Decimal
    spent: Decimal

    @property
    def new_steps(self) -> list[TrackingStep]:
        """Steps since the last meeting."""
        return [step for step in self.steps if step.on > self.since]


def followed(
    actor: Actor, paper: Paper, consultations: Sequence[Consultation],
    since: date | None = None,
) -> Followed | None:  # fmt: skip
    """State, projects, money, and what has changed since the last meeting of the committee."""
    tracking = ResolutionTracking.objects.filter(paper=paper)
    row = tracking.select_related("paper", "unit", "responsible").first()
    if row is None:
        return None
    meeting = council.last_sitting(list(consultations))
    day = since or (council.day_of(meeting.start) if meeting else None)
    day = day or clock.today() - timedelta(days=_SINCE_DAYS)
    links = dict(TrackedProject.objects.filter(tracking=row).values_list("project_id", "pk"))
    seen = portfolio.seen(actor, list(links))
    moved = portfolio.changes(actor, list(seen), day)
    return Followed(
        row, tuple((links[key], project) for key, project in seen.items()),
        tuple(TrackingStep.objects.filter(tracking=row)), day,
        str(meeting) if meeting and not since else "",
        tuple((seen[key], found) for key, found in moved.items() if key in seen),
        sum((one.planned for one in seen.values()), Decimal(0)),
        sum((one.spent for one in seen.values()), Decimal(0)),
    )  # fmt: skip


def due_for(actor: Actor) -> list[Line]:
    """Open resolutions whose report is due within a month: those in the actor's charge, and for
    those who track for the whole city all of them."""
    soon = clock.today() + timedelta(days=SOON_DAYS)
    rows = trackings(actor, state="open").filter(next_report__lte=soon)
    grant = grants(actor, policy_council.TRACK)
    if grant.city_level < 0:
        rows = rows.filter(pk__in=policy_council.changeable_trackings(actor).values("pk"))
    return lines(actor, rows[:8]) if grant or actor.person_id else []
