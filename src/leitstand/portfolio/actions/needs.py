"""Writers of needs: filed by departments, changed while nobody has decided, tied to others."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.base.models import Level
from leitstand.core.base.texts import refuse_unstorable
from leitstand.portfolio import policy, policy_intake
from leitstand.portfolio.actions import telling
from leitstand.portfolio.actions.locking import one_at_a_time
from leitstand.portfolio.models import (
    CLOSED_CASES,
    AdviceCase,
    Need,
    NumberSeries,
    Overlap,
    Project,
)

FIELDS = (
    "external_key", "title", "description", "unit", "urgency", "wished", "legal_basis", "contact",
    "confidentiality",
)  # fmt: skip
PERSONAL = frozenset({"contact", "handler"})
_SERIES = "need"


def event(
    type_: str,
    need: Need,
    actor: Actor,
    changes: Mapping[str, Any],
    reason: str = "",
    *,
    level_before: int = 0,
) -> events.Event:
    """Return the audit event of a need, as protected as the need itself; names stand apart."""
    return events.Event(
        type=type_,
        actor=actor,
        object_kind="need",
        object_id=need.id,
        object_title=need.title,
        changes={name: pair for name, pair in changes.items() if name not in PERSONAL},
        personal={name: pair for name, pair in changes.items() if name in PERSONAL},
        reason=reason,
        level=max(need.confidentiality, level_before),
        unit_id=need.unit_id,
    )


def _check(values: Mapping[str, Any]) -> None:
    errors: dict[str, list[Any]] = {}
    if not str(values.get("title") or "").strip():
        errors["title"] = [_("Say in one line what you need.")]
    if values.get("unit") is None:
        errors["unit"] = [_("Name the unit that asks.")]
    if int(values.get("confidentiality", Level.INTERNAL)) >= Level.STRICT:
        errors["confidentiality"] = [
            _("The digital unit could not see a strictly confidential need. Talk to it in person.")
        ]
    if errors:
        raise Invalid(errors)


@transaction.atomic
def file_need(*, actor: Actor, values: Mapping[str, Any], filed_on: Any = None) -> Need:
    """File a need with its advice case; the actor's person is the contact if none is named.

    ``filed_on`` is given by imports only. Raises ``Invalid`` or ``NotAllowed``.
    """
    fields = {name: values[name] for name in FIELDS if values.get(name) is not None}
    refuse_unstorable(fields)
    _check(fields)
    level = int(fields.get("confidentiality", Level.INTERNAL))
    policy_intake.require_filing(actor, fields["unit"].id, level)
    need = Need(**fields, filed_by_id=actor.person_id, filed_on=filed_on or clock.today())
    need.title = need.title.strip()
    if need.contact is None:
        need.contact_id = actor.person_id
    records.check(need, "number")
    need.number = _next_number()
    records.save(need, force_insert=True)
    records.create(AdviceCase(need=need, state_since=need.filed_on))
    if not policy_intake.visible(actor).filter(pk=need.pk).exists():
        text = _("With this unit and this confidentiality level you would not see the need.")
        raise Invalid(text, field="confidentiality")
    changes = records.first_values(fields)
    events.record(event("portfolio.need.filed", need, actor, changes))
    if filed_on is None:  # an imported list is old news
        telling.need_filed(need, actor)
    return need


def _next_number() -> str:
    """A running number that is never given twice."""
    one_at_a_time("portfolio.need.number")
    series = NumberSeries.objects.filter(pk=_SERIES).first() or NumberSeries(code=_SERIES)
    series.last += 1
    series.save()
    return f"B-{series.last:05d}"


@transaction.atomic
def change_need(
    need_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> Need:
    """Change what was asked, while nobody has decided; ``Conflict`` if somebody was faster."""
    known = policy_intake.get_visible(actor, need_id)
    if not policy_intake.may_advise(actor, known):
        policy_intake.require_voice(actor, known)
    need = versions.locked(Need, need_id)
    case = versions.locked(AdviceCase, known.case.pk)
    if case.state in CLOSED_CASES:
        raise Invalid(_("The need has been decided on. Reopen the case, or file a new need."))
    new = {name: value for name, value in values.items() if name in FIELDS}
    _check({"title": need.title, "unit": need.unit, "confidentiality": need.confidentiality, **new})
    before = need.confidentiality
    level = int(new.get("confidentiality", before))
    if level < before and not policy_intake.may_advise(actor, known):
        policy_intake.require_voice(actor, known)
    if "unit" in new and new["unit"].id != need.unit_id:
        policy_intake.require_filing(actor, new["unit"].id, level)
    changes = records.apply(need, version, new)
    if changes:
        _still_seen(actor, need)
        kind = "portfolio.need.changed"
        events.record(event(kind, need, actor, changes, level_before=before))
    return need


def _still_seen(actor: Actor, need: Need) -> None:
    if not policy_intake.visible(actor).filter(pk=need.pk).exists():
        text = _("With this unit and this confidentiality level you would not see the need.")
        raise Invalid(text, field="confidentiality")


@transaction.atomic
def tie(
    need_id: uuid.UUID,
    *,
    actor: Actor,
    other: Need | Project,
    kind: str = Overlap.Kind.OVERLAP,
    note: str = "",
) -> Overlap:
    """Note that the need overlaps with another need or a project, or could share with it."""
    need = policy_intake.get_visible(actor, need_id)
    policy_intake.require_advice(actor, need)
    refuse_unstorable({"note": note})
    row = Overlap(need=need, kind=kind, note=note.strip())
    if isinstance(other, Need):
        if other.pk == need.pk:
            raise Invalid(_("A need cannot overlap with itself."), field="other")
        row.other_need = policy_intake.get_visible(actor, other.pk)
    else:
        row.project = policy.get_visible(actor, other.pk)
    records.create(row)
    changes = {"kind": [None, kind], "other": [None, str(other.pk)], "note": [None, row.note]}
    events.record(event("portfolio.need.tied", need, actor, changes))
    return row


@transaction.atomic
def untie(need_id: uuid.UUID, overlap_id: uuid.UUID, *, actor: Actor) -> None:
    """Take an overlap off again; ``NotFound`` if it is gone."""
    need = policy_intake.get_visible(actor, need_id)
    policy_intake.require_advice(actor, need)
    row = versions.locked(Overlap, overlap_id)
    if row.need_id != need.pk:
        raise NotFound
    changes = {"kind": [row.kind, None], "other": [str(row.other_need_id or row.project_id), None]}
    events.record(event("portfolio.need.untied", need, actor, changes))
    row.delete()
