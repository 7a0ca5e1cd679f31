"""Saved views over the API: list, read, save, change, delete."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_versions
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Given, Page, Ref, choices_of, text
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.org.models import OrgUnit
from leitstand.core.saved import actions, policy, queries
from leitstand.core.saved.models import SavedView
from leitstand.core.saved.registry import pages
from leitstand.core.saved.selection import LONGEST

router = Router(tags=[gettext_noop("Saved views")])
_AUDIENCE = choices_of(SavedView._meta.get_field("audience"))


class ViewOut(Schema):
    """A saved view; ``problems`` names what of its query is no longer understood."""

    id: uuid.UUID
    version: int
    page: str
    name: str
    query: str
    url: str
    audience: str
    unit: Ref | None
    own: bool
    start: bool = Field(description=gettext_noop("whether one's own page opens with it"))
    problems: list[str]


class ViewNew(Given):
    """A view to save."""

    page: text(40, required=True)  # type: ignore[valid-type]
    name: text(100, required=True)  # type: ignore[valid-type]
    query: text(LONGEST) = ""  # type: ignore[valid-type]
    audience: _AUDIENCE = "private"  # type: ignore[valid-type]
    unit: uuid.UUID | None = None


class ViewChange(Given):
    """What changes; what is left out stays."""

    name: text(100, required=True) = None  # type: ignore[valid-type]
    query: text(LONGEST) = None  # type: ignore[valid-type]
    audience: _AUDIENCE = None  # type: ignore[valid-type]
    unit: uuid.UUID | None = None


def _shape(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "version": row.version, "page": row.page, "name": row.name,
        "query": row.query, "url": queries.address(row), "audience": row.audience,
        "unit": {"id": row.unit_id, "name": row.unit.name} if row.unit else None,
        "own": row.account_id == actor_of(request).account_id, "start": row.is_start,
        "problems": [str(problem) for problem in pages[row.page].problems(row.query)],
    }  # fmt: skip


def _answer(request: HttpRequest, response: HttpResponse, view_id: uuid.UUID) -> dict[str, Any]:
    row = queries.listed(actor_of(request)).select_related("unit").filter(pk=view_id).first()
    if row is None:
        raise NotFound
    api_versions.tag(response, row.version)
    return _shape(request, row)


def _unit(unit_id: uuid.UUID | None) -> OrgUnit | None:
    if unit_id is None:
        return None
    unit = OrgUnit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise Invalid({"unit": [gettext_noop("There is no such unit.")]})
    return unit


@router.get(
    "", response=Page[ViewOut], summary=gettext_noop("List saved views"),
    operation_id="list_saved_views",
)  # fmt: skip
def list_views(request: HttpRequest, paging: Query[Paging]) -> Any:
    """One's own views and those that are shared with one."""
    rows = queries.listed(actor_of(request))

    def load(part: Any) -> list[Any]:
        found = rows.select_related("unit").in_bulk(list(part))
        return [_shape(request, found[key]) for key in part if key in found]

    return page(rows.order_by("page", "name", "pk").values_list("pk", flat=True), paging, load)


@router.post(
    "", response={201: ViewOut}, summary=gettext_noop("Save a view"),
    operation_id="create_saved_view",
)  # fmt: skip
def create(request: HttpRequest, response: HttpResponse, payload: ViewNew) -> Any:
    """Save a selection under a name; sharing needs the permission to share."""
    row = actions.save_view(
        actor=actor_of(request), page=payload.page, name=payload.name, query=payload.query,
        audience=payload.audience, unit=_unit(payload.unit),
    )  # fmt: skip
    response["Location"] = f"/api/v1/saved-views/{row.pk}"
    return Status(201, _answer(request, response, row.pk))


@router.get(
    "/{view_id}", response=ViewOut, summary=gettext_noop("Read a saved view"),
    operation_id="saved_view",
)  # fmt: skip
def read(request: HttpRequest, response: HttpResponse, view_id: uuid.UUID) -> Any:
    """One view with its version as ETag."""
    return _answer(request, response, view_id)


@router.patch(
    "/{view_id}", response=ViewOut, summary=gettext_noop("Change a saved view"),
    operation_id="change_saved_view", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(
    request: HttpRequest, response: HttpResponse, view_id: uuid.UUID, payload: ViewChange
) -> Any:
    """Change name, selection, or who finds the view."""
    actor = actor_of(request)
    row = policy.get(actor, view_id)
    version = api_versions.expected(request)
    given = payload.model_dump(exclude_unset=True)
    audience = given.get("audience", row.audience)
    actions.change_view(
        view_id, actor=actor, version=version, name=given.get("name", row.name),
        audience=audience, query=given.get("query"),
        unit=_unit(given["unit"]) if "unit" in given else row.unit,
    )  # fmt: skip
    return _answer(request, response, view_id)


@router.delete(
    "/{view_id}", response={204: None}, summary=gettext_noop("Delete a saved view"),
    operation_id="delete_saved_view", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def delete(request: HttpRequest, view_id: uuid.UUID) -> Any:
    """Delete a view; what it shows stays."""
    policy.get(actor_of(request), view_id)
    version = api_versions.expected(request)
    actions.delete_view(view_id, actor=actor_of(request), version=version)
    return HttpResponse(status=204)
