"""Measured values of indicators: list, enter, change, remove."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from ninja.responses import Status

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_paging import Paging
from leitstand.core.administration.api_types import Page
from leitstand.core.base.errors import NotFound
from leitstand.portfolio.actions import indicators as actions
from leitstand.portfolio.api.reading import page_of, reader
from leitstand.portfolio.models import Indicator, IndicatorValue
from leitstand.portfolio.tables.indicators import VALUES

router = Router(tags=[gettext_noop("Strategy")])
_NAMES = VALUES.names()
ValueOut = api_fields.shown("IndicatorValue", IndicatorValue, VALUES, _NAMES)
ValueNew = api_fields.to_create("IndicatorValueNew", IndicatorValue, VALUES, _NAMES)
ValueChange = api_fields.to_change("IndicatorValueChange", IndicatorValue, VALUES, _NAMES)


def _answer(response: HttpResponse, row: IndicatorValue) -> dict[str, Any]:
    api_versions.tag(response, row.version)
    return api_fields.shape(row, _NAMES)


@router.get(
    "/{indicator_id}/values", response=Page[ValueOut],  # type: ignore[valid-type]
    summary=gettext_noop("List the values of an indicator"), operation_id="indicator_value_list",
)  # fmt: skip
def list_values(request: HttpRequest, indicator_id: uuid.UUID, paging: Query[Paging]) -> Any:
    """What people entered, by day; a computed value is not among them."""
    reader(request)
    _indicator(indicator_id)
    rows = IndicatorValue.objects.filter(indicator=indicator_id).order_by("day", "pk")
    return page_of(rows, rows, paging, lambda row: api_fields.shape(row, _NAMES))


def _indicator(indicator_id: uuid.UUID) -> None:
    if not Indicator.objects.filter(pk=indicator_id).exists():
        raise NotFound


@router.post(
    "/{indicator_id}/values", response={201: ValueOut},
    summary=gettext_noop("Enter a value"), operation_id="create_indicator_value",
)  # fmt: skip
def create(
    request: HttpRequest,
    response: HttpResponse,
    indicator_id: uuid.UUID,
    payload: ValueNew,  # type: ignore[valid-type]
) -> Any:
    """The value of a day that has none yet and does not lie ahead."""
    values = api_fields.values_of(payload, IndicatorValue)
    row = actions.enter_value(indicator_id, actor=actor_of(request), **values)
    response["Location"] = f"/api/v1/indicators/{indicator_id}/values/{row.pk}"
    return Status(201, _answer(response, row))


@router.get(
    "/{indicator_id}/values/{value_id}", response=ValueOut,
    summary=gettext_noop("Read a value"), operation_id="indicator_value",
)  # fmt: skip
def read(
    request: HttpRequest, response: HttpResponse, indicator_id: uuid.UUID, value_id: uuid.UUID
) -> Any:
    """One value with its version as ETag."""
    reader(request)
    return _answer(response, actions.value_of(indicator_id, value_id))


@router.patch(
    "/{indicator_id}/values/{value_id}", response=ValueOut,
    summary=gettext_noop("Change a value"), operation_id="change_indicator_value",
    openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(
    request: HttpRequest,
    response: HttpResponse,
    indicator_id: uuid.UUID,
    value_id: uuid.UUID,
    payload: ValueChange,  # type: ignore[valid-type]
) -> Any:
    """What is given is changed."""
    actions.value_of(indicator_id, value_id)
    version = api_versions.expected(request)
    values = api_fields.values_of(payload, IndicatorValue)
    row = actions.change_value(value_id, actor=actor_of(request), version=version, values=values)
    return _answer(response, row)


@router.delete(
    "/{indicator_id}/values/{value_id}", response={204: None},
    summary=gettext_noop("Remove a value"), operation_id="delete_indicator_value",
)  # fmt: skip
def delete(request: HttpRequest, indicator_id: uuid.UUID, value_id: uuid.UUID) -> Any:
    """The trail keeps that it was there."""
    actions.value_of(indicator_id, value_id)
    actions.remove_value(value_id, actor=actor_of(request))
    return HttpResponse(status=204)
