"""Proposed traffic lights of projects, and the rules behind them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router, Schema

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_versions
from leitstand.core.administration.api_types import Given, choices_of, whole
from leitstand.core.base import clock
from leitstand.core.base.errors import NotFound
from leitstand.portfolio.actions import status_rules as actions
from leitstand.portfolio.api.reading import reader, visible_project
from leitstand.portfolio.domain.lights import KINDS
from leitstand.portfolio.models import Light, StatusRule
from leitstand.portfolio.queries import lights as queries
from leitstand.portfolio.queries.light_words import rule_help, rule_name

router = Router(tags=[gettext_noop("Traffic lights")])
of_project = Router(tags=[gettext_noop("Traffic lights")])
_Dimension = choices_of(StatusRule._meta.get_field("dimension"))
_LOWEST, _HIGHEST = actions.LOWEST, actions.HIGHEST


class RuleOut(Schema):
    """A rule; thresholds count ``unit``, null never proposes that colour. Version 0: as shipped."""

    kind: str
    version: int
    name: str
    help: str
    unit: str
    dimension: _Dimension  # type: ignore[valid-type]
    active: bool
    yellow: int | None
    red: int | None


class RuleNew(Given):
    """All values of a rule."""

    dimension: _Dimension  # type: ignore[valid-type]
    active: bool
    yellow: whole(_LOWEST, _HIGHEST) | None  # type: ignore[valid-type]
    red: whole(_LOWEST, _HIGHEST) | None  # type: ignore[valid-type]


class ReasonOut(Schema):
    """Why: the rule, the light it proposes, and the sentence with its numbers."""

    rule: str
    light: str
    text: str


class ProposalOut(Schema):
    """The proposed light of one dimension; grey where no rule knows anything."""

    dimension: _Dimension  # type: ignore[valid-type]
    light: str
    reasons: list[ReasonOut]
    checked: list[str]


class LightsOut(Schema):
    """The proposed lights of a project as of a day, and the light that is set."""

    project: uuid.UUID
    day: date
    set: str
    proposals: list[ProposalOut]


def _rule(row: StatusRule) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in ("kind", "version", *actions.FIELDS)}
    return plain | {
        "name": rule_name(row.kind), "help": rule_help(row.kind), "unit": str(KINDS[row.kind].unit),
    }  # fmt: skip


@router.get(
    "", response=list[RuleOut], summary=gettext_noop("List the status rules"),
    operation_id="status_rules",
)  # fmt: skip
def rules(request: HttpRequest) -> Any:
    """The rules that hold now, one per kind."""
    reader(request)
    return [_rule(row) for row in queries.rule_rows()]


@router.get(
    "/{kind}", response=RuleOut, summary=gettext_noop("Read a status rule"),
    operation_id="status_rule",
)  # fmt: skip
def read(request: HttpRequest, response: HttpResponse, kind: str) -> Any:
    """One rule."""
    reader(request)
    row = queries.rule_row(kind)
    if row is None:
        raise NotFound
    api_versions.tag(response, row.version)
    return _rule(row)


@router.put(
    "/{kind}", response=RuleOut, summary=gettext_noop("Change a status rule"),
    operation_id="change_status_rule", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(request: HttpRequest, response: HttpResponse, kind: str, payload: RuleNew) -> Any:
    """All values of a rule; the first change departs from version 0."""
    version = api_versions.expected(request)
    row = actions.save_rule(kind, actor=actor_of(request), version=version, **payload.model_dump())
    api_versions.tag(response, row.version)
    return _rule(row)


@router.delete(
    "/{kind}", response={204: None}, summary=gettext_noop("Reset a status rule"),
    operation_id="reset_status_rule",
)  # fmt: skip
def reset(request: HttpRequest, kind: str) -> Any:
    """The rule holds as shipped again."""
    actions.reset_rule(kind, actor=actor_of(request))
    return HttpResponse(status=204)


@of_project.get(
    "/{project_id}/lights", response=LightsOut,
    summary=gettext_noop("Read the proposed lights of a project"), operation_id="project_lights",
)  # fmt: skip
def lights(request: HttpRequest, project_id: uuid.UUID) -> Any:
    """The five lights that the rules propose today, with reasons."""
    project = visible_project(request, project_id)
    today = clock.today()
    found = queries.proposals([project.pk], today)[project.pk]
    return {
        "project": project.pk, "day": today, "set": str(Light(project.light)),
        "proposals": [
            {
                "dimension": str(dimension), "light": proposal.light, "checked": proposal.checked,
                "reasons": [
                    {"rule": r.rule, "light": r.light, "text": queries.words(r)}
                    for r in proposal.reasons
                ],
            }
            for dimension, proposal in found.items()
        ],
    }  # fmt: skip
