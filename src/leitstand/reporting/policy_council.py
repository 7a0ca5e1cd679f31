"""Who sees council papers and what became of them, and who keeps them."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.policy import registry
from leitstand.core.policy.grants import grants
from leitstand.core.policy.registry import Permission
from leitstand.reporting.models import (
    Consultation,
    CouncilMeeting,
    Paper,
    ResolutionTracking,
)

VIEW = "reporting.council.view"
CHANGE = "reporting.council.change"
TRACK = "reporting.tracking.change"
SOURCES = "reporting.oparl.manage"


def register() -> None:
    """Register permissions and their holders."""
    everyone = [VIEW]
    registry.register(
        [
            Permission(VIEW, _("See council papers"),
                       _("Sees papers, meetings and what became of resolutions."), "read"),
            Permission(CHANGE, _("Keep council papers"),
                       _("Enters papers and meetings by hand, sets the deadlines of papers.")),
            Permission(TRACK, _("Track resolutions"),
                       _("Ties resolutions to projects and says how far they are.")),
            Permission(SOURCES, _("Read council information systems"),
                       _("Sets up OParl sources and starts reading them."), citywide=True),
        ],
        {
            "admin": [VIEW, SOURCES],
            "digital-unit": [VIEW, CHANGE, TRACK, SOURCES],
            "project-lead": everyone,
            "unit-head": [VIEW, CHANGE, TRACK],
            "member": everyone,
            "auditor": everyone,
            "councillor": everyone,
            "emergency": everyone,
        },
    )  # fmt: skip


def level(actor: Actor) -> int:
    """The highest level of papers and meetings that the actor sees; -1 for none.

    They belong to no unit, so only what a role opens in the whole city counts; public ones are
    open to whoever holds the permission anywhere.
    """
    if actor.is_system:
        return 3
    grant = grants(actor, VIEW)
    return max(grant.city_level, 0 if grant else -1)


def visible(actor: Actor, queryset: QuerySet[Paper] | None = None) -> QuerySet[Paper]:
    """Return the papers that the actor may see; the only read path."""
    papers = Paper.objects.all() if queryset is None else queryset
    return papers if actor.is_system else papers.filter(confidentiality__lte=level(actor))


def visible_meetings(actor: Actor) -> QuerySet[CouncilMeeting]:
    """Return the meetings that the actor may see; the only read path."""
    meetings = CouncilMeeting.objects.all()
    return meetings if actor.is_system else meetings.filter(confidentiality__lte=level(actor))


def visible_consultations(actor: Actor) -> QuerySet[Consultation]:
    """Return the consultations of which the actor may see both ends, as far as they are known."""
    rows = Consultation.objects.filter(withdrawn_on=None)
    if actor.is_system:
        return rows
    height = level(actor)
    there = Q(meeting=None) | Q(meeting__confidentiality__lte=height)
    return rows.filter(there, Q(paper=None) | Q(paper__confidentiality__lte=height))


def visible_trackings(actor: Actor) -> QuerySet[ResolutionTracking]:
    """Return the tracked resolutions whose papers the actor may see."""
    trackings = ResolutionTracking.objects.all()
    if actor.is_system:
        return trackings
    return trackings.filter(paper__confidentiality__lte=level(actor))


def changeable_trackings(actor: Actor) -> QuerySet[ResolutionTracking]:
    """Return the tracked resolutions that the actor may change.

    By role, in the whole city or in the unit that carries the resolution out (any unit's as long as
    none is named); or because she is the person responsible.
    """
    trackings = visible_trackings(actor)
    if actor.is_system:
        return trackings
    grant = grants(actor, TRACK)
    if grant.city_level >= 0:
        return trackings
    units = [unit for unit, height in grant.unit_levels.items() if height >= 0]
    clause = Q(unit__in=units) | Q(unit=None) if units else Q(pk__in=[])
    if actor.person_id and writes(actor):
        clause |= Q(responsible=actor.person_id, responsible__active=True)
    return trackings.filter(clause)


def writes(actor: Actor) -> bool:
    """Whether the actor's session or token may change anything."""
    return actor.scopes is None or "write" in actor.scopes


def get_paper(actor: Actor, paper_id: uuid.UUID) -> Paper:
    """Return the paper or raise ``NotFound``, whether it is missing or hidden."""
    papers = visible(actor).select_related("organization", "originator", "source")
    paper = papers.filter(pk=paper_id).first()
    if paper is None:
        raise NotFound
    return paper


def get_meeting(actor: Actor, meeting_id: uuid.UUID) -> CouncilMeeting:
    """Return the meeting or raise ``NotFound``."""
    found = visible_meetings(actor).select_related("organization").filter(pk=meeting_id).first()
    if found is None:
        raise NotFound
    return found


def get_tracking(actor: Actor, tracking_id: uuid.UUID) -> ResolutionTracking:
    """Return the tracked resolution or raise ``NotFound``."""
    rows = visible_trackings(actor).select_related("paper", "unit", "responsible")
    found = rows.filter(pk=tracking_id).first()
    if found is None:
        raise NotFound
    return found


def may_track(actor: Actor, tracking: ResolutionTracking) -> bool:
    """Whether the actor may change this tracked resolution."""
    return changeable_trackings(actor).filter(pk=tracking.pk).exists()


def require_track(actor: Actor, tracking: ResolutionTracking) -> None:
    """Raise ``NotAllowed`` unless the actor may change this tracked resolution."""
    if not may_track(actor, tracking):
        text = _("Only the unit that carries the resolution out and the person responsible may do this.")
        raise NotAllowed(text)


def get_consultation(actor: Actor, consultation_id: uuid.UUID) -> Consultation:
    """Return the consultation of a visible paper in a visible meeting or raise ``NotFound``."""
    rows = visible_consultations(actor).select_related("paper", "meeting")
    found = rows.filter(pk=consultation_id).exclude(paper=None).first()
    if found is None:
        raise NotFound
    return found


def may_assign(actor: Actor, unit_id: uuid.UUID | None) -> bool:
    """Whether the actor may say who carries a resolution out, here the unit."""
    grant = grants(actor, TRACK)
    if actor.is_system or grant.city_level >= 0:
        return True
    return unit_id is not None and grant.level_in(unit_id) >= 0
