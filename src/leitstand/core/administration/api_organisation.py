"""Writing end points of the organisation: units that come, change, move and end; people.

They hang on the router of ``api_kernel``, because one address takes reading and writing.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_kernel, api_versions
from leitstand.core.administration.api_kernel import PersonOut, Unit, organisation, require_view
from leitstand.core.administration.api_types import Day, Flag, Given, choices_of, text
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.org import actions
from leitstand.core.org.models import OrgUnit, Person

_Kind = choices_of(OrgUnit._meta.get_field("kind"))
_WHEN = gettext_noop("from which day it holds; today if left out, never a day to come")
_WHY = gettext_noop("kept in the chronicle and in the audit trail")


class Dated(Given):
    """From which day, and why."""

    on: Day | None = Field(None, description=_WHEN)
    reason: text(500) = Field("", description=_WHY)  # type: ignore[valid-type]


class UnitNew(Given):
    """A unit to create; without a parent it is a root, which takes rights to the whole city."""

    code: text(20, required=True)  # type: ignore[valid-type]
    name: text(200, required=True)  # type: ignore[valid-type]
    kind: _Kind  # type: ignore[valid-type]
    parent: uuid.UUID | None = None
    short_name: text(40) = ""  # type: ignore[valid-type]
    email: text(254) = ""  # type: ignore[valid-type]
    active_from: Day | None = None
    reason: text(500) = Field("", description=_WHY)  # type: ignore[valid-type]


class UnitChange(Dated):
    """What of a unit changes; what is not sent stays."""

    name: text(200, required=True) | None = None  # type: ignore[valid-type]
    short_name: text(40) | None = None  # type: ignore[valid-type]
    kind: _Kind | None = None  # type: ignore[valid-type]
    email: text(254) | None = None  # type: ignore[valid-type]


class UnitMove(Dated):
    """Below which unit it hangs; null makes it a root."""

    parent: uuid.UUID | None


class UnitMerge(Dated):
    """Into which unit it goes."""

    into: uuid.UUID


class PersonNew(Given):
    """A person to create."""

    given_name: text(100, required=True)  # type: ignore[valid-type]
    family_name: text(100, required=True)  # type: ignore[valid-type]
    unit: uuid.UUID
    email: text(254) = ""  # type: ignore[valid-type]
    function: text(200) = ""  # type: ignore[valid-type]


class PersonChange(Given):
    """What of a person changes; what is not sent stays."""

    given_name: text(100, required=True) | None = None  # type: ignore[valid-type]
    family_name: text(100, required=True) | None = None  # type: ignore[valid-type]
    unit: uuid.UUID | None = None
    email: text(254) | None = None  # type: ignore[valid-type]
    function: text(200) | None = None  # type: ignore[valid-type]
    active: Flag | None = None


def _stored(unit_id: uuid.UUID) -> OrgUnit:
    row = OrgUnit.objects.filter(pk=unit_id).first()
    if row is None:
        raise NotFound
    return row


def _named(unit_id: uuid.UUID | None, field: str) -> OrgUnit | None:
    """A unit that a body may name."""
    return None if unit_id is None else _must_be(unit_id, field)


def _must_be(unit_id: uuid.UUID, field: str) -> OrgUnit:
    row = OrgUnit.objects.filter(pk=unit_id).first()
    if row is None:
        raise Invalid(_("There is no unit of this id."), field=field)
    return row


def _given(payload: Schema) -> dict[str, Any]:
    """What was sent, without nulls: here nothing can be emptied by null."""
    sent = payload.model_dump(exclude_unset=True)
    return {name: value for name, value in sent.items() if value is not None}


@organisation.post(
    "/units", response={201: Unit}, summary=gettext_noop("Create a unit"),
    operation_id="create_unit",
)  # fmt: skip
def create_unit(request: HttpRequest, response: HttpResponse, payload: UnitNew) -> Any:
    """A new unit below another one."""
    require_view(request)
    values = {**payload.model_dump(), "parent": _named(payload.parent, "parent")}
    row = actions.create_unit(actor=actor_of(request), **values)
    response["Location"] = f"/api/v1/units/{row.id}"
    return Status(201, api_kernel.unit(request, response, row.id))


@organisation.patch(
    "/units/{unit_id}", response=Unit, summary=gettext_noop("Change a unit"),
    operation_id="change_unit", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change_unit(
    request: HttpRequest, response: HttpResponse, unit_id: uuid.UUID, payload: UnitChange
) -> Any:
    """Another name, short name, kind or address; the chronicle keeps the old one."""
    require_view(request)
    row = _stored(unit_id)
    old = {name: getattr(row, name) for name in ("name", "short_name", "kind", "email")}
    values = {**old, **_given(payload)}
    version = api_versions.expected(request)
    actions.rename_unit(row, actor=actor_of(request), version=version, **values)
    return api_kernel.unit(request, response, unit_id)


@organisation.post(
    "/units/{unit_id}/move", response=Unit, summary=gettext_noop("Move a unit"),
    operation_id="move_unit",
)  # fmt: skip
def move_unit(
    request: HttpRequest, response: HttpResponse, unit_id: uuid.UUID, payload: UnitMove
) -> Any:
    """The unit with all below it hangs somewhere else."""
    require_view(request)
    parent = _named(payload.parent, "parent")
    actions.move_unit(
        _stored(unit_id), actor=actor_of(request), parent=parent, on=payload.on,
        reason=payload.reason,
    )  # fmt: skip
    return api_kernel.unit(request, response, unit_id)


@organisation.post(
    "/units/{unit_id}/merge", response=Unit, summary=gettext_noop("Merge a unit into another"),
    operation_id="merge_unit",
)  # fmt: skip
def merge_unit(
    request: HttpRequest, response: HttpResponse, unit_id: uuid.UUID, payload: UnitMerge
) -> Any:
    """Its parts, people and projects go to the other unit; it ends with this one as successor."""
    require_view(request)
    into = _must_be(payload.into, "into")
    actions.merge_units(
        _stored(unit_id), actor=actor_of(request), into=into, on=payload.on, reason=payload.reason
    )
    return api_kernel.unit(request, response, unit_id)


@organisation.post(
    "/units/{unit_id}/dissolve", response=Unit, summary=gettext_noop("Dissolve a unit"),
    operation_id="dissolve_unit",
)  # fmt: skip
def dissolve_unit(
    request: HttpRequest, response: HttpResponse, unit_id: uuid.UUID, payload: Dated
) -> Any:
    """The unit ends; refused while anything hangs on it."""
    require_view(request)
    actions.dissolve_unit(
        _stored(unit_id), actor=actor_of(request), on=payload.on, reason=payload.reason
    )
    return api_kernel.unit(request, response, unit_id)


@organisation.post(
    "/people", response={201: PersonOut}, summary=gettext_noop("Create a person"),
    operation_id="create_person",
)  # fmt: skip
def create_person(request: HttpRequest, response: HttpResponse, payload: PersonNew) -> Any:
    """A person who may be named in projects; an account is another matter."""
    require_view(request)
    values = {**payload.model_dump(), "unit": _must_be(payload.unit, "unit")}
    row = actions.create_person(actor=actor_of(request), **values)
    response["Location"] = f"/api/v1/people/{row.id}"
    return Status(201, api_kernel.person(request, response, row.id))


@organisation.patch(
    "/people/{person_id}", response=PersonOut, summary=gettext_noop("Change a person"),
    operation_id="change_person", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change_person(
    request: HttpRequest, response: HttpResponse, person_id: uuid.UUID, payload: PersonChange
) -> Any:
    """Change the fields that are sent; ``active`` false for somebody who has left."""
    require_view(request)
    row = Person.objects.filter(pk=person_id).first()
    if row is None:
        raise NotFound
    values = _given(payload)
    if "unit" in values:
        values["unit"] = _must_be(values["unit"], "unit")
    version = api_versions.expected(request)
    actions.change_person(row, actor=actor_of(request), version=version, **values)
    return api_kernel.person(request, response, person_id)
