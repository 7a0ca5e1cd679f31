"""Projects: list, read, create, change, delete."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_fields import ref
from leitstand.core.administration.api_lists import asked, parameters_of
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Number, Page, Ref, text
from leitstand.core.base.errors import NotFound
from leitstand.portfolio import policy
from leitstand.portfolio.actions import projects as actions
from leitstand.portfolio.api.reading import reader
from leitstand.portfolio.models import BudgetLine, Participation, Phase, Project, ProjectPerson
from leitstand.portfolio.queries.projects import PROJECT_LIST, listed
from leitstand.portfolio.tables import PROJECTS

router = Router(tags=[gettext_noop("Projects")])
NAMES = (*actions.FIELDS, *actions.MANY)
_WHY = gettext_noop("why; kept in the audit trail")
_NAMED = (ProjectPerson.Role.LEAD, ProjectPerson.Role.SPONSOR)

ProjectOut = api_fields.shown(
    "Project", Project, PROJECTS, ("number", *NAMES),
    lead=(list[Ref], ...),
    sponsor=(list[Ref], ...),
    participating_units=(list[Ref], ...),
    budget_planned=(Number | None, ...),
    created_at=(datetime, ...),
    updated_at=(datetime, ...),
)  # fmt: skip
ProjectNew = api_fields.to_create("ProjectNew", Project, PROJECTS, NAMES)
ProjectChange = api_fields.to_change("ProjectChange", Project, PROJECTS, NAMES)


class Reason(Schema):
    """Why something is done; kept in the audit trail."""

    reason: text(500) = Field("", description=_WHY)  # type: ignore[valid-type]


class NeededReason(Schema):
    """Why something is done, if it must be said."""

    reason: text(500, required=True) = Field(..., description=_WHY)  # type: ignore[valid-type]


def loaded(actor: Any) -> QuerySet[Any]:
    """Visible projects with everything that their answer holds; queries do not grow with rows."""
    spent = BudgetLine.objects.filter(project=OuterRef("pk")).order_by().values("project")
    named = ProjectPerson.objects.filter(role__in=_NAMED).select_related("person")
    return (
        policy.visible(actor)
        .select_related(*api_fields.related(NAMES, Project))
        .annotate(budget_planned=Subquery(spent.annotate(total=Sum("planned")).values("total")))
        .prefetch_related(
            *actions.MANY,
            Prefetch("people", named, to_attr="named_people"),
            Prefetch("participations", Participation.objects.select_related("unit")),
        )
    )


def shape(project: Any) -> dict[str, Any]:
    """A project of :func:`loaded` as the API answers it."""
    people = {
        role: [ref(row.person) for row in project.named_people if row.role == role]
        for role in _NAMED
    }
    return api_fields.shape(
        project,
        ("number", *NAMES),
        lead=people[ProjectPerson.Role.LEAD],
        sponsor=people[ProjectPerson.Role.SPONSOR],
        participating_units=[ref(row.unit) for row in project.participations.all()],
        budget_planned=project.budget_planned,
        created_at=project.created_at,
        updated_at=project.updated_at,
    )


def _answer(request: HttpRequest, response: HttpResponse, project_id: uuid.UUID) -> dict[str, Any]:
    project = loaded(actor_of(request)).filter(pk=project_id).first()
    if project is None:
        raise NotFound
    api_versions.tag(response, project.version)
    return shape(project)


@router.get(
    "", response=Page[ProjectOut],  # type: ignore[valid-type]
    summary=gettext_noop("List projects"), operation_id="projects",
    openapi_extra=parameters_of(PROJECT_LIST),
)  # fmt: skip
def list_projects(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Visible projects; the filters are those of the pages."""
    actor = reader(request)
    query = asked(request, PROJECT_LIST)
    keys = query.order(listed(query, actor)).values_list("pk", flat=True)

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        rows = loaded(actor).in_bulk(part)
        return [shape(row) for row in api_fields.by_id(rows, part)]

    return page(keys, paging, load)


@router.post(
    "", response={201: ProjectOut}, summary=gettext_noop("Create a project"),
    operation_id="create_project",
)  # fmt: skip
def create(
    request: HttpRequest,
    response: HttpResponse,
    payload: ProjectNew,  # type: ignore[valid-type]
    why: Query[Reason],
) -> Any:
    """Create a project; who may not change the unit's projects becomes the lead of a sketch."""
    actor = actor_of(request)
    values = api_fields.values_of(payload, Project)
    if values.get("phase", Phase.IDEA) == Phase.IDEA:
        project = actions.sketch_project(actor=actor, values=values)
    else:
        project = actions.create_project(actor=actor, values=values, reason=why.reason)
    response["Location"] = f"/api/v1/projects/{project.id}"
    return Status(201, _answer(request, response, project.id))


@router.get(
    "/{project_id}", response=ProjectOut, summary=gettext_noop("Read a project"),
    operation_id="project",
)  # fmt: skip
def read(request: HttpRequest, response: HttpResponse, project_id: uuid.UUID) -> Any:
    """One project with its version as ETag."""
    reader(request)
    return _answer(request, response, project_id)


@router.patch(
    "/{project_id}", response=ProjectOut, summary=gettext_noop("Change a project"),
    operation_id="change_project", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(
    request: HttpRequest,
    response: HttpResponse,
    project_id: uuid.UUID,
    payload: ProjectChange,  # type: ignore[valid-type]
    why: Query[Reason],
) -> Any:
    """Change the fields that are sent."""
    actor = actor_of(request)
    policy.get_visible(actor, project_id)
    version = api_versions.expected(request)
    values = api_fields.values_of(payload, Project)
    actions.change_project(
        project_id, actor=actor, version=version, values=values, reason=why.reason
    )
    return _answer(request, response, project_id)


@router.delete(
    "/{project_id}", response={204: None}, summary=gettext_noop("Delete a project"),
    operation_id="delete_project", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def delete(request: HttpRequest, project_id: uuid.UUID, why: Query[NeededReason]) -> Any:
    """Delete a project with its parts; the audit trail keeps that it was there."""
    actor = actor_of(request)
    policy.get_visible(actor, project_id)
    version = api_versions.expected(request)
    actions.delete_project(project_id, actor=actor, version=version, reason=why.reason)
    return HttpResponse(status=204)
