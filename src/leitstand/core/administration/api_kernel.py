"""End points of the kernel: who I am, my tokens, units, people, jobs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from leitstand.core.accounts.actions import revoke_token
from leitstand.core.accounts.identity import actor_of
from leitstand.core.accounts.models import Account, ApiToken
from leitstand.core.administration import api_versions
from leitstand.core.administration.api_fields import by_id, ref
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Page, Ref, text
from leitstand.core.base import authority
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.jobs import actions as job_actions
from leitstand.core.jobs.models import Job
from leitstand.core.org.models import OrgUnit, Person
from leitstand.core.policy.grants import roles_of
from leitstand.core.tables.filters import contains

ORG_VIEW = "org.view"
me = Router(tags=[gettext_noop("Me")])
organisation = Router(tags=[gettext_noop("Organisation")])
jobs = Router(tags=[gettext_noop("Jobs")])


# --- me ---------------------------------------------------------------------------------------


class Me(Schema):
    """The account behind the request; ``scopes`` null means a browser, not limited."""

    id: uuid.UUID
    username: str
    name: str
    language: str
    person: Ref | None
    roles: list[str]
    scopes: list[str] | None


class Token(Schema):
    """An access token; its text is shown only when it is made."""

    id: uuid.UUID
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None
    revoked_at: datetime | None


def _mine(request: HttpRequest) -> uuid.UUID:
    """The id of the account behind the request; everything here needs one."""
    account_id = actor_of(request).account_id
    if account_id is None:
        raise NotFound
    return account_id


@me.get("", response=Me, summary=gettext_noop("Who am I?"), operation_id="me")
def who(request: HttpRequest) -> Any:
    """The account, its roles, the token's scopes."""
    actor = actor_of(request)
    account = Account.objects.select_related("person").get(pk=_mine(request))
    person = account.person
    return {
        "id": account.id,
        "username": account.username,
        "name": account.display_name,
        "language": account.language,
        "person": {"id": person.id, "name": str(person)} if person else None,
        "roles": sorted(roles_of(actor)),
        "scopes": None if actor.scopes is None else sorted(actor.scopes),
    }


@me.get(
    "/tokens", response=Page[Token], summary=gettext_noop("List my access tokens"),
    operation_id="my_tokens",
)  # fmt: skip
def tokens(request: HttpRequest, paging: Query[Paging]) -> Any:
    """One's own tokens, newest first."""
    mine = ApiToken.objects.filter(account_id=_mine(request))
    return _page(mine, mine, paging, list)


@me.delete(
    "/tokens/{token_id}", response={204: None}, summary=gettext_noop("Revoke an access token"),
    operation_id="revoke_my_token",
)  # fmt: skip
def revoke(request: HttpRequest, token_id: uuid.UUID) -> Any:
    """Revoke one of one's own tokens, perhaps the one in use; twice is harmless."""
    if not ApiToken.objects.filter(pk=token_id, account_id=_mine(request)).exists():
        raise NotFound
    revoke_token(token_id, actor=actor_of(request))
    return HttpResponse(status=204)


def _page(keys: QuerySet[Any], rows: QuerySet[Any], paging: Paging, shape: Any) -> dict[str, Any]:
    """A page of a queryset in its own order."""

    def load(part: Sequence[Any]) -> list[Any]:
        return list(shape(by_id(rows.in_bulk(part), part)))

    return page(keys.values_list("pk", flat=True), paging, load)


# --- organisation -----------------------------------------------------------------------------


class Unit(Schema):
    """A unit of the city; ``active_to`` is set once it has ended, perhaps with a successor."""

    id: uuid.UUID
    version: int
    code: str
    name: str
    short_name: str
    kind: str
    parent: Ref | None
    email: str
    active_from: date
    active_to: date | None
    successor: Ref | None


class PersonOut(Schema):
    """A person, with no more than is needed to name her in a project."""

    id: uuid.UUID
    version: int
    given_name: str
    family_name: str
    unit: Ref
    active: bool


class UnitFilter(Schema):
    """What units are asked for."""

    q: text(200) = Field("", description=gettext_noop("part of name or code"))  # type: ignore[valid-type]
    ended: bool = Field(False, description=gettext_noop("ended units as well"))


class PersonFilter(Schema):
    """What people are asked for."""

    q: text(200) = Field("", description=gettext_noop("part of the family name"))  # type: ignore[valid-type]
    unit: uuid.UUID | None = Field(None, description=gettext_noop("people of this unit"))
    inactive: bool = Field(False, description=gettext_noop("people who have left as well"))


def require_view(request: HttpRequest) -> Actor:
    """The actor, if she may see the organisation."""
    actor = actor_of(request)
    authority.require(actor, ORG_VIEW)
    return actor


def _unit(row: OrgUnit) -> dict[str, Any]:
    plain = {
        name: getattr(row, name)
        for name in Unit.model_fields
        if name not in {"parent", "successor"}
    }
    return {**plain, "parent": ref(row.parent), "successor": ref(row.successor)}


def _person(row: Person) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in PersonOut.model_fields if name != "unit"}
    return {**plain, "unit": ref(row.unit)}


@organisation.get(
    "/units", response=Page[Unit], summary=gettext_noop("List units"), operation_id="units"
)
def units(request: HttpRequest, asked: Query[UnitFilter], paging: Query[Paging]) -> Any:
    """All units by code."""
    require_view(request)
    found = OrgUnit.objects.all() if asked.ended else OrgUnit.objects.filter(active_to=None)
    if asked.q.strip():
        found = found.filter(contains("name", asked.q) | contains("code", asked.q))
    rows = OrgUnit.objects.select_related("parent", "successor")
    return _page(found, rows, paging, lambda part: map(_unit, part))


@organisation.get(
    "/units/{unit_id}", response=Unit, summary=gettext_noop("Read a unit"), operation_id="unit"
)
def unit(request: HttpRequest, response: HttpResponse, unit_id: uuid.UUID) -> Any:
    """One unit."""
    require_view(request)
    row = OrgUnit.objects.select_related("parent", "successor").filter(pk=unit_id).first()
    if row is None:
        raise NotFound
    api_versions.tag(response, row.version)
    return _unit(row)


@organisation.get(
    "/people", response=Page[PersonOut], summary=gettext_noop("List people"), operation_id="people"
)
def people(request: HttpRequest, asked: Query[PersonFilter], paging: Query[Paging]) -> Any:
    """People by name."""
    require_view(request)
    found = Person.objects.all() if asked.inactive else Person.objects.filter(active=True)
    if asked.q.strip():
        found = found.filter(contains("family_name", asked.q))
    if asked.unit:
        found = found.filter(unit_id=asked.unit)
    rows = Person.objects.select_related("unit")
    return _page(found.order_by("family_name", "given_name", "pk"), rows, paging,
                 lambda part: map(_person, part))  # fmt: skip


@organisation.get(
    "/people/{person_id}", response=PersonOut, summary=gettext_noop("Read a person"),
    operation_id="person",
)  # fmt: skip
def person(request: HttpRequest, response: HttpResponse, person_id: uuid.UUID) -> Any:
    """One person."""
    require_view(request)
    row = Person.objects.select_related("unit").filter(pk=person_id).first()
    if row is None:
        raise NotFound
    api_versions.tag(response, row.version)
    return _person(row)


# --- jobs -------------------------------------------------------------------------------------


class JobOut(Schema):
    """Background work; ``progress`` of ``total`` steps, ``error`` is a sentence for people."""

    id: uuid.UUID
    kind: str
    state: str
    progress: int
    total: int
    message: str
    error: str
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def accepted(response: HttpResponse, job: Job) -> None:
    """Point a response of status 202 to the job."""
    response["Location"] = f"/api/v1/jobs/{job.id}"


@jobs.get("", response=Page[JobOut], summary=gettext_noop("List my jobs"), operation_id="jobs")
def my_jobs(request: HttpRequest, paging: Query[Paging]) -> Any:
    """One's own jobs, newest first."""
    mine = Job.objects.filter(owner_id=_mine(request))
    return _page(mine, mine, paging, list)


@jobs.get("/{job_id}", response=JobOut, summary=gettext_noop("Read a job"), operation_id="job")
def job(request: HttpRequest, job_id: uuid.UUID) -> Any:
    """One's own job, or anybody's with the permission to see all jobs."""
    return job_actions.visible_job(job_id, actor=actor_of(request))


@jobs.post(
    "/{job_id}/cancel", response=JobOut, summary=gettext_noop("Cancel a job"),
    operation_id="cancel_job",
)  # fmt: skip
def cancel(request: HttpRequest, job_id: uuid.UUID) -> Any:
    """Ask the job to stop; a job that has ended stays as it is."""
    return job_actions.cancel(job_id, actor=actor_of(request))
