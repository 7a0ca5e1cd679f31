"""What has changed between two days, as the page of changes shows it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from leitstand.core.administration.api_lists import PAGING, asked, parameters_of
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Day, Page
from leitstand.core.base.errors import Invalid
from leitstand.portfolio.api.reading import reader
from leitstand.portfolio.queries import differences, differences_more
from leitstand.portfolio.queries.projects import PROJECT_LIST

router = Router(tags=[gettext_noop("Changes")])
DAYS = ("from", "to")


class Days(Schema):
    """The two days; each counts as it ended."""

    first: Day = Field(alias="from", description=gettext_noop("state at the end of this day"))
    last: Day = Field(alias="to", description=gettext_noop("against the end of this day"))


class ChangedValue(Schema):
    """A value that is not what it was, in words; a part that came or went has no ``field``.

    ``part`` and ``entry`` name the part of the project, both empty for its own fields; ``days`` by
    which a date has moved.
    """

    part: str
    entry: str
    field: str
    before: str
    after: str
    days: int | None


class ChangedProject(Schema):
    """A project that came, went or changed."""

    project: uuid.UUID
    number: str
    title: str
    unit: str
    programme: str
    kind: Literal["added", "removed", "changed"]
    changes: list[ChangedValue]


@router.get(
    "", response=Page[ChangedProject], summary=gettext_noop("Compare two days"),
    operation_id="changes", openapi_extra=parameters_of(PROJECT_LIST),
)  # fmt: skip
def changes(request: HttpRequest, days: Query[Days], paging: Query[Paging]) -> Any:
    """Projects that came, went or changed, as far as the account may see them on both days and today.

    Filters choose the projects as in the list; each counts for the state of its day.
    """
    actor = reader(request)
    query = asked(request, PROJECT_LIST, other=(*PAGING, *DAYS))
    problem = differences.why_not(days.first, days.last)
    if problem:
        raise Invalid(problem, field="from")
    found = {one.id: one for one in differences.between(query, actor, days.first, days.last)}

    def shape(part: Sequence[uuid.UUID]) -> list[Any]:
        return [_shown(found[key]) for key in part]

    return page(list(found), paging, shape)


def _shown(one: differences.Difference) -> dict[str, Any]:
    names = ("number", "title", "unit", "programme", "kind")
    return {
        **{name: getattr(one, name) for name in names},
        "project": one.id,
        "changes": _values(one.lines),
    }


class ChangedObject(Schema):
    """An object that came, went or changed; ``sort`` is its kind."""

    id: uuid.UUID
    sort: Literal["field-of-action", "goal", "programme", "indicator", "rollout", "unit"]
    code: str
    title: str
    kind: Literal["added", "removed", "changed"]
    changes: list[ChangedValue]


@router.get(
    "/more", response=Page[ChangedObject],
    summary=gettext_noop("Compare strategy, indicators, rollouts and organisation on two days"),
    operation_id="more_changes",
)  # fmt: skip
def more(request: HttpRequest, days: Query[Days], paging: Query[Paging]) -> Any:
    """What came, went or changed besides projects, as far as the account may see it."""
    actor = reader(request)
    problem = differences.why_not(days.first, days.last)
    if problem:
        raise Invalid(problem, field="from")
    found = {one.id: one for one in differences_more.between(actor, days.first, days.last)}

    def shape(part: Sequence[uuid.UUID]) -> list[Any]:
        return [_object(found[key]) for key in part]

    return page(list(found), paging, shape)


def _object(one: differences_more.Other) -> dict[str, Any]:
    return {
        "id": one.id, "sort": one.sort, "code": one.number, "title": one.title, "kind": one.kind,
        "changes": _values(one.lines),
    }  # fmt: skip


def _values(lines: Sequence[differences.Line]) -> list[dict[str, Any]]:
    return [
        {"part": line.part, "entry": line.title, "field": line.label, "before": line.before,
         "after": line.after, "days": line.days}
        for line in lines
    ]  # fmt: skip
