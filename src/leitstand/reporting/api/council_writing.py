"""Papers and meetings entered by hand, tracked resolutions and their projects: writing.

The operations join the router of those that read: one path belongs to one router.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja.responses import Status
from pydantic import AwareDatetime

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_types import Day, Flag, Given, choices_of, text, whole
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.reporting import policy_council
from leitstand.reporting.actions import council as actions
from leitstand.reporting.actions import removal, tracking
from leitstand.reporting.api.council import (
    ResolutionOut,
    WholeCouncilMeetingOut,
    WholePaperOut,
    meeting,
    paper,
    reader,
    resolution,
    router,
)
from leitstand.reporting.models import CouncilMeeting, Paper, ResolutionTracking, TrackedProject

__all__ = ["router"]
_Kind = choices_of(Paper._meta.get_field("kind"))
_State = choices_of(ResolutionTracking._meta.get_field("state"))
_Level = whole(0, 1)
_Title, _Name, _Text = text(1000, required=True), text(300, required=True), text(20_000)
_Number, _Sender, _Place = text(100), text(200), text(300)


class PaperChange(Given):
    """Fields of a paper entered by hand; ``confidentiality`` is 0 (public) or 1 (internal)."""

    name: _Title = None  # type: ignore[valid-type]
    reference: _Number = None  # type: ignore[valid-type]
    date: Day | None = None
    kind: _Kind = None  # type: ignore[valid-type]
    originator_text: _Sender = None  # type: ignore[valid-type]
    text: _Text = None  # type: ignore[valid-type]
    confidentiality: _Level = None  # type: ignore[valid-type]


class PaperNew(PaperChange):
    """A paper; it needs a title."""

    name: _Title  # type: ignore[valid-type]


@router.post(
    "/papers", response={201: WholePaperOut}, operation_id="create_council_paper",
    summary=gettext_noop("Enter a council paper"),
)  # fmt: skip
def create_paper(request: HttpRequest, response: HttpResponse, payload: PaperNew) -> Any:
    """A paper that no council information system brings."""
    row = actions.create_paper(actor=reader(request), values=payload.model_dump(exclude_unset=True))
    response["Location"] = f"/api/v1/council/papers/{row.pk}"
    return Status(201, paper(request, response, row.pk))


@router.patch(
    "/papers/{paper_id}", response=WholePaperOut, operation_id="change_council_paper",
    summary=gettext_noop("Change a council paper"), openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change_paper(
    request: HttpRequest, response: HttpResponse, paper_id: uuid.UUID, payload: PaperChange
) -> Any:
    """What is given is changed; mirrored papers are changed where they come from."""
    version = api_versions.expected(request)
    values = payload.model_dump(exclude_unset=True)
    actions.change_paper(paper_id, actor=reader(request), version=version, values=values)
    return paper(request, response, paper_id)


@router.delete(
    "/papers/{paper_id}", response={204: None}, operation_id="remove_council_paper",
    summary=gettext_noop("Remove a council paper"), openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def remove_paper(request: HttpRequest, paper_id: uuid.UUID) -> Any:
    """With its consultations and what was tracked of it; the trail keeps what was known."""
    version = api_versions.expected(request)
    removal.remove_paper(paper_id, actor=reader(request), version=version)
    return HttpResponse(status=204)


class ConsultationNew(Given):
    """Which meeting deals with the paper, and in which role."""

    meeting: uuid.UUID
    role: _Sender = ""  # type: ignore[valid-type]


@router.post(
    "/papers/{paper_id}/consultations", response={201: WholePaperOut},
    operation_id="add_consultation", summary=gettext_noop("Put a paper on a meeting's agenda"),
)  # fmt: skip
def add_consultation(
    request: HttpRequest, response: HttpResponse, paper_id: uuid.UUID, payload: ConsultationNew
) -> Any:
    """A meeting that does not exist or is hidden is refused in the same words."""
    actor = reader(request)
    try:
        found = policy_council.get_meeting(actor, payload.meeting)
    except NotFound as problem:
        raise Invalid(problem.text, field="meeting") from None
    actions.add_consultation(paper_id, actor=actor, meeting=found, role=payload.role)
    return Status(201, paper(request, response, paper_id))


@router.delete(
    "/consultations/{consultation_id}", response={204: None}, operation_id="remove_consultation",
    summary=gettext_noop("Take a paper off a meeting's agenda"),
)  # fmt: skip
def remove_consultation(request: HttpRequest, consultation_id: uuid.UUID) -> Any:
    """Consultations of mirrored papers stay."""
    removal.remove_consultation(consultation_id, actor=reader(request))
    return HttpResponse(status=204)


class CouncilMeetingChange(Given):
    """Fields of a meeting entered by hand; moments carry their time zone."""

    name: _Name = None  # type: ignore[valid-type]
    organization: uuid.UUID | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    place: _Place = None  # type: ignore[valid-type]
    cancelled: Flag = None  # type: ignore[assignment]
    confidentiality: _Level = None  # type: ignore[valid-type]


class CouncilMeetingNew(CouncilMeetingChange):
    """A meeting; it needs a name."""

    name: _Name  # type: ignore[valid-type]


def _meeting_values(payload: CouncilMeetingChange) -> dict[str, Any]:
    return api_fields.objects_of(payload.model_dump(exclude_unset=True), CouncilMeeting)


@router.post(
    "/meetings", response={201: WholeCouncilMeetingOut}, operation_id="create_council_meeting",
    summary=gettext_noop("Enter a council meeting"),
)  # fmt: skip
def create_meeting(
    request: HttpRequest, response: HttpResponse, payload: CouncilMeetingNew
) -> Any:
    """A meeting that no council information system brings."""
    actor = reader(request)
    row = actions.create_meeting(actor=actor, values=_meeting_values(payload))
    response["Location"] = f"/api/v1/council/meetings/{row.pk}"
    return Status(201, meeting(request, response, row.pk))


@router.patch(
    "/meetings/{meeting_id}", response=WholeCouncilMeetingOut,
    operation_id="change_council_meeting", summary=gettext_noop("Change a council meeting"),
    openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change_meeting(
    request: HttpRequest, response: HttpResponse, meeting_id: uuid.UUID,
    payload: CouncilMeetingChange,
) -> Any:  # fmt: skip
    """What is given is changed; mirrored meetings are changed where they come from."""
    version, actor = api_versions.expected(request), reader(request)
    values = _meeting_values(payload)
    actions.change_meeting(meeting_id, actor=actor, version=version, values=values)
    return meeting(request, response, meeting_id)


@router.delete(
    "/meetings/{meeting_id}", response={204: None}, operation_id="remove_council_meeting",
    summary=gettext_noop("Remove a council meeting"), openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def remove_meeting(request: HttpRequest, meeting_id: uuid.UUID) -> Any:
    """Its papers stay, without this consultation."""
    version = api_versions.expected(request)
    removal.remove_meeting(meeting_id, actor=reader(request), version=version)
    return HttpResponse(status=204)


# --- tracked resolutions ----------------------------------------------------------------


class ResolutionNew(Given):
    """What is tracked of a paper; ``unit`` carries it out, ``responsible`` is a person's id."""

    resolution: _Text = ""  # type: ignore[valid-type]
    decided_on: Day | None = None
    state: _State = "open"  # type: ignore[valid-type]
    progress: _Text = ""  # type: ignore[valid-type]
    next_report: Day | None = None
    unit: uuid.UUID | None = None
    responsible: uuid.UUID | None = None


@router.post(
    "/papers/{paper_id}/resolution", response={201: ResolutionOut}, operation_id="track_paper",
    summary=gettext_noop("Track what becomes of a paper"),
)  # fmt: skip
def begin(
    request: HttpRequest, response: HttpResponse, paper_id: uuid.UUID, payload: ResolutionNew
) -> Any:
    """Also of a mirrored paper; one paper is tracked once."""
    actor = actor_of(request)
    values = api_fields.objects_of(payload.model_dump(), ResolutionTracking)
    row = tracking.begin(paper_id, actor=actor, values=values)
    response["Location"] = f"/api/v1/council/resolutions/{row.pk}"
    return Status(201, resolution(request, response, row.pk))


@router.delete(
    "/resolutions/{tracking_id}", response={204: None}, operation_id="end_tracking",
    summary=gettext_noop("Stop tracking a resolution"), openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def end(request: HttpRequest, tracking_id: uuid.UUID) -> Any:
    """The paper stays."""
    version = api_versions.expected(request)
    removal.end_tracking(tracking_id, actor=actor_of(request), version=version)
    return HttpResponse(status=204)


class ProjectTied(Given):
    """A project by its identifier, such as P-00012."""

    project: text(60, required=True)  # type: ignore[valid-type]


@router.post(
    "/resolutions/{tracking_id}/projects", response={201: ResolutionOut},
    operation_id="tie_project", summary=gettext_noop("Tie a project to a resolution"),
)  # fmt: skip
def tie(
    request: HttpRequest, response: HttpResponse, tracking_id: uuid.UUID, payload: ProjectTied
) -> Any:
    """A project that is hidden is refused like one that does not exist."""
    tracking.tie(tracking_id, actor=actor_of(request), project=payload.project)
    return Status(201, resolution(request, response, tracking_id))


@router.delete(
    "/resolutions/{tracking_id}/projects/{project_id}", response={204: None},
    operation_id="untie_project", summary=gettext_noop("Take a project off a resolution"),
)  # fmt: skip
def untie(request: HttpRequest, tracking_id: uuid.UUID, project_id: uuid.UUID) -> Any:
    """A project that is hidden is not there."""
    actor = actor_of(request)
    found = policy_council.get_tracking(actor, tracking_id)
    link = TrackedProject.objects.filter(tracking=found, project_id=project_id).first()
    if link is None:
        raise NotFound
    tracking.untie(link.pk, actor=actor)
    return HttpResponse(status=204)
