"""The plan across projects: milestones, dependencies, baselines."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_fields import ref
from leitstand.core.administration.api_lists import asked, parameters_of
from leitstand.core.administration.api_paging import Paging
from leitstand.core.administration.api_types import Day, Given, Page, Ref, choices_of, text, whole
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.tables.filters import Filter, Kind
from leitstand.core.tables.query import ListSpec
from leitstand.portfolio import policy
from leitstand.portfolio.actions.baselines import freeze_baseline
from leitstand.portfolio.actions.dependencies import (
    add_dependency,
    change_dependency,
    remove_dependency,
)
from leitstand.portfolio.api.reading import page_of, reader, visible_project
from leitstand.portfolio.models import Baseline, Dependency, Milestone, Project
from leitstand.portfolio.tables import ITEM_TABLES
from leitstand.portfolio.tables.exports import DEPENDENCIES

across = Router(tags=[gettext_noop("Plan")])
of_project = Router(tags=[gettext_noop("Plan")])

# --- milestones -------------------------------------------------------------------------------

MILESTONE_LIST = ListSpec(
    ITEM_TABLES["milestone"],
    search=("title", "project__title"),
    extra=(
        Filter("project", _("Project"), Kind.OBJECT, "project_id"),
        Filter("lead_unit", _("Lead unit"), Kind.UNIT, "project__lead_unit_id"),
        Filter("open", _("Not done yet"), Kind.FLAG, where=lambda _v, _a: Q(done_on=None)),
    ),
)


class MilestoneOfProject(Schema):
    """A milestone with the project that it belongs to."""

    id: uuid.UUID
    version: int
    project: Ref
    title: str
    due: Day
    done_on: Day | None
    public: bool


@across.get(
    "/milestones", response=Page[MilestoneOfProject],
    summary=gettext_noop("List the milestones of all projects"), operation_id="milestones",
    openapi_extra=parameters_of(MILESTONE_LIST),
)  # fmt: skip
def milestones(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Milestones of visible projects, by date."""
    actor = reader(request)
    query = asked(request, MILESTONE_LIST)
    found = Milestone.objects.filter(project__in=policy.visible(actor))
    found = query.narrow(found, actor)
    keys = query.order(found) if query.sort else found.order_by("due", "title", "pk")
    rows = Milestone.objects.select_related("project")
    return page_of(keys, rows, paging, _milestone)


def _milestone(row: Milestone) -> dict[str, Any]:
    plain = {
        name: getattr(row, name) for name in ("id", "version", "title", "due", "done_on", "public")
    }
    return {**plain, "project": ref(row.project)}


# --- dependencies -----------------------------------------------------------------------------


class DependencyOut(Schema):
    """``successor`` depends on ``predecessor``; null is a project that the account may not see."""

    id: uuid.UUID
    version: int
    predecessor: Ref | None
    successor: Ref | None
    kind: choices_of(Dependency._meta.get_field("kind"))  # type: ignore[valid-type]
    lag_days: int
    note: str


class DependencyNew(Given):
    """Two projects to tie; ``lag_days`` in calendar days, may be negative."""

    predecessor: uuid.UUID
    successor: uuid.UUID
    kind: choices_of(Dependency._meta.get_field("kind")) = Dependency.Kind.FS.value  # type: ignore[valid-type]
    lag_days: whole(-3650, 3650) = 0  # type: ignore[valid-type]
    note: text(300) = ""  # type: ignore[valid-type]


class DependencyChange(
    api_fields.to_change("_Change", Dependency, DEPENDENCIES, ("kind", "lag_days", "note"))  # type: ignore[misc]
):
    """How two projects are tied; what is left out stays as it is."""


def _dependencies(actor: Actor) -> Any:
    """Dependencies with at least one visible end; each knows which ends the actor sees."""
    seen = policy.visible(actor)
    rows: Any = Dependency.objects.select_related("predecessor", "successor").annotate(
        sees_predecessor=Exists(seen.filter(pk=OuterRef("predecessor_id"))),
        sees_successor=Exists(seen.filter(pk=OuterRef("successor_id"))),
    )
    return rows.filter(Q(sees_predecessor=True) | Q(sees_successor=True))


def _dependency(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "predecessor": ref(row.predecessor) if row.sees_predecessor else None,
        "successor": ref(row.successor) if row.sees_successor else None,
        "kind": row.kind,
        "lag_days": row.lag_days,
        "note": row.note if row.sees_predecessor and row.sees_successor else "",
    }


@across.get(
    "/dependencies", response=Page[DependencyOut], summary=gettext_noop("List dependencies"),
    operation_id="dependencies",
)  # fmt: skip
def dependencies(request: HttpRequest, paging: Query[Paging]) -> Any:
    """All dependencies between projects, by identity: numbers could tell of hidden ones."""
    rows = _dependencies(reader(request)).order_by("pk")
    return page_of(rows, rows, paging, _dependency)


@across.post(
    "/dependencies", response={201: DependencyOut}, summary=gettext_noop("Tie two projects"),
    operation_id="create_dependency",
)  # fmt: skip
def tie(request: HttpRequest, response: HttpResponse, payload: DependencyNew) -> Any:
    """Refused if it would close a circle."""
    actor = actor_of(request)
    row = add_dependency(
        actor=actor,
        predecessor_id=payload.predecessor,
        successor_id=payload.successor,
        kind=payload.kind,
        lag_days=payload.lag_days,
        note=payload.note,
    )
    response["Location"] = f"/api/v1/dependencies/{row.id}"
    return Status(201, _dependency(_dependencies(actor).get(pk=row.pk)))


@across.get(
    "/dependencies/{dependency_id}", response=DependencyOut,
    summary=gettext_noop("Read a dependency"), operation_id="dependency",
)  # fmt: skip
def dependency(request: HttpRequest, response: HttpResponse, dependency_id: uuid.UUID) -> Any:
    """One dependency."""
    row = _dependencies(reader(request)).filter(pk=dependency_id).first()
    if row is None:
        raise NotFound
    api_versions.tag(response, row.version)
    return _dependency(row)


@across.patch(
    "/dependencies/{dependency_id}", response=DependencyOut,
    summary=gettext_noop("Change a dependency"), operation_id="change_dependency",
    openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def retie(
    request: HttpRequest,
    response: HttpResponse,
    dependency_id: uuid.UUID,
    payload: DependencyChange,
) -> Any:
    """Kind, lag or note; the note only by somebody who sees both projects."""
    if not _dependencies(reader(request)).filter(pk=dependency_id).exists():
        raise NotFound
    change_dependency(
        dependency_id,
        actor=actor_of(request),
        version=api_versions.expected(request),
        values=payload.model_dump(exclude_unset=True),
    )
    return dependency(request, response, dependency_id)


@across.delete(
    "/dependencies/{dependency_id}", response={204: None},
    summary=gettext_noop("Untie two projects"), operation_id="delete_dependency",
)  # fmt: skip
def untie(request: HttpRequest, dependency_id: uuid.UUID) -> Any:
    """One of the two projects must be open to change."""
    remove_dependency(dependency_id, actor=actor_of(request))
    return HttpResponse(status=204)


@of_project.get(
    "/{project_id}/dependencies", response=Page[DependencyOut],
    summary=gettext_noop("List the dependencies of a project"), operation_id="project_dependencies",
)  # fmt: skip
def dependencies_of(request: HttpRequest, project_id: uuid.UUID, paging: Query[Paging]) -> Any:
    """Dependencies in both directions."""
    project = visible_project(request, project_id)
    rows = _dependencies(actor_of(request)).order_by("pk")
    rows = rows.filter(Q(predecessor=project) | Q(successor=project))
    return page_of(rows, rows, paging, _dependency)


# --- baselines --------------------------------------------------------------------------------


class FrozenMilestone(Schema):
    """A milestone as it stood when the plan was frozen."""

    milestone_id: uuid.UUID
    title: str
    due: Day


class BaselineOut(Schema):
    """A frozen plan; it never changes."""

    id: uuid.UUID
    project: uuid.UUID
    number: int
    name: str
    frozen_on: Day
    start: Day | None
    end: Day | None
    reason: str
    milestones: list[FrozenMilestone]


class BaselineNew(Given):
    """What is said of the plan that is to be frozen."""

    reason: text(500, required=True)  # type: ignore[valid-type]
    name: text(120) = Field("", description=gettext_noop("otherwise it is numbered"))  # type: ignore[valid-type]


def _baseline(row: Baseline) -> dict[str, Any]:
    return {
        "id": row.id,
        "project": row.project_id,
        "number": row.number,
        "name": row.name,
        "frozen_on": row.frozen_on,
        "start": row.start,
        "end": row.end,
        "reason": row.reason,
        "milestones": sorted(row.milestones.all(), key=lambda m: (m.due, m.title)),
    }


def _baselines(project: Project) -> Any:
    return project.baselines.order_by("number").prefetch_related("milestones")


@of_project.get(
    "/{project_id}/baselines", response=Page[BaselineOut], summary=gettext_noop("List baselines"),
    operation_id="baselines",
)  # fmt: skip
def baselines(request: HttpRequest, project_id: uuid.UUID, paging: Query[Paging]) -> Any:
    """The frozen plans of a project, oldest first."""
    rows = _baselines(visible_project(request, project_id))
    return page_of(rows, rows, paging, _baseline)


@of_project.post(
    "/{project_id}/baselines", response={201: BaselineOut},
    summary=gettext_noop("Freeze the plan as a baseline"), operation_id="create_baseline",
)  # fmt: skip
def freeze(
    request: HttpRequest, response: HttpResponse, project_id: uuid.UUID, payload: BaselineNew
) -> Any:
    """Freeze period and milestones as they are now."""
    row = freeze_baseline(
        project_id, actor=actor_of(request), reason=payload.reason, name=payload.name
    )
    response["Location"] = f"/api/v1/projects/{project_id}/baselines/{row.id}"
    return Status(201, _baseline(row))


@of_project.get(
    "/{project_id}/baselines/{baseline_id}", response=BaselineOut,
    summary=gettext_noop("Read a baseline"), operation_id="baseline",
)  # fmt: skip
def baseline(request: HttpRequest, project_id: uuid.UUID, baseline_id: uuid.UUID) -> Any:
    """One frozen plan."""
    row = _baselines(visible_project(request, project_id)).filter(pk=baseline_id).first()
    if row is None:
        raise NotFound
    return _baseline(row)
