"""Tracked resolutions as pages show them: with projects as far as the reader sees them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.tables.filters import Filter, Kind
from leitstand.core.tables.query import Binding, ListSpec, Query
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
from leitstand.reporting.tables.council import RESOLUTIONS

State = ResolutionTracking.State
OPEN = (State.OPEN, State.RUNNING)


def _is_late(_value: bool, _actor: Actor) -> Q:
    return Q(state__in=OPEN, next_report__lt=clock.today())


def _is_mine(_value: bool, actor: Actor) -> Q:
    return Q(responsible=actor.person_id) if actor.person_id else Q(pk__in=[])


RESOLUTION_LIST = ListSpec(
    RESOLUTIONS,
    search=("paper__name", "paper__reference", "resolution"),
    bindings={
        "reference": Binding(path="paper__reference"), "paper": Binding(path="paper__name"),
        "kind": Binding(path="paper__kind"), "unit": Binding(order="unit__path"),
    },
    extra=(
        Filter("open", _("Still open"), Kind.FLAG, where=lambda _v, _a: Q(state__in=OPEN)),
        Filter("late", _("Report overdue"), Kind.FLAG, where=_is_late),
        Filter("mine", _("In my charge"), Kind.FLAG, where=_is_mine),
        Filter("followed", _("Papers that I follow"), Kind.FLAG,
               where=lambda _v, actor: Q(paper__in=council.followers(actor).values("paper"))),
    ),
)  # fmt: skip
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


def chosen(actor: Actor, query: Query) -> QuerySet[ResolutionTracking]:
    """The tracked resolutions that a query asks for, due ones first unless it says otherwise."""
    found = query.narrow(trackings(actor), actor)
    return query.order(found) if query.sort else found


_CHUNK = 500


def resolution_rows(actor: Actor, found: QuerySet[ResolutionTracking]) -> Iterator[dict[str, Any]]:
    """Tracked resolutions as rows of a file, with the projects that the reader sees."""
    names = ("decided_on", "resolution", "state", "progress", "next_report")
    keys = list(found.values_list("pk", flat=True))
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        rows = found.in_bulk(part)
        for line in lines(actor, [rows[key] for key in part if key in rows]):
            row = line.tracking
            yield {
                **{name: getattr(row, name) for name in names}, "overdue": line.late,
                "reference": row.paper.reference, "paper": row.paper.name, "kind": row.paper.kind,
                "unit": row.unit.name if row.unit else "",
                "projects": tuple(f"{one.number} {one.title}" for one in line.projects),
                "planned": sum((one.planned for one in line.projects), Decimal(0)),
                "spent": sum((one.spent for one in line.projects), Decimal(0)),
            }  # fmt: skip


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

    @property
    def number_of_news(self) -> int:
        """How much has changed since the last meeting: new steps and changed values of projects."""
        return len(self.new_steps) + sum(len(changes) for _project, changes in self.changes)


def followed(
    actor: Actor, paper: Paper, consultations: Sequence[Consultation],
    since: date | None = None,
) -> Followed | None:  # fmt: skip
    """State, projects, money, and what has changed since the last meeting of the committee."""
    tracking = ResolutionTracking.objects.filter(paper=paper)
    row = tracking.select_related("paper", "unit", "responsible").first()
    if row is None:
        return None
    meeting = council.last_sitting(actor, consultations)
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
