"""Who is told of co-signatures: the units asked, and those who wrote the report."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.base.actions import recall, remember
from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.notify import kinds
from leitstand.core.notify.people import tell
from leitstand.core.org.models import OrgUnit
from leitstand.core.policy import registry
from leitstand.core.policy.grants import grants
from leitstand.core.policy.models import RoleAssignment
from leitstand.reporting import policy
from leitstand.reporting.models import CoSignature, Report

ASKED, ANSWERED = "report.cosign", "report.answered"
DAYS_BEFORE = 2
USUAL = timedelta(days=5)
"""How long a co-signature without a day may wait before the first reminder, and between two."""
_REMINDED = "reporting.cosign.reminded"
_MOST = 50


def register() -> None:
    """Register the kinds of notices."""
    kinds.register(ASKED, gettext_lazy("Co-signature of reports"),
                   gettext_lazy("A report waits for the co-signature of your unit."))  # fmt: skip
    kinds.register(ANSWERED, gettext_lazy("Answers to your reports"),
                   gettext_lazy("Units have co-signed your report, or objected."))  # fmt: skip


def _url(report: Report) -> str:
    return reverse("reporting:report", args=[report.pk])


def _title(report: Report) -> str:
    """What may go by e-mail."""
    if report.confidentiality >= Level.CONFIDENTIAL:
        return _("(confidential)")
    return _("“%(title)s”") % {"title": report.title[:120]}


def asked(report: Report, rows: Sequence[CoSignature], actor: Actor) -> None:
    """Tell those who may sign for the units that they are asked."""
    for row in rows:

        def words() -> tuple[str, str]:
            values = {"title": _title(report), "unit": row.unit.name}  # noqa: B023 - called at once
            text = _("%(title)s waits for the co-signature of %(unit)s.") % values
            if report.cosign_by:
                text += " " + _("Answer by %(day)s.") % {"day": f"{report.cosign_by:%d.%m.%Y}"}
            return _("Please co-sign a report"), text

        tell(ASKED, f"cosign:{row.pk}", _signers(report, row.unit), words, _url(report),
             but=actor.person_id)  # fmt: skip


def answered(report: Report, actor: Actor, names: str, *, agree: bool) -> None:
    """Tell those who wrote the report of an objection, or that all have co-signed."""
    rest = report.cosignatures.exclude(state=CoSignature.State.SIGNED)
    if agree and rest.exists():
        return

    def words() -> tuple[str, str]:
        values = {"title": _title(report), "units": names}
        if agree:
            text = _("All units have co-signed %(title)s. It can be released.") % values
            return _("Your report is co-signed"), text
        text = _("%(units)s objects to %(title)s. The reason stands with the report.") % values
        return _("Objection to your report"), text

    cause = f"cosign:{report.pk}:{report.version}:answered"
    tell(ANSWERED, cause, _writers(report), words, _url(report), but=actor.person_id)


def called_back(report: Report, actor: Actor) -> None:
    """Tell those asked who have not signed yet that nobody waits for them any more."""

    def words() -> tuple[str, str]:
        text = _("%(title)s was called back; you need not co-sign it now.")
        return _("A report was called back"), text % {"title": _title(report)}

    rows = report.cosignatures.filter(state=CoSignature.State.ASKED).select_related("unit")
    people = {person for row in rows for person in _signers(report, row.unit)}
    tell(ASKED, f"cosign:{report.pk}:{report.version}:back", people, words, _url(report),
         but=actor.person_id)  # fmt: skip


@transaction.atomic
def remind() -> int:
    """Remind of open co-signatures: before and after their day, or every five days without one.

    Runs with the worker's round every minute and does its work once a day.
    """
    today = clock.today()
    if recall(_REMINDED) == today.isoformat():
        return 0
    rows = CoSignature.objects.filter(
        state=CoSignature.State.ASKED, report__state=Report.State.COSIGNING
    ).select_related("report", "unit")
    number = 0
    for row in rows:
        if stage := _stage(row, today):
            number += _remind(row, stage)
    remember(_REMINDED, today.isoformat())
    return number


def _stage(row: CoSignature, today: date) -> str:
    """Which reminder is due; each goes out once."""
    by = row.report.cosign_by
    if by is not None:
        return "late" if today > by else "soon" if today >= by - timedelta(DAYS_BEFORE) else ""
    turns = (today - timezone.localtime(row.created_at).date()) // USUAL
    return str(turns) if turns > 0 else ""


def _remind(row: CoSignature, stage: str) -> int:
    report = row.report

    def words() -> tuple[str, str]:
        by = f"{report.cosign_by:%d.%m.%Y}" if report.cosign_by else ""
        values = {"title": _title(report), "unit": row.unit.name, "day": by}
        text = _("%(title)s still waits for the co-signature of %(unit)s.") % values
        if stage == "late":
            text += " " + _("It was asked for by %(day)s.") % values
        elif by:
            text += " " + _("Answer by %(day)s.") % values
        return _("Reminder: please co-sign a report"), text

    return tell(ASKED, f"cosign:{row.pk}:{stage}", _signers(report, row.unit), words, _url(report))


def _signers(report: Report, unit: OrgUnit) -> list[uuid.UUID]:
    """People who may sign for the unit: those of the unit and above it; else those of the city."""
    chain: list[uuid.UUID] = []
    place: OrgUnit | None = unit
    while place is not None and len(chain) < 20:
        chain.append(place.pk)
        place = place.parent
    roles = RoleAssignment.objects.filter(role__in=registry.roles_with(policy.SIGN))
    near = _who_may(roles.filter(unit__in=chain), report, unit)
    return near or _who_may(roles.filter(unit=None), report, unit)


def _who_may(roles: Iterable[RoleAssignment], report: Report, unit: OrgUnit) -> list[uuid.UUID]:
    accounts = Account.objects.filter(
        pk__in={role.account_id for role in roles}, is_active=True, person__active=True
    ).select_related("person")
    return [
        account.person_id
        for account in accounts[:_MOST]
        if account.person_id
        and grants(of_account(account), policy.SIGN).level_in(unit.pk) >= report.confidentiality
    ]


def _writers(report: Report) -> list[uuid.UUID]:
    """Who took the figures or sent the report round, as far as they still see it."""
    people = report.steps.filter(kind__in=("generated", "sent")).values("person")
    accounts = Account.objects.filter(person__in=people, is_active=True).select_related("person")
    return [
        account.person_id
        for account in accounts[:_MOST]
        if account.person_id
        and policy.visible(of_account(account)).filter(pk=report.pk).exists()
    ]
