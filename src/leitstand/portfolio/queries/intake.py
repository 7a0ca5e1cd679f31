"""Needs in lists and on their page; what overlaps with them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.tables.filters import Filter, Kind
from leitstand.core.tables.query import Binding, ListSpec
from leitstand.portfolio import policy, policy_intake
from leitstand.portfolio.domain import similarity
from leitstand.portfolio.models import (
    CLOSED_CASES,
    AdviceCase,
    CaseMessage,
    Need,
    Overlap,
    Project,
)
from leitstand.portfolio.tables.intake import NEEDS

_MOST_WORDS = 1500


def is_open() -> Q:
    """Needs on which nobody has decided."""
    return ~Q(case__state__in=CLOSED_CASES)


def is_mine(actor: Actor) -> Q:
    """Needs that the actor's person filed, is the contact of, or handles."""
    if actor.person_id is None:
        return Q(pk__in=[])
    return (
        Q(filed_by=actor.person_id) | Q(contact=actor.person_id) | Q(case__handler=actor.person_id)
    )


NEED_LIST = ListSpec(
    NEEDS,
    search=("title", "number", "description"),
    bindings={
        "state": Binding(path="case__state", key="case__state", text="case__state"),
        "effort": Binding(path="case__effort"),
        "decided_on": Binding(path="case__decided_on"),
        "unit": Binding(order="unit__path"),
    },
    extra=(
        Filter("open", _("Open"), Kind.FLAG, where=lambda _value, _actor: is_open()),
        Filter("mine", _("My needs"), Kind.FLAG, where=lambda _value, actor: is_mine(actor)),
    ),
)


@dataclass(frozen=True)
class Line:
    """A need in a list; ``days`` since it was filed (or until it was decided on)."""

    id: uuid.UUID
    number: str
    title: str
    unit: str
    state: str
    urgency: str
    filed_on: date
    wished: date | None
    handler: str
    days: int


_PLACES = enumerate(("urgent", "high", "normal", "low"))
_URGENT_FIRST = Case(*(When(urgency=value, then=Value(place)) for place, value in _PLACES))


def urgent_first(needs: QuerySet[Need]) -> QuerySet[Need]:
    """The most urgent and then the oldest first."""
    return needs.order_by(_URGENT_FIRST, "filed_on", "number")


def lines(needs: QuerySet[Need]) -> list[Line]:
    """Lines of the needs in their order; one query."""
    today = clock.today()
    rows = needs.values_list(
        "id", "number", "title", "unit__name", "case__state", "urgency", "filed_on", "wished",
        "case__handler__given_name", "case__handler__family_name", "case__decided_on",
    )  # fmt: skip
    return [
        Line(*row[:8], f"{row[8] or ''} {row[9] or ''}".strip(), ((row[10] or today) - row[6]).days)
        for row in rows
    ]


# --- one need ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Tie:
    """An overlap as a reader may see it; ``url_id`` is None if the other end is hidden."""

    id: uuid.UUID
    kind: str
    note: str
    title: str
    project_id: uuid.UUID | None
    need_id: uuid.UUID | None


def messages(need: Need, *, advising: bool) -> list[CaseMessage]:
    """What was written on the case; notes only for those who advise."""
    found = CaseMessage.objects.filter(case=need.case)
    return list(found if advising else found.exclude(kind=CaseMessage.Kind.NOTE))


def ties(actor: Actor, need: Need) -> list[Tie]:
    """Overlaps from and to the need; ends that the actor may not see are left out."""
    rows = Overlap.objects.filter(Q(need=need) | Q(other_need=need))
    needs = dict(
        policy_intake.visible(actor)
        .filter(Q(overlaps__in=rows) | Q(overlapped_by__in=rows))
        .values_list("pk", "title")
    )
    projects = dict(policy.visible(actor).filter(overlaps__in=rows).values_list("pk", "title"))
    found = []
    for row in rows:
        other = row.other_need_id if row.need_id == need.pk else row.need_id
        if row.project_id and row.project_id in projects:
            title = projects[row.project_id]
            found.append(Tie(row.pk, row.kind, row.note, title, row.project_id, None))
        elif other and other in needs:
            found.append(Tie(row.pk, row.kind, row.note, needs[other], None, other))
    return found


@dataclass(frozen=True)
class Alike:
    """A need or project that is like the present one, with the common words."""

    kind: str
    id: uuid.UUID
    number: str
    title: str
    percent: int
    words: tuple[str, ...]


def alike(actor: Actor, need: Need, *, known: Iterable[uuid.UUID] = ()) -> list[Alike]:
    """Visible needs and projects that speak of the same; two queries. ``known`` are left out."""
    skip = {need.pk, *known}
    texts: dict[Any, similarity.Text] = {}
    names: dict[Any, tuple[str, str, str]] = {}
    needs = policy_intake.visible(actor).values_list("pk", "number", "title", "description")
    for pk, number, title, body in needs:
        if pk not in skip:
            texts[pk] = similarity.Text(title, body[:_MOST_WORDS])
            names[pk] = ("need", number, title)
    rows = policy.visible(actor).values_list("pk", "number", "title", "need", "summary")
    for pk, number, title, body, summary in rows:
        if pk not in skip:
            texts[pk] = similarity.Text(title, f"{body[:_MOST_WORDS]} {summary[:_MOST_WORDS]}")
            names[pk] = ("project", number, title)
    own = similarity.Text(need.title, need.description[:_MOST_WORDS])
    return [
        Alike(
            names[m.key][0], uuid.UUID(str(m.key)), *names[m.key][1:], round(100 * m.score), m.words
        )
        for m in similarity.most_alike(own, texts)
    ]


@dataclass(frozen=True)
class Outcome:
    """Where a need went, as far as the reader may see it."""

    project: Project | None
    need: Need | None
    hidden: bool


def outcome(actor: Actor, case: AdviceCase) -> Outcome:
    """The project or need that the case ended in."""
    project = policy.visible(actor).filter(pk=case.project_id).first() if case.project_id else None
    into = case.merged_into_id
    need = policy_intake.visible(actor).filter(pk=into).first() if into else None
    hidden = bool((case.project_id and project is None) or (into and need is None))
    return Outcome(project, need, hidden)


def of_project(actor: Actor, project: Project) -> list[Need]:
    """The visible needs that led to the project."""
    found = policy_intake.visible(actor).filter(case__project=project)
    return list(found.select_related("unit").order_by("number"))


# --- start page -------------------------------------------------------------------------


def waiting_for(actor: Actor, limit: int = 8) -> tuple[list[Line], int]:
    """Needs that wait for this person: new ones and hers for advisers, questions for departments."""
    State = AdviceCase.State
    clause = Q(pk__in=[])
    if actor.person_id:
        asked = Q(filed_by=actor.person_id) | Q(contact=actor.person_id)
        clause |= asked & Q(case__state=State.QUESTION)
        clause |= Q(case__handler=actor.person_id, case__state__in=(State.NEW, State.IN_REVIEW))
    new = policy_intake.advisable(actor).filter(case__state=State.NEW, case__handler=None)
    clause |= Q(pk__in=new.values("pk"))
    found = policy_intake.visible(actor).filter(clause)
    first = lines(urgent_first(found)[:limit])
    return first, len(first) if len(first) < limit else found.count()
