"""What the start page tells a person about the portfolio; every list is short and constant."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.portfolio import policy
from leitstand.portfolio.models import (
    Decision,
    DueKind,
    MandatoryConsultation,
    Milestone,
    Obstacle,
    Project,
    WaitingTime,
)
from leitstand.portfolio.queries.cockpit import in_scope
from leitstand.portfolio.queries.projects import (
    CLOSED,
    is_late,
    is_mine,
    is_open,
    overdue_milestones,
)

SHORT = 6
MOST_REASONS = 3
DAYS_AHEAD = 30
DAYS_TO_LAW = 180


@dataclass(frozen=True)
class Brief:
    """A project in one line; ``reasons`` say why it is late."""

    id: uuid.UUID
    number: str
    title: str
    phase: str
    end: date | None
    progress: int
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class Awaited:
    """A decision that a project waits for; ``body`` may be empty."""

    project: uuid.UUID
    title: str
    name: str
    body: str


@dataclass(frozen=True)
class Dated:
    """Something due in a project."""

    project: uuid.UUID
    title: str
    name: str
    due: date


_FIELDS = ("id", "number", "title", "phase", "end", "progress")


def _first(rows: QuerySet[Any], *fields: str) -> tuple[list[tuple[Any, ...]], int]:
    """The values of the first rows, and how many there are: one query."""
    whole = rows.annotate(_whole=Window(Count("*"))).values_list(*fields, "_whole")[:SHORT]
    found = list(whole)
    return [row[:-1] for row in found], found[0][-1] if found else 0


def _briefs(projects: QuerySet[Project], *order: Any) -> tuple[list[Brief], int]:
    rows, number = _first(projects.order_by(*order, "number"), *_FIELDS)
    return [Brief(*row) for row in rows], number


def mine(actor: Actor) -> tuple[list[Brief], int]:
    """Open projects in which the person has a role, the next to end first, and their number."""
    found = policy.visible(actor).filter(is_mine(actor), is_open())
    return _briefs(found, F("end").asc(nulls_last=True))


def late(actor: Actor) -> tuple[list[Brief], int]:
    """Late projects, the longest overdue first, with reasons, and their number."""
    found = in_scope(actor).filter(is_late())
    briefs, number = _briefs(found, F("end").asc(nulls_last=True))
    reasons = _reasons([brief.id for brief in briefs])
    today = clock.today()
    return [
        replace(b, reasons=_shortened([*_overdue_end(b.end, today), *reasons.get(b.id, ())]))
        for b in briefs
    ], number


def why_late(project: Project, parts: Mapping[str, Sequence[Any]]) -> list[str]:
    """Why a project is late, in words; empty if it is not (see `is_late`).

    ``parts``: the project's obstacles, waiting times and milestones, already loaded.
    """
    today = clock.today()
    missed = [row for row in parts["milestone"] if row.done_on is None and row.due < today]
    ended = _overdue_end(project.end, today)
    if project.phase in CLOSED or not (ended or missed):
        return []
    open_obstacles = [row for row in parts["obstacle"] if row.resolved_on is None]
    waits = [row for row in parts["waiting"] if row.start and row.end]
    return _shortened(
        [
            *ended,
            *(_held_by(row.kind, row.title) for row in open_obstacles),
            *(_waits_for(row.kind) for row in waits if row.start <= today <= row.end),
            *(_missed(row.title, row.due) for row in sorted(missed, key=lambda row: row.due)),
        ]
    )


def _held_by(kind: str, title: str) -> str:
    return title or str(Obstacle.Kind(kind).label)


def _waits_for(kind: str) -> str:
    return _("waits for: %(what)s") % {"what": WaitingTime.Kind(kind).label}


def _missed(title: str, due: date) -> str:
    return _("milestone “%(title)s” was due on %(day)s") % {
        "title": title,
        "day": date_format(due, "SHORT_DATE_FORMAT"),
    }


def _shortened(reasons: list[str]) -> list[str]:
    rest = len(reasons) - MOST_REASONS
    if rest <= 1:
        return reasons
    more = ngettext("and %(number)d more", "and %(number)d more", rest) % {"number": rest}
    return [*reasons[:MOST_REASONS], more]


def _overdue_end(end: date | None, today: date) -> list[str]:
    if end is None or end >= today:
        return []
    days = (today - end).days
    return [ngettext("end %(days)d day ago", "end %(days)d days ago", days) % {"days": days}]


def _reasons(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Missed milestones, open obstacles, running waiting times: three queries."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    held = Obstacle.objects.filter(project__in=ids, resolved_on=None)
    for key, kind, title in held.values_list("project_id", "kind", "title"):
        found[key].append(_held_by(kind, title))
    today = clock.today()
    waits = WaitingTime.objects.filter(project__in=ids, start__lte=today, end__gte=today)
    for key, kind in waits.values_list("project_id", "kind"):
        found[key].append(_waits_for(kind))
    missed = overdue_milestones().filter(project__in=ids).order_by("due")
    for key, title, due in missed.values_list("project_id", "title", "due"):
        found[key].append(_missed(title, due))
    return found


def next_milestones(actor: Actor) -> list[Dated]:
    """Milestones of open projects in the next 30 days."""
    today = clock.today()
    rows = (
        Milestone.objects.filter(
            project__in=in_scope(actor).filter(is_open()),
            done_on=None,
            due__range=(today, today + timedelta(days=DAYS_AHEAD)),
        )
        .order_by("due", "project__number")
        .values_list("project_id", "project__title", "title", "due")[:SHORT]
    )
    return [Dated(*row) for row in rows]


def overdue_consultations(actor: Actor) -> tuple[list[Dated], int]:
    """Mandatory consultations of open projects that should have been finished."""
    waiting = (MandatoryConsultation.State.OPEN, MandatoryConsultation.State.REQUESTED)
    found = MandatoryConsultation.objects.filter(
        project__in=in_scope(actor).filter(is_open()),
        state__in=waiting,
        due__lt=clock.today(),
    ).order_by("due", "project__number")
    rows, number = _first(found, "project_id", "project__title", "kind", "due")
    labels = dict(MandatoryConsultation.Kind.choices)
    return [
        Dated(project, title, str(labels.get(kind, kind)), due)
        for project, title, kind, due in rows
        if due
    ], number


def awaited_decisions(actor: Actor) -> tuple[list[Awaited], int]:
    """Decisions without a day yet, of open projects that the actor may change, and their number."""
    projects = in_scope(actor, policy.changeable(actor)).filter(is_open())
    found = Decision.objects.filter(project__in=projects, decided_on=None)
    found = found.order_by("project__number", "title")
    rows, number = _first(found, "project_id", "project__title", "title", "body")
    return [Awaited(*row) for row in rows], number


def due_by_law(actor: Actor) -> tuple[list[Dated], int]:
    """Dates by law of open projects in the next 180 days, past ones first, and their number."""
    found = in_scope(actor).filter(
        is_open(),
        due_kind=DueKind.LAW,
        due__lte=clock.today() + timedelta(days=DAYS_TO_LAW),
    )
    rows, number = _first(found.order_by("due", "number"), "id", "title", "due_basis", "due")
    return [
        Dated(key, title, basis or str(DueKind.LAW.label), due)
        for key, title, basis, due in rows
        if due
    ], number


def is_empty(actor: Actor) -> bool:
    """Whether the actor sees no project at all."""
    return not policy.visible(actor).exists()
