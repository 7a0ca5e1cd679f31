"""The way of a report out of the house: co-signature, release, withdrawal; each with its reason."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.org.models import OrgUnit
from leitstand.core.policy import grants as policy_grants
from leitstand.reporting import policy
from leitstand.reporting.actions import telling_reports
from leitstand.reporting.actions.reports import note_step, record
from leitstand.reporting.models import CoSignature, Report
from leitstand.reporting.queries.reports import reading

State = Report.State


@transaction.atomic
def send(
    report_id: uuid.UUID, *, actor: Actor, units: Collection[uuid.UUID], note: str = "",
    until: date | None = None,
) -> Report:  # fmt: skip
    """Ask units to co-sign the present version ``until`` a day; nothing can be changed meanwhile.

    Above "internal" only the report's own unit may be asked: nobody else may see it.
    """
    row = _locked(report_id, actor, policy.CHANGE, {State.DRAFT})
    chosen = list(OrgUnit.objects.filter(pk__in=list(units), active_to=None))
    if not chosen:
        raise Invalid(_("Choose at least one unit that is to co-sign."), field="units")
    if row.confidentiality > policy.INTERNAL and any(one.pk != row.unit_id for one in chosen):
        text = _("A report of this confidentiality level can be co-signed by its own unit only.")
        raise Invalid(text, field="units")
    if until is not None and until < clock.today():
        raise Invalid(_("This day has passed."), field="until")
    _need_figures(row)
    row.cosignatures.all().delete()
    row.cosign_by = until
    asked = CoSignature.objects.bulk_create(CoSignature(report=row, unit=one) for one in chosen)
    telling_reports.asked(row, asked, actor)
    names = ", ".join(sorted(one.name for one in chosen))
    return _move(
        row, State.COSIGNING, "sent", actor, f"{names}. {note}".strip(". ") if note else names
    )


@transaction.atomic
def cosign(report_id: uuid.UUID, *, actor: Actor, agree: bool, note: str = "") -> Report:
    """Co-sign for the actor's units, or object with a reason, which returns the report."""
    row = _locked(report_id, actor, "", {State.COSIGNING})
    refuse_unstorable({"note": note})
    mine = list(policy.signable(actor, row).select_for_update().order_by("pk"))
    if not mine:
        raise NotAllowed(_signing_reason(actor, row))
    if not agree and not note.strip():
        raise Invalid(_("Give the reason for objecting."), field="reason")
    for one in mine:
        one.state = CoSignature.State.SIGNED if agree else CoSignature.State.OBJECTED
        one.note, one.person_id, one.decided_at = note.strip(), actor.person_id, clock.now()
        one.version += 1
        one.save()
    names = ", ".join(sorted(one.unit.name for one in mine))
    telling_reports.answered(row, actor, names, agree=agree)
    if agree:
        return _move(row, State.COSIGNING, "cosigned", actor, f"{names}: {note}" if note else names)
    return _move(row, State.DRAFT, "objected", actor, f"{names}: {note}")


@transaction.atomic
def call_back(report_id: uuid.UUID, *, actor: Actor, reason: str) -> Report:
    """Take a report out of co-signature to change it; signatures given so far lapse."""
    row = _locked(report_id, actor, policy.CHANGE, {State.COSIGNING})
    _need(reason)
    telling_reports.called_back(row, actor)
    row.cosignatures.all().delete()
    return _move(row, State.DRAFT, "called_back", actor, reason)


@transaction.atomic
def release(report_id: uuid.UUID, *, actor: Actor, reason: str) -> Report:
    """Let the report leave the house; no co-signature may be open."""
    row = _locked(report_id, actor, policy.RELEASE, {State.DRAFT, State.COSIGNING})
    _need(reason)
    _need_figures(row)
    waiting = row.cosignatures.exclude(state=CoSignature.State.SIGNED).select_related("unit")
    if open_ones := ", ".join(one.unit.name for one in waiting):
        raise Invalid(_("These units have not co-signed: %(units)s") % {"units": open_ones})
    return _move(row, State.RELEASED, "released", actor, reason)


@transaction.atomic
def withdraw(report_id: uuid.UUID, *, actor: Actor, reason: str) -> Report:
    """Take a released report back; it stays readable for those who write reports."""
    row = _locked(report_id, actor, policy.RELEASE, {State.RELEASED})
    _need(reason)
    return _move(row, State.WITHDRAWN, "withdrawn", actor, reason)


def _locked(report_id: uuid.UUID, actor: Actor, permission: str, states: set[str]) -> Report:
    row = policy.get_visible(actor, report_id)
    if permission:
        policy.require(actor, permission, row)
    row = versions.locked(Report, report_id)
    if row.state not in states:
        text = _("This step is not possible now: the report is “%(state)s”.")
        raise Invalid(text % {"state": State(row.state).label})
    return row


def _need(reason: str) -> None:
    refuse_unstorable({"reason": reason})
    if not reason.strip():
        raise Invalid(_("Give a reason."), field="reason")


def _need_figures(row: Report) -> None:
    """The newest figures must be those of the report's present level and unit."""
    if reading(row).version is None:
        raise Invalid(
            _("Level or unit were changed after the figures were taken. Take new figures first.")
        )


def _signing_reason(actor: Actor, row: Report) -> str:
    reason = policy_grants.why(actor, policy.SIGN, level=row.confidentiality)
    return _("None of your units is asked to co-sign.") if reason.allowed else reason.text


def _move(row: Report, state: str, kind: str, actor: Actor, reason: str) -> Report:
    before, row.state = row.state, state
    row.version += 1
    row.save()
    note_step(row, kind, actor, reason.strip())
    record(kind, row, actor, {"state": [before, state]}, reason.strip())
    return row
