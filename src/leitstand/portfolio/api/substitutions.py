"""Who stands in for whom in status rounds: list, name, end."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_versions
from leitstand.core.administration.api_paging import Paging
from leitstand.core.administration.api_types import Day, Given, Page, Ref
from leitstand.core.base.errors import Invalid
from leitstand.core.org.models import Person
from leitstand.portfolio.actions.rounds import substituting
from leitstand.portfolio.api.reading import page_of
from leitstand.portfolio.models import Substitution
from leitstand.portfolio.queries import substitutes as queries

router = Router(tags=[gettext_noop("Status rounds")])


class SubstitutionOut(Schema):
    """``substitute`` answers for ``person`` from a day to a day, both included."""

    id: uuid.UUID
    version: int
    person: Ref
    substitute: Ref
    valid_from: date
    valid_until: date


class SubstitutionNew(Given):
    """A new substitution; without ``person`` for oneself."""

    person: uuid.UUID | None = Field(
        None, description=gettext_noop("who is away; left out: oneself")
    )
    substitute: uuid.UUID
    valid_from: Day
    valid_until: Day


def _shape(row: Substitution) -> dict[str, Any]:
    return {
        "id": row.pk, "version": row.version, "valid_from": row.valid_from,
        "valid_until": row.valid_until, "person": {"id": row.person_id, "name": str(row.person)},
        "substitute": {"id": row.substitute_id, "name": str(row.substitute)},
    }  # fmt: skip


@router.get(
    "", response=Page[SubstitutionOut], summary=gettext_noop("List the substitutions"),
    operation_id="substitutions",
)  # fmt: skip
def substitutions(request: HttpRequest, paging: Query[Paging]) -> Any:
    """One's own on either side, of the last year and to come; those who manage rounds get all."""
    found = queries.visible(actor_of(request))
    return page_of(found, found, paging, _shape)


@router.post(
    "", response={201: SubstitutionOut}, summary=gettext_noop("Name a substitute"),
    operation_id="name_substitute",
)  # fmt: skip
def name(request: HttpRequest, payload: SubstitutionNew) -> Any:
    """For oneself, or for anybody by those who manage rounds."""
    actor = actor_of(request)
    row = substituting.name_substitute(
        actor=actor, person=_person(payload.person or actor.person_id, "person"),
        substitute=_person(payload.substitute, "substitute"), valid_from=payload.valid_from,
        valid_until=payload.valid_until,
    )  # fmt: skip
    return Status(201, _shape(row))


def _person(person_id: uuid.UUID | None, field: str) -> Person:
    row = Person.objects.filter(pk=person_id).first() if person_id else None
    if row is None:
        raise Invalid(_("There is no such person."), field=field)
    return row


@router.delete(
    "/{substitution_id}", response={204: None}, summary=gettext_noop("End a substitution"),
    operation_id="end_substitution", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def end(request: HttpRequest, substitution_id: uuid.UUID) -> Any:
    """It ends at once; links of the substitute stop working."""
    version = api_versions.expected(request)
    substituting.end_substitution(substitution_id, actor=actor_of(request), version=version)
    return HttpResponse(status=204)
