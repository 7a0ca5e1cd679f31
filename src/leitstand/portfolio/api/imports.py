"""Import of a spreadsheet by a program: upload, look at the rows, confirm."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_versions
from leitstand.core.administration.api_description import errors
from leitstand.core.administration.api_kernel import accepted
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Flag, Given, Page, choices_of, text
from leitstand.core.base.errors import Invalid
from leitstand.core.base.models import Level
from leitstand.core.files.actions import keep_file
from leitstand.core.policy import grants
from leitstand.portfolio import policy
from leitstand.portfolio.actions import imports as actions
from leitstand.portfolio.api.reading import page_of
from leitstand.portfolio.models import ImportRow, ImportRun
from leitstand.portfolio.queries.imports import own_run

router = Router(tags=[gettext_noop("Import")])
_State = choices_of(ImportRun._meta.get_field("state"))
_Verdict = choices_of(ImportRow._meta.get_field("verdict"))


class Options(Given):
    """What to do with names that the file brings and nobody knows yet."""

    missing_units: Literal["error", "create"] | None = None
    missing_people: Literal["skip", "create"] | None = None
    missing_strategy: Literal["skip", "create"] | None = None
    units: dict[text(200), uuid.UUID] | None = Field(  # type: ignore[valid-type]
        None, description=gettext_noop("name in the file → the unit that is meant"), max_length=500
    )
    headings: Literal["", "programme", "fields_of_action", "rows"] | None = Field(
        None, description=gettext_noop("what rows mean that hold one text only; left out if empty")
    )
    default_unit: uuid.UUID | None = Field(
        None, description=gettext_noop("lead unit of rows without one")
    )


class Run(Schema):
    """An import; ``counts`` says how many rows are new, changed, the same, or wrong."""

    id: uuid.UUID
    version: int
    file: str
    state: _State  # type: ignore[valid-type]
    titles: list[str]
    mapping: dict[str, str]
    counts: dict[str, Any]
    notes: list[str]
    error: str
    job: uuid.UUID | None
    created_at: datetime


class Row(Schema):
    """A row of the file: ``number`` as the spreadsheet shows it, ``diff`` as [old, new]."""

    number: int
    verdict: _Verdict  # type: ignore[valid-type]
    chosen: bool
    parsed: dict[str, Any]
    diff: dict[str, Any]
    errors: list[dict[str, Any]]
    project: uuid.UUID | None


class Mapping(Given):
    """Which column of the file (number as text, from 0) fills which field of the project."""

    mapping: dict[str, text(40)]  # type: ignore[valid-type]
    options: Options | None = None
    remember: Flag = True


class Choice(Given):
    """Rows to take and rows to leave out, by number; others stay as they are."""

    take: list[int] = Field([], max_length=10_000)
    leave: list[int] = Field([], max_length=10_000)


class RowFilter(Schema):
    """What rows are asked for."""

    verdict: ImportRow.Verdict | None = None


def _run(run: ImportRun) -> dict[str, Any]:
    plain = {name: getattr(run, name) for name in Run.model_fields if name not in {"file", "job"}}
    plain["titles"] = [str(title or "") for title in run.titles]
    plain["notes"] = [str(note) for note in run.notes]
    return {**plain, "file": run.file.name, "job": run.job_id}


def _answer(request: HttpRequest, response: HttpResponse, run_id: uuid.UUID) -> dict[str, Any]:
    run = own_run(run_id, actor_of(request))
    api_versions.tag(response, run.version)
    return _run(run)


def _options(given: Options | None) -> dict[str, Any]:
    if given is None:
        return {}
    return {
        name: {n: str(key) for n, key in value.items()} if isinstance(value, dict) else str(value)
        for name, value in given.model_dump(exclude_unset=True).items()
        if value is not None
    }


@router.get("", response=Page[Run], summary=gettext_noop("List my imports"), operation_id="imports")
def runs(request: HttpRequest, paging: Query[Paging]) -> Any:
    """One's own imports, newest first."""
    actor = actor_of(request)
    grants.require(actor, policy.IMPORT)
    mine = ImportRun.objects.filter(started_by_id=actor.account_id).select_related("file")
    return page_of(mine, mine, paging, _run)


@router.post(
    "", response={202: Run}, summary=gettext_noop("Upload a spreadsheet"),
    operation_id="create_import",
)  # fmt: skip
def upload(request: HttpRequest, response: HttpResponse, file: File[UploadedFile]) -> Any:
    """Read the file in the background; CSV, XLSX or ODS."""
    actor = actor_of(request)
    grants.require(actor, policy.IMPORT)
    actions.refuse_other_files(file)
    stored = keep_file(
        file.chunks(), actor=actor, name=file.name or "", confidentiality=Level.CONFIDENTIAL
    )
    run = actions.start_import(actor=actor, file=stored)
    return _accepted(request, response, run.id)


def _accepted(request: HttpRequest, response: HttpResponse, run_id: uuid.UUID) -> Status[Any]:
    run = own_run(run_id, actor_of(request))
    if run.job is not None:
        accepted(response, run.job)
    api_versions.tag(response, run.version)
    return Status(202, _run(run))


@router.get(
    "/{run_id}", response=Run, summary=gettext_noop("Read an import"), operation_id="import"
)
def run(request: HttpRequest, response: HttpResponse, run_id: uuid.UUID) -> Any:
    """One's own import."""
    return _answer(request, response, run_id)


@router.delete(
    "/{run_id}", response={204: None}, summary=gettext_noop("Discard an import"),
    operation_id="discard_import",
)  # fmt: skip
def discard(request: HttpRequest, run_id: uuid.UUID) -> Any:
    """Throw the run away; no project is changed."""
    actions.discard(run_id, actor=actor_of(request))
    return HttpResponse(status=204)


@router.put(
    "/{run_id}/mapping", response={202: Run}, summary=gettext_noop("Assign the columns"),
    operation_id="map_import",
)  # fmt: skip
def mapping(
    request: HttpRequest, response: HttpResponse, run_id: uuid.UUID, payload: Mapping
) -> Any:
    """Check the rows anew with this assignment."""
    options = _options(payload.options)
    _check_rights(request, options)
    actions.choose_mapping(
        run_id,
        actor=actor_of(request),
        mapping=payload.mapping,
        options=options,
        remember=payload.remember,
    )
    return _accepted(request, response, run_id)


def _check_rights(request: HttpRequest, options: dict[str, Any]) -> None:
    """Creating units, people and strategy entries needs the permissions for them."""
    actor = actor_of(request)
    needed = {
        "missing_units": "org.change",
        "missing_people": "org.change",
        "missing_strategy": policy.STRATEGY,
    }
    for name, permission in needed.items():
        if options.get(name) == "create":
            grants.require(actor, permission)


@router.get(
    "/{run_id}/rows", response=Page[Row], summary=gettext_noop("Look at the rows"),
    operation_id="import_rows",
)  # fmt: skip
def rows(
    request: HttpRequest, run_id: uuid.UUID, asked: Query[RowFilter], paging: Query[Paging]
) -> Any:
    """What the import would do with each row."""
    found = ImportRow.objects.filter(run=own_run(run_id, actor_of(request)))
    if asked.verdict:
        found = found.filter(verdict=asked.verdict)
    numbers = found.order_by("number").values_list("number", flat=True)
    # A row has no identity of its own: its number stands in for it in the cursor.
    keys = [uuid.UUID(int=number) for number in numbers]

    def load(part: Any) -> list[Any]:
        by_number = {row.number: row for row in found.filter(number__in=[key.int for key in part])}
        return [_row(by_number[key.int]) for key in part if key.int in by_number]

    return page(keys, paging, load)


def _row(row: ImportRow) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in Row.model_fields if name != "project"}
    return {**plain, "project": row.project_id}


@router.patch(
    "/{run_id}/rows", response=Run, summary=gettext_noop("Choose rows"),
    operation_id="choose_import_rows",
)  # fmt: skip
def choose(request: HttpRequest, response: HttpResponse, run_id: uuid.UUID, payload: Choice) -> Any:
    """Take or leave out rows of the preview."""
    shown = [*payload.take, *payload.leave]
    if any(not 0 < number < 2**31 for number in shown):
        raise Invalid(_("There is no row of this number."), field="take")
    actions.choose_rows(run_id, actor=actor_of(request), chosen=payload.take, shown=shown)
    return _answer(request, response, run_id)


@router.post(
    "/{run_id}/confirm", response={202: Run}, summary=gettext_noop("Apply an import"),
    operation_id="confirm_import", openapi_extra={**api_versions.IF_MATCH, **errors(409)},
)  # fmt: skip
def confirm(request: HttpRequest, response: HttpResponse, run_id: uuid.UUID) -> Any:
    """Apply the chosen rows in the background, as they were shown."""
    version = api_versions.expected(request)
    actions.confirm(run_id, actor=actor_of(request), version=version)
    return _accepted(request, response, run_id)
