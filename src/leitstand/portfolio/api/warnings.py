"""Early warnings: what comes from all sources, and those that are entered."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_types import Flag, Given
from leitstand.core.base.actor import Actor
from leitstand.portfolio import policy, policy_warnings
from leitstand.portfolio.actions import warnings as actions
from leitstand.portfolio.api.reading import reader
from leitstand.portfolio.models import EarlyWarning
from leitstand.portfolio.queries import warnings as queries
from leitstand.portfolio.tables.warnings import WARNINGS

router = Router(tags=[gettext_noop("Early warnings")])
_NAMES = actions.FIELDS
_TOUCHED = ("projects", "units")
WarningOut = api_fields.shown(
    "EarlyWarning", EarlyWarning, WARNINGS, (*_NAMES, "settled_on", *_TOUCHED)
)
WarningNew = api_fields.to_create("EarlyWarningNew", EarlyWarning, WARNINGS, (*_NAMES, *_TOUCHED))
WarningChange = api_fields.to_change(
    "EarlyWarningChange", EarlyWarning, WARNINGS, (*_NAMES, *_TOUCHED)
)


def _shape(actor: Actor, row: EarlyWarning) -> dict[str, Any]:
    """The warning with what it touches, as far as the reader sees it."""
    projects = policy.visible(actor, row.projects.all()).order_by("number")
    units = row.units.order_by("code")
    ties = {"projects": projects, "units": units}
    shown = {name: [api_fields.ref(one) for one in rows] for name, rows in ties.items()}
    return api_fields.shape(row, (*_NAMES, "settled_on"), **shown)


def _given(payload: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Plain values, and the ids of what is touched as far as they were sent."""
    sent = payload.model_dump(exclude_unset=True)
    ties = {name: sent[name] for name in _TOUCHED if name in sent}
    plain = {name: value for name, value in sent.items() if name not in ties}
    return api_fields.objects_of(plain, EarlyWarning), ties


class Chosen(Given):
    """Which kind of date; empty means all."""

    kind: str = Field("", pattern="^[a-z_]{0,20}$")


class ComingOut(Schema):
    """A date that comes, from whichever source; ``begins`` is when its lead time begins."""

    key: str
    kind: str
    title: str
    day: date
    begins: date
    url: str
    source: str
    touches: list[str]


@router.get(
    "", response=list[ComingOut], summary=gettext_noop("List what comes"),
    operation_id="early_warnings",
)  # fmt: skip
def outlook(request: HttpRequest, chosen: Query[Chosen]) -> Any:
    """Everything of the next three years that the reader may see, by day."""
    found = queries.outlook(reader(request), chosen.kind)
    rows = sorted([*found.now, *found.later], key=lambda one: (one.day, one.title))
    return [
        {
            "key": one.key, "kind": one.kind, "title": one.title, "day": one.day,
            "begins": one.begins, "url": one.url, "source": one.source,
            "touches": [title for title, _url in one.touches],
        }
        for one in rows
    ]  # fmt: skip


@router.post(
    "", response={201: WarningOut}, summary=gettext_noop("Enter an early warning"),
    operation_id="create_early_warning",
)  # fmt: skip
def create(request: HttpRequest, response: HttpResponse, payload: WarningNew) -> Any:  # type: ignore[valid-type]
    """A new warning; the level and the unit decide whether one may."""
    values, ties = _given(payload)
    row = actions.create_warning(actor=actor_of(request), values=values, **ties)
    response["Location"] = f"/api/v1/early-warnings/{row.pk}"
    api_versions.tag(response, row.version)
    return Status(201, _shape(actor_of(request), row))


@router.get(
    "/{warning_id}", response=WarningOut, summary=gettext_noop("Read an early warning"),
    operation_id="early_warning",
)  # fmt: skip
def read(request: HttpRequest, response: HttpResponse, warning_id: uuid.UUID) -> Any:
    """One entered warning."""
    actor = reader(request)
    row = policy_warnings.get_visible(actor, warning_id)
    api_versions.tag(response, row.version)
    return _shape(actor, row)


@router.patch(
    "/{warning_id}", response=WarningOut, summary=gettext_noop("Change an early warning"),
    operation_id="change_early_warning", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(
    request: HttpRequest,
    response: HttpResponse,
    warning_id: uuid.UUID,
    payload: WarningChange,  # type: ignore[valid-type]
) -> Any:
    """What is given is changed; ``projects`` and ``units`` replace what one sees of those touched."""
    version = api_versions.expected(request)
    values, ties = _given(payload)
    actor = actor_of(request)
    actions.change_warning(warning_id, actor=actor, version=version, values=values, **ties)
    return read(request, response, warning_id)


class Settled(Given):
    """Whether the date is done with."""

    settled: Flag


@router.put(
    "/{warning_id}/settled", response=WarningOut,
    summary=gettext_noop("Settle an early warning or open it again"),
    operation_id="settle_early_warning",
)  # fmt: skip
def settle(
    request: HttpRequest, response: HttpResponse, warning_id: uuid.UUID, payload: Settled
) -> Any:
    """Settled today, or open again; the same twice changes nothing."""
    actions.settle_warning(warning_id, actor=actor_of(request), settled=payload.settled)
    return read(request, response, warning_id)


@router.delete(
    "/{warning_id}", response={204: None}, summary=gettext_noop("Delete an early warning"),
    operation_id="delete_early_warning",
)  # fmt: skip
def delete(request: HttpRequest, warning_id: uuid.UUID) -> Any:
    """The trail keeps that it was there."""
    actions.delete_warning(warning_id, actor=actor_of(request))
    return HttpResponse(status=204)
