"""What comes: early warnings from all sources that the reader may see."""

from __future__ import annotations

import functools
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import clock, early
from leitstand.core.base.actor import Actor
from leitstand.core.base.early import Coming, EarlyWarningSource, early_warning_sources
from leitstand.core.base.models import Level
from leitstand.portfolio import policy, policy_warnings
from leitstand.portfolio.models import (
    DueKind,
    EarlyWarning,
    Funding,
    Project,
    ProjectPerson,
)
from leitstand.portfolio.queries.projects import is_open

LAW_DAYS, FUNDING_DAYS = 180, 90
"""Lead times of dates that stand in projects and carry none of their own."""
HORIZON = timedelta(days=3 * 365)


@dataclass(frozen=True)
class Outlook:
    """What comes, by day; ``now`` are those whose lead time has begun."""

    now: Sequence[Coming]
    later: Sequence[Coming]


def register() -> None:
    """Fill the registry; called once when Django is ready."""
    for source in (
        EarlyWarningSource("portfolio.entered", _("entered"), _entered),
        EarlyWarningSource("portfolio.law", _("dates by law of projects"), _by_law),
        EarlyWarningSource("portfolio.funding", _("deadlines of fundings"), _fundings),
    ):
        early_warning_sources.add(source.code, source)


def kinds() -> dict[str, str]:
    """Kinds of dates with their labels: those that can be entered, and those of other sources."""
    found = {str(value): str(label) for value, label in EarlyWarning.Kind.choices}
    for source in early_warning_sources:
        found |= {value: str(label) for value, label in source.kinds.items()}
    return found


def outlook(actor: Actor, kind: str = "", *, start: bool = False) -> Outlook:
    """Everything of the next three years and what has passed unsettled, over all sources; with
    ``start`` over those that have no section of their own on the start page."""
    today = clock.today()
    until = today + HORIZON
    sources = [one for one in early_warning_sources if one.on_start or not start]
    every = (one for source in sources for one in source.find(actor, until))
    found = sorted(every, key=lambda one: (one.day, one.title))
    wanted = [one for one in found if not kind or one.kind == kind]
    return Outlook(
        [one for one in wanted if one.begins <= today],
        [one for one in wanted if one.begins > today],
    )


def coming(actor: Actor, until: date) -> Iterable[Coming]:
    """All warnings up to a day, in no order."""
    for source in early_warning_sources:
        yield from source.find(actor, until)


def _entered(actor: Actor, until: date) -> list[Coming]:
    rows = list(policy_warnings.visible(actor).filter(settled_on=None, day__lte=until))
    touches, people = _touched(actor, [row.pk for row in rows])
    return [
        Coming(
            f"early-warning:{row.pk}", row.kind, row.title, row.day, row.lead_days,
            reverse("portfolio:warning", args=[row.pk]), row.source_text,
            tuple(touches.get(row.pk, ())), tuple(people.get(row.pk, ())),
            "" if row.confidentiality >= Level.CONFIDENTIAL else row.title,
        )
        for row in rows
    ]  # fmt: skip


def _touched(
    actor: Actor, ids: Sequence[uuid.UUID]
) -> tuple[dict[uuid.UUID, list[tuple[str, str]]], dict[uuid.UUID, list[uuid.UUID]]]:
    """Visible projects and units that warnings touch, and who leads those projects; 3 queries."""
    touches: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    projects: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    if not ids:
        return touches, {}
    ties = EarlyWarning.projects.through.objects.filter(
        earlywarning__in=ids, project__in=policy.visible(actor).order_by().values("pk")
    )
    for key, project, title in ties.order_by("project__number").values_list(
        "earlywarning_id", "project_id", "project__title"
    ):
        touches[key].append((title, _address(project)))
        projects[key].append(project)
    units = EarlyWarning.units.through.objects.filter(earlywarning__in=ids)
    for key, unit, name in units.order_by("orgunit__code").values_list(
        "earlywarning_id", "orgunit_id", "orgunit__name"
    ):
        touches[key].append((name, reverse("portfolio:unit", args=[unit])))
    leads = _leads({project for some in projects.values() for project in some})
    people = {
        key: [p for one in some for p in leads.get(one, ())] for key, some in projects.items()
    }
    return touches, people


def touched_by(actor: Actor, row: EarlyWarning) -> list[tuple[str, str]]:
    """Visible projects and units that one warning touches, as (title, address)."""
    touches, _people = _touched(actor, [row.pk])
    return touches.get(row.pk, [])


def _leads(projects: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    rows = ProjectPerson.objects.filter(
        project__in=list(projects), role__in=policy.LEADING, person__active=True
    )
    for project, person in rows.values_list("project_id", "person_id"):
        found[project].append(person)
    return found


def _open(actor: Actor) -> QuerySet[Project]:
    return policy.visible(actor).filter(is_open())


def _by_law(actor: Actor, until: date) -> list[Coming]:
    rows = list(_open(actor).filter(due_kind=DueKind.LAW, due__lte=until).order_by().values_list(
        "pk", "title", "due", "due_basis", "confidentiality"
    ))  # fmt: skip
    leads = _leads(row[0] for row in rows)
    found = []
    for key, title, due, basis, level in rows:
        if due is None:
            continue
        url = _address(key)
        found.append(
            Coming(
                f"project-law:{key}", early.LAW, title, due, LAW_DAYS, url,
                basis, ((title, url),), tuple(leads.get(key, ())),
                "" if level >= Level.CONFIDENTIAL else title,
            )
        )  # fmt: skip
    return found


@functools.lru_cache(maxsize=1)
def _pattern() -> str:
    return reverse("portfolio:project", args=[uuid.UUID(int=0)])


def _address(project: uuid.UUID) -> str:
    """The address of a project's page; asking the resolver for hundreds takes longer than all else."""
    return _pattern().replace(str(uuid.UUID(int=0)), str(project))


def _fundings(actor: Actor, until: date) -> list[Coming]:
    rows = list(
        Funding.objects.filter(
            project__in=_open(actor).order_by().values("pk"), deadline__lte=until,
            state__in=(Funding.State.PLANNED, Funding.State.GRANTED),
        ).select_related("project")
    )  # fmt: skip
    leads = _leads(row.project_id for row in rows)
    found = []
    for row in rows:
        if row.deadline is None:
            continue
        url = _address(row.project_id)
        secret = row.project.confidentiality >= Level.CONFIDENTIAL
        found.append(
            Coming(
                f"funding:{row.pk}", early.FUNDING, row.programme_name, row.deadline, FUNDING_DAYS,
                url, str(row.get_state_display()), ((row.project.title, url),),
                tuple(leads.get(row.project_id, ())), "" if secret else row.programme_name,
            )
        )  # fmt: skip
    return found
