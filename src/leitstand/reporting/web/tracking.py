"""Pages of resolution tracking: the list with due reports, beginning, changing, tying projects."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import needs
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.ui import components as ui
from leitstand.core.ui.editing import ask, edit
from leitstand.reporting import policy_council
from leitstand.reporting.actions import tracking as actions
from leitstand.reporting.models import ResolutionTracking
from leitstand.reporting.queries import council
from leitstand.reporting.queries import tracking as read
from leitstand.reporting.web.council import crumbs, tabs
from leitstand.reporting.web.council_forms import ProjectForm, TrackingForm
from leitstand.reporting.web.council_lists import RESOLUTIONS, asked_of, empty
from leitstand.reporting.web.council_words import state_badge
from leitstand.reporting.web.papers import address, way


@needs(policy_council.VIEW)
def trackings(request: HttpRequest) -> HttpResponse:
    """Tracked resolutions, those whose report is due first."""
    asked = asked_of(request, RESOLUTIONS)
    if isinstance(asked, HttpResponseRedirect):
        return asked
    actor = asked.actor
    page = asked.page(read.chosen(actor, asked.query))
    columns = [
        ui.Column("paper", _("Paper")), ui.Column("state", _("State"), nowrap=True),
        ui.Column("report", _("Next report by"), nowrap=True),
        ui.Column("unit", _("Carried out by")), ui.Column("projects", _("Projects")),
    ]  # fmt: skip
    table = ui.DataTable(
        _("Tracked resolutions"), columns, [row(line) for line in read.lines(actor, page)],
        id="trackings",
        **empty(
            asked.query.is_narrowed, _("No resolutions"),
            _("Open a paper and choose “Track”: it then stands here until it is settled."),
        ),
        empty_actions=[ui.Action(_("To the papers"), reverse("reporting:papers"), "primary")],
    )  # fmt: skip
    context = {
        **asked.context(), "title": _("Tracked resolutions"), "tabs": tabs(actor, "trackings"),
        "page": page, "table": table,
        "crumbs": crumbs(ui.Link(_("Resolutions"))),
    }  # fmt: skip
    return render(request, "reporting/council/list.html", context)


def row(line: read.Line) -> ui.Row:
    """A tracked resolution in the list."""
    tracking = line.tracking
    paper = tracking.paper
    projects = ", ".join(project.title for project in line.projects)
    cells = [
        ui.Cell(paper.name, address(paper.pk), note=paper.reference),
        ui.Cell(badge=state_badge(tracking.state)),
        ui.Cell(tracking.next_report, note=_("overdue") if line.late else ""),
        tracking.unit.name if tracking.unit else "", projects,
    ]  # fmt: skip
    return ui.Row(cells, label=str(paper)[:200], kind="warning" if line.late else "")


@needs(policy_council.TRACK)
def begin(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    """Begin to track what becomes of a paper; the agenda's words are proposed."""
    actor = actor_of(request)
    paper = policy_council.get_paper(actor, paper_id)
    rows = council.consultations(actor, paper)
    decided = [one for one in rows if one.agenda_item and one.meeting]
    initial: dict[str, Any] = {"state": ResolutionTracking.State.OPEN}
    if decided:
        last = decided[-1]
        item = last.agenda_item
        initial["resolution"] = item.resolution or item.result if item else ""
        initial["decided_on"] = council.day_of(last.meeting.start) if last.meeting else None
    return edit(
        request, lambda data: TrackingForm(data, initial=initial),
        lambda given: actions.begin(paper_id, actor=actor, values=given),
        title=_("Track the resolution"), subline=str(paper)[:200],
        back=lambda _row: address(paper_id), cancel_url=address(paper_id),
        crumbs=way(paper, _("Track")),
    )  # fmt: skip


def _mine(request: HttpRequest, tracking_id: uuid.UUID) -> tuple[Actor, ResolutionTracking]:
    actor = actor_of(request)
    tracking = policy_council.get_tracking(actor, tracking_id)
    policy_council.require_track(actor, tracking)
    return actor, tracking


@needs(policy_council.VIEW)
def tracking_edit(request: HttpRequest, tracking_id: uuid.UUID) -> HttpResponse:
    """Change state, progress, next report, who is in charge."""
    actor, tracking = _mine(request, tracking_id)

    def save(given: dict[str, Any]) -> Any:
        version = given.pop("version") or 0
        return actions.change(tracking_id, actor=actor, version=version, values=given)

    def make(data: Any) -> TrackingForm:
        return TrackingForm.of(policy_council.get_tracking(actor, tracking_id), data)

    back = address(tracking.paper_id)
    return edit(
        request, make, save, title=_("Edit the tracked resolution"),
        subline=str(tracking.paper)[:200], back=lambda _row: back, cancel_url=back,
        crumbs=way(tracking.paper, _("Edit")),
    )  # fmt: skip


@needs(policy_council.VIEW)
def project_tie(request: HttpRequest, tracking_id: uuid.UUID) -> HttpResponse:
    """Tie a project."""
    actor, tracking = _mine(request, tracking_id)
    back = address(tracking.paper_id)
    return edit(
        request, lambda data: ProjectForm(actor, data),
        lambda given: actions.tie(tracking_id, actor=actor, project=given["project"]),
        title=_("Tie a project"), subline=str(tracking.paper)[:200], back=lambda _row: back,
        cancel_url=back, crumbs=way(tracking.paper, _("Tie a project")),
    )  # fmt: skip


@needs(policy_council.VIEW)
def project_untie(request: HttpRequest, tracking_id: uuid.UUID, link_id: uuid.UUID) -> HttpResponse:
    """Take a project off, after a question."""
    actor, tracking = _mine(request, tracking_id)
    found = read.followed(actor, tracking.paper, [])
    project = dict(found.links).get(link_id) if found else None
    if project is None:
        raise NotFound
    return ask(
        request, lambda: actions.untie(link_id, actor=actor), title=_("Take the project off"),
        lines=[_("“%(name)s” no longer belongs to this resolution.") % {"name": project.title}],
        back=address(tracking.paper_id), done=_("Removed."),
        crumbs=way(tracking.paper, _("Take the project off")),
    )  # fmt: skip
