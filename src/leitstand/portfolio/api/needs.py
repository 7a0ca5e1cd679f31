"""Needs and their advice cases: list, read, file, change, and the steps of the case."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_fields, api_versions
from leitstand.core.administration.api_lists import asked, parameters_of
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Given, Page, Ref, text
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.policy.grants import require
from leitstand.portfolio import policy, policy_intake
from leitstand.portfolio.actions import advice, needs
from leitstand.portfolio.models import Need, Project
from leitstand.portfolio.queries import intake
from leitstand.portfolio.tables.intake import FILED, NEEDS

router = Router(tags=[gettext_noop("Needs")])
NAMES = (*FILED, "external_key")
_TEXT = text(20_000)


class CaseOut(Schema):
    """The advice case as the reader may see it; ``recommendation`` for those who advise."""

    version: int
    state: str
    state_since: date
    handler: Ref | None
    effort: str
    recommendation: str
    answer: str
    decision_reason: str
    decided_on: date | None
    decided_by: str
    project: Ref | None
    merged_into: Ref | None


class MessageOut(Schema):
    """A message of the case."""

    id: uuid.UUID
    kind: str
    author: str
    text: str
    created_at: datetime


NeedOut = api_fields.shown(
    "Need", Need, NEEDS, ("number", *NAMES, "filed_on"), case=(CaseOut, ...)
)  # fmt: skip
NeedNew = api_fields.to_create("NeedNew", Need, NEEDS, NAMES)
NeedChange = api_fields.to_change("NeedChange", Need, NEEDS, NAMES)


class StepNew(Given):
    """A step of the advice case; If-Match is the version of the case."""

    step: Literal["take", "ask", "reply", "note", "answer", "decline", "project", "merge", "reopen"]
    text: _TEXT = Field(  # type: ignore[valid-type]
        "", description=gettext_noop("question, reply, answer or reason")
    )
    need: uuid.UUID | None = Field(None, description=gettext_noop("merge: into this need"))
    project: uuid.UUID | None = Field(None, description=gettext_noop("merge: into this project"))


def reader(request: HttpRequest) -> Actor:
    """The actor, if she may see needs at all."""
    actor = actor_of(request)
    require(actor, policy_intake.VIEW)
    return actor


class _Sight:
    """What of the outcomes the reader sees; two queries for a whole page."""

    def __init__(self, actor: Actor, rows: Sequence[Need]) -> None:
        projects = [row.case.project_id for row in rows if row.case.project_id]
        merged = [row.case.merged_into_id for row in rows if row.case.merged_into_id]
        self.projects = policy.visible(actor).in_bulk(projects)
        self.needs = policy_intake.visible(actor).in_bulk(merged)
        self.advisable = set(
            policy_intake.advisable(actor)
            .filter(pk__in=[row.pk for row in rows])
            .values_list("pk", flat=True)
        )

    def shape(self, need: Need) -> dict[str, Any]:
        """The need with its case."""
        case = need.case
        found = {
            name: getattr(case, name)
            for name in ("version", "state", "state_since", "effort", "answer", "decision_reason",
                         "decided_on", "decided_by")
        }  # fmt: skip
        found |= {
            "handler": api_fields.ref(case.handler),
            "recommendation": case.recommendation if need.pk in self.advisable else "",
            "project": api_fields.ref(self.projects.get(case.project_id)),
            "merged_into": api_fields.ref(self.needs.get(case.merged_into_id)),
        }
        return api_fields.shape(need, ("number", *NAMES, "filed_on"), case=found)


def _rows(actor: Actor) -> Any:
    return policy_intake.visible(actor).select_related("unit", "contact", "case__handler")


def _answer(request: HttpRequest, response: HttpResponse, need_id: uuid.UUID) -> dict[str, Any]:
    actor = reader(request)
    need = _rows(actor).filter(pk=need_id).first()
    if need is None:
        raise NotFound
    api_versions.tag(response, need.version)
    return _Sight(actor, [need]).shape(need)


@router.get(
    "", response=Page[NeedOut],  # type: ignore[valid-type]
    summary=gettext_noop("List needs"), operation_id="needs",
    openapi_extra=parameters_of(intake.NEED_LIST),
)  # fmt: skip
def list_needs(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Visible needs; the filters are those of the page."""
    actor = reader(request)
    query = asked(request, intake.NEED_LIST)
    keys = query.order(query.narrow(policy_intake.visible(actor), actor))

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        found = api_fields.by_id(_rows(actor).in_bulk(list(part)), part)
        sight = _Sight(actor, found)
        return [sight.shape(row) for row in found]

    return page(keys.values_list("pk", flat=True), paging, load)


@router.post(
    "", response={201: NeedOut}, summary=gettext_noop("File a need"), operation_id="create_need"
)
def create(request: HttpRequest, response: HttpResponse, payload: NeedNew) -> Any:  # type: ignore[valid-type]
    """File a need for a unit."""
    values = api_fields.values_of(payload, Need)
    need = needs.file_need(actor=actor_of(request), values=values)
    response["Location"] = f"/api/v1/needs/{need.pk}"
    return Status(201, _answer(request, response, need.pk))


@router.get(
    "/{need_id}", response=NeedOut, summary=gettext_noop("Read a need"), operation_id="need"
)
def read(request: HttpRequest, response: HttpResponse, need_id: uuid.UUID) -> Any:
    """One need with its version as ETag."""
    return _answer(request, response, need_id)


@router.patch(
    "/{need_id}", response=NeedOut, summary=gettext_noop("Change a need"),
    operation_id="change_need", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(
    request: HttpRequest,
    response: HttpResponse,
    need_id: uuid.UUID,
    payload: NeedChange,  # type: ignore[valid-type]
) -> Any:
    """Change what was asked, while nobody has decided."""
    _answer(request, response, need_id)
    version = api_versions.expected(request)
    values = api_fields.values_of(payload, Need)
    needs.change_need(need_id, actor=actor_of(request), version=version, values=values)
    return _answer(request, response, need_id)


@router.get(
    "/{need_id}/messages", response=Page[MessageOut],
    summary=gettext_noop("List the messages of the case"), operation_id="need_messages",
)  # fmt: skip
def messages(request: HttpRequest, need_id: uuid.UUID, paging: Query[Paging]) -> Any:
    """Questions, replies and answers; notes for those who advise."""
    actor = reader(request)
    need = policy_intake.get_visible(actor, need_id)
    found = intake.messages(need, advising=policy_intake.reads_notes(actor, need))
    by_key = {row.pk: row for row in found}

    def load(part: Sequence[uuid.UUID]) -> list[Any]:
        rows = [by_key[key] for key in part]
        return [
            {"id": row.pk, "kind": row.kind, "author": row.author_name, "text": row.text,
             "created_at": row.created_at}
            for row in rows
        ]  # fmt: skip

    return page(list(by_key), paging, load)


@router.post(
    "/{need_id}/steps", response=NeedOut, summary=gettext_noop("Go a step in the advice case"),
    operation_id="need_step", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def step(request: HttpRequest, response: HttpResponse, need_id: uuid.UUID, payload: StepNew) -> Any:
    """Take on, ask, reply, note, answer, decline, make it a project, merge, open again."""
    actor = reader(request)
    need = policy_intake.get_visible(actor, need_id)
    _do(need, actor, payload, api_versions.expected(request))
    return _answer(request, response, need_id)


def _do(need: Need, actor: Actor, payload: StepNew, version: int) -> None:
    said, both = payload.text, {"actor": actor, "version": version}
    calls: dict[str, Callable[[], Any]] = {
        "take": lambda: advice.take(need.pk, **both),  # type: ignore[arg-type]
        "ask": lambda: advice.ask(need.pk, actor=actor, text=said),
        "reply": lambda: advice.reply(need.pk, actor=actor, text=said),
        "note": lambda: advice.note(need.pk, actor=actor, text=said),
        "answer": lambda: advice.answer(need.pk, **both, text=said),  # type: ignore[arg-type]
        "decline": lambda: advice.decline(need.pk, **both, reason=said),  # type: ignore[arg-type]
        "project": lambda: advice.accept(need.pk, **both, reason=said),  # type: ignore[arg-type]
        "reopen": lambda: advice.reopen(need.pk, **both, reason=said),  # type: ignore[arg-type]
        "merge": lambda: advice.merge(
            need.pk, **both, reason=said, target=_target(actor, payload)  # type: ignore[arg-type]
        ),
    }  # fmt: skip
    calls[payload.step]()


def _target(actor: Actor, payload: StepNew) -> Need | Project:
    if payload.need is not None:
        return policy_intake.get_visible(actor, payload.need)
    if payload.project is not None:
        return policy.get_visible(actor, payload.project)
    raise NotFound
