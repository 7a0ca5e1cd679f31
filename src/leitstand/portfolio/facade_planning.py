"""What planning may read of the portfolio: everything up to a level, in a fixed number of queries.

Planning is about the whole city, so nothing here asks who reads: whoever calls says up to which
level of confidentiality projects and rollouts count, and shows the result to nobody below it.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from leitstand.core.base.actor import Actor
from leitstand.portfolio.actions.baselines import freeze_baseline
from leitstand.portfolio.actions.projects import change_project
from leitstand.portfolio.domain.priority import rank
from leitstand.portfolio.models import (
    CellState,
    Dependency,
    Phase,
    PriorityScore,
    Project,
    RoleEffort,
    Rollout,
    RolloutCell,
    RolloutStep,
    RolloutUnit,
    Skill,
    WaitingTime,
    WorkPackage,
)
from leitstand.portfolio.queries.efforts import by_size
from leitstand.portfolio.queries.matrix import criteria

CLOSED = (Phase.DONE, Phase.CANCELLED)
Key = uuid.UUID


@dataclass(frozen=True, slots=True)
class SkillRef:
    """A role for which effort is planned."""

    id: Key
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PlanPackage:
    """A work package; ``days`` of effort if known."""

    id: Key
    title: str
    start: date | None
    end: date | None
    days: float | None
    done: bool


@dataclass(frozen=True, slots=True)
class PlanWaiting:
    """A waiting time: it uses the calendar, not the staff."""

    kind: str
    label: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class PlanProject:
    """A project that is neither completed nor cancelled.

    ``efforts`` are person days per role; ``sized`` what its size stands for, None without a size.
    ``points`` (0-100) and ``failed`` come from the priorities; None if it was never scored.
    """

    id: Key
    number: str
    title: str
    unit: str
    level: int
    phase: str
    phase_label: str
    size: str
    start: date | None
    end: date | None
    due: date | None
    due_kind: str
    due_basis: str
    progress: int
    efforts: tuple[tuple[Key, float], ...] = ()
    sized: float | None = None
    packages: tuple[PlanPackage, ...] = ()
    waiting: tuple[PlanWaiting, ...] = ()
    points: float | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class PlanLink:
    """``successor`` depends on ``predecessor``; lag in calendar days."""

    predecessor: Key
    successor: Key
    kind: str
    lag_days: int


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step of a rollout: least and most calendar days, whether the unit's size decides."""

    id: Key
    title: str
    kind: str
    min_days: int
    max_days: int
    by_size: bool
    weight: int


@dataclass(frozen=True, slots=True)
class PlanMember:
    """A unit of a rollout; ``done`` are the steps that are finished or not needed."""

    id: Key
    code: str
    name: str
    size: str
    wave: str
    go_live: date | None
    done: frozenset[Key]


@dataclass(frozen=True, slots=True)
class PlanRollout:
    """A rollout with the units that take part."""

    id: Key
    title: str
    level: int
    start: date | None
    due: date | None
    due_kind: str
    project_id: Key | None
    steps: tuple[PlanStep, ...] = ()
    members: tuple[PlanMember, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """Everything that planning reads at once."""

    projects: tuple[PlanProject, ...]
    links: tuple[PlanLink, ...]
    rollouts: tuple[PlanRollout, ...]
    hidden: int


def skills() -> list[SkillRef]:
    """The roles by name; one query."""
    rows = Skill.objects.order_by("name").values_list("id", "code", "name")
    return [SkillRef(*row) for row in rows]


def size_days() -> dict[str, float]:
    """Size → person days; one query."""
    return {size: float(days) for size, days in by_size().items()}


def plan_facts(level: int) -> PlanFacts:
    """Open projects and rollouts up to this level; ``hidden`` counts the open ones above it.

    Twelve queries for any number of projects.
    """
    opened = Project.objects.exclude(phase__in=CLOSED)
    rows = list(
        opened.filter(confidentiality__lte=level).select_related("lead_unit").order_by("number")
    )
    keys = [row.pk for row in rows]
    return PlanFacts(
        projects=_projects(rows, keys),
        links=_links(keys),
        rollouts=_rollouts(level),
        hidden=opened.filter(confidentiality__gt=level).count(),
    )


def adopt_periods(actor: Actor, periods: Mapping[Key, tuple[date, date]], reason: str) -> int:
    """Give projects their planned periods and freeze each as a baseline; all or none.

    A running project keeps its start. Raises ``NotAllowed`` if the actor may not change one of
    them. Returns how many were changed.
    """
    rows = Project.objects.filter(pk__in=list(periods)).exclude(phase__in=CLOSED).order_by("number")
    with transaction.atomic():
        for row in rows:
            first, last = periods[row.pk]
            start = row.start if row.phase == Phase.RUNNING and row.start else first
            values = {
                "start": start,
                "end": max(start, last),
                "start_precision": "day",
                "end_precision": "day",
            }
            change_project(row.pk, actor=actor, version=row.version, values=values, reason=reason)
            freeze_baseline(row.pk, actor=actor, reason=reason)
    return len(rows)


def _projects(rows: list[Project], keys: list[Key]) -> tuple[PlanProject, ...]:
    sized, points = by_size(), _points(keys)
    efforts, packages, waiting = _efforts(keys), _packages(keys), _waiting(keys)
    return tuple(
        PlanProject(
            id=row.pk, number=row.number, title=row.title, unit=row.lead_unit.name,
            level=row.confidentiality, phase=row.phase, phase_label=str(Phase(row.phase).label),
            size=row.size, start=row.start, end=row.end, due=row.due, due_kind=row.due_kind,
            due_basis=row.due_basis, progress=row.progress,
            efforts=tuple(efforts.get(row.pk, ())), sized=_number(sized.get(row.size)),
            packages=tuple(packages.get(row.pk, ())), waiting=tuple(waiting.get(row.pk, ())),
            points=points.get(row.pk, (None, False))[0], failed=points.get(row.pk, (None, False))[1],
        )
        for row in rows
    )  # fmt: skip


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _efforts(keys: Collection[Key]) -> Mapping[Key, list[tuple[Key, float]]]:
    found: dict[Key, list[tuple[Key, float]]] = defaultdict(list)
    rows = RoleEffort.objects.filter(project__in=keys).order_by("skill__code")
    for project, skill, days in rows.values_list("project_id", "skill_id", "effort_days"):
        found[project].append((skill, float(days)))
    return found


def _packages(keys: Collection[Key]) -> Mapping[Key, list[PlanPackage]]:
    found: dict[Key, list[PlanPackage]] = defaultdict(list)
    rows = WorkPackage.objects.filter(project__in=keys).order_by("start", "title")
    columns = ("project_id", "id", "title", "start", "end", "effort_days", "done")
    for project, key, title, start, end, days, done in rows.values_list(*columns):
        found[project].append(PlanPackage(key, title, start, end, _number(days), done))
    return found


def _waiting(keys: Collection[Key]) -> Mapping[Key, list[PlanWaiting]]:
    found: dict[Key, list[PlanWaiting]] = defaultdict(list)
    labels = dict(WaitingTime.Kind.choices)
    rows = WaitingTime.objects.filter(project__in=keys).order_by("start")
    for project, kind, start, end in rows.values_list("project_id", "kind", "start", "end"):
        found[project].append(PlanWaiting(kind, str(labels[kind]), start, end))
    return found


def _points(keys: Collection[Key]) -> dict[Key, tuple[float | None, bool]]:
    scores: dict[Any, dict[Any, int]] = {key: {} for key in keys}
    rows = PriorityScore.objects.filter(project__in=keys)
    for project, criterion, score in rows.values_list("project_id", "criterion_id", "score"):
        scores[project][criterion] = score
    return {
        one.id: (one.points if one.scored else None, bool(one.failed))
        for one in rank(criteria(), scores)
    }


def _links(keys: Collection[Key]) -> tuple[PlanLink, ...]:
    rows = Dependency.objects.filter(predecessor__in=keys, successor__in=keys)
    columns = ("predecessor_id", "successor_id", "kind", "lag_days")
    return tuple(PlanLink(*row) for row in rows.order_by("id").values_list(*columns))


def _rollouts(level: int) -> tuple[PlanRollout, ...]:
    rows = list(Rollout.objects.filter(confidentiality__lte=level).order_by("title", "id"))
    keys = [row.pk for row in rows]
    steps: dict[Key, list[PlanStep]] = defaultdict(list)
    columns = ("id", "title", "kind", "min_days", "max_days", "by_size", "weight")
    for rollout, *rest in RolloutStep.objects.filter(rollout__in=keys).values_list(
        "rollout_id", *columns
    ):
        steps[rollout].append(PlanStep(*rest))
    members = _members(keys)
    return tuple(
        PlanRollout(
            row.pk, row.title, row.confidentiality, row.start, row.due, row.due_kind,
            row.project_id, tuple(steps.get(row.pk, ())), tuple(members.get(row.pk, ())),
        )
        for row in rows
    )  # fmt: skip


def _members(keys: Collection[Key]) -> Mapping[Key, list[PlanMember]]:
    finished = RolloutCell.objects.filter(
        member__rollout__in=keys, state__in=(CellState.DONE, CellState.NOT_NEEDED)
    )
    done: dict[Key, set[Key]] = defaultdict(set)
    for member, step in finished.values_list("member_id", "step_id"):
        done[member].add(step)
    found: dict[Key, list[PlanMember]] = defaultdict(list)
    rows = RolloutUnit.objects.filter(rollout__in=keys, affected=True)
    for row in rows.select_related("unit", "wave"):
        found[row.rollout_id].append(
            PlanMember(
                row.pk, row.unit.code, row.unit.name, row.size, row.wave.title if row.wave else "",
                row.wave.go_live if row.wave else None, frozenset(done.get(row.pk, ())),
            )
        )  # fmt: skip
    return found
