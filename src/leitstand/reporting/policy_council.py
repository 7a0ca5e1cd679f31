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
from leitstand.reporting.models import CouncilMeeting, Paper, ResolutionTracking

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
    """The highest level of papers that the actor sees; -1 for none."""
    if actor.is_system:
        return 3
    grant = grants(actor, VIEW)
    return max([grant.city_level, *grant.unit_levels.values()])


def visible(actor: Actor, queryset: QuerySet[Paper] | None = None) -> QuerySet[Paper]:
    """Return the papers that the actor may see; the only read path."""
    papers = Paper.objects.all() if queryset is None else queryset
    return papers if actor.is_system else papers.filter(confidentiality__lte=level(actor))


def visible_meetings(actor: Actor) -> QuerySet[CouncilMeeting]:
    """Return the council's meetings for whoever sees papers at all."""
    meetings = CouncilMeeting.objects.all()
    return meetings if level(actor) >= 0 else meetings.none()


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
