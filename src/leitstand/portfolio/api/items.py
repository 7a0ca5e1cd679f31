"""Everything that belongs to a project, by kind: the same five operations for each."""

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
from leitstand.core.administration.api_types import Page, Ref
from leitstand.core.base.errors import NotFound
from leitstand.core.files.serving import attachment
from leitstand.portfolio.actions.items import (
    ITEM_KINDS,
    ItemKind,
    add_item,
    change_item,
    remove_item,
)
from leitstand.portfolio.api.reading import page_of, visible_project

router = Router(tags=[gettext_noop("Parts of projects")])
_SUMMARIES = {
    "list": gettext_noop("List the parts of one kind"),
    "create": gettext_noop("Add a part"),
    "read": gettext_noop("Read a part"),
    "change": gettext_noop("Change a part"),
    "delete": gettext_noop("Remove a part"),
}


def _rows(kind: ItemKind, project: Any) -> Any:
    """Parts of the project with what their answer names."""
    relations = api_fields.related(kind.table.names(), kind.model)
    if kind.code == "document":
        relations.append("file")
    rows = getattr(project, kind.relation).all()
    return rows.select_related(*relations) if relations else rows


def _shape(kind: ItemKind) -> Callable[[Any], dict[str, Any]]:
    def shape(row: Any) -> dict[str, Any]:
        more = {"file": api_fields.ref(row.file)} if kind.code == "document" else {}
        return api_fields.shape(row, kind.table.names(), project=row.project_id, **more)

    return shape


def _found(kind: ItemKind, project: Any, item_id: uuid.UUID) -> Any:
    row = _rows(kind, project).filter(pk=item_id).first()
    if row is None:
        raise NotFound
    return row


def _add_reading(kind: ItemKind, out: type[Schema]) -> Callable[..., Any]:
    """Register list and read; returns the latter."""
    shape = _shape(kind)

    def list_items(request: HttpRequest, project_id: uuid.UUID, paging: Query[Paging]) -> Any:
        rows = _rows(kind, visible_project(request, project_id))
        return page_of(rows, rows, paging, shape)

    def read(
        request: HttpRequest, response: HttpResponse, project_id: uuid.UUID, item_id: uuid.UUID
    ) -> Any:
        row = _found(kind, visible_project(request, project_id), item_id)
        api_versions.tag(response, row.version)
        return shape(row)

    path, operation = _places(kind)
    router.get(
        path,
        response=Page[out],  # type: ignore[valid-type]
        summary=_SUMMARIES["list"],
        operation_id=f"{operation}_list",
    )(list_items)
    router.get(
        f"{path}/{{item_id}}", response=out, summary=_SUMMARIES["read"], operation_id=operation
    )(read)
    return read


def _add_writing(kind: ItemKind, out: type[Schema], read: Callable[..., Any]) -> None:
    """Register create, change and delete."""
    name, names = kind.model.__name__, kind.table.names()

    def create(
        request: HttpRequest, response: HttpResponse, project_id: uuid.UUID, payload: Any
    ) -> Any:
        project = visible_project(request, project_id)
        values = api_fields.values_of(payload, kind.model)
        row = add_item(kind.code, project.id, actor=actor_of(request), values=values)
        response["Location"] = f"/api/v1/projects/{project.id}/{kind.code}/{row.pk}"
        return Status(201, read(request, response, project.id, row.pk))

    def change(
        request: HttpRequest,
        response: HttpResponse,
        project_id: uuid.UUID,
        item_id: uuid.UUID,
        payload: Any,
    ) -> Any:
        _found(kind, visible_project(request, project_id), item_id)
        version = api_versions.expected(request)
        values = api_fields.values_of(payload, kind.model)
        change_item(kind.code, item_id, actor=actor_of(request), version=version, values=values)
        return read(request, response, project_id, item_id)

    new = api_fields.to_create(f"{name}New", kind.model, kind.table, names)
    changed = api_fields.to_change(f"{name}Change", kind.model, kind.table, names)
    create.__annotations__["payload"] = new
    change.__annotations__["payload"] = changed
    path, operation = _places(kind)
    router.post(
        path, response={201: out}, summary=_SUMMARIES["create"], operation_id=f"create_{operation}"
    )(create)
    router.patch(
        f"{path}/{{item_id}}", response=out, summary=_SUMMARIES["change"],
        operation_id=f"change_{operation}", openapi_extra=api_versions.IF_MATCH,
    )(change)  # fmt: skip
    router.api_operation(
        ["DELETE"], f"{path}/{{item_id}}", response={204: None}, summary=_SUMMARIES["delete"],
        operation_id=f"delete_{operation}", openapi_extra=api_versions.IF_MATCH,
    )(_remover(kind))  # fmt: skip


def _remover(kind: ItemKind) -> Callable[..., Any]:
    def delete(request: HttpRequest, project_id: uuid.UUID, item_id: uuid.UUID) -> Any:
        _found(kind, visible_project(request, project_id), item_id)
        version = api_versions.expected(request)
        remove_item(kind.code, item_id, actor=actor_of(request), version=version)
        return HttpResponse(status=204)

    return delete


def _places(kind: ItemKind) -> tuple[str, str]:
    """Path below the project, and the stem of the operations' names."""
    return f"/{{project_id}}/{kind.code}", f"project_{kind.code.replace('-', '_')}"


def _add(kind: ItemKind) -> None:
    more: dict[str, Any] = {"project": (uuid.UUID, ...)}
    if kind.code == "document":
        more["file"] = (Ref | None, ...)
    out = api_fields.shown(kind.model.__name__, kind.model, kind.table, kind.table.names(), **more)
    _add_writing(kind, out, _add_reading(kind, out))


for _kind in ITEM_KINDS:
    _add(_kind)


@router.get(
    "/{project_id}/document/{item_id}/file",
    summary=gettext_noop("Download a document's file"),
    operation_id="document_file",
    openapi_extra={"responses": {200: {"content": {"application/octet-stream": {}}}}},
)
def download(request: HttpRequest, project_id: uuid.UUID, item_id: uuid.UUID) -> Any:
    """The uploaded file; ``NotFound`` if the document is an address."""
    row = _found(ITEM_KINDS["document"], visible_project(request, project_id), item_id)
    if row.file is None:
        raise NotFound
    return attachment(row.file)
