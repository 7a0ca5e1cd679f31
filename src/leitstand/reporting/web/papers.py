"""Pages of council papers: list, those that the reader follows, one paper with what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import may, needs, paged
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.history import past
from leitstand.core.ui import components as ui
from leitstand.core.ui.editing import edit
from leitstand.reporting import policy_council
from leitstand.reporting.actions import council as actions
from leitstand.reporting.models import Paper, PaperKind, ResolutionTracking
from leitstand.reporting.queries import council
from leitstand.reporting.queries import tracking as read
from leitstand.reporting.web.council import crumbs, tabs, when
from leitstand.reporting.web.council_forms import ConsultationForm, PaperForm
from leitstand.reporting.web.council_lists import PAPERS, asked_of, empty
from leitstand.reporting.web.council_words import from_changes, state_badge


def address(paper_id: uuid.UUID) -> str:
    """Address of a paper's page."""
    return reverse("reporting:paper", args=[paper_id])


def way(paper: Paper, *more: str) -> list[ui.Link]:
    """The way to a paper's page; ``more`` are the steps below it."""
    title = paper.reference or paper.name[:60]
    links = [ui.Link(_("Papers"), reverse("reporting:papers"))]
    links.append(ui.Link(title, address(paper.pk) if more else ""))
    return crumbs(*links, *(ui.Link(text) for text in more))


@needs(policy_council.VIEW)
def papers(request: HttpRequest) -> HttpResponse:
    """All visible papers with filter; 50 to a page."""
    asked = asked_of(request, PAPERS)
    if isinstance(asked, HttpResponseRedirect):
        return asked
    actor = asked.actor
    found = asked.query.order(asked.query.narrow(policy_council.visible(actor), actor))
    page = asked.page(found.select_related("organization", "originator", "tracking"))
    context = {
        **asked.context(), "title": _("Papers"), "tabs": tabs(actor, "papers"), "page": page,
        "table": _table(actor, page, narrowed=asked.query.is_narrowed), "actions": _actions(actor),
        "crumbs": crumbs(ui.Link(_("Papers"))),
    }  # fmt: skip
    return render(request, "reporting/council/list.html", context)


def _actions(actor: Actor) -> list[ui.Action]:
    if not may(actor, policy_council.CHANGE):
        return []
    return [ui.Action(_("New paper"), reverse("reporting:paper_new"), "primary", "add")]


def _table(actor: Actor, found: Iterable[Paper], *, narrowed: bool) -> ui.DataTable:
    columns = [
        ui.Column("paper", _("Paper")), ui.Column("kind", _("Kind of paper")),
        ui.Column("date", _("Date"), nowrap=True), ui.Column("from", _("Submitted by")),
        ui.Column("state", _("State"), nowrap=True),
    ]  # fmt: skip
    return ui.DataTable(
        _("Papers"), columns, [_row(paper) for paper in found], id="papers",
        **empty(
            narrowed, _("No papers"),
            _("Papers come from the council information system, or are entered by hand."),
        ),
        empty_actions=_actions(actor),
    )  # fmt: skip


def _row(paper: Paper) -> ui.Row:
    tracking: ResolutionTracking | None = getattr(paper, "tracking", None)
    kind = paper.type_text or PaperKind(paper.kind).label
    cells = [
        ui.Cell(paper.name, address(paper.pk), note=paper.reference), kind, paper.date,
        council.sender(paper), ui.Cell(badge=state_badge(tracking.state)) if tracking else "",
    ]  # fmt: skip
    return ui.Row(cells, label=str(paper)[:200])


# --- papers that the reader follows -----------------------------------------------------


@needs(policy_council.VIEW)
def following(request: HttpRequest) -> HttpResponse:
    """The papers that the reader follows, with what becomes of them."""
    actor = actor_of(request)
    page = paged(request, council.papers(actor, followed=True))
    tracked = {row.paper_id: row for row in read.trackings(actor, followed=True)}
    lines = {line.tracking.paper_id: line for line in read.lines(actor, tracked.values())}
    columns = [
        ui.Column("paper", _("Paper")), ui.Column("state", _("State"), nowrap=True),
        ui.Column("progress", _("How far it is")), ui.Column("projects", _("Projects")),
        ui.Column("report", _("Next report by"), nowrap=True),
    ]  # fmt: skip
    table = ui.DataTable(
        _("My papers"), columns, [_followed(paper, lines.get(paper.pk)) for paper in page],
        id="following", empty_title=_("You do not follow any paper yet"),
        empty_text=_("Open a motion and choose “Follow”: it then stands here, and you are told when "
                     "something happens."),
        empty_actions=[ui.Action(_("To the papers"), reverse("reporting:papers"), "primary")],
    )  # fmt: skip
    context = {"title": _("My papers"), "tabs": tabs(actor, "following"), "page": page,
               "table": table, "crumbs": crumbs(ui.Link(_("My papers")))}  # fmt: skip
    return render(request, "reporting/council/list.html", context)


def _followed(paper: Paper, line: read.Line | None) -> ui.Row:
    first = ui.Cell(paper.name, address(paper.pk), note=paper.reference)
    if line is None:
        return ui.Row([first, _("not tracked"), "", "", ""], label=paper.name)
    tracking = line.tracking
    projects = ", ".join(f"{p.title} ({p.phase_label}, {p.progress} %)" for p in line.projects)
    cells = [first, ui.Cell(badge=state_badge(tracking.state)), tracking.progress, projects,
             ui.Cell(tracking.next_report, note=_("overdue") if line.late else "")]  # fmt: skip
    return ui.Row(cells, label=paper.name)


@require_POST
@needs(policy_council.VIEW)
def follow(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    """Begin or stop following a paper."""
    actions.follow(paper_id, actor=actor_of(request), yes="ja" in request.POST.getlist("folgen"))
    return redirect(address(paper_id))


# --- one paper --------------------------------------------------------------------------


@needs(policy_council.VIEW)
def paper_page(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    """The paper, where it was dealt with, what became of it, what changed, what it costs."""
    actor = actor_of(request)
    paper = policy_council.get_paper(actor, paper_id)
    rows = council.consultations(actor, paper)
    since = parse_date(request.GET.get("seit", "")[:10]) if _is_day(request) else None
    found = read.followed(actor, paper, rows, since)
    tracked = found is not None and policy_council.may_track(actor, found.tracking)
    context = {
        "title": paper.name, "paper": paper, "sender": council.sender(paper),
        "kind": paper.type_text or PaperKind(paper.kind).label,
        "consultations": [(row, when(row.meeting) if row.meeting else "") for row in rows],
        "resolution": _resolution(found, rows), "followed": found,
        "badge": state_badge(found.tracking.state) if found else None,
        "steps": [(step, state_badge(step.state)) for step in found.steps] if found else [],
        "new_steps": [(s, state_badge(s.state)) for s in found.new_steps] if found else [],
        "changes": from_changes(found.changes) if found else [],
        "news": found.number_of_news if found else 0,
        "late": found is not None and read.is_late(found.tracking, clock.today()),
        "may_end": found is not None
        and policy_council.may_assign(actor, found.tracking.unit_id),
        "tracked": tracked, "may_begin": found is None and may(actor, policy_council.TRACK),
        "may_change": may(actor, policy_council.CHANGE) and not paper.address,
        "follows": council.followers(actor).filter(paper=paper).exists(),
        "reports": council.reports_on(actor, paper),
        "may_follow": actor.account_id is not None and not past.is_past(), "crumbs": way(paper),
    }  # fmt: skip
    return render(request, "reporting/council/paper.html", context)


def _is_day(request: HttpRequest) -> bool:
    try:
        return parse_date(request.GET.get("seit", "")[:10]) is not None
    except ValueError:
        return False


def _resolution(found: read.Followed | None, rows: Iterable[Any]) -> str:
    """What was decided: as tracked, else as the agenda says."""
    if found and found.tracking.resolution:
        return found.tracking.resolution
    items = [row.agenda_item for row in rows if row.agenda_item]
    return next((item.resolution for item in reversed(items) if item.resolution), "")


# --- by hand ----------------------------------------------------------------------------


@needs(policy_council.CHANGE)
def paper_new(request: HttpRequest) -> HttpResponse:
    """Enter a paper."""
    actor = actor_of(request)
    return edit(
        request, PaperForm,
        lambda given: actions.create_paper(actor=actor, values=given),
        title=_("New paper"), back=lambda paper: address(paper.pk),
        cancel_url=reverse("reporting:papers"), crumbs=crumbs(ui.Link(_("New paper"))),
    )  # fmt: skip


def _by_hand(actor: Actor, paper_id: uuid.UUID) -> Paper:
    paper = policy_council.get_paper(actor, paper_id)
    if paper.address:
        raise NotAllowed(_("This comes from the council information system and is changed there."))
    return paper


@needs(policy_council.CHANGE)
def paper_edit(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    """Change a paper that was entered by hand."""
    actor = actor_of(request)
    paper = _by_hand(actor, paper_id)

    def save(given: dict[str, Any]) -> Paper:
        version = given["version"] or 0
        return actions.change_paper(paper_id, actor=actor, version=version, values=given)

    return edit(
        request, lambda data: PaperForm.of(policy_council.get_paper(actor, paper_id), data), save,
        title=_("Edit the paper"), back=lambda row: address(row.pk), cancel_url=address(paper_id),
        crumbs=way(paper, _("Edit")),
    )  # fmt: skip


@needs(policy_council.CHANGE)
def consultation_new(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    """Say which meeting deals with the paper."""
    actor = actor_of(request)
    paper = _by_hand(actor, paper_id)

    def save(given: dict[str, Any]) -> Any:
        meeting = policy_council.visible_meetings(actor).filter(pk=given["meeting"]).first()
        if meeting is None:
            raise NotFound
        return actions.add_consultation(paper_id, actor=actor, meeting=meeting, role=given["role"])

    title = _("Add a consultation")
    return edit(
        request, lambda data: ConsultationForm(actor, data), save, title=title,
        back=lambda _row: address(paper_id), cancel_url=address(paper_id),
        crumbs=way(paper, title),
    )  # fmt: skip
