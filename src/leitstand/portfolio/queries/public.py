"""What everybody may read: published projects, and of these only what is meant for the public."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.org.models import OrgUnit
from leitstand.core.tables.dates import PartialDate, Precision, quarter_of
from leitstand.core.tables.query import Binding, ListSpec, Query
from leitstand.portfolio import policy
from leitstand.portfolio.models import FieldOfAction, Milestone, Phase, Project
from leitstand.portfolio.queries.projects import (
    PLANNED,
    STARTED,
    partial,
    phase_counts,
)
from leitstand.portfolio.tables.public import PUBLISHED

NEWEST = 6
FEED_LENGTH = 50
TEASER_WORDS = 28


def _in_fields(values: tuple[uuid.UUID | None, ...], actor: Actor) -> Q:
    links = Project.fields_of_action.through._default_manager.filter(project_id=OuterRef("pk"))
    return Q(Exists(links.filter(fieldofaction_id__in=[value for value in values if value])))


# The search looks into nothing that the page does not show.
PUBLIC_LIST = ListSpec(
    PUBLISHED,
    search=("title", "public_text"),
    bindings={"fields_of_action": Binding(where=_in_fields)},
    page_size=24,
)


@dataclass(frozen=True)
class Figures:
    """Numbers of published projects."""

    planned: int
    started: int
    done: int
    total: int


@dataclass(frozen=True)
class Step:
    """A milestone that the public may see; ``done_on`` is None while it lies ahead."""

    title: str
    due: date
    done_on: date | None
    late: bool


@dataclass(frozen=True)
class Published:
    """A published project as everybody may see it."""

    id: uuid.UUID
    title: str
    text: str
    teaser: str
    phase: str
    phase_label: str
    phase_text: str
    progress: int
    start: PartialDate | None
    end: PartialDate | None
    period: str
    lead_unit: str
    fields_of_action: tuple[str, ...]
    goals: tuple[str, ...]
    contact: str
    updated_at: datetime
    steps: tuple[Step, ...]

    @property
    def url(self) -> str:
        """Path of the page."""
        return reverse("public:project", args=[self.id])

    @property
    def address(self) -> str:
        """Address of the page."""
        return settings.CONFIG.base_url + self.url


def one_page(query: Query) -> tuple[Page[Any], list[Published]]:
    """One page (of ids) of the published projects that the query lets through, and these."""
    found = query.narrow(policy.published(), Actor.anonymous())
    keys = query.order(found).values_list("pk", flat=True)
    page = Paginator(keys, PUBLIC_LIST.page_size).get_page(query.page)
    return page, of(list(page.object_list))


def of(ids: Sequence[uuid.UUID]) -> list[Published]:
    """Published projects in the order of their ids; six queries for any number of them."""
    rows = _loaded(policy.published().filter(pk__in=ids)).in_bulk()
    return [_published(rows[pk]) for pk in ids if pk in rows]


def everything() -> Iterator[Published]:
    """All published projects by title, for open data."""
    keys = list(Query(PUBLIC_LIST).order(policy.published()).values_list("pk", flat=True))
    for first in range(0, len(keys), 500):
        yield from of(keys[first : first + 500])


def newest(limit: int) -> list[Published]:
    """The published projects that were changed last."""
    keys = policy.published().order_by("-updated_at", "-pk").values_list("pk", flat=True)
    return of(list(keys[:limit]))


def one(project_id: uuid.UUID) -> Published:
    """A published project; ``NotFound`` for any other, whether it exists or not."""
    found = of([project_id])
    if not found:
        raise NotFound
    return found[0]


def last_change() -> datetime | None:
    """When a published project was last changed."""
    moment: datetime | None = policy.published().aggregate(last=Max("updated_at"))["last"]
    return moment


def figures() -> Figures:
    """How many published projects are planned, under way and done."""
    counts = phase_counts(policy.published())
    return Figures(
        planned=sum(counts[phase] for phase in (*PLANNED, Phase.IDEA)),
        started=sum(counts[phase] for phase in STARTED),
        done=counts[Phase.DONE],
        total=sum(counts.values()),
    )


def options() -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: units and fields that occur in published projects."""
    published = policy.published()
    units = OrgUnit.objects.filter(pk__in=published.values("lead_unit")).order_by("name")
    fields = FieldOfAction.objects.filter(projects__in=published).distinct()
    return {
        "lead_unit": [(str(row.pk), row.name) for row in units],
        "fields_of_action": [(str(row.pk), row.name) for row in fields],
    }


def _loaded(projects: QuerySet[Project]) -> QuerySet[Project]:
    steps = Milestone.objects.filter(public=True).order_by("due", "title")
    return projects.select_related("lead_unit").prefetch_related(
        "fields_of_action", "goals", Prefetch("milestones", steps, to_attr="public_steps")
    )


def _published(row: Any) -> Published:
    start = partial(row.start, row.start_precision)
    end = partial(row.end, row.end_precision)
    text = row.public_text.strip()
    return Published(
        id=row.pk,
        title=row.title,
        text=text,
        teaser=Truncator(text).words(TEASER_WORDS, truncate=" …"),
        phase=row.phase,
        phase_label=str(row.get_phase_display()),
        phase_text=_state(row.phase, end),
        progress=100 if row.phase == Phase.DONE else row.progress,
        start=start,
        end=end,
        period=period(start, end),
        lead_unit=row.lead_unit.name,
        fields_of_action=tuple(field.name for field in row.fields_of_action.all()),
        goals=tuple(goal.name for goal in row.goals.all()),
        contact=row.public_contact.strip(),
        updated_at=row.updated_at,
        steps=tuple(_step(milestone) for milestone in row.public_steps),
    )


def _step(row: Milestone) -> Step:
    late = row.done_on is None and row.due < clock.today()
    return Step(row.title, row.due, row.done_on, late)


def _state(phase: str, end: PartialDate | None) -> str:
    """The phase in words; whoever reads an end in the past wants to know that we know it."""
    text = _in_words(phase)
    if phase == Phase.RUNNING and end is not None and end.last < clock.today():
        return text + " " + _("The planned end has passed.")
    return text


def _in_words(phase: str) -> str:
    return {
        Phase.IDEA: _("This is an idea. Nothing has been decided yet."),
        Phase.REQUESTED: _("The project has been requested. A decision is still to be made."),
        Phase.PLANNED: _("The project is being prepared."),
        Phase.RUNNING: _("The project is under way."),
        Phase.PAUSED: _("The project is paused at the moment."),
        Phase.DONE: _("The project is finished."),
        Phase.CANCELLED: _("The project was stopped and will not be continued."),
    }[Phase(phase)]


def period(start: PartialDate | None, end: PartialDate | None) -> str:
    """A span in words: "from March 2026 to 2027"; "" if nothing is known."""
    if start and end:
        if start == end:
            return when(start)
        return _("from %(start)s to %(end)s") % {"start": when(start), "end": when(end)}
    if start:
        return _("from %(start)s on") % {"start": when(start)}
    return _("until %(end)s") % {"end": when(end)} if end else ""


def when(day: PartialDate) -> str:
    """A date in words, as exact as it is known: "3 March 2026", "March 2026", "2026"."""
    if day.precision is Precision.YEAR:
        return str(day.date.year)
    if day.precision is Precision.QUARTER:
        return _("quarter %(number)d of %(year)d") % {
            "number": quarter_of(day.date),
            "year": day.date.year,
        }
    return date_format(day.date, "F Y" if day.precision is Precision.MONTH else "DATE_FORMAT")


def row_of(project: Published) -> dict[str, Any]:
    """A project as a row of open data (columns ``PUBLISHED``)."""
    return {
        "id": str(project.id),
        "title": project.title,
        "text": project.text,
        "phase": project.phase,
        "progress": project.progress,
        "start": project.start,
        "end": project.end,
        "lead_unit": project.lead_unit,
        "fields_of_action": project.fields_of_action,
        "goals": project.goals,
        "contact": project.contact,
        "updated": timezone.localdate(project.updated_at),
        "url": project.address,
    }
