"""What the rules need to know of many projects on a day, in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum

from leitstand.portfolio.domain.dependencies import Span, late_days
from leitstand.portfolio.domain.facts import (
    Danger,
    FrozenPlan,
    Grant,
    Hearing,
    Hindrance,
    Money,
    ProjectFacts,
    Stone,
)
from leitstand.portfolio.models import (
    Baseline,
    BaselineMilestone,
    BudgetLine,
    Dependency,
    Funding,
    MandatoryConsultation,
    Milestone,
    Obstacle,
    Project,
    ProjectPerson,
    Risk,
    RoleEffort,
    StatusReport,
)

Some = Collection[uuid.UUID] | QuerySet[Project]
_WAITING = (MandatoryConsultation.State.OPEN, MandatoryConsultation.State.REQUESTED)
_COUNTING = (Funding.State.PLANNED, Funding.State.GRANTED)
_PLAIN = ("id", "phase", "start", "end", "progress", "due", "due_kind")


@dataclass
class _Parts:
    """What hangs on projects, by project."""

    plans: dict[uuid.UUID, FrozenPlan] = field(default_factory=dict)
    stones: dict[uuid.UUID, list[Stone]] = field(default_factory=lambda: defaultdict(list))
    with_stones: set[uuid.UUID] = field(default_factory=set)
    pushes: dict[uuid.UUID, list[int]] = field(default_factory=lambda: defaultdict(list))
    followers: set[uuid.UUID] = field(default_factory=set)
    money: dict[uuid.UUID, Money] = field(default_factory=dict)
    grants: dict[uuid.UUID, list[Grant]] = field(default_factory=lambda: defaultdict(list))
    obstacles: dict[uuid.UUID, list[Hindrance]] = field(default_factory=lambda: defaultdict(list))
    with_obstacles: set[uuid.UUID] = field(default_factory=set)
    risks: dict[uuid.UUID, list[Danger]] = field(default_factory=lambda: defaultdict(list))
    with_risks: set[uuid.UUID] = field(default_factory=set)
    hearings: dict[uuid.UUID, list[Hearing]] = field(default_factory=lambda: defaultdict(list))
    with_hearings: set[uuid.UUID] = field(default_factory=set)
    led: set[uuid.UUID] = field(default_factory=set)
    planned: set[uuid.UUID] = field(default_factory=set)
    reports: Mapping[uuid.UUID, date] = field(default_factory=dict)


def facts_of(
    projects: Some, on: date, *, before: uuid.UUID | None = None
) -> dict[uuid.UUID, ProjectFacts]:
    """The facts of the projects as of ``on``, whatever the reader may see: ask with visible ones.

    What was reached, begun or resolved after ``on`` counts as it stood then. ``before`` is a round
    whose own reports do not count yet.
    """
    some = _selection(projects)
    parts = _Parts()
    _load_plans(parts, some, on)
    _load_dependencies(parts, some)
    _load_money(parts, some)
    _load_troubles(parts, some, on)
    _load_people(parts, some)
    parts.reports = last_reports(some, on, before)
    rows = Project.objects.filter(pk__in=some).order_by().values(*_PLAIN)
    return {row["id"]: _facts(row, parts, on) for row in rows}


def last_reports(projects: Any, on: date, before: uuid.UUID | None) -> dict[uuid.UUID, date]:
    """Project → day of its newest report, those of the round ``before`` left out; 1 query."""
    rows = StatusReport.objects.filter(project__in=projects, as_of__lte=on).order_by()
    if before is not None:
        rows = rows.exclude(round_id=before)
    return dict(rows.values_list("project_id").annotate(newest=Max("as_of")))


def _selection(projects: Some) -> Any:
    """Something that fits ``__in``: ids, or a subquery without order."""
    if isinstance(projects, QuerySet):
        return projects.order_by().values("pk")
    return list(projects)


def _facts(row: Mapping[str, Any], parts: _Parts, on: date) -> ProjectFacts:
    key = row["id"]
    return ProjectFacts(
        on=on, phase=row["phase"], start=row["start"], end=row["end"], progress=row["progress"],
        due=row["due"], due_kind=row["due_kind"], baseline=parts.plans.get(key),
        milestones=tuple(parts.stones.get(key, ())), milestones_kept=key in parts.with_stones,
        pushed_days=tuple(parts.pushes.get(key, ())), has_predecessors=key in parts.followers,
        money=parts.money.get(key), grants=tuple(parts.grants.get(key, ())),
        obstacles=tuple(parts.obstacles.get(key, ())), obstacles_kept=key in parts.with_obstacles,
        risks=tuple(parts.risks.get(key, ())), risks_kept=key in parts.with_risks,
        hearings=tuple(parts.hearings.get(key, ())), hearings_kept=key in parts.with_hearings,
        has_lead=key in parts.led, effort_planned=key in parts.planned,
        last_status=parts.reports.get(key),
    )  # fmt: skip


def _load_plans(parts: _Parts, some: Any, on: date) -> None:
    """The newest baseline that was frozen by then, and the milestones against it; 3 queries."""
    plans: dict[uuid.UUID, uuid.UUID] = {}
    frozen = Baseline.objects.filter(project__in=some, frozen_on__lte=on).order_by("number")
    for key, pk, name, start, end in frozen.values_list("project_id", "pk", "name", "start", "end"):
        parts.plans[key] = FrozenPlan(name, start, end)
        plans[key] = pk
    days = dict(
        BaselineMilestone.objects.filter(baseline__project__in=some, baseline__frozen_on__lte=on)
        .order_by("baseline__number")
        .values_list("milestone_id", "due")
    )
    rows = Milestone.objects.filter(project__in=some).order_by("due", "title")
    for key, pk, title, due, done in rows.values_list(
        "project_id", "pk", "title", "due", "done_on"
    ):
        parts.with_stones.add(key)
        if done is None or done > on:
            parts.stones[key].append(Stone(title, due, days.get(pk)))


def _load_dependencies(parts: _Parts, some: Any) -> None:
    """Predecessors that end too late; cancelled ones hold nobody up; 1 query."""
    rows = Dependency.objects.filter(successor__in=some).exclude(predecessor__phase="cancelled")
    for key, kind, lag, *days in rows.order_by().values_list(
        "successor_id", "kind", "lag_days", "predecessor__start", "predecessor__end",
        "successor__start", "successor__end",
    ):  # fmt: skip
        parts.followers.add(key)
        late = late_days(kind, lag, Span(days[0], days[1]), Span(days[2], days[3]))
        if late:
            parts.pushes[key].append(late)


def _load_money(parts: _Parts, some: Any) -> None:
    """Sums of the budget without follow-up costs, and open deadlines of fundings; 2 queries."""
    lines = BudgetLine.objects.filter(project__in=some).exclude(kind=BudgetLine.Kind.FOLLOW_UP)
    sums = lines.order_by().values_list("project_id").annotate(
        all_planned=Sum("planned"), all_committed=Sum("committed"), all_spent=Sum("spent")
    )  # fmt: skip
    for key, planned, committed, spent in sums:
        parts.money[key] = Money(float(planned), float(committed), float(spent))
    grants = Funding.objects.filter(project__in=some, state__in=_COUNTING, deadline__isnull=False)
    for key, title, deadline in grants.order_by("deadline").values_list(
        "project_id", "programme_name", "deadline"
    ):
        if deadline:
            parts.grants[key].append(Grant(title, deadline))


def _load_troubles(parts: _Parts, some: Any, on: date) -> None:
    """Obstacles, risks and consultations, the open ones of that day; 3 queries."""
    held = Obstacle.objects.filter(Q(since=None) | Q(since__lte=on), project__in=some)
    for key, kind, title, since, resolved in held.order_by("since").values_list(
        "project_id", "kind", "title", "since", "resolved_on"
    ):
        parts.with_obstacles.add(key)
        if resolved is None or resolved > on:
            parts.obstacles[key].append(Hindrance(kind, title, since))
    risks = Risk.objects.filter(project__in=some).order_by("title")
    for key, title, probability, impact, measure, state in risks.values_list(
        "project_id", "title", "probability", "impact", "measure", "state"
    ):
        parts.with_risks.add(key)
        if state != Risk.State.CLOSED:
            danger = Danger(title, probability, impact, bool(measure.strip()))
            parts.risks[key].append(danger)
    hearings = MandatoryConsultation.objects.filter(project__in=some).order_by("due")
    for key, kind, due, state, done in hearings.values_list(
        "project_id", "kind", "due", "state", "done_on"
    ):
        parts.with_hearings.add(key)
        open_then = state in _WAITING or (done is not None and done > on)
        if open_then and due:
            parts.hearings[key].append(Hearing(kind, due))


def _load_people(parts: _Parts, some: Any) -> None:
    """Who is led, and for whom effort is planned; 2 queries."""
    leads = ProjectPerson.objects.filter(
        project__in=some, role=ProjectPerson.Role.LEAD, person__active=True
    )
    parts.led.update(leads.order_by().values_list("project_id", flat=True))
    efforts = RoleEffort.objects.filter(project__in=some)
    parts.planned.update(efforts.order_by().values_list("project_id", flat=True))
