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
from leitstand.core.administration.api_types import Given
from leitstand.portfolio import policy_warnings
from leitstand.portfolio.actions import warnings as actions
from leitstand.portfolio.api.reading import reader
from leitstand.portfolio.models import EarlyWarning
from leitstand.portfolio.queries import warnings as queries
from leitstand.portfolio.tables.warnings import WARNINGS

router = Router(tags=[gettext_noop("Early warnings")])
_NAMES = actions.FIELDS
WarningOut = api_fields.shown("EarlyWarning", EarlyWarning, WARNINGS, _NAMES)
WarningNew = api_fields.to_create("EarlyWarningNew", EarlyWarning, WARNINGS, _NAMES)
WarningChange = api_fields.to_change("EarlyWarningChange", EarlyWarning, WARNINGS, _NAMES)


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
    values = api_fields.values_of(payload, EarlyWarning)
    row = actions.create_warning(actor=actor_of(request), values=values)
    response["Location"] = f"/api/v1/early-warnings/{row.pk}"
    api_versions.tag(response, row.version)
    return Status(201, api_fields.shape(row, _NAMES))


@router.get(
    "/{warning_id}", response=WarningOut, summary=gettext_noop("Read an early warning"),
    operation_id="early_warning",
)  # fmt: skip
def read(request: HttpRequest, response: HttpResponse, warning_id: uuid.UUID) -> Any:
    """One entered warning."""
    row = policy_warnings.get_visible(reader(request), warning_id)
    api_versions.tag(response, row.version)
    return api_fields.shape(row, _NAMES)


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
    """What is given is changed."""
    version = api_versions.expected(request)
    values = api_fields.values_of(payload, EarlyWarning)
    actor = actor_of(request)
    actions.change_warning(warning_id, actor=actor, version=version, values=values)
    return read(request, response, warning_id)


@router.delete(
    "/{warning_id}", response={204: None}, summary=gettext_noop("Delete an early warning"),
    operation_id="delete_early_warning",
)  # fmt: skip
def delete(request: HttpRequest, warning_id: uuid.UUID) -> Any:
    """The trail keeps that it was there."""
    actions.delete_warning(warning_id, actor=actor_of(request))
    return HttpResponse(status=204)
