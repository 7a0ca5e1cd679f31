"""Figures over a selection of projects; each names the filters that list what it counts."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from leitstand.core.org.models import OrgUnit, UnitKind
from leitstand.portfolio.models import (
    BudgetLine,
    FieldOfAction,
    Goal,
    Phase,
    Programme,
    Project,
    Size,
)
from leitstand.portfolio.queries.projects import (
    PLANNED,
    STARTED,
    is_late,
    law_at_risk,
    phase_counts,
)

_ABOVE = frozenset({UnitKind.CITY, UnitKind.DIRECTORATE})


@dataclass(frozen=True)
class Figures:
    """Numbers of projects: done, started (running or paused), planned (requested or planned).

    Ideas and cancelled projects are not counted as progress; they are shown beside it.
    """

    done: int = 0
    started: int = 0
    planned: int = 0
    ideas: int = 0
    cancelled: int = 0

    @property
    def counted(self) -> int:
        """The whole that shares refer to."""
        return self.done + self.started + self.planned

    @property
    def total(self) -> int:
        """All projects."""
        return self.counted + self.ideas + self.cancelled


PARTS: Mapping[str, tuple[str, ...]] = {
    "done": (str(Phase.DONE),),
    "started": tuple(map(str, STARTED)),
    "planned": tuple(map(str, PLANNED)),
    "ideas": (str(Phase.IDEA),),
    "cancelled": (str(Phase.CANCELLED),),
}


@dataclass(frozen=True)
class Share:
    """Figures of one part of the portfolio; ``filters`` select exactly its projects."""

    label: str
    figures: Figures
    filters: Mapping[str, Any] = field(default_factory=dict)
    id: uuid.UUID | None = None


def figures(counts: Mapping[str, int]) -> Figures:
    """Figures from numbers by phase."""
    return Figures(**{
        name: sum(counts.get(phase, 0) for phase in phases) for name, phases in PARTS.items()
    })  # fmt: skip


def overall(projects: QuerySet[Project]) -> Figures:
    """Figures of all of them; one query."""
    return figures(phase_counts(projects))


def _grouped(projects: QuerySet[Project], path: str) -> dict[Any, dict[str, int]]:
    rows = projects.order_by().values_list(path, "phase").annotate(number=Count("pk"))
    found: dict[Any, dict[str, int]] = defaultdict(dict)
    for key, phase, number in rows:
        found[key][phase] = number
    return found


def _shares(
    named: Iterable[tuple[uuid.UUID, str]], counts: Mapping[Any, Mapping[str, int]], name: str
) -> list[Share]:
    """One share per object, empty ones too, and one for projects without any."""
    found = [
        Share(label, figures(counts.get(key, {})), {name: (key,)}, key) for key, label in named
    ]
    if None in counts:
        found.append(Share("", figures(counts[None]), {name: (None,)}))
    return found


def per_programme(projects: QuerySet[Project]) -> list[Share]:
    """Figures by programme; two queries."""
    named = Programme.objects.values_list("id", "name")
    return _shares(named, _grouped(projects, "programme_id"), "programme")


def per_field(projects: QuerySet[Project]) -> list[Share]:
    """Figures by field of action; a project counts in each of its fields; two queries."""
    named = FieldOfAction.objects.values_list("id", "name")
    return _shares(named, _grouped(projects, "fields_of_action"), "fields_of_action")


def per_goal(projects: QuerySet[Project]) -> list[Share]:
    """Figures by goal; a project counts for each of its goals; two queries."""
    named = Goal.objects.values_list("id", "name")
    return _shares(named, _grouped(projects, "goals"), "goals")


def per_department(projects: QuerySet[Project]) -> list[Share]:
    """Figures by department with everything below it; only departments that lead something.

    A project led by a directorate or the city itself is shown under that unit alone.
    """
    counts = _grouped(projects, "lead_unit_id")
    units = {
        row[0]: row
        for row in OrgUnit.objects.values_list("id", "parent_id", "name", "kind", "code")
    }
    merged: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for unit, phases in counts.items():
        top = _department(unit, units)
        for phase, number in phases.items():
            merged[top][phase] += number
    return [
        Share(units[key][2], figures(merged[key]), _unit_filter(key, units[key][3]), key)
        for key in sorted(merged, key=lambda key: units[key][4])
    ]


def _department(unit: uuid.UUID, units: Mapping[uuid.UUID, tuple[Any, ...]]) -> uuid.UUID:
    """The highest unit above ``unit`` that is neither the city nor a directorate, or itself."""
    found, step = unit, unit
    for _depth in range(len(units)):
        if units[step][3] not in _ABOVE:
            found = step
        parent = units[step][1]
        if parent is None or parent not in units:
            break
        step = parent
    return found


def _unit_filter(unit: uuid.UUID, kind: str) -> dict[str, Any]:
    return {"lead_unit_only" if kind in _ABOVE else "lead_unit": (unit,)}


@dataclass(frozen=True)
class YearOfMoney:
    """Euro of one year over ``projects`` projects."""

    year: int
    planned: Decimal
    committed: Decimal
    spent: Decimal
    projects: int


def money(projects: QuerySet[Project]) -> list[YearOfMoney]:
    """Sums per year; one query."""
    rows = (
        BudgetLine.objects.filter(project__in=projects)
        .order_by("year")
        .values_list("year")
        .annotate(
            planned=Sum("planned"),
            committed=Sum("committed"),
            spent=Sum("spent"),
            projects=Count("project", distinct=True),
        )
    )
    return [YearOfMoney(*row) for row in rows]


def per_size(projects: QuerySet[Project]) -> list[tuple[str, str, int]]:
    """(size, label, number) for every size; "" for projects without one; one query."""
    counts = dict(projects.order_by().values_list("size").annotate(number=Count("pk")))
    named = [(str(value), str(label), counts.get(value, 0)) for value, label in Size.choices]
    return [*named, ("", "", counts.get("", 0))]


def number_late(projects: QuerySet[Project]) -> int:
    """How many are late."""
    return projects.filter(is_late()).count()


def number_at_risk(projects: QuerySet[Project]) -> int:
    """How many have a date by law at risk."""
    return projects.filter(law_at_risk()).count()
