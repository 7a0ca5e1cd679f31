"""Council papers, meetings with deadlines, tracked resolutions, sources."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_kernel import accepted
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import (
    Day,
    Flag,
    Given,
    Number,
    Page,
    Ref,
    choices_of,
    text,
)
from leitstand.core.base.actor import Actor
from leitstand.core.policy.grants import require
from leitstand.portfolio.facade_council import Carrier
from leitstand.reporting import policy_council
from leitstand.reporting.actions import council as council_actions
from leitstand.reporting.actions import oparl_sources
from leitstand.reporting.actions import tracking as actions
from leitstand.reporting.models import (
    CouncilMeeting,
    OparlSource,
    Paper,
    PaperKind,
    ResolutionTracking,
)
from leitstand.reporting.queries import council
from leitstand.reporting.queries import tracking as read

router = Router(tags=[gettext_noop("Committees")])
_Kind = choices_of(Paper._meta.get_field("kind"))
_State = choices_of(ResolutionTracking._meta.get_field("state"))


class CouncilMeetingOut(Schema):
    """A meeting; ``deadlines`` are the last days for papers by kind."""

    id: uuid.UUID
    version: int
    name: str
    committee: Ref | None
    start: datetime | None
    end: datetime | None
    place: str
    cancelled: bool
    address: str
    deadlines: dict[str, date]


class AgendaItemOut(Schema):
    """A point of the agenda."""

    number: str
    name: str
    public: bool | None
    result: str
    resolution: str
    paper: Ref | None


class WholeCouncilMeetingOut(CouncilMeetingOut):
    """A meeting with its agenda."""

    agenda: list[AgendaItemOut]


class PaperOut(Schema):
    """A paper; ``address`` is that in the council information system."""

    id: uuid.UUID
    version: int
    name: str
    reference: str
    date: Day | None
    kind: _Kind  # type: ignore[valid-type]
    type_text: str
    submitted_by: str
    address: str
    withdrawn_on: Day | None
    resolution: uuid.UUID | None


class ConsultationOut(Schema):
    """Where a paper is dealt with."""

    id: uuid.UUID
    meeting: Ref | None
    start: datetime | None
    role: str
    result: str


class WholePaperOut(PaperOut):
    """A paper with its consultations."""

    text: str
    consultations: list[ConsultationOut]


class ProjectOut(Schema):
    """A project that carries out a resolution, as far as the reader sees it; money in euro."""

    id: uuid.UUID
    number: str
    title: str
    phase: str
    progress: int
    planned: Number
    spent: Number


class ResolutionOut(Schema):
    """What becomes of a paper."""

    id: uuid.UUID
    version: int
    paper: Ref
    reference: str
    resolution: str
    decided_on: date | None
    state: _State  # type: ignore[valid-type]
    progress: str
    next_report: date | None
    overdue: bool
    unit: Ref | None
    projects: list[ProjectOut]


class ResolutionChange(Given):
    """What is given is changed; the person responsible changes state, progress, next report."""

    resolution: text(20_000) = None  # type: ignore[valid-type]
    decided_on: Day | None = None
    state: _State = None  # type: ignore[valid-type]
    progress: text(20_000) = None  # type: ignore[valid-type]
    next_report: Day | None = None
    unit: uuid.UUID | None = None
    responsible: uuid.UUID | None = None


class SourceOut(Schema):
    """A council information system and how its last reading went."""

    id: uuid.UUID
    version: int
    name: str
    url: str
    active: bool
    state: str
    last_run: datetime | None
    bodies: list[str]
    counts: dict[str, int]
    failures: list[dict[str, str]]
    findings: list[dict[str, Any]]


def reader(request: HttpRequest) -> Actor:
    """The actor, if she may see the council's papers at all."""
    actor = actor_of(request)
    require(actor, policy_council.VIEW)
    return actor


class Sittings(Given):
    """Which meetings."""

    past: bool = Field(False, description=gettext_noop("past ones, the latest first"))


def _meeting(row: CouncilMeeting, days: dict[str, int]) -> dict[str, Any]:
    names = ("version", "name", "start", "end", "place", "cancelled", "address")
    plain = {name: getattr(row, name) for name in names}
    deadlines = dict(council.sitting(row, days).deadlines)
    return {"id": row.pk, **plain, "committee": api_fields.ref(row.organization),
            "deadlines": deadlines}  # fmt: skip


@router.get(
    "/meetings", response=Page[CouncilMeetingOut], summary=gettext_noop("List council meetings"),
    operation_id="council_meetings",
)  # fmt: skip
def meetings(request: HttpRequest, which: Query[Sittings], paging: Query[Paging]) -> Any:
    """Coming meetings with the deadlines of papers, or past ones."""
    rows = council.meetings(reader(request), past=which.past)
    days = council.lead_times()

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        return [_meeting(row, days) for row in api_fields.by_id(rows.in_bulk(list(part)), part)]

    return page(rows.values_list("pk", flat=True), paging, load)


@router.get(
    "/meetings/{meeting_id}", response=WholeCouncilMeetingOut,
    summary=gettext_noop("Read a council meeting"), operation_id="council_meeting",
)  # fmt: skip
def meeting(request: HttpRequest, response: HttpResponse, meeting_id: uuid.UUID) -> Any:
    """One meeting with its agenda."""
    actor = reader(request)
    row = policy_council.get_meeting(actor, meeting_id)
    api_versions.tag(response, row.version)
    points, others = council.agenda(actor, row)
    agenda = [
        {"number": p.item.number, "name": p.item.name or (p.paper.name if p.paper else ""),
         "public": p.item.public, "result": p.item.result, "resolution": p.item.resolution,
         "paper": api_fields.ref(p.paper)}
        for p in points
    ]  # fmt: skip
    agenda += [
        {"number": "", "name": o.paper.name, "public": None, "result": "", "resolution": "",
         "paper": api_fields.ref(o.paper)}
        for o in others if o.paper
    ]  # fmt: skip
    return {**_meeting(row, council.lead_times()), "agenda": agenda}


class Papers(Given):
    """Which papers."""

    q: str = Field("", max_length=100, description=gettext_noop("words of title, number, sender"))
    kind: PaperKind | None = None
    year: int | None = Field(None, ge=1900, le=2200)
    tracked: bool = Field(False, description=gettext_noop("only those that are tracked"))
    followed: bool = Field(False, description=gettext_noop("only those that the account follows"))


def _paper(row: Paper) -> dict[str, Any]:
    names = ("version", "name", "reference", "date", "kind", "type_text", "address", "withdrawn_on")
    tracking: ResolutionTracking | None = getattr(row, "tracking", None)
    one = row.originator or row.organization
    return {"id": row.pk, **{name: getattr(row, name) for name in names},
            "submitted_by": row.originator_text or (one.name if one else ""),
            "resolution": tracking.pk if tracking else None}  # fmt: skip


@router.get(
    "/papers", response=Page[PaperOut], summary=gettext_noop("List council papers"),
    operation_id="council_papers",
)  # fmt: skip
def papers(request: HttpRequest, which: Query[Papers], paging: Query[Paging]) -> Any:
    """The visible papers, newest first."""
    rows = council.papers(
        reader(request), search=which.q.replace("\x00", ""), kind=which.kind or "",
        year=which.year, tracked=which.tracked, followed=which.followed,
    )  # fmt: skip

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        return [_paper(row) for row in api_fields.by_id(rows.in_bulk(list(part)), part)]

    return page(rows.values_list("pk", flat=True), paging, load)


@router.get(
    "/papers/{paper_id}", response=WholePaperOut, summary=gettext_noop("Read a council paper"),
    operation_id="council_paper",
)  # fmt: skip
def paper(request: HttpRequest, response: HttpResponse, paper_id: uuid.UUID) -> Any:
    """One paper with its consultations."""
    actor = reader(request)
    row = policy_council.get_paper(actor, paper_id)
    api_versions.tag(response, row.version)
    consultations = [
        {"id": one.pk, "meeting": api_fields.ref(one.meeting), "role": one.role,
         "start": one.meeting.start if one.meeting else None,
         "result": one.agenda_item.result if one.agenda_item else ""}
        for one in council.consultations(actor, row)
    ]  # fmt: skip
    return {**_paper(row), "text": row.text, "consultations": consultations}


class Follows(Given):
    """Whether the account follows the paper."""

    follows: Flag


@router.put(
    "/papers/{paper_id}/following", response=Follows, operation_id="follow_paper",
    summary=gettext_noop("Follow a council paper, or stop"),
)  # fmt: skip
def follow(request: HttpRequest, paper_id: uuid.UUID, payload: Follows) -> Any:
    """Follow a paper or stop; twice is once."""
    council_actions.follow(paper_id, actor=reader(request), yes=payload.follows)
    return payload


class Resolutions(Given):
    """Which tracked resolutions."""

    state: ResolutionTracking.State | None = None
    unsettled: bool = Field(False, description=gettext_noop("open ones and those in progress"))


def _project(one: Carrier) -> dict[str, Any]:
    names = ("id", "number", "title", "phase", "progress", "planned", "spent")
    return {name: getattr(one, name) for name in names}


def _shapes(actor: Actor, rows: Sequence[ResolutionTracking]) -> list[dict[str, Any]]:
    names = ("version", "resolution", "decided_on", "state", "progress", "next_report")
    return [
        {"id": line.tracking.pk, **{name: getattr(line.tracking, name) for name in names},
         "paper": api_fields.ref(line.tracking.paper), "overdue": line.late,
         "reference": line.tracking.paper.reference, "unit": api_fields.ref(line.tracking.unit),
         "projects": [_project(one) for one in line.projects]}
        for line in read.lines(actor, rows)
    ]  # fmt: skip


@router.get(
    "/resolutions", response=Page[ResolutionOut], operation_id="resolutions",
    summary=gettext_noop("List tracked resolutions"),
)  # fmt: skip
def resolutions(request: HttpRequest, which: Query[Resolutions], paging: Query[Paging]) -> Any:
    """Tracked resolutions with the projects that the reader sees, due ones first."""
    actor = reader(request)
    rows = read.trackings(actor, state="open" if which.unsettled else which.state or "")

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        return _shapes(actor, api_fields.by_id(rows.in_bulk(list(part)), part))

    return page(rows.values_list("pk", flat=True), paging, load)


@router.get(
    "/resolutions/{tracking_id}", response=ResolutionOut, operation_id="resolution",
    summary=gettext_noop("Read a tracked resolution"),
)  # fmt: skip
def resolution(request: HttpRequest, response: HttpResponse, tracking_id: uuid.UUID) -> Any:
    """One tracked resolution with its version as ETag."""
    actor = reader(request)
    row = policy_council.get_tracking(actor, tracking_id)
    api_versions.tag(response, row.version)
    return _shapes(actor, [row])[0]


@router.patch(
    "/resolutions/{tracking_id}", response=ResolutionOut, operation_id="change_resolution",
    summary=gettext_noop("Say how far a resolution is"), openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change_resolution(
    request: HttpRequest, response: HttpResponse, tracking_id: uuid.UUID, payload: ResolutionChange
) -> Any:
    """Change state, progress, next report; who tracks also the rest."""
    actor = reader(request)
    version = api_versions.expected(request)
    values = api_fields.objects_of(payload.model_dump(exclude_unset=True), ResolutionTracking)
    actions.change(tracking_id, actor=actor, version=version, values=values)
    return resolution(request, response, tracking_id)


@router.get(
    "/sources", response=list[SourceOut], operation_id="oparl_sources",
    summary=gettext_noop("List council information systems"),
)  # fmt: skip
def sources(request: HttpRequest) -> Any:
    """The sources with their last reading."""
    require(actor_of(request), policy_council.SOURCES, citywide=True)
    return OparlSource.objects.all()


class Reading(Given):
    """How a source is read."""

    whole: Flag = Field(
        False, description=gettext_noop("everything again instead of what has changed")
    )


@router.post(
    "/sources/{source_id}/readings", response={202: SourceOut}, operation_id="read_oparl_source",
    summary=gettext_noop("Read a council information system"),
)  # fmt: skip
def read_source(
    request: HttpRequest, response: HttpResponse, source_id: uuid.UUID, payload: Reading
) -> Any:
    """Read a source in the background; while one is running that one is answered."""
    source = oparl_sources.start(source_id, actor=actor_of(request), whole=payload.whole)
    if source.job is not None:
        accepted(response, source.job)
    return Status(202, source)
