"""The strategy: fields of action, goals, programmes, roles for planning; the same for each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_paging import Paging
from leitstand.core.administration.api_types import Page
from leitstand.core.base.errors import NotFound
from leitstand.portfolio.actions.strategy import (
    STRATEGY_KINDS,
    StrategyKind,
    change_entry,
    create_entry,
    delete_entry,
)
from leitstand.portfolio.api.reading import page_of, reader

router = Router(tags=[gettext_noop("Strategy")])
_PATHS = {
    "field-of-action": ("/fields", "field"),
    "goal": ("/goals", "goal"),
    "programme": ("/programmes", "programme"),
    "skill": ("/skills", "skill"),
    "indicator": ("/indicators", "indicator"),
}
_SUMMARIES = {
    "list": gettext_noop("List the entries of the strategy"),
    "create": gettext_noop("Create an entry"),
    "read": gettext_noop("Read an entry"),
    "change": gettext_noop("Change an entry"),
    "delete": gettext_noop("Delete an entry that nothing uses"),
}


def _rows(kind: StrategyKind) -> Any:
    relations = api_fields.related(kind.table.names(), kind.model)
    rows = kind.model._default_manager.all()
    return rows.select_related(*relations) if relations else rows


def _add_reading(kind: StrategyKind, out: type[Schema]) -> Callable[..., Any]:
    """Register list and read; returns the latter."""

    def shape(row: Any) -> dict[str, Any]:
        return api_fields.shape(row, kind.table.names())

    def list_entries(request: HttpRequest, paging: Query[Paging]) -> Any:
        reader(request)
        return page_of(_rows(kind), _rows(kind), paging, shape)

    def read(request: HttpRequest, response: HttpResponse, entry_id: uuid.UUID) -> Any:
        reader(request)
        row = _rows(kind).filter(pk=entry_id).first()
        if row is None:
            raise NotFound
        api_versions.tag(response, row.version)
        return shape(row)

    path, operation = _PATHS[kind.code]
    router.get(
        path,
        response=Page[out],  # type: ignore[valid-type]
        summary=_SUMMARIES["list"],
        operation_id=f"{operation}_list",
    )(list_entries)
    router.get(
        f"{path}/{{entry_id}}", response=out, summary=_SUMMARIES["read"], operation_id=operation
    )(read)
    return read


def _add_writing(kind: StrategyKind, out: type[Schema], read: Callable[..., Any]) -> None:
    """Register create, change and delete."""
    name, names = kind.model.__name__, kind.table.names()
    path, operation = _PATHS[kind.code]

    def create(request: HttpRequest, response: HttpResponse, payload: Any) -> Any:
        values = api_fields.values_of(payload, kind.model)
        row = create_entry(kind.code, actor=actor_of(request), values=values)
        response["Location"] = f"/api/v1{path}/{row.pk}"
        return Status(201, read(request, response, row.pk))

    def change(
        request: HttpRequest, response: HttpResponse, entry_id: uuid.UUID, payload: Any
    ) -> Any:
        version = api_versions.expected(request)
        values = api_fields.values_of(payload, kind.model)
        change_entry(kind.code, entry_id, actor=actor_of(request), version=version, values=values)
        return read(request, response, entry_id)

    def delete(request: HttpRequest, entry_id: uuid.UUID) -> Any:
        delete_entry(kind.code, entry_id, actor=actor_of(request))
        return HttpResponse(status=204)

    create.__annotations__["payload"] = api_fields.to_create(
        f"{name}New", kind.model, kind.table, names
    )
    change.__annotations__["payload"] = api_fields.to_change(
        f"{name}Change", kind.model, kind.table, names
    )
    router.post(
        path, response={201: out}, summary=_SUMMARIES["create"], operation_id=f"create_{operation}"
    )(create)
    router.patch(
        f"{path}/{{entry_id}}", response=out, summary=_SUMMARIES["change"],
        operation_id=f"change_{operation}", openapi_extra=api_versions.IF_MATCH,
    )(change)  # fmt: skip
    router.api_operation(
        ["DELETE"], f"{path}/{{entry_id}}", response={204: None}, summary=_SUMMARIES["delete"],
        operation_id=f"delete_{operation}",
    )(delete)  # fmt: skip


def _add(kind: StrategyKind) -> None:
    out = api_fields.shown(kind.model.__name__, kind.model, kind.table, kind.table.names())
    _add_writing(kind, out, _add_reading(kind, out))


for _kind in STRATEGY_KINDS:
    _add(_kind)
