"""Rollouts: figures and forecast, units with their cells, steps, waves; many cells set at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_versions
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Day, Given, Page, Ref, choices_of, text, whole
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.org.models import OrgUnit, UnitKind
from leitstand.portfolio import policy, policy_rollouts
from leitstand.portfolio.actions.rollouts import members, setup
from leitstand.portfolio.actions.rollouts.cells import CellChange, set_cells
from leitstand.portfolio.api.reading import page_of, reader
from leitstand.portfolio.domain import forecast as pace
from leitstand.portfolio.models import (
    Project,
    Rollout,
    RolloutCell,
    RolloutStep,
    RolloutTemplate,
    RolloutUnit,
    Wave,
)
from leitstand.portfolio.queries.rollouts.boards import Board, Member, board, boards

router = Router(tags=[gettext_noop("Rollouts")])
_State = choices_of(RolloutCell._meta.get_field("state"))
_Size = choices_of(RolloutUnit._meta.get_field("size"))
_Kind = choices_of(RolloutStep._meta.get_field("kind"))
_Level = choices_of(Rollout._meta.get_field("confidentiality"))
_DueKind = choices_of(Rollout._meta.get_field("due_kind"))
_UnitKind = choices_of(OrgUnit._meta.get_field("kind"))


class ForecastOut(Schema):
    """When the last unit goes live at this pace: ``finished``, ``too_little`` data, ``forecast``.

    One in ten rollouts ends before ``p10``, one in ten after ``p90``; null: beyond thirty years. A
    calculation from the past, not a promise.
    """

    state: str
    remaining: int
    p10: date | None = None
    p50: date | None = None
    p90: date | None = None


class RolloutOut(Schema):
    """A rollout with its figures; ``project`` only if the reader sees it."""

    id: uuid.UUID
    version: int
    title: str
    description: str
    project: Ref | None
    lead_unit: Ref
    confidentiality: int
    start: date | None
    due: date | None
    due_kind: str
    due_basis: str
    units: int
    live: int
    running: int
    late: int
    held_up: int
    forecast: ForecastOut


class RolloutNew(Given):
    """A rollout to create: the steps of a template, all living units of some kinds."""

    title: text(300, required=True)  # type: ignore[valid-type]
    description: text() = ""  # type: ignore[valid-type]
    lead_unit: uuid.UUID
    project: uuid.UUID | None = None
    confidentiality: _Level = 1  # type: ignore[valid-type]
    start: Day | None = None
    due: Day | None = None
    due_kind: _DueKind = ""  # type: ignore[valid-type]
    due_basis: text(300) = ""  # type: ignore[valid-type]
    template: uuid.UUID | None = None
    unit_kinds: list[_UnitKind] = Field([], max_length=len(UnitKind))  # type: ignore[valid-type]


class CellOut(Schema):
    """State of a unit in a step."""

    id: uuid.UUID
    version: int
    step: uuid.UUID
    state: _State  # type: ignore[valid-type]
    planned_start: date | None
    planned_end: date | None
    actual_start: date | None
    actual_end: date | None


class ObstacleOut(Schema):
    """What holds a unit up now."""

    id: uuid.UUID
    kind: str
    title: str
    since: date | None


class UnitOut(Schema):
    """A unit of the rollout; ``state``: done, running, planned, open, out (does not take part)."""

    id: uuid.UUID
    version: int
    unit: Ref
    wave: Ref | None
    size: _Size  # type: ignore[valid-type]
    affected: bool
    reason: str
    note: str
    state: str
    progress: int
    planned_go_live: date | None
    cells: list[CellOut]
    obstacles: list[ObstacleOut]


class RolloutStepOut(Schema):
    """A step; durations are calendar days."""

    id: uuid.UUID
    version: int
    position: int
    title: str
    kind: _Kind  # type: ignore[valid-type]
    min_days: int
    max_days: int
    by_size: bool
    weight: int
    note: str


class WaveOut(Schema):
    """A wave; ``capacity`` is how many units the central team can take on."""

    id: uuid.UUID
    version: int
    title: str
    start: date | None
    go_live: date | None
    capacity: int | None


class TemplateOut(Schema):
    """A template of rollouts."""

    id: uuid.UUID
    code: str
    name: str
    description: str
    steps: list[RolloutStepOut]


class CellGiven(Given):
    """New values of a cell, based on its ``version``; what is left out stays, null empties."""

    id: uuid.UUID
    version: whole(1, 999_999_999)  # type: ignore[valid-type]
    state: _State | None = None  # type: ignore[valid-type]
    planned_start: Day | None = None
    planned_end: Day | None = None
    actual_start: Day | None = None
    actual_end: Day | None = None


class CellsGiven(Given):
    """Cells to set, all or nothing."""

    cells: list[CellGiven] = Field(min_length=1, max_length=2000)
    reason: text(300) = ""  # type: ignore[valid-type]


class CellsSet(Schema):
    """How many cells really changed."""

    changed: int


def _forecast(found: Board) -> dict[str, Any]:
    answer = found.forecast
    if isinstance(answer, pace.Finished):
        return {"state": "finished", "remaining": 0}
    if isinstance(answer, pace.TooLittle):
        return {"state": "too_little", "remaining": answer.remaining}
    days = {"p10": answer.p10, "p50": answer.p50, "p90": answer.p90}
    return {"state": "forecast", "remaining": answer.remaining, **days}


_FIELDS = (
    "id", "version", "title", "description", "confidentiality", "start", "due", "due_kind",
    "due_basis",
)  # fmt: skip


def _shape(found: Board, projects: dict[uuid.UUID, Any]) -> dict[str, Any]:
    rollout, waiting = found.rollout, [m for m in found.affected if m.state != "done"]
    project = projects.get(rollout.project_id) if rollout.project_id else None
    return {
        **{name: getattr(rollout, name) for name in _FIELDS},
        "project": {"id": project.pk, "name": project.title} if project else None,
        "lead_unit": {"id": rollout.lead_unit_id, "name": rollout.lead_unit.name},
        "units": len(found.affected),
        "live": len(found.finished),
        "running": sum(m.state == "running" for m in waiting),
        "late": sum(m.is_late(found.today) for m in waiting),
        "held_up": sum(bool(m.obstacles) for m in waiting),
        "forecast": _forecast(found),
    }


def _shapes(actor: Actor, keys: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    rows = Rollout.objects.select_related("lead_unit").in_bulk(keys)
    found = boards(rows.values())
    wanted = {row.project_id for row in rows.values() if row.project_id}
    projects = policy.visible(actor, Project.objects.filter(pk__in=wanted)).in_bulk()
    return [_shape(found[key], projects) for key in keys if key in found]


@router.get(
    "/rollouts", response=Page[RolloutOut], summary=gettext_noop("List the rollouts"),
    operation_id="rollouts",
)  # fmt: skip
def rollouts(request: HttpRequest, paging: Query[Paging]) -> Any:
    """All visible rollouts by title."""
    actor = reader(request)
    keys = policy_rollouts.visible(actor).values_list("pk", flat=True)
    return page(keys, paging, lambda part: _shapes(actor, part))


@router.post(
    "/rollouts", response={201: RolloutOut}, summary=gettext_noop("Create a rollout"),
    operation_id="create_rollout",
)  # fmt: skip
def create(request: HttpRequest, response: HttpResponse, payload: RolloutNew) -> Any:
    """From a template, with all units of the given kinds."""
    actor = actor_of(request)
    values = payload.model_dump()
    template, kinds = values.pop("template"), values.pop("unit_kinds")
    unit = OrgUnit.objects.filter(pk=values["lead_unit"], active_to=None).first()
    if unit is None:
        raise Invalid("This unit does not exist.", field="lead_unit")
    values["lead_unit"] = unit
    if values["project"] is not None:
        values["project"] = policy.get_visible(actor, values["project"])
    rollout = setup.create_rollout(actor=actor, values=values, template_id=template)
    if kinds:
        members.add_level(rollout.pk, actor=actor, kinds=kinds)
    response["Location"] = f"/api/v1/rollouts/{rollout.pk}"
    api_versions.tag(response, rollout.version)
    return Status(201, _shapes(actor, [rollout.pk])[0])


@router.get(
    "/rollouts/{rollout_id}", response=RolloutOut, summary=gettext_noop("Read a rollout"),
    operation_id="rollout",
)  # fmt: skip
def read(request: HttpRequest, response: HttpResponse, rollout_id: uuid.UUID) -> Any:
    """One rollout with its figures and forecast."""
    actor = reader(request)
    rollout = policy_rollouts.get_visible(actor, rollout_id)
    api_versions.tag(response, rollout.version)
    return _shapes(actor, [rollout.pk])[0]


@router.get(
    "/rollouts/{rollout_id}/units", response=Page[UnitOut],
    summary=gettext_noop("List the units of a rollout with their states"), operation_id="rollout_units",
)  # fmt: skip
def units(request: HttpRequest, rollout_id: uuid.UUID, paging: Query[Paging]) -> Any:
    """Units by code, each with a cell per step."""
    found = board(policy_rollouts.get_visible(reader(request), rollout_id))
    by_id = {member.id: member for member in found.members}
    return page(list(by_id), paging, lambda part: [_unit(found, by_id[key]) for key in part])


def _unit(found: Board, member: Member) -> dict[str, Any]:
    wave = found.wave(member)
    names = ("id", "version", "size", "affected", "reason", "note", "state", "progress")
    return {
        **{name: getattr(member, name) for name in names},
        "unit": {"id": member.unit_id, "name": member.name},
        "wave": {"id": wave.pk, "name": wave.title} if wave else None,
        "planned_go_live": found.planned_day(member),
        "cells": [
            {"step": step.id, **_cell(cell)}
            for step, cell in zip(found.steps, member.cells, strict=True)
            if cell is not None
        ],
        "obstacles": [
            {"id": row.pk, "kind": row.kind, "title": row.title, "since": row.since}
            for row in member.obstacles
        ],
    }


def _cell(cell: Any) -> dict[str, Any]:
    names = (
        "id", "version", "state", "planned_start", "planned_end", "actual_start", "actual_end",
    )  # fmt: skip
    return {name: getattr(cell, name) for name in names}


@router.patch(
    "/rollouts/{rollout_id}/cells", response=CellsSet, summary=gettext_noop("Set many states at once"),
    operation_id="set_rollout_cells",
)  # fmt: skip
def cells(request: HttpRequest, rollout_id: uuid.UUID, payload: CellsGiven) -> Any:
    """All or nothing; 409 names in ``theirs`` the cells that somebody else has changed."""
    changes = {}
    for cell in payload.cells:
        values = cell.model_dump(exclude_unset=True, exclude={"id", "version"})
        if "state" in values and values["state"] is None:
            raise Invalid("The state cannot be empty.", field="state")
        changes[cell.id] = CellChange(cell.version, values)
    number = set_cells(rollout_id, actor=actor_of(request), changes=changes, reason=payload.reason)
    return {"changed": number}


@router.get(
    "/rollouts/{rollout_id}/steps", response=Page[RolloutStepOut],
    summary=gettext_noop("List the steps of a rollout"), operation_id="rollout_steps",
)  # fmt: skip
def steps(request: HttpRequest, rollout_id: uuid.UUID, paging: Query[Paging]) -> Any:
    """Steps in their order."""
    rollout = policy_rollouts.get_visible(reader(request), rollout_id)
    return page_of(rollout.steps.all(), RolloutStep.objects.all(), paging, _step)


def _step(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RolloutStepOut.model_fields}


@router.get(
    "/rollouts/{rollout_id}/waves", response=Page[WaveOut],
    summary=gettext_noop("List the waves of a rollout"), operation_id="rollout_waves",
)  # fmt: skip
def waves(request: HttpRequest, rollout_id: uuid.UUID, paging: Query[Paging]) -> Any:
    """Waves by go-live day."""
    rollout = policy_rollouts.get_visible(reader(request), rollout_id)
    names = tuple(WaveOut.model_fields)
    return page_of(
        rollout.waves.all(), Wave.objects.all(), paging,
        lambda row: {name: getattr(row, name) for name in names},
    )  # fmt: skip


@router.get(
    "/rollout-templates", response=Page[TemplateOut],
    summary=gettext_noop("List the templates of rollouts"), operation_id="rollout_templates",
)  # fmt: skip
def templates(request: HttpRequest, paging: Query[Paging]) -> Any:
    """All templates with their steps."""
    reader(request)
    rows = RolloutTemplate.objects.prefetch_related("steps")
    return page_of(
        rows, rows, paging,
        lambda row: {
            "id": row.pk, "code": row.code, "name": row.name, "description": row.description,
            "steps": [_step(step) for step in row.steps.all()],
        },
    )  # fmt: skip
