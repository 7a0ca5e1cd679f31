"""What the council's pages may read of projects: only what the reader sees, ids in, values out."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.urls import reverse

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.history import past
from leitstand.core.tables.query import read
from leitstand.core.tables.values import show
from leitstand.portfolio import policy
from leitstand.portfolio.models import BudgetLine, Phase, Project
from leitstand.portfolio.queries import differences
from leitstand.portfolio.queries import projects as project_list
from leitstand.portfolio.tables import PROJECTS


@dataclass(frozen=True, slots=True)
class Carrier:
    """A project as it stands in a list; money is that of all years, follow-up costs apart."""

    id: uuid.UUID
    number: str
    title: str
    url: str
    phase: str
    phase_label: str
    progress: int
    unit: str
    end: str
    planned: Decimal
    spent: Decimal
    level: int
    unit_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Change:
    """A changed value of a project in words; an empty ``label`` is a part that came or went."""

    part: str
    title: str
    label: str
    before: str
    after: str


def seen(actor: Actor, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Carrier]:
    """Those of the projects that the actor sees, by number; two queries."""
    if not ids:
        return {}
    rows = policy.visible(actor).filter(pk__in=list(ids)).select_related("lead_unit")
    found = list(rows.order_by("number"))
    lines = BudgetLine.objects.filter(project__in=[row.pk for row in found]).exclude(
        kind=BudgetLine.Kind.FOLLOW_UP
    )
    sums = lines.order_by().values_list("project_id").annotate(Sum("planned"), Sum("spent"))
    money = {key: (planned, spent) for key, planned, spent in sums}
    return {row.pk: _carrier(row, *money.get(row.pk, (Decimal(0), Decimal(0)))) for row in found}


def _carrier(row: Project, planned: Decimal, spent: Decimal) -> Carrier:
    end = show(PROJECTS["end"], project_list.partial(row.end, row.end_precision))
    return Carrier(
        row.pk, row.number, row.title, reverse("portfolio:project", args=[row.pk]), row.phase,
        str(Phase(row.phase).label), row.progress, row.lead_unit.name, end, planned, spent,
        row.confidentiality, row.lead_unit_id,
    )  # fmt: skip


def find(actor: Actor, text: str) -> Carrier | None:
    """The visible project of this identifier (P-00012) or number of the source; None otherwise."""
    text = text.strip()
    rows = policy.visible(actor).filter(Q(number__iexact=text) | Q(external_key=text))
    keys = list(rows.exclude(number="").values_list("pk", flat=True)[:2]) if text else []
    return seen(actor, keys).get(keys[0]) if len(keys) == 1 else None


def choices(actor: Actor) -> list[tuple[str, str]]:
    """(identifier, title) of all visible projects, by number; one query."""
    rows = policy.visible(actor).order_by("number").values_list("number", "title")
    return [(number, title) for number, title in rows]


def changes(
    actor: Actor, ids: Collection[uuid.UUID], since: date
) -> dict[uuid.UUID, tuple[Change, ...]]:
    """What has changed in the visible projects from the end of the day until now."""
    begins, today = past.first_day(), clock.today()
    first = max(since, begins) if begins else since
    if not ids or first >= today:
        return {}
    everything = read(project_list.PROJECT_LIST, {})
    found = differences.between(everything, actor, first, today, only=frozenset(ids))
    return {
        one.id: tuple(
            Change(line.part, line.title, line.label, line.before, line.after) for line in one.lines
        )
        for one in found
        if one.kind == differences.CHANGED
    }


CONFIDENTIAL = int(Level.CONFIDENTIAL)
