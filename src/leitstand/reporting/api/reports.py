"""Reports and answers to inquiries: which there are, what they say, their files."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.api_fields import by_id
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Page, Ref, choices_of
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.policy.grants import grants, why
from leitstand.reporting import policy
from leitstand.reporting.actions.reports import note_download
from leitstand.reporting.domain.content import to_json
from leitstand.reporting.models import Report
from leitstand.reporting.output.formats import FORMATS
from leitstand.reporting.queries.files import written
from leitstand.reporting.queries.reports import reading

router = Router(tags=[gettext_noop("Reports")])
_Kind = choices_of(Report._meta.get_field("kind"))
_State = choices_of(Report._meta.get_field("state"))
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FILES = {form.media_type: _BYTES for form in FORMATS.values()}
FileFormat = StrEnum("FileFormat", {code.upper(): code for code in FORMATS})  # type: ignore[misc]


class ReportRow(Schema):
    """A report; ``reference`` is the paper's number in the council system."""

    id: uuid.UUID
    version: int
    kind: _Kind  # type: ignore[valid-type]
    state: _State  # type: ignore[valid-type]
    title: str
    day: date
    since: date | None
    unit: Ref
    confidentiality: int = Field(ge=0, le=3)
    reference: str


class SectionOut(Schema):
    """A section with its frozen blocks and the editors' texts by place."""

    code: str
    title: str
    annex: bool
    blocks: list[dict[str, Any]]


class ReportFull(ReportRow):
    """A report with the newest version of its figures."""

    number: int | None
    sections: list[SectionOut]
    words: dict[str, str]


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.is_system and not grants(actor, policy.VIEW):
        raise NotAllowed(why(actor, policy.VIEW).text)
    return actor


def _row(report: Report) -> dict[str, Any]:
    names = (
        "id",
        "version",
        "kind",
        "state",
        "title",
        "day",
        "since",
        "confidentiality",
        "reference",
    )
    unit = {"id": report.unit_id, "name": report.unit.name}
    return {**{name: getattr(report, name) for name in names}, "unit": unit}


@router.get(
    "", response=Page[ReportRow], summary=gettext_noop("List the reports"),
    operation_id="committee_reports",
)  # fmt: skip
def reports(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Those that the account may see, the newest figures first."""
    found = policy.visible(_reader(request)).select_related("unit")
    keys = found.order_by("-day", "pk").values_list("pk", flat=True)
    return page(keys, paging, lambda part: [_row(one) for one in by_id(found.in_bulk(part), part)])


@router.get(
    "/{report_id}", response=ReportFull, summary=gettext_noop("Read a report"),
    operation_id="committee_report",
)  # fmt: skip
def report(request: HttpRequest, report_id: uuid.UUID) -> Any:
    """Its sections as they were frozen last, and the editors' texts by place."""
    read = reading(policy.get_visible(_reader(request), report_id))
    version = read.version
    return {
        **_row(read.report), "words": read.placed, "number": version.number if version else None,
        "sections": to_json(read.sections) if version else [],
    }  # fmt: skip


@router.get(
    "/{report_id}/files/{form}", summary=gettext_noop("Download a report"),
    operation_id="committee_report_file",
    openapi_extra={"responses": {200: {"content": _FILES}}},
)  # fmt: skip
def file(request: HttpRequest, report_id: uuid.UUID, form: FileFormat) -> HttpResponse:
    """The paper as PDF, DOCX, XLSX or HTML."""
    actor = _reader(request)
    read = reading(policy.get_visible(actor, report_id))
    if read.version is None:
        raise NotFound
    note_download(read.report, str(form), actor=actor)
    chosen = FORMATS[str(form)]
    answer = HttpResponse(written(read, str(form)).data, content_type=chosen.media_type)
    answer["Content-Disposition"] = f'attachment; filename="report.{form}"'
    return answer
