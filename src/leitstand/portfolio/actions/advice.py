"""Writers of the advice case: who works on it, what was asked and answered, what was decided."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.org.models import Person
from leitstand.portfolio import policy, policy_intake
from leitstand.portfolio.actions import telling
from leitstand.portfolio.actions.needs import event
from leitstand.portfolio.actions.projects import sketch_project
from leitstand.portfolio.models import (
    CLOSED_CASES,
    AdviceCase,
    CaseMessage,
    DatePrecision,
    Need,
    Project,
)

State = AdviceCase.State
ASSESSED = ("handler", "handling_unit", "effort", "recommendation")


@dataclass(frozen=True)
class Decided:
    """What a decision writes beside who and when."""

    state: str
    reason: str = ""
    answer: str = ""
    project: Project | None = None
    merged_into: Need | None = None


def _opened(need_id: uuid.UUID, actor: Actor) -> tuple[Need, AdviceCase]:
    """The need and its case, locked, for somebody who may advise."""
    need = policy_intake.get_visible(actor, need_id)
    policy_intake.require_advice(actor, need)
    return need, versions.locked(AdviceCase, need.case.pk)


def _refuse_closed(case: AdviceCase) -> None:
    if case.state in CLOSED_CASES:
        raise Invalid(_("The case is closed. Reopen it first."))


def _move(case: AdviceCase, state: str, **more: Any) -> records.Changes:
    moved = {"state": state, "state_since": clock.today()} if case.state != state else {}
    return records.set_values(case, {**moved, **more})


def _check_version(case: AdviceCase, version: int) -> None:
    text = _("Somebody else has worked on this case in the meantime. Look at it once more.")
    versions.check_version(case, version, text)


@transaction.atomic
def take(need_id: uuid.UUID, *, actor: Actor, version: int) -> AdviceCase:
    """Take the case on: the actor's person handles it, the state is "in review"."""
    need, case = _opened(need_id, actor)
    _check_version(case, version)
    _refuse_closed(case)
    people = Person.objects.select_related("unit")
    person = people.filter(pk=actor.person_id).first() if actor.person_id else None
    more = {"handler": person, "handling_unit": person.unit} if person else {}
    state = State.IN_REVIEW if case.state == State.NEW else case.state
    changes = _move(case, state, **more)
    if changes:
        events.record(event("portfolio.need.taken", need, actor, changes))
    return case


@transaction.atomic
def assess(
    need_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> AdviceCase:
    """Keep handler, estimate and recommendation; ``Conflict`` with both versions."""
    need, case = _opened(need_id, actor)
    new = {name: value for name, value in values.items() if name in ASSESSED}
    changes = records.apply(case, version, new)
    if changes:
        if case.state == State.NEW:
            changes |= _move(case, State.IN_REVIEW)
        events.record(event("portfolio.need.assessed", need, actor, changes))
    return case


def _write(case: AdviceCase, kind: str, text: str, actor: Actor) -> CaseMessage:
    message = CaseMessage(
        case=case, kind=kind, text=text, author_id=actor.person_id, author_name=actor.name[:200]
    )
    records.create(message)
    return message


@transaction.atomic
def ask(need_id: uuid.UUID, *, actor: Actor, text: str) -> CaseMessage:
    """Ask the department; the case waits for its reply."""
    need, case = _opened(need_id, actor)
    _refuse_closed(case)
    text = records.needed(text, "text", _("Write what you want to know."))
    message = _write(case, CaseMessage.Kind.QUESTION, text, actor)
    changes = _move(case, State.QUESTION)
    events.record(event("portfolio.need.asked", need, actor, {**changes, "text": [None, text]}))
    telling.case_moved(need, case, actor, str(message.pk), to_unit=True)
    return message


@transaction.atomic
def note(need_id: uuid.UUID, *, actor: Actor, text: str) -> CaseMessage:
    """Keep a note that only those who advise read."""
    need, case = _opened(need_id, actor)
    text = records.needed(text, "text", _("Write the note."))
    message = _write(case, CaseMessage.Kind.NOTE, text, actor)
    events.record(event("portfolio.need.noted", need, actor, {}))
    return message


@transaction.atomic
def reply(need_id: uuid.UUID, *, actor: Actor, text: str) -> CaseMessage:
    """The department replies; a case that waited for it goes on."""
    need = policy_intake.get_visible(actor, need_id)
    policy_intake.require_voice(actor, need)
    case = versions.locked(AdviceCase, need.case.pk)
    _refuse_closed(case)
    text = records.needed(text, "text", _("Write your reply."))
    message = _write(case, CaseMessage.Kind.REPLY, text, actor)
    changes = _move(case, State.IN_REVIEW) if case.state == State.QUESTION else {}
    events.record(event("portfolio.need.replied", need, actor, {**changes, "text": [None, text]}))
    telling.case_moved(need, case, actor, str(message.pk), to_unit=False)
    return message


# --- outcomes -----------------------------------------------------------------------------


def _decide(need: Need, case: AdviceCase, actor: Actor, decided: Decided) -> AdviceCase:
    changes = _move(
        case,
        decided.state,
        answer=decided.answer,
        decision_reason=decided.reason,
        decided_on=clock.today(),
        decided_by=actor.name[:200],
        project=decided.project,
        merged_into=decided.merged_into,
    )
    kept = {name: pair for name, pair in changes.items() if name not in ("decided_by",)}
    events.record(event("portfolio.need.decided", need, actor, kept, decided.reason[:500]))
    telling.case_moved(need, case, actor, f"v{case.version}", to_unit=True)
    return case


def _deciding(need_id: uuid.UUID, actor: Actor, version: int) -> tuple[Need, AdviceCase]:
    need, case = _opened(need_id, actor)
    _check_version(case, version)
    _refuse_closed(case)
    return need, case


@transaction.atomic
def answer(need_id: uuid.UUID, *, actor: Actor, version: int, text: str) -> AdviceCase:
    """Answer the department; the text is kept with its date, the case is closed."""
    need, case = _deciding(need_id, actor, version)
    text = records.needed(text, "text", _("Write the answer to the department."))
    _write(case, CaseMessage.Kind.ANSWER, text, actor)
    return _decide(need, case, actor, Decided(State.ANSWERED, answer=text))


@transaction.atomic
def decline(need_id: uuid.UUID, *, actor: Actor, version: int, reason: str) -> AdviceCase:
    """Decline the need; the department reads the reason."""
    need, case = _deciding(need_id, actor, version)
    reason = records.needed(reason, "text", _("Give the reason; the department will read it."))
    _write(case, CaseMessage.Kind.ANSWER, reason, actor)
    return _decide(need, case, actor, Decided(State.DECLINED, reason=reason, answer=reason))


@transaction.atomic
def merge(
    need_id: uuid.UUID, *, actor: Actor, version: int, target: Need | Project, reason: str
) -> AdviceCase:
    """Merge the need into another need or a project that the actor sees."""
    need, case = _deciding(need_id, actor, version)
    reason = records.needed(reason, "text", _("Give the reason; the department will read it."))
    if isinstance(target, Need):
        other = policy_intake.get_visible(actor, target.pk)
        if other.pk == need.pk or _leads_to(other, need):
            raise Invalid(_("A need cannot be merged into itself."), field="target")
        decided = Decided(State.MERGED, reason, reason, merged_into=other)
    else:
        found = policy.get_visible(actor, target.pk)
        decided = Decided(State.MERGED, reason, reason, project=found)
    _write(case, CaseMessage.Kind.ANSWER, reason, actor)
    return _decide(need, case, actor, decided)


def _leads_to(start: Need, goal: Need) -> bool:
    """Whether following the mergers from ``start`` ends at ``goal``."""
    seen: set[uuid.UUID] = set()
    found: Need | None = start
    while found is not None and found.pk not in seen:
        if found.pk == goal.pk:
            return True
        seen.add(found.pk)
        case = AdviceCase.objects.filter(need=found).select_related("merged_into").first()
        found = case.merged_into if case else None
    return False


@transaction.atomic
def accept(
    need_id: uuid.UUID,
    *,
    actor: Actor,
    version: int,
    reason: str,
    values: Mapping[str, Any] | None = None,
) -> Project:
    """Make a project sketch of the need and close the case; ``values`` replace what is carried."""
    need, case = _deciding(need_id, actor, version)
    reason = records.needed(reason, "text", _("Say why the need becomes a project."))
    project = sketch_project(actor=actor, values={**carried(need, case), **(values or {})})
    _write(case, CaseMessage.Kind.ANSWER, reason, actor)
    _decide(need, case, actor, Decided(State.ACCEPTED, reason, reason, project=project))
    return project


def carried(need: Need, case: AdviceCase) -> dict[str, Any]:
    """What a project sketch takes over from the need."""
    found: dict[str, Any] = {
        "title": need.title,
        "need": need.description,
        "summary": case.recommendation,
        "lead_unit": need.unit,
        "size": case.effort,
        "confidentiality": need.confidentiality,
    }
    if need.wished:
        found |= {"end": need.wished, "end_precision": DatePrecision.DAY}
    if need.legal_basis and need.wished:
        found |= {"due": need.wished, "due_kind": "law", "due_basis": need.legal_basis}
    return found


@transaction.atomic
def reopen(need_id: uuid.UUID, *, actor: Actor, version: int, reason: str) -> AdviceCase:
    """Open a closed case again; a project that came of it stays."""
    need, case = _opened(need_id, actor)
    try:
        _check_version(case, version)
    except Conflict:
        if case.state not in CLOSED_CASES:
            return case
        raise
    if case.state not in CLOSED_CASES:
        raise Invalid(_("The case is open."))
    reason = records.needed(reason, "text", _("Say why the case is opened again."))
    changes = _move(case, State.IN_REVIEW, decided_on=None, decided_by="", merged_into=None)
    events.record(event("portfolio.need.reopened", need, actor, changes, reason[:500]))
    return case
