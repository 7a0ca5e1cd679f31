"""Writing of reports and inquiries over the API: making, changing, figures, words, steps."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_versions
from leitstand.core.administration.api_types import Day, Flag, Given, choices_of, text, whole
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.org.models import OrgUnit
from leitstand.reporting import policy_templates
from leitstand.reporting.actions import report_steps as steps
from leitstand.reporting.actions import reports as actions
from leitstand.reporting.api.reports import ReportFull, report, router
from leitstand.reporting.domain import covers
from leitstand.reporting.models import Report

__all__ = ["router"]
_Kind = choices_of(Report._meta.get_field("kind"))
_Level = whole(0, 3)
_Code = text(120, required=True)
_Cover: Any = Literal[tuple(covers.COVERS)]
_Codes: Any = Field([], max_length=100)
_Texts: Any = dict[_Code, text(covers.LONGEST)]  # type: ignore[valid-type,misc]


class ReportNew(Given):
    """A report, or with ``kind`` inquiry the answer to one about ``source``: ``projects`` or
    ``rollout:<id>``. Without ``sections`` it has all of them, without ``columns`` the usual ones."""

    title: text(300, required=True)  # type: ignore[valid-type]
    kind: _Kind = "sachstand"  # type: ignore[valid-type]
    day: Day
    since: Day | None = None
    unit: uuid.UUID
    confidentiality: _Level = 0  # type: ignore[valid-type]
    long: Flag = False
    selection: text(2000) = ""  # type: ignore[valid-type]
    sections: list[_Code] = _Codes  # type: ignore[valid-type]
    question: text(20_000) = ""  # type: ignore[valid-type]
    source: text(60) = ""  # type: ignore[valid-type]
    columns: list[_Code] = _Codes  # type: ignore[valid-type]
    cover: _Cover = "neutral"
    cover_fields: _Texts = Field({}, max_length=60)
    template: uuid.UUID | None = None
    reference: text(80) = ""  # type: ignore[valid-type]


class ReportChange(Given):
    """What a draft is to ask for; what is left out stays. The figures stay until they are made anew."""

    title: text(300, required=True) = ""  # type: ignore[valid-type]
    since: Day | None = None
    unit: uuid.UUID = uuid.UUID(int=0)
    confidentiality: _Level = 0  # type: ignore[valid-type]
    long: Flag = False
    selection: text(2000) = ""  # type: ignore[valid-type]
    sections: list[_Code] = _Codes  # type: ignore[valid-type]
    question: text(20_000) = ""  # type: ignore[valid-type]
    columns: list[_Code] = _Codes  # type: ignore[valid-type]
    cover: _Cover = "neutral"
    cover_fields: _Texts = Field({}, max_length=60)
    template: uuid.UUID | None = None
    reference: text(80) = ""  # type: ignore[valid-type]


class FiguresOf(Given):
    """The day whose figures are to be frozen as the next version."""

    day: Day
    reason: text(500) = ""  # type: ignore[valid-type]


class WordsGiven(Given):
    """Texts by place; ``base`` is what each held when it was read, so that nobody's text is lost."""

    words: dict[_Code, text(actions.LONGEST)] = Field({}, max_length=200)  # type: ignore[valid-type]
    base: dict[_Code, text(actions.LONGEST)] = Field({}, max_length=200)  # type: ignore[valid-type]


class StepGiven(Given):
    """A step with its reason; ``units`` and ``until`` only for sending to co-signature."""

    step: Literal["send", "cosign", "object", "call_back", "release", "withdraw"]
    reason: text(2000) = ""  # type: ignore[valid-type]
    units: list[uuid.UUID] = Field([], max_length=500)
    until: Day | None = None


def _values(actor: Actor, sent: dict[str, Any]) -> dict[str, Any]:
    """Objects in the places of ids; raises ``Invalid`` for those that are not there."""
    if "unit" in sent:
        sent["unit"] = OrgUnit.objects.filter(pk=sent["unit"], active_to=None).first()
        if sent["unit"] is None:
            raise Invalid(_("Choose a unit."), field="unit")
    if sent.get("template"):
        sent["template"] = policy_templates.visible(actor).filter(pk=sent["template"]).first()
        if sent["template"] is None:
            raise Invalid(_("This template is no longer offered."), field="template")
    return sent


def _answer(request: HttpRequest, response: HttpResponse, report_id: uuid.UUID) -> Any:
    found = report(request, report_id)
    api_versions.tag(response, found["version"])
    return found


@router.post(
    "", response={201: ReportFull}, summary=gettext_noop("Make a report"),
    operation_id="create_committee_report",
)  # fmt: skip
def create(request: HttpRequest, response: HttpResponse, payload: ReportNew) -> Any:
    """A draft with its first figures, of one moment."""
    actor = actor_of(request)
    row = actions.create_report(actor=actor, values=_values(actor, payload.model_dump()))
    response["Location"] = f"/api/v1/committee-reports/{row.pk}"
    return Status(201, _answer(request, response, row.pk))


@router.patch(
    "/{report_id}", response=ReportFull, summary=gettext_noop("Change a report"),
    operation_id="change_committee_report", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(
    request: HttpRequest, response: HttpResponse, report_id: uuid.UUID, payload: ReportChange
) -> Any:
    """What is given is changed; the figures stay until they are made anew."""
    version, actor = api_versions.expected(request), actor_of(request)
    values = _values(actor, payload.model_dump(exclude_unset=True))
    actions.change_report(report_id, actor=actor, version=version, values=values)
    return _answer(request, response, report_id)


@router.post(
    "/{report_id}/versions", response={201: ReportFull},
    summary=gettext_noop("Take new figures"), operation_id="create_committee_report_version",
)  # fmt: skip
def generate(
    request: HttpRequest, response: HttpResponse, report_id: uuid.UUID, payload: FiguresOf
) -> Any:
    """The figures of the day as the next version; the editors' texts stay."""
    actions.generate(
        report_id, actor=actor_of(request), day=payload.day, reason=payload.reason
    )  # fmt: skip
    return Status(201, _answer(request, response, report_id))


@router.put(
    "/{report_id}/words", response=ReportFull, summary=gettext_noop("Write texts of a report"),
    operation_id="write_committee_report_words",
)  # fmt: skip
def words(
    request: HttpRequest, response: HttpResponse, report_id: uuid.UUID, payload: WordsGiven
) -> Any:
    """The texts of the places given; the others stay."""
    actions.set_words(report_id, actor=actor_of(request), words=payload.words, base=payload.base)
    return _answer(request, response, report_id)


_MOVES: dict[str, Callable[[uuid.UUID, Actor, StepGiven], Any]] = {
    "send": lambda key, actor, given: steps.send(
        key, actor=actor, units=given.units, note=given.reason, until=given.until
    ),
    "cosign": lambda key, actor, given: steps.cosign(
        key, actor=actor, agree=True, note=given.reason
    ),
    "object": lambda key, actor, given: steps.cosign(
        key, actor=actor, agree=False, note=given.reason
    ),
    "call_back": lambda key, actor, given: steps.call_back(key, actor=actor, reason=given.reason),
    "release": lambda key, actor, given: steps.release(key, actor=actor, reason=given.reason),
    "withdraw": lambda key, actor, given: steps.withdraw(key, actor=actor, reason=given.reason),
}


class StepOut(Given):
    """Where the report stands after a step."""

    id: uuid.UUID
    version: int
    state: choices_of(Report._meta.get_field("state"))  # type: ignore[valid-type]
    cosign_by: date | None


@router.post(
    "/{report_id}/steps", response=StepOut, summary=gettext_noop("Take a step with a report"),
    operation_id="step_committee_report",
)  # fmt: skip
def step(
    request: HttpRequest, response: HttpResponse, report_id: uuid.UUID, payload: StepGiven
) -> Any:
    """Send for co-signature, co-sign, object, call back, release, withdraw; each as on the page."""
    row = _MOVES[payload.step](report_id, actor_of(request), payload)
    api_versions.tag(response, row.version)
    return {"id": row.pk, "version": row.version, "state": row.state, "cosign_by": row.cosign_by}
