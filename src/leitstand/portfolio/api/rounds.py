"""Status rounds, their frozen results, the reports of a project; answering one's own requests."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Day, Given, Page, Ref, choices_of, text, whole
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.policy.grants import why
from leitstand.portfolio import policy
from leitstand.portfolio.actions.rounds import closing, reminding, setup
from leitstand.portfolio.actions.rounds.answering import Answer, give_report
from leitstand.portfolio.api.reading import page_of, reader, visible_project
from leitstand.portfolio.domain import reminders
from leitstand.portfolio.domain.lights import Dimension
from leitstand.portfolio.models import StatusReport, StatusRequest, StatusRound
from leitstand.portfolio.queries import rounds as queries

router = Router(tags=[gettext_noop("Status rounds")])
_State = choices_of(StatusRound._meta.get_field("state"))
_Day = whole(0, reminders.FURTHEST)
_Days: Any = Annotated[list[_Day], Field(max_length=reminders.MOST)]  # type: ignore[valid-type]
_Hour = whole(reminders.EARLIEST, reminders.LATEST)
_Light = choices_of(StatusReport._meta.get_field("light"))


class RoundOut(Schema):
    """A status round; it reminds by itself ``reminder_days`` before ``due_on``.

    What it sends by itself leaves from ``mail_hour`` on, by the city's clock. ``programme`` and
    ``unit`` narrow it down.
    """

    id: uuid.UUID
    version: int
    title: str
    state: _State  # type: ignore[valid-type]
    as_of: date
    opens_on: date
    due_on: date
    reminder_days: list[int]
    mail_hour: int
    message: str
    programme: Ref | None
    unit: Ref | None
    opened_at: datetime | None
    closed_at: datetime | None


class RoundNew(Given):
    """A round to be planned; it opens by itself on its day."""

    title: text(200, required=True)  # type: ignore[valid-type]
    as_of: Day
    opens_on: Day
    due_on: Day
    programme: uuid.UUID | None = None
    unit: uuid.UUID | None = None
    reminder_days: _Days = Field(default_factory=lambda: [7, 2])
    mail_hour: _Hour = 8  # type: ignore[valid-type]
    message: text(4000) = ""  # type: ignore[valid-type]


class RoundChange(Given):
    """What is given is changed; of an open round title, due day, reminders, hour and message."""

    title: text(200, required=True) | None = None  # type: ignore[valid-type]
    as_of: Day | None = None
    opens_on: Day | None = None
    due_on: Day | None = None
    programme: uuid.UUID | None = None
    unit: uuid.UUID | None = None
    reminder_days: _Days | None = None
    mail_hour: _Hour | None = None  # type: ignore[valid-type]
    message: text(4000) | None = None  # type: ignore[valid-type]


class CancelReason(Given):
    """Why the round is cancelled."""

    reason: text(500) = ""  # type: ignore[valid-type]


class ResultOut(Schema):
    """A project as the closed round has frozen it; ``lights``: dimension → [light, trend]."""

    project: uuid.UUID
    number: str
    title: str
    unit: str
    phase: str
    progress: int
    reported: bool
    light: _Light  # type: ignore[valid-type]
    lights: dict[str, list[str]]
    summary: str


class LightOut(Schema):
    """One light of a report: proposed and set, the reason for deviating, the trend."""

    dimension: str
    proposed: str
    light: str
    deviation: str
    trend: str


class ReportOut(Schema):
    """A status report."""

    id: uuid.UUID
    as_of: date
    round: Ref | None
    light: _Light  # type: ignore[valid-type]
    lights: list[LightOut]
    summary: str
    outlook: str
    progress: int
    unchanged: bool


class RequestOut(Schema):
    """A request that waits for one's own answer, or that has been answered.

    ``person`` is who is asked: oneself, or somebody for whom one stands in.
    """

    id: uuid.UUID
    version: int
    round: Ref
    project: Ref
    person: Ref | None
    due_on: date
    answered_at: datetime | None


class LightGiven(Given):
    """A light that is set; a reason is needed if it deviates from the proposal."""

    light: _Light  # type: ignore[valid-type]
    reason: text() = ""  # type: ignore[valid-type]


class ReportGiven(Given):
    """An answer: ``unchanged``, or lights by dimension (left out: as proposed) and words."""

    unchanged: bool = False
    lights: dict[Dimension, LightGiven] = Field(default_factory=dict)
    summary: text() = ""  # type: ignore[valid-type]
    outlook: text() = ""  # type: ignore[valid-type]
    progress: whole(0, 100) | None = None  # type: ignore[valid-type]


def _round(row: StatusRound) -> dict[str, Any]:
    names = (
        "id", "version", "title", "state", "as_of", "opens_on", "due_on", "mail_hour", "message",
        "opened_at", "closed_at",
    )  # fmt: skip
    ties = {name: api_fields.ref(getattr(row, name)) for name in ("programme", "unit")}
    days = list(reminders.parse(row.reminder_days))
    return {**{name: getattr(row, name) for name in names}, **ties, "reminder_days": days}


_ROUNDS = StatusRound.objects.select_related("programme", "unit")


@router.get(
    "/rounds", response=Page[RoundOut], summary=gettext_noop("List the status rounds"),
    operation_id="rounds",
)  # fmt: skip
def rounds(request: HttpRequest, paging: Query[Paging]) -> Any:
    """All rounds, the newest first."""
    reader(request)
    rows = _ROUNDS.order_by("-as_of", "pk")
    return page_of(rows, rows, paging, _round)


@router.post(
    "/rounds", response={201: RoundOut}, summary=gettext_noop("Plan a status round"),
    operation_id="create_round",
)  # fmt: skip
def create(request: HttpRequest, response: HttpResponse, payload: RoundNew) -> Any:
    """A round that opens by itself on its day, or by a call."""
    actor = actor_of(request)
    setup.require(actor)
    row = setup.create_round(actor=actor, values=_given(payload))
    response["Location"] = f"/api/v1/rounds/{row.pk}"
    return Status(201, _shown(response, row.pk))


@router.get(
    "/rounds/{round_id}", response=RoundOut, summary=gettext_noop("Read a status round"),
    operation_id="round",
)  # fmt: skip
def read(request: HttpRequest, response: HttpResponse, round_id: uuid.UUID) -> Any:
    """One round; its version as ETag."""
    reader(request)
    return _shown(response, round_id)


@router.patch(
    "/rounds/{round_id}", response=RoundOut, summary=gettext_noop("Change a status round"),
    operation_id="change_round", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(
    request: HttpRequest, response: HttpResponse, round_id: uuid.UUID, payload: RoundChange
) -> Any:
    """What is given is changed, on the version that was read."""
    actor = actor_of(request)
    setup.require(actor)
    version = api_versions.expected(request)
    setup.change_round(round_id, actor=actor, version=version, values=_given(payload))
    return _shown(response, round_id)


@router.post(
    "/rounds/{round_id}/open", response=RoundOut, summary=gettext_noop("Open a status round now"),
    operation_id="open_round",
)  # fmt: skip
def open_now(request: HttpRequest, response: HttpResponse, round_id: uuid.UUID) -> Any:
    """E-mails leave in the background; opening twice asks nobody twice."""
    setup.open_round(round_id, actor=actor_of(request))
    return _shown(response, round_id)


@router.post(
    "/rounds/{round_id}/remind", response=RoundOut,
    summary=gettext_noop("Remind of a status round"), operation_id="remind_of_round",
)  # fmt: skip
def remind(request: HttpRequest, response: HttpResponse, round_id: uuid.UUID) -> Any:
    """Whoever has not answered gets one more e-mail; a second call on a day sends none."""
    reminding.remind(round_id, actor=actor_of(request))
    return _shown(response, round_id)


@router.post(
    "/rounds/{round_id}/close", response=RoundOut,
    summary=gettext_noop("Close and freeze a status round"), operation_id="close_round",
)  # fmt: skip
def close(request: HttpRequest, response: HttpResponse, round_id: uuid.UUID) -> Any:
    """The result is frozen; who is silent by then stays without a report."""
    closing.close_round(round_id, actor=actor_of(request))
    return _shown(response, round_id)


@router.post(
    "/rounds/{round_id}/cancel", response=RoundOut, summary=gettext_noop("Cancel a status round"),
    operation_id="cancel_round",
)  # fmt: skip
def cancel(request: HttpRequest, response: HttpResponse, round_id: uuid.UUID, payload: CancelReason) -> Any:
    """Links stop working; reports that were given stay."""
    setup.cancel_round(round_id, actor=actor_of(request), reason=payload.reason)
    return _shown(response, round_id)


def _given(payload: Given) -> dict[str, Any]:
    """What was sent; an absent or null value of a field that needs one is left out."""
    sent = payload.model_dump(exclude_unset=True)
    empty = {"programme", "unit"}
    sent = {name: value for name, value in sent.items() if value is not None or name in empty}
    if "reminder_days" in sent:
        sent["reminder_days"] = reminders.written(sorted(set(sent["reminder_days"]), reverse=True))
    return api_fields.objects_of(sent, StatusRound)


def _shown(response: HttpResponse, round_id: uuid.UUID) -> dict[str, Any]:
    row = _ROUNDS.filter(pk=round_id).first()
    if row is None:
        raise NotFound
    api_versions.tag(response, row.version)
    return _round(row)


@router.get(
    "/rounds/{round_id}/results", response=Page[ResultOut],
    summary=gettext_noop("List the result of a closed round"), operation_id="round_results",
)  # fmt: skip
def results(request: HttpRequest, round_id: uuid.UUID, paging: Query[Paging]) -> Any:
    """What was frozen, over the projects that the account may see."""
    actor = reader(request)
    row = StatusRound.objects.filter(pk=round_id).first()
    if row is None:
        raise NotFound
    found = queries.results(row, actor).order_by("number", "project_ref")

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        rows = {one.project_ref: one for one in found.filter(project_ref__in=part)}
        return [_result(rows[key]) for key in part if key in rows]

    return page(found.values_list("project_ref", flat=True), paging, load)


def _result(row: Any) -> dict[str, Any]:
    names = (
        "number", "title", "phase", "progress", "reported", "light", "lights", "summary",
    )  # fmt: skip
    plain = {name: getattr(row, name) for name in names}
    return {**plain, "project": row.project_ref, "unit": row.unit_name}


@router.get(
    "/projects/{project_id}/reports", response=Page[ReportOut],
    summary=gettext_noop("List the status reports of a project"), operation_id="project_reports",
)  # fmt: skip
def reports(request: HttpRequest, project_id: uuid.UUID, paging: Query[Paging]) -> Any:
    """The newest first."""
    found = queries.reports_of(visible_project(request, project_id), reader(request))
    return page_of(found, found, paging, _report)


def _report(row: StatusReport) -> dict[str, Any]:
    names = ("id", "as_of", "light", "summary", "outlook", "progress", "unchanged")
    parts = ("dimension", "proposed", "light", "deviation", "trend")
    return {
        **{name: getattr(row, name) for name in names},
        "round": {"id": row.round.pk, "name": row.round.title} if row.round else None,
        "lights": [{n: getattr(light, n) for n in parts} for light in row.lights.all()],
    }


@router.get(
    "/me/reports", response=Page[RequestOut],
    summary=gettext_noop("List what one is asked to report"), operation_id="my_requests",
)  # fmt: skip
def mine(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Requests of open rounds for projects that the account's person answers for."""
    actor = actor_of(request)
    found = (
        queries.requests_for(actor.person_id) if actor.person_id else StatusRequest.objects.none()
    )
    return page_of(found, found, paging, _request)


def _request(row: StatusRequest) -> dict[str, Any]:
    return {
        "id": row.pk, "version": row.version, "answered_at": row.answered_at,
        "round": {"id": row.round.pk, "name": row.round.title},
        "project": {"id": row.project.pk, "name": row.project.title}, "due_on": row.round.due_on,
        "person": {"id": row.person.pk, "name": str(row.person)} if row.person else None,
    }  # fmt: skip


@router.post(
    "/me/reports/{request_id}", response={201: ReportOut},
    summary=gettext_noop("Report the status of a project"), operation_id="give_report",
    openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def give(
    request: HttpRequest, response: HttpResponse, request_id: uuid.UUID, payload: ReportGiven
) -> Any:
    """The answer to one's own request, on the version that was read."""
    actor = actor_of(request)
    if actor.scopes is not None and "write" not in actor.scopes:
        raise NotAllowed(why(actor, policy.CREATE).text)
    mine_ = (
        queries.requests_for(actor.person_id) if actor.person_id else StatusRequest.objects.none()
    )
    row = mine_.filter(pk=request_id).first()
    if row is None:
        raise NotFound
    answer = Answer(
        unchanged=payload.unchanged, summary=payload.summary, outlook=payload.outlook,
        lights={d: (given.light, given.reason) for d, given in payload.lights.items()},
        progress=payload.progress,
    )  # fmt: skip
    report = give_report(
        row.pk, actor=actor, way=StatusReport.Way.API, version=api_versions.expected(request),
        answer=answer,
    )  # fmt: skip
    stored = queries.reports_of(row.project, actor).get(pk=report.pk)
    return Status(201, _report(stored))
