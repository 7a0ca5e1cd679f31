"""Read models of status rounds: reports, who is asked, progress, results."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.policy.grants import grants, predicate
from leitstand.portfolio import policy
from leitstand.portfolio.models import (
    Project,
    ProjectPeriod,
    ProjectPerson,
    RoundLink,
    RoundResult,
    StatusReport,
    StatusRequest,
    StatusRound,
)
from leitstand.portfolio.queries import substitutes
from leitstand.portfolio.queries.responsible import ORDER, entitled

OPEN = StatusRound.State.OPEN


def latest_reports(
    projects: Collection[uuid.UUID] | QuerySet[Project], on: date,
    *, but: Collection[uuid.UUID] = (),
) -> dict[uuid.UUID, StatusReport]:
    """Project → its newest report as of ``on``, lights prefetched; two queries.

    Words of a time when the project was more confidential than now are left out.

    ``but`` are rounds whose own reports are left out.
    """
    newest = StatusReport.objects.filter(project=OuterRef("project"), as_of__lte=on)
    if but:
        newest = newest.exclude(round_id__in=but)
    rows = StatusReport.objects.filter(
        project__in=projects, pk=Subquery(newest.order_by("-as_of", "-id").values("pk")[:1])
    )
    rows = with_level_then(rows).annotate(level_now=F("project__confidentiality"))
    return {row.project_id: _open(row) for row in rows.prefetch_related("lights")}


def with_level_then(rows: QuerySet[StatusReport]) -> QuerySet[StatusReport]:
    """Reports with ``level_then``, the level that their project had when they were given."""
    then = ProjectPeriod._default_manager.filter(
        object_id=OuterRef("project_id"), valid_from__lte=OuterRef("created_at"),
        valid_to__gt=OuterRef("created_at"),
    )  # fmt: skip
    return rows.annotate(level_then=Subquery(then.values("confidentiality")[:1]))


def _open(row: Any) -> StatusReport:
    """The report; without its words if it was given at a higher level than the project has now."""
    if row.level_then is not None and row.level_then > row.level_now:
        row.summary = row.outlook = ""
        for light in row.lights.all():
            light.deviation, light.reasons = "", []
    found: StatusReport = row
    return found


def readable(actor: Actor, rows: QuerySet[StatusReport]) -> QuerySet[StatusReport]:
    """Of reports whose projects the actor sees: those that she might have read when they were given.

    A report from a time when the project was more confidential stays with those who may see that
    level in its lead unit, and with those who lead it.
    """
    if actor.is_system:
        return rows
    rows = with_level_then(rows)
    clause = Q(level_then=None) | Q(level_then__lte=F("project__confidentiality"))
    clause |= predicate(grants(actor, policy.VIEW), unit="project__lead_unit_id", level="level_then")
    if actor.person_id:
        insiders = ProjectPerson.objects.filter(
            project=OuterRef("project_id"), person=actor.person_id, person__active=True,
            role__in=policy.INSIDERS,
        )  # fmt: skip
        clause |= Q(Exists(insiders))
    return rows.filter(clause)


def reports_of(project: Project, actor: Actor) -> QuerySet[StatusReport]:
    """The reports of a project that the actor sees, the newest first."""
    rows = readable(actor, project.status_reports.all())
    return rows.select_related("round").prefetch_related("lights")


def visible_report(actor: Actor, report_id: uuid.UUID) -> StatusReport | None:
    """A report of a project that the actor sees, lights prefetched."""
    rows = StatusReport.objects.filter(pk=report_id, project__in=policy.visible(actor))
    rows = readable(actor, rows)
    rows = rows.select_related("project__lead_unit", "round", "person")
    return rows.prefetch_related("lights").first()


# --- who is asked -------------------------------------------------------------------------


def requests_for(person_id: uuid.UUID, row: StatusRound | None = None) -> QuerySet[StatusRequest]:
    """Requests of open rounds that the person may answer.

    Those of the projects that she speaks for, and those of people for whom she stands in today.
    """
    mine = Q(person_id=person_id)
    owners = substitutes.represented(person_id)
    if owners:
        mine |= Q(person_id__in=owners) & substitutes.open_to(person_id)
    return _answerable(mine, row)


def requests_by_link(link: RoundLink) -> QuerySet[StatusRequest]:
    """Requests that a link opens: those of ``answers_for``, for a substitute what she may see."""
    mine = Q(person_id=link.answers_for_id)
    if link.person_id != link.answers_for_id:
        mine &= substitutes.open_to(link.person_id)
    return _answerable(mine, link.round)


def _answerable(mine: Q, row: StatusRound | None) -> QuerySet[StatusRequest]:
    """Requests whose person still speaks for the project."""
    roles = ProjectPerson.objects.filter(
        entitled(), project=OuterRef("project"), person_id=OuterRef("person_id"), role__in=ORDER
    )
    found = StatusRequest.objects.filter(mine, Exists(roles))
    found = found.filter(round=row) if row is not None else found.filter(round__state=OPEN)
    return found.select_related("project__lead_unit", "round", "person").order_by(
        "round__due_on", "project__number"
    )


def number_open(actor: Actor) -> int:
    """How many answers the actor still owes."""
    if actor.person_id is None:
        return 0
    return requests_for(actor.person_id).filter(answered_at=None).count()


# --- progress -----------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitProgress:
    """Answers of one lead unit; numbers only, nobody is ranked or timed."""

    name: str
    asked: int
    answered: int


def progress_by_unit(row: StatusRound, actor: Actor) -> list[UnitProgress]:
    """Asked and answered by lead unit, over the projects that the actor sees."""
    seen = row.requests.filter(project__in=policy.visible(actor))
    rows = (
        seen.order_by("project__lead_unit__name")
        .values_list("project__lead_unit__name")
        .annotate(asked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)))
    )
    return [UnitProgress(*values) for values in rows]


def progress(rounds: Iterable[StatusRound], actor: Actor) -> dict[uuid.UUID, tuple[int, int]]:
    """Round → how many answered and how many were asked, of the projects that the actor sees.

    A round that has asked for none of them is missing. One query.
    """
    seen = StatusRequest.objects.filter(round__in=rounds, project__in=policy.visible(actor))
    rows = (
        seen.order_by()
        .values_list("round_id")
        .annotate(answered=Count("pk", filter=Q(answered_at__isnull=False)), asked=Count("pk"))
    )
    return {key: (answered, asked) for key, answered, asked in rows}


def missing(row: StatusRound, actor: Actor) -> Sequence[StatusRequest]:
    """Unanswered requests that the actor sees, those without a responsible person first."""
    rows = row.requests.filter(answered_at=None, project__in=policy.visible(actor))
    return list(
        rows.select_related("project__lead_unit", "person").order_by(
            "project__lead_unit__name", "project__number"
        )
    )


def sees_inside(actor: Actor) -> bool:
    """Whether the actor sees internal things somewhere: comments on rounds are for colleagues."""
    reach = grants(actor, policy.VIEW)
    highest = max(reach.city_level, *reach.unit_levels.values(), -1)
    return actor.is_system or highest >= Level.INTERNAL


# --- results ------------------------------------------------------------------------------


def results(row: StatusRound, actor: Actor) -> QuerySet[RoundResult]:
    """Frozen projects that the actor may see now and could have seen then."""
    found = row.results.all() if row.state == StatusRound.State.CLOSED else row.results.none()
    if actor.is_system:
        return found
    then = predicate(grants(actor, policy.VIEW), unit="lead_unit_id", level="confidentiality")
    still = Project.objects.filter(pk=OuterRef("project_ref"))
    now = policy.visible(actor).filter(pk=OuterRef("project_ref"))
    return found.filter(then, Exists(now) | ~Exists(still))
