"""Effort by size over the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router, Schema

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_types import Number
from leitstand.portfolio.actions.efforts import change_efforts
from leitstand.portfolio.api.reading import reader
from leitstand.portfolio.models import SizeEfforts
from leitstand.portfolio.queries.efforts import FIELDS, efforts
from leitstand.portfolio.tables.efforts import SIZE_EFFORTS

router = Router(tags=[gettext_noop("Strategy")])
EffortsNew = api_fields.to_create("SizeEffortsNew", SizeEfforts, SIZE_EFFORTS, FIELDS)


class EffortsOut(Schema):
    """Person days of each size; version 0 means as shipped."""

    version: int
    s: Number
    m: Number
    l: Number  # noqa: E741 - the size's name
    xl: Number


def _answer(response: HttpResponse, row: SizeEfforts) -> dict[str, Any]:
    api_versions.tag(response, row.version)
    return {name: getattr(row, name) for name in ("version", *FIELDS)}


@router.get(
    "", response=EffortsOut, summary=gettext_noop("Read the effort by size"),
    operation_id="size_efforts",
)  # fmt: skip
def read(request: HttpRequest, response: HttpResponse) -> Any:
    """What holds now."""
    reader(request)
    return _answer(response, efforts())


@router.put(
    "", response=EffortsOut, summary=gettext_noop("Change the effort by size"),
    operation_id="change_size_efforts", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(
    request: HttpRequest,
    response: HttpResponse,
    payload: EffortsNew,  # type: ignore[valid-type]
) -> Any:
    """All four sizes; the first change departs from version 0."""
    version = api_versions.expected(request)
    values = api_fields.values_of(payload, SizeEfforts)
    return _answer(
        response, change_efforts(actor=actor_of(request), version=version, values=values)
    )
