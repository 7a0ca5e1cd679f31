"""Capacity and demand, positions and costs over the API."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Given, Number, Page, Ref
from leitstand.core.policy.grants import require
from leitstand.planning import policy
from leitstand.planning.models import GradeCost, Position
from leitstand.planning.queries.heat import heat
from leitstand.portfolio.facade_planning import skills

router = Router(tags=[gettext_noop("Planning")])


class CapacityCellOut(Schema):
    """A quarter of a role; demand and supply in person days."""

    year: int
    quarter: int
    demand: Number
    supply: Number


class RoleOut(Schema):
    """A role."""

    id: uuid.UUID
    code: str
    name: str
    quarters: list[CapacityCellOut]


class GapOut(Schema):
    """A project that could not be placed: no_effort, no_roles or no_period."""

    id: uuid.UUID
    number: str
    title: str
    missing: str


class CapacityOut(Schema):
    """Demand and supply; ``hidden`` projects above the reader's level are not counted."""

    roles: list[RoleOut]
    missing: list[GapOut]
    hidden: int


class Span(Given):
    """How far to look ahead."""

    years: int = Field(2, ge=1, le=4, description=gettext_noop("from the present quarter on"))


class PositionOut(Schema):
    """A position of the staff plan; ``share`` of full time."""

    id: uuid.UUID
    version: int
    number: str
    title: str
    unit: Ref
    role: str
    grade: str
    share: Number
    start: date | None
    end: date | None
    fixed_term: bool
    vacant: bool
    filled_from: date | None
    kw: bool
    note: str


class CostOut(Schema):
    """Euro of a full-time position of a grade in a year."""

    grade: str
    year: int
    amount: Number


@router.get(
    "/capacity", response=CapacityOut, summary=gettext_noop("Read demand and supply per role"),
    operation_id="planning_capacity",
)  # fmt: skip
def capacity(request: HttpRequest, span: Query[Span]) -> Any:
    """Per role and quarter, up to the reader's city-wide level."""
    found = heat(policy.level(actor_of(request)), span.years)
    roles = [
        {
            "id": row.role.id, "code": row.role.code, "name": row.role.name,
            "quarters": [
                {"year": q.year, "quarter": q.number, "demand": round(cell.demand, 2),
                 "supply": round(cell.supply, 2)}
                for q, cell in zip(found.span, row.cells, strict=True)
            ],
        }
        for row in found.rows
    ]  # fmt: skip
    missing = [
        {"id": gap.project.id, "number": gap.project.number, "title": gap.project.title,
         "missing": gap.why}
        for gap in found.gaps
    ]  # fmt: skip
    return {"roles": roles, "missing": missing, "hidden": found.hidden}


@router.get(
    "/positions", response=Page[PositionOut], summary=gettext_noop("List positions"),
    operation_id="planning_positions",
)  # fmt: skip
def positions(request: HttpRequest, paging: Query[Paging]) -> Any:
    """The positions, for those who keep them."""
    require(actor_of(request), policy.SUPPLY, citywide=True)
    names = {one.id: one.name for one in skills()}
    rows = Position.objects.select_related("unit")
    plain = ("id", "version", "number", "title", "grade", "share", "start", "end", "fixed_term",
             "vacant", "filled_from", "kw", "note")  # fmt: skip

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        found = api_fields.by_id(rows.in_bulk(list(part)), part)
        return [
            {**{name: getattr(row, name) for name in plain}, "unit": api_fields.ref(row.unit),
             "role": names.get(row.skill_id, "")}
            for row in found
        ]  # fmt: skip

    return page(rows.values_list("pk", flat=True), paging, load)


@router.get(
    "/costs", response=list[CostOut], summary=gettext_noop("List costs of grades"),
    operation_id="planning_costs",
)  # fmt: skip
def costs(request: HttpRequest) -> Any:
    """The city's costs per grade and year, for those who keep them."""
    require(actor_of(request), policy.SUPPLY, citywide=True)
    return list(GradeCost.objects.values("grade", "year", "amount"))
