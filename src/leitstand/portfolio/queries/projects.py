"""The list of projects: what it can be filtered by, and the rows of a page or an export."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Contains
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.org.queries import subtree_ids
from leitstand.core.tables.columns import Column
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.tables.filters import Filter, Kind
from leitstand.core.tables.query import MOST_WORDS, Binding, ListSpec, Query
from leitstand.core.tables.sql import Fold, fold
from leitstand.portfolio import policy
from leitstand.portfolio.models import (
    BudgetLine,
    DueKind,
    Milestone,
    Participation,
    Phase,
    Project,
    ProjectPerson,
)
from leitstand.portfolio.tables import PROJECTS

CLOSED = (Phase.DONE, Phase.CANCELLED)
STARTED = (Phase.RUNNING, Phase.PAUSED)
PLANNED = (Phase.REQUESTED, Phase.PLANNED)
UNCOUNTED = (Phase.IDEA, Phase.CANCELLED)

Some: TypeAlias = "Collection[uuid.UUID] | QuerySet[Project]"


# --- predicates ---------------------------------------------------------------------------------


def _has_person(role: str) -> Callable[[Any, Actor], Q]:
    def where(values: tuple[uuid.UUID | None, ...], actor: Actor) -> Q:
        people = ProjectPerson.objects.filter(project=OuterRef("pk"), role=role)
        clause = Q(Exists(people.filter(person_id__in=[v for v in values if v])))
        return clause | ~Q(Exists(people)) if None in values else clause

    return where


def _lead_is_called(text: str, actor: Actor) -> Q:
    """Projects led by somebody whose given and family name contain every word."""
    leads = ProjectPerson.objects.filter(project=OuterRef("pk"), role=ProjectPerson.Role.LEAD)
    whole = Fold(
        Concat("person__given_name", Value(" "), "person__family_name", output_field=TextField())
    )
    for word in fold(text).split()[:MOST_WORDS]:
        leads = leads.filter(Contains(whole, word))
    return Q(Exists(leads))


def _has_link(relation: str, target: str) -> Callable[[Any, Actor], Q]:
    """A many-to-many link to one of the objects; None asks for no link at all."""
    through = Project._meta.get_field(relation).remote_field.through  # type: ignore[union-attr]

    def where(values: tuple[uuid.UUID | None, ...], actor: Actor) -> Q:
        links = through._default_manager.filter(project_id=OuterRef("pk"))
        clause = Q(Exists(links.filter(**{f"{target}__in": [v for v in values if v]})))
        return clause | ~Q(Exists(links)) if None in values else clause

    return where


def _participates(values: tuple[uuid.UUID | None, ...], actor: Actor) -> Q:
    units = subtree_ids([value for value in values if value])
    joined = Participation.objects.filter(project=OuterRef("pk"))
    clause = Q(Exists(joined.filter(unit_id__in=units)))
    return clause | ~Q(Exists(joined)) if None in values else clause


def is_mine(actor: Actor) -> Q:
    """Projects in which the actor's person has any role; nothing for accounts without a person."""
    if actor.person_id is None:
        return Q(pk__in=[])
    own = ProjectPerson.objects.filter(project=OuterRef("pk"), person_id=actor.person_id)
    return Q(Exists(own))


def is_open() -> Q:
    """Projects neither completed nor cancelled."""
    return ~Q(phase__in=CLOSED)


def overdue_milestones() -> QuerySet[Milestone]:
    """Milestones that should have been reached before today."""
    return Milestone.objects.filter(done_on=None, due__lt=clock.today())


def is_late() -> Q:
    """Open projects whose end has passed or that missed a milestone."""
    missed = overdue_milestones().filter(project=OuterRef("pk"))
    return is_open() & (Q(end__lt=clock.today()) | Q(Exists(missed)))


def law_at_risk() -> Q:
    """Open projects whose date by law has passed, lies before the planned end, or has no end."""
    risk = Q(due__lt=clock.today()) | Q(end__gt=F("due")) | Q(end=None)
    return is_open() & Q(due_kind=DueKind.LAW, due__isnull=False) & risk


def _spends_in(value: tuple[Any, Any], actor: Actor) -> Q:
    lines = BudgetLine.objects.filter(project=OuterRef("pk"))
    if value[0] is not None:
        lines = lines.filter(year__gte=value[0])
    if value[1] is not None:
        lines = lines.filter(year__lte=value[1])
    return Q(Exists(lines))


PROJECT_LIST = ListSpec(
    PROJECTS,
    search=("title", "number", "need", "summary"),
    bindings={
        "lead": Binding(where=_has_person(ProjectPerson.Role.LEAD)),
        "sponsor": Binding(where=_has_person(ProjectPerson.Role.SPONSOR)),
        "lead_unit": Binding(order="lead_unit__path"),
        "participating_units": Binding(where=_participates),
        "fields_of_action": Binding(
            where=_has_link("fields_of_action", "fieldofaction_id"),
            key="fields_of_action__id",
            text="fields_of_action__name",
        ),
        "goals": Binding(where=_has_link("goals", "goal_id")),
    },
    extra=(
        Filter("mine", _("My projects"), Kind.FLAG, where=lambda _value, actor: is_mine(actor)),
        Filter("late", _("Late"), Kind.FLAG, where=lambda _value, _actor: is_late()),
        Filter(
            "law_at_risk", _("Date by law at risk"), Kind.FLAG,
            where=lambda _value, _actor: law_at_risk(),
        ),
        Filter(
            "lead_unit_only", _("Lead unit (without sub-units)"), Kind.OBJECT, "lead_unit_id"
        ),
        Filter("lead_name", _("Name of the project lead"), Kind.TEXT, where=_lead_is_called),
        Filter("budget_year", _("Budget year"), Kind.NUMBERS, where=_spends_in),
    ),
)  # fmt: skip


def listed(query: Query, actor: Actor) -> QuerySet[Project]:
    """The visible projects that the query lets through, in no order."""
    return query.narrow(policy.visible(actor), actor)


def phase_counts(projects: QuerySet[Project]) -> dict[str, int]:
    """Phase → number of projects; phases without projects are there with 0."""
    counted = projects.order_by().values_list("phase").annotate(number=Count("pk"))
    return {**dict.fromkeys(Phase.values, 0), **dict(counted)}


# --- rows ---------------------------------------------------------------------------------------

_PLAIN = {
    "id": "id", "version": "version", "phase": "phase", "start": "start", "end": "end",
    "start_precision": "start_precision", "end_precision": "end_precision", "title": "title",
    "number": "number", "lead_unit_id": "lead_unit_id", "programme_id": "programme_id",
    "lead_unit": "lead_unit__name", "programme": "programme__name",
}  # fmt: skip


def _people(role: str) -> Callable[[Some], dict[uuid.UUID, str]]:
    def load(projects: Some) -> dict[uuid.UUID, str]:
        rows = ProjectPerson.objects.filter(project__in=projects, role=role).order_by(
            "person__family_name", "person__given_name"
        )
        found: dict[uuid.UUID, str] = {}
        for key, given, family in rows.values_list(
            "project_id", "person__given_name", "person__family_name"
        ):
            name = f"{given} {family}".strip()
            found[key] = f"{found[key]}; {name}" if key in found else name
        return found

    return load


def _names(rows: Iterable[tuple[uuid.UUID, str]]) -> dict[uuid.UUID, tuple[str, ...]]:
    found: dict[uuid.UUID, list[str]] = {}
    for key, name in rows:
        found.setdefault(key, []).append(name)
    return {key: tuple(names) for key, names in found.items()}


def _participants(projects: Some) -> dict[uuid.UUID, tuple[str, ...]]:
    rows = Participation.objects.filter(project__in=projects).order_by("unit__code")
    return _names(rows.values_list("project_id", "unit__name"))


def _linked(relation: str, target: str, order: str) -> Callable[[Some], dict[uuid.UUID, Any]]:
    through = Project._meta.get_field(relation).remote_field.through  # type: ignore[union-attr]

    def load(projects: Some) -> dict[uuid.UUID, Any]:
        rows = through._default_manager.filter(project__in=projects).order_by(f"{target}__{order}")
        return _names(rows.values_list("project_id", f"{target}__name"))

    return load


def _planned(projects: Some) -> dict[uuid.UUID, Any]:
    rows = BudgetLine.objects.filter(project__in=projects).order_by()
    return dict(rows.values_list("project_id").annotate(total=Sum("planned")))


_RELATED: Mapping[str, Callable[[Some], dict[uuid.UUID, Any]]] = {
    "lead": _people(ProjectPerson.Role.LEAD),
    "sponsor": _people(ProjectPerson.Role.SPONSOR),
    "participating_units": _participants,
    "fields_of_action": _linked("fields_of_action", "fieldofaction", "position"),
    "goals": _linked("goals", "goal", "code"),
    "budget_planned": _planned,
}


def rows(
    projects: QuerySet[Project], some: Some, columns: Iterable[Column]
) -> Iterator[dict[str, Any]]:
    """The values of ``projects`` (in their order) by column name, and always id and version.

    ``some`` are the same projects as ids or as an unordered queryset: what hangs on projects is
    loaded by it, one query per column that needs one, whatever the number of rows.
    """
    names = [column.name for column in columns]
    related = {name: _RELATED[name](some) for name in names if name in _RELATED}
    plain = {**_PLAIN, **{n: n for n in names if n not in _RELATED and n not in _PLAIN}}
    keys = list(plain)
    for values in projects.values_list(*plain.values()).iterator(chunk_size=2000):
        row = dict(zip(keys, values, strict=True))
        row["start"] = partial(row["start"], row["start_precision"])
        row["end"] = partial(row["end"], row["end_precision"])
        if "confidentiality" in row:
            row["confidentiality"] = str(row["confidentiality"])
        for name, found in related.items():
            row[name] = found.get(row["id"])
        yield row


def partial(day: date | None, precision: str) -> PartialDate | None:
    """A stored day as exact as it was meant."""
    return PartialDate(day, Precision(precision)) if day else None


@dataclass(frozen=True)
class ProjectPage:
    """One page: rows with their group, headings with counts over all pages, and marks.

    ``groups`` maps a group's identity to (heading, number). ``total`` counts projects, while
    ``page`` counts rows (a project in two groups has two). ``late`` and ``changeable`` are ids
    among the rows.
    """

    rows: tuple[tuple[Any, dict[str, Any]], ...]
    groups: Mapping[Any, tuple[str, int]]
    page: Page[Any]
    total: int
    late: frozenset[uuid.UUID]
    changeable: frozenset[uuid.UUID]


class _Counted(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """A paginator that is told the number of rows: counting would lose repeated ones."""

    def __init__(self, keys: Any, size: int, number: int) -> None:
        super().__init__(keys, size)
        self.count = number


def one_page(query: Query, actor: Actor) -> ProjectPage:
    """One page of the list with a constant number of queries."""
    found = listed(query, actor)
    groups = query.groups(found)
    total = found.count()
    number = sum(count for _label, count in groups.values()) if query.group else total
    page = _Counted(query.keys(found), query.spec.page_size, number).get_page(query.page)
    keys = [(key, group) for key, group in page.object_list]
    ids = [key for key, _group in keys]
    picked = Project.objects.filter(pk__in=ids)
    by_id = {row["id"]: row for row in rows(picked, ids, query.shown())}
    late = picked.filter(is_late()).values_list("pk", flat=True)
    return ProjectPage(
        rows=tuple((group, by_id[key]) for key, group in keys if key in by_id),
        groups=groups,
        page=page,
        total=total,
        late=frozenset(late),
        changeable=frozenset(policy.changeable(actor, picked).values_list("pk", flat=True)),
    )
