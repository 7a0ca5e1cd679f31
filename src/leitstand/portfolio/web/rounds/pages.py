"""Pages of those who manage rounds, and the results that everybody sees for her projects."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.comments.queries import thread
from leitstand.core.history import past
from leitstand.core.policy.grants import grants
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy
from leitstand.portfolio.actions.exports import record_export
from leitstand.portfolio.actions.rounds import closing, reminding, setup
from leitstand.portfolio.actions.rounds.ended import RoundEnded
from leitstand.portfolio.models import StatusRound
from leitstand.portfolio.queries import round_lines
from leitstand.portfolio.queries import rounds as queries
from leitstand.portfolio.queries.round_lines import lines
from leitstand.portfolio.queries.round_twins import overlaps
from leitstand.portfolio.queries.rounds import sees_inside
from leitstand.portfolio.tables.rounds import RESULTS, ROUNDS
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.exports import FORMATS, file_response
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.rounds import parts, wording

State = StatusRound.State
_STATES: dict[str, ui.Kind] = {
    State.PLANNED: "neutral", State.OPEN: "info", State.CLOSED: "success",
    State.CANCELLED: "neutral",
}  # fmt: skip


def address(row: StatusRound, name: str = "round") -> str:
    """The address of a round's page."""
    return reverse(f"portfolio:{name}", args=[row.pk])


def may_manage(actor: Actor) -> bool:
    """Whether the actor plans, opens and closes rounds."""
    return bool(grants(actor, policy.ROUNDS))


# --- all rounds ---------------------------------------------------------------------------


def rounds(request: HttpRequest) -> HttpResponse:
    """Every round with its state."""
    actor = reader(request)
    actions = []
    if actor.person_id is not None:  # a councillor answers for nothing
        actions.append(ui.Action(_("My status reports"), reverse("portfolio:reports_mine")))
    if actor.person_id is not None or may_manage(actor):
        actions.append(ui.Action(_("Substitutes"), reverse("portfolio:substitutions")))
    if may_manage(actor):
        new = ui.Action(_("New status round"), reverse("portfolio:round_new"), "primary", "add")
        actions.insert(0, new)
    if past.is_past():  # these lead to what is to be done today
        actions = []
    columns = (
        ui.Column("title", _("Status round")), ui.Column("state", _("State")),
        ui.Column("as_of", _("State as of"), nowrap=True), ui.Column("due", _("Answers by"), nowrap=True),
        ui.Column("answered", _("answered"), nowrap=True),
    )  # fmt: skip
    found = StatusRound.objects.all()
    progress = queries.progress(found, actor)
    listed = [
        ui.Row((ui.Cell(row.title, url=address(row)), ui.Cell(badge=_state(row)), row.as_of,
                row.due_on, wording.share(*progress[row.pk]) if row.pk in progress else "—"))
        for row in found
    ]  # fmt: skip
    table = ui.DataTable(
        _("Status rounds"), columns, listed, id="runden", empty_title=_("No status rounds yet"),
        empty_text=_("A round asks everybody who is responsible once, by e-mail; most answer with "
                     "one tap."),
        empty_actions=actions[:1],
    )  # fmt: skip
    context = {"title": _("Status rounds"), "table": table, "actions": actions,
               "crumbs": [ui.Link(_("Start page"), "/"), ui.Link(_("Status rounds"))]}  # fmt: skip
    return render(request, "portfolio/rounds/list.html", context)


def _state(row: StatusRound) -> ui.Badge:
    return ui.Badge(str(State(row.state).label), _STATES[row.state])


# --- plan and change ----------------------------------------------------------------------


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Plan a round."""
    actor = actor_of(request)
    setup.require(actor)
    blank = StatusRound()
    form = TableForm(
        ROUNDS.columns, StatusRound, request.POST if request.method == "POST" else None,
        initial={name: getattr(blank, name) for name in ("reminder_days", "mail_hour")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            row = setup.create_round(actor=actor, values=form.values())
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("Saved. The round opens by itself on its day."))
            _warn(request, row, actor)
            return redirect(address(row))
    return _form_page(request, form, _("New status round"), reverse("portfolio:rounds"))


@login_required
def edit(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Change a round; a conflict shows both versions."""
    actor = actor_of(request)
    setup.require(actor)
    row = _round(round_id)
    columns = [c for c in ROUNDS.columns if row.state == State.PLANNED or c.name in setup.LATE]
    form = TableForm(
        columns, StatusRound, merged(request.POST) if request.method == "POST" else None, row=row
    )
    if request.method == "POST" and form.is_valid():
        try:
            values = form.values(form.changed_names())
            row = setup.change_round(round_id, actor=actor, version=form.version, values=values)
        except Invalid as refusal:
            form.take(refusal)
        except Conflict:
            fresh = TableForm(columns, StatusRound, row=_round(round_id))
            both = conflict.context(form, fresh, object_title=row.title, cancel_url=address(row))
            if both is not None:
                return conflict.page(request, both)
            return redirect(address(row))
        else:
            messages.success(request, _("Saved."))
            _warn(request, row, actor)
            return redirect(address(row))
    return _form_page(request, form, _("Edit status round"), address(row))


def _warn(request: HttpRequest, row: StatusRound, actor: Actor) -> None:
    """Say that another round asks for the same projects meanwhile."""
    for one in overlaps(row, actor):
        text = ngettext(
            "The round “%(title)s” asks for %(n)d of these projects, too.",
            "The round “%(title)s” asks for %(n)d of these projects, too.", one.number,
        )  # fmt: skip
        messages.warning(request, text % {"title": one.round.title, "n": one.number})


def _form_page(request: HttpRequest, form: TableForm, title: str, back: str) -> HttpResponse:
    context = {
        "title": title, "form": form, "form_title": title, "submit": _("Save"),
        "action": request.path, "cancel_url": back,
        "crumbs": [ui.Link(_("Status rounds"), reverse("portfolio:rounds")), ui.Link(title)],
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/rounds/form.html", context, status=status)


def _round(round_id: uuid.UUID) -> StatusRound:
    row = StatusRound.objects.select_related("programme", "unit").filter(pk=round_id).first()
    if row is None:
        raise NotFound
    return row


# --- one round ----------------------------------------------------------------------------


def one(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """How far a round is, who is missing, and what it brought."""
    actor, row = reader(request), _round(round_id)
    found = lines(row, actor)
    context = {
        "title": row.title, "round": row, "tiles": parts.tiles(row, found),
        "actions": _actions(row, actor),
        "subline": _("As of %(as_of)s · answers by %(due)s · %(state)s") % {
            "as_of": f"{row.as_of:%d.%m.%Y}", "due": f"{row.due_on:%d.%m.%Y}",
            "state": State(row.state).label,
        },
        "beside": overlaps(row, actor) if may_manage(actor) and not past.is_past() else (),
        "thread": thread(actor, "status-round", row) if sees_inside(actor) else None,
        "parts": parts.parts(row, actor, found, manage=may_manage(actor)),
        "crumbs": [ui.Link(_("Status rounds"), reverse("portfolio:rounds")), ui.Link(row.title)],
    }  # fmt: skip
    return render(request, "portfolio/rounds/round.html", context)


def export(request: HttpRequest, round_id: uuid.UUID, form: str) -> HttpResponseBase:
    """What the round has brought as CSV, XLSX or JSON, over the projects that the reader sees."""
    actor, row = reader(request), _round(round_id)
    if form not in FORMATS:
        raise NotFound
    found = round_lines.rows(lines(row, actor))
    response = file_response(form, row.title, RESULTS.columns, found)
    record_export(RESULTS.kind, form, actor=actor, selection={"round": str(row.pk)})
    return response


def _actions(row: StatusRound, actor: Actor) -> list[ui.Action]:
    if not may_manage(actor):
        return []
    found = []
    if row.state == State.PLANNED:
        found.append(ui.Action(_("Open now"), address(row, "round_open"), "primary", post=True))
    if row.state == State.OPEN:
        found.append(ui.Action(_("Close and freeze"), address(row, "round_close"), "primary"))
        if not row.reminders.filter(day=clock.today()).exists():
            found.append(ui.Action(_("Remind"), address(row, "round_remind"), post=True))
    if row.state in (State.PLANNED, State.OPEN):
        found += [
            ui.Action(_("Edit"), address(row, "round_edit")),
            ui.Action(_("Cancel the round"), address(row, "round_cancel"), "tertiary"),
        ]
    return found


# --- buttons ------------------------------------------------------------------------------


@login_required
def do_open(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Open a planned round now."""
    return _do(request, round_id, setup.open_round, _("The round is open; e-mails are on their way."))


@login_required
def do_close(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Close an open round after a question: who is silent by then stays without a report."""
    if request.method == "POST":
        done = _("The round is closed, its result frozen.")
        return _do(request, round_id, closing.close_round, done)
    actor = actor_of(request)
    setup.require(actor)
    row = _round(round_id)
    rounds = StatusRound.objects.filter(pk=row.pk)  # what the reader may not see is not counted
    answered, asked = queries.progress(rounds, actor).get(row.pk, (0, 0))
    silent = asked - answered
    lines = [_("The result is frozen and does not change any more. Links in e-mails stop working.")]
    if silent:
        text = ngettext(
            "%(silent)d of %(asked)d project has not been reported and stays “no report”.",
            "%(silent)d of %(asked)d projects have not been reported and stay “no report”.", asked,
        )  # fmt: skip
        lines.insert(0, text % {"silent": silent, "asked": asked})
    context = {
        "title": _("Close and freeze"), "lines": lines, "action": request.path,
        "cancel_url": address(row),
        "crumbs": [ui.Link(row.title, address(row)), ui.Link(_("Close and freeze"))],
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


@login_required
def do_remind(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Remind those who have not answered, at most once a day."""
    return _do(request, round_id, reminding.remind, _("Reminders are on their way."))


def _do(
    request: HttpRequest, round_id: uuid.UUID, action: Callable[..., Any], text: str
) -> HttpResponse:
    actor = actor_of(request)
    setup.require(actor)
    row = _round(round_id)
    if request.method == "POST":
        try:
            action(round_id, actor=actor)
        except RoundEnded as refusal:
            messages.error(request, refusal.text)
        else:
            messages.success(request, text)
    return redirect(address(row))


@login_required
def do_cancel(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Cancel after a question."""
    actor = actor_of(request)
    setup.require(actor)
    row = _round(round_id)
    if request.method == "POST":
        try:
            setup.cancel_round(round_id, actor=actor, reason="")
        except RoundEnded as refusal:
            messages.error(request, refusal.text)
        return redirect(address(row))
    context = {
        "title": _("Cancel the round"), "danger": True, "action": request.path,
        "lines": [_("Links in e-mails stop working. Reports that were given stay.")],
        "confirm_label": _("Cancel the round"), "cancel_url": address(row),
        "crumbs": [ui.Link(row.title, address(row)), ui.Link(_("Cancel the round"))],
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)
