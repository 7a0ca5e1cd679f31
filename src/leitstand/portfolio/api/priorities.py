"""Prioritisation: criteria, and the scores of projects."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_versions
from leitstand.core.administration.api_fields import ref
from leitstand.core.administration.api_paging import Paging
from leitstand.core.administration.api_types import Given, Page, Ref, choices_of, text, whole
from leitstand.core.base.errors import NotFound
from leitstand.portfolio import policy
from leitstand.portfolio.actions import priority as actions
from leitstand.portfolio.api.reading import page_of, reader, visible_project
from leitstand.portfolio.models import PriorityCriterion, PriorityScore

across = Router(tags=[gettext_noop("Priorities")])
of_project = Router(tags=[gettext_noop("Priorities")])
_Kind = choices_of(PriorityCriterion._meta.get_field("kind"))
_CRITERION = ("id", "version", "name", "kind", "weight", "help", "position")


class CriterionOut(Schema):
    """A criterion: must criteria are met (1) or not (0), weighted ones score 0 to 5."""

    id: uuid.UUID
    version: int
    name: str
    kind: _Kind  # type: ignore[valid-type]
    weight: int
    help: str
    position: int


class CriterionNew(Given):
    """A criterion to create, or all its values to change it."""

    name: text(120, required=True)  # type: ignore[valid-type]
    kind: _Kind  # type: ignore[valid-type]
    weight: whole(0, 100) = 1  # type: ignore[valid-type]
    help: text(500) = ""  # type: ignore[valid-type]
    position: whole(0, 9999) = 0  # type: ignore[valid-type]


class ScoreOut(Schema):
    """A project's score for a criterion."""

    project: uuid.UUID
    criterion: Ref
    score: int
    note: str


class ScoreNew(Given):
    """The score: 0 to 5, for must criteria 0 or 1."""

    score: whole(0, 5)  # type: ignore[valid-type]
    note: text(300) = ""  # type: ignore[valid-type]


def _criterion(row: PriorityCriterion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _CRITERION}


def _score(row: PriorityScore) -> dict[str, Any]:
    return {
        "project": row.project_id,
        "criterion": ref(row.criterion),
        "score": row.score,
        "note": row.note,
    }


@across.get(
    "/criteria", response=Page[CriterionOut], summary=gettext_noop("List the criteria"),
    operation_id="criteria",
)  # fmt: skip
def criteria(request: HttpRequest, paging: Query[Paging]) -> Any:
    """All criteria in their order."""
    reader(request)
    rows = PriorityCriterion.objects.all()
    return page_of(rows, rows, paging, _criterion)


@across.post(
    "/criteria", response={201: CriterionOut}, summary=gettext_noop("Create a criterion"),
    operation_id="create_criterion",
)  # fmt: skip
def create(request: HttpRequest, response: HttpResponse, payload: CriterionNew) -> Any:
    """A new criterion."""
    row = actions.save_criterion(actor=actor_of(request), **payload.model_dump())
    response["Location"] = f"/api/v1/priorities/criteria/{row.id}"
    api_versions.tag(response, row.version)
    return Status(201, _criterion(row))


@across.get(
    "/criteria/{criterion_id}", response=CriterionOut, summary=gettext_noop("Read a criterion"),
    operation_id="criterion",
)  # fmt: skip
def read(request: HttpRequest, response: HttpResponse, criterion_id: uuid.UUID) -> Any:
    """One criterion."""
    reader(request)
    row = PriorityCriterion.objects.filter(pk=criterion_id).first()
    if row is None:
        raise NotFound
    api_versions.tag(response, row.version)
    return _criterion(row)


@across.put(
    "/criteria/{criterion_id}", response=CriterionOut, summary=gettext_noop("Change a criterion"),
    operation_id="change_criterion", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(
    request: HttpRequest, response: HttpResponse, criterion_id: uuid.UUID, payload: CriterionNew
) -> Any:
    """All values of a criterion."""
    version = api_versions.expected(request)
    row = actions.save_criterion(
        criterion_id, actor=actor_of(request), version=version, **payload.model_dump()
    )
    api_versions.tag(response, row.version)
    return _criterion(row)


@across.delete(
    "/criteria/{criterion_id}", response={204: None}, summary=gettext_noop("Delete a criterion"),
    operation_id="delete_criterion",
)  # fmt: skip
def delete(request: HttpRequest, criterion_id: uuid.UUID) -> Any:
    """Only while no project has been scored for it."""
    actions.delete_criterion(criterion_id, actor=actor_of(request))
    return HttpResponse(status=204)


@across.get(
    "/scores", response=Page[ScoreOut], summary=gettext_noop("List the scores of all projects"),
    operation_id="scores",
)  # fmt: skip
def scores(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Scores of visible projects."""
    found = PriorityScore.objects.filter(project__in=policy.visible(reader(request)))
    keys = found.order_by("project__number", "criterion__position", "pk")
    return page_of(keys, PriorityScore.objects.select_related("criterion"), paging, _score)


@of_project.get(
    "/{project_id}/priorities", response=Page[ScoreOut],
    summary=gettext_noop("List the scores of a project"), operation_id="project_scores",
)  # fmt: skip
def scores_of(request: HttpRequest, project_id: uuid.UUID, paging: Query[Paging]) -> Any:
    """The scores of one project, in the order of the criteria."""
    project = visible_project(request, project_id)
    rows = PriorityScore.objects.filter(project=project).select_related("criterion")
    return page_of(rows.order_by("criterion__position", "pk"), rows, paging, _score)


@of_project.put(
    "/{project_id}/priorities/{criterion_id}", response=ScoreOut,
    summary=gettext_noop("Score a project"), operation_id="set_score",
)  # fmt: skip
def score(
    request: HttpRequest, project_id: uuid.UUID, criterion_id: uuid.UUID, payload: ScoreNew
) -> Any:
    """Set or replace the score."""
    row = actions.set_score(
        project_id, criterion_id, actor=actor_of(request), score=payload.score, note=payload.note
    )
    if row is None:
        raise NotFound
    return _score(PriorityScore.objects.select_related("criterion").get(pk=row.pk))


@of_project.delete(
    "/{project_id}/priorities/{criterion_id}", response={204: None},
    summary=gettext_noop("Take a score away"), operation_id="delete_score",
)  # fmt: skip
def unscore(request: HttpRequest, project_id: uuid.UUID, criterion_id: uuid.UUID) -> Any:
    """Without a score nothing happens."""
    actions.set_score(project_id, criterion_id, actor=actor_of(request), score=None)
    return HttpResponse(status=204)
