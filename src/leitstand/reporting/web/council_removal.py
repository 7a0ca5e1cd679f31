"""Removing what was entered by hand in the council, each after a question."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import needs
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed
from leitstand.core.ui import components as ui
from leitstand.core.ui.editing import ask, version_of
from leitstand.reporting import policy_council
from leitstand.reporting.actions import removal
from leitstand.reporting.models import ResolutionTracking
from leitstand.reporting.web.council import crumbs, home, meeting_url
from leitstand.reporting.web.papers import address, way


def _by_hand(thing: object) -> None:
    if getattr(thing, "address", ""):
        raise NotAllowed(_("This comes from the council information system and is changed there."))


@needs(policy_council.CHANGE)
def paper_remove(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    """Remove a paper, with what was tracked of it."""
    actor = actor_of(request)
    paper = policy_council.get_paper(actor, paper_id)
    _by_hand(paper)
    lines = [_("“%(name)s” and its consultations are removed.") % {"name": paper.name}]
    if ResolutionTracking.objects.filter(paper=paper).exists():
        lines.append(_("What was tracked of it goes with it: state, course, tied projects."))
    version = version_of(request, paper.version)
    return ask(
        request, lambda: removal.remove_paper(paper_id, actor=actor, version=version),
        title=_("Remove the paper"), back=address(paper_id),
        lines=[*lines, _("The audit trail keeps what was removed.")],
        done=_("Removed."), crumbs=way(paper, _("Remove the paper")), version=paper.version,
        gone=reverse("reporting:papers"),
    )  # fmt: skip


@needs(policy_council.CHANGE)
def consultation_remove(request: HttpRequest, consultation_id: uuid.UUID) -> HttpResponse:
    """Take a paper off a meeting's agenda."""
    actor = actor_of(request)
    row = policy_council.get_consultation(actor, consultation_id)
    _by_hand(row)
    paper = row.paper
    assert paper is not None  # noqa: S101 - such rows are not found
    values = {"name": paper.name, "meeting": str(row.meeting or "")}
    return ask(
        request, lambda: removal.remove_consultation(consultation_id, actor=actor),
        title=_("Take off the agenda"), back=address(paper.pk), done=_("Removed."),
        lines=[_("“%(name)s” is no longer on the agenda of “%(meeting)s”.") % values],
        crumbs=way(paper, _("Take off the agenda")),
    )  # fmt: skip


@needs(policy_council.CHANGE)
def meeting_remove(request: HttpRequest, council_meeting_id: uuid.UUID) -> HttpResponse:
    """Remove a meeting; its papers stay."""
    actor = actor_of(request)
    meeting = policy_council.get_meeting(actor, council_meeting_id)
    _by_hand(meeting)
    title = _("Remove the meeting")
    lines = [
        _("“%(name)s” is removed. Its papers stay, without this consultation.")
        % {"name": meeting.name},
        _("If the meeting only does not take place, edit it and mark it as called off."),
        _("The audit trail keeps what was removed."),
    ]
    version = version_of(request, meeting.version)
    return ask(
        request, lambda: removal.remove_meeting(council_meeting_id, actor=actor, version=version),
        title=title, lines=lines, back=meeting_url(meeting), done=_("Removed."),
        crumbs=crumbs(ui.Link(meeting.name, meeting_url(meeting)), ui.Link(title)),
        version=meeting.version, gone=home(),
    )  # fmt: skip


def _ending(actor: Actor, tracking_id: uuid.UUID) -> ResolutionTracking:
    tracking = policy_council.get_tracking(actor, tracking_id)
    policy_council.require_track(actor, tracking)
    if not policy_council.may_assign(actor, tracking.unit_id):
        raise NotAllowed(_("Your roles do not include tracking resolutions."))
    return tracking


@needs(policy_council.VIEW)
def tracking_end(request: HttpRequest, tracking_id: uuid.UUID) -> HttpResponse:
    """Stop tracking a resolution."""
    actor = actor_of(request)
    tracking = _ending(actor, tracking_id)
    back = address(tracking.paper_id)
    lines = [
        _("“%(name)s” stays, but nobody is reminded of it any more. State, course and tied "
          "projects are removed.") % {"name": tracking.paper.name},
        _("If the resolution is settled, rather set its state: then it stays readable."),
    ]  # fmt: skip
    version = version_of(request, tracking.version)
    return ask(
        request, lambda: removal.end_tracking(tracking_id, actor=actor, version=version),
        title=_("Stop tracking"), lines=lines, back=back, done=_("Removed."),
        crumbs=way(tracking.paper, _("Stop tracking")), version=tracking.version, gone=back,
    )  # fmt: skip
