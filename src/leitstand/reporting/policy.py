"""Who may see, write, co-sign and release reports."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy import registry
from leitstand.core.policy.grants import grants, predicate
from leitstand.core.policy.registry import Permission
from leitstand.reporting.models import CoSignature, Report

VIEW = "reporting.report.view"
CHANGE = "reporting.report.change"
SIGN = "reporting.report.sign"
RELEASE = "reporting.report.release"
INTERNAL = 1


def register() -> None:
    """Register permissions and their holders."""
    registry.register(
        [
            Permission(VIEW, _("See reports"), _("Sees released reports up to the role's level."), "read"),
            Permission(CHANGE, _("Write reports"), _("Makes reports and inquiries, writes their texts.")),
            Permission(SIGN, _("Co-sign reports"), _("Co-signs for the own unit, or objects.")),
            Permission(RELEASE, _("Release reports"), _("Releases reports to committees, withdraws them.")),
        ],
        {
            "admin": [VIEW], "digital-unit": [VIEW, CHANGE, SIGN, RELEASE],
            "unit-head": [VIEW, CHANGE, SIGN, RELEASE], "project-lead": [VIEW], "member": [VIEW],
            "auditor": [VIEW], "councillor": [VIEW], "emergency": [VIEW],
        },
    )  # fmt: skip


def _asked(actor: Actor) -> Q:
    """Reports that a unit of the actor's is asked to co-sign."""
    grant = grants(actor, SIGN)
    asked = CoSignature.objects.filter(report=OuterRef("pk"))
    clause = Q(pk__in=[])
    if grant.city_level >= 0:
        clause |= Q(confidentiality__lte=grant.city_level) & Q(Exists(asked))
    for value in sorted(set(grant.unit_levels.values())):
        some = asked.filter(unit_id__in=grant.units_at(value))
        clause |= Q(confidentiality__lte=value) & Q(Exists(some))
    return clause


def visible(actor: Actor) -> QuerySet[Report]:
    """Return the reports that the actor may see; the only read path.

    Released ones by level and unit; others only if she may write them or is asked to co-sign.
    """
    reports = Report.objects.all()
    if actor.is_system:
        return reports
    seen = predicate(grants(actor, VIEW), unit="unit_id", level="confidentiality")
    own = predicate(grants(actor, CHANGE), unit="unit_id", level="confidentiality")
    released = Q(state=Report.State.RELEASED)
    return reports.filter(
        (released & seen) | own | (_asked(actor) & ~Q(state=Report.State.WITHDRAWN))
    )


def require_any(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may write reports somewhere."""
    policy_grants.require(actor, CHANGE)


def may(actor: Actor, permission: str, report: Report) -> bool:
    """Whether the actor may do this with a report that she sees."""
    level = grants(actor, permission).level_in(report.unit_id)
    return actor.is_system or level >= report.confidentiality


def is_insider(actor: Actor, report: Report) -> bool:
    """Whether the actor works on the report: writes, releases or is asked to co-sign it."""
    if may(actor, CHANGE, report) or may(actor, RELEASE, report):
        return True
    return Report.objects.filter(_asked(actor), pk=report.pk).exists()


def get_visible(actor: Actor, report_id: uuid.UUID) -> Report:
    """Return the report or raise ``NotFound``, whether it is missing or hidden."""
    report = visible(actor).select_related("unit", "template__file").filter(pk=report_id).first()
    if report is None:
        raise NotFound
    return report


def require(actor: Actor, permission: str, report: Report) -> None:
    """Raise ``NotFound`` for a hidden report, ``NotAllowed`` with the reason otherwise."""
    get_visible(actor, report.pk)
    if not may(actor, permission, report):
        reason = policy_grants.why(
            actor, permission, unit_id=report.unit_id, level=report.confidentiality
        )
        raise NotAllowed(reason.text)


def signable(actor: Actor, report: Report) -> QuerySet[CoSignature]:
    """The open co-signatures that the actor may give."""
    rows = CoSignature.objects.filter(report=report, state=CoSignature.State.ASKED)
    if actor.is_system:
        return rows
    grant = grants(actor, SIGN)
    if grant.city_level >= report.confidentiality:
        return rows
    return rows.filter(unit_id__in=grant.units_at(report.confidentiality))
