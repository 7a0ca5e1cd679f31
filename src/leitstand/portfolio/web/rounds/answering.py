"""Answering: one's own requests after log-in, by the link of an e-mail, or for somebody else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy
from leitstand.portfolio.actions.rounds import links, setup
from leitstand.portfolio.actions.rounds.answering import Answer, give_reports, refuse_foreign
from leitstand.portfolio.actions.rounds.ended import RoundEnded
from leitstand.portfolio.models import StatusReport, StatusRequest, StatusRound
from leitstand.portfolio.queries import lights as proposed_lights
from leitstand.portfolio.queries.responsible import speaks_for
from leitstand.portfolio.queries.round_twins import Twin, twins
from leitstand.portfolio.queries.rounds import latest_reports, requests_by_link, requests_for
from leitstand.portfolio.queries.substitutes import stands_in
from leitstand.portfolio.web.rounds.forms import AnswerForm
from leitstand.portfolio.web.rounds.wording import light_lines, quoted

Way = StatusReport.Way


@dataclass(frozen=True)
class Desk:
    """Where somebody answers: who acts, how, for which requests, and the page's address."""

    actor: Actor
    way: str
    requests: Callable[[], Sequence[StatusRequest]]
    home: str
    layout: str
    heading: str
    note: str = ""

    def find(self, request_id: uuid.UUID) -> StatusRequest:
        """One of the desk's requests; ``NotFound`` otherwise."""
        for row in self.requests():
            if row.pk == request_id:
                return row
        raise NotFound


# --- the three desks ----------------------------------------------------------------------


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """One's own open requests."""
    return _serve(request, _own_desk(actor_of(request)))


@login_required
def mine_answer(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The answer to one of one's own requests."""
    return _serve(request, _own_desk(actor_of(request)), request_id)


def _own_desk(actor: Actor) -> Desk:
    person = actor.person_id
    return Desk(
        actor, Way.PAGE, lambda: list(requests_for(person)) if person else [],
        reverse("portfolio:reports_mine"), "ui/base.html", _("My status reports"),
    )  # fmt: skip


def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The requests of a link; without log-in."""
    return _by_link(request, token)


def by_link_answer(request: HttpRequest, token: str, request_id: uuid.UUID) -> HttpResponse:
    """The answer to one request of a link."""
    return _by_link(request, token, request_id)


def _by_link(request: HttpRequest, token: str, request_id: uuid.UUID | None = None) -> HttpResponse:
    client = request.META.get("REMOTE_ADDR", "")
    came = links.visit(
        token, request_id=getattr(request, "request_id", ""), address_of_client=client
    )
    asked = came.link.round
    if came.is_expired or asked.state != StatusRound.State.OPEN:
        return _closed(request, came)
    owner = came.link.answers_for
    if owner.pk != came.link.person_id and not stands_in(came.link.person_id, owner.pk):
        return _closed(request, came)
    links.record_use(came)
    note = _("This link is for %(name)s.") % {"name": came.link.person}
    if owner.pk != came.link.person_id:
        note = _("This link is for %(name)s, who stands in for %(owner)s.") % {
            "name": came.link.person, "owner": owner,
        }  # fmt: skip
    desk = Desk(
        came.actor, Way.LINK, lambda: list(requests_by_link(came.link)),
        reverse("portfolio:round_link", args=[token]), "ui/public.html", asked.title, note,
    )  # fmt: skip
    response = _serve(request, desk, request_id)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _closed(request: HttpRequest, came: links.Visit) -> HttpResponse:
    """The link's time is over: why, what was written, and what to do next."""
    state = came.link.round.state
    if state == StatusRound.State.CANCELLED:
        why = _("This round was cancelled. You need not do anything.")
    elif state == StatusRound.State.CLOSED:
        why = _("This round has ended. What you have reported in time has been taken.")
    elif came.is_expired:
        why = _("This link has expired.")
    else:
        why = _("You do not stand in for %(name)s any more. You need not do anything.") % {
            "name": came.link.answers_for,
        }  # fmt: skip
    typed = [request.POST[name] for name in request.POST if _is_text(name)]
    context = {
        "title": came.link.round.title, "why": why, "typed": [text for text in typed if str(text).strip()],
        "login_url": reverse("account_login"), "layout": "ui/public.html",
    }  # fmt: skip
    status = 409 if request.method == "POST" else 410
    return render(request, "portfolio/rounds/over.html", context, status=status)


def _is_text(name: str) -> bool:
    return name.endswith(("-summary", "-outlook")) or "-why_" in name


@login_required
def for_others(request: HttpRequest, round_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    """A coordinator answers in the name of somebody; the report says so."""
    actor = actor_of(request)
    setup.require(actor)
    rows = StatusRequest.objects.filter(
        pk=request_id, round_id=round_id, project__in=policy.visible(actor)
    ).select_related("project__lead_unit", "round", "person")
    row = rows.first()
    if row is None:
        raise NotFound
    note = _("You report on behalf of %(name)s; the report says so.") % {
        "name": row.person or _("nobody named"),
    }  # fmt: skip
    home = reverse("portfolio:round", args=[round_id])
    desk = Desk(actor, Way.OTHERS, lambda: list(rows), home, "ui/base.html", row.round.title, note)
    return _serve(request, desk, request_id)


# --- the page -----------------------------------------------------------------------------


def _serve(request: HttpRequest, desk: Desk, request_id: uuid.UUID | None = None) -> HttpResponse:
    """Show the desk, or take an answer; an unknown or finished request shows the desk."""
    if request.method != "POST":
        return _page(request, desk, opened=request_id)
    if request_id is None:
        return _all_unchanged(request, desk)
    row = desk.find(request_id)
    if "unchanged" in request.POST:
        return _take(request, desk, row, None, Answer(unchanged=True))
    form = AnswerForm(row, *_known([row])[row.project_id], data=request.POST)
    if form.is_valid():
        return _take(request, desk, row, form, form.answer())
    return _page(request, desk, form=form, status=422)


def _take(
    request: HttpRequest, desk: Desk, row: StatusRequest, form: AnswerForm | None, answer: Answer
) -> HttpResponse:
    try:
        _first, *others = _give(desk, row, _version(request), answer)
    except Invalid as refusal:
        form = form or _form_of(row)
        form.take(refusal)
        return _page(request, desk, form=form, status=422)
    except (Conflict, RoundEnded) as refusal:
        messages.error(request, refusal.text)
        return _page(request, desk, form=form or _form_of(row), status=409)
    text = _("Reported: %(project)s") % {"project": row.project.title}
    if others:
        text = _("Reported: %(project)s, also for %(rounds)s") % {
            "project": row.project.title, "rounds": quoted(one.round.title for one in others if one.round),
        }  # fmt: skip
    messages.success(request, text)
    return redirect(desk.home)


def _form_of(row: StatusRequest) -> AnswerForm:
    return AnswerForm(row, *_known([row])[row.project_id])


def _give(desk: Desk, row: StatusRequest, version: int, answer: Answer) -> list[StatusReport]:
    if desk.way != Way.OTHERS:
        refuse_foreign(row.person_id is not None and speaks_for(row.person_id, row.project_id))
    return give_reports(row.pk, actor=desk.actor, way=desk.way, version=version, answer=answer)


def _all_unchanged(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Confirm every open request as unchanged, one transaction each."""
    done = 0
    for row in desk.requests():
        if row.answered_at is None:
            try:
                _give(desk, row, row.version, Answer(unchanged=True))
            except (Conflict, RoundEnded):
                continue
            done += 1
    text = ngettext("%(n)d project reported.", "%(n)d projects reported.", done) % {"n": done}
    messages.success(request, text)
    return redirect(desk.home)


def _is_for_another(desk: Desk, row: StatusRequest) -> bool:
    """Whether somebody who is logged in sees a request of a person for whom she stands in."""
    return desk.way == Way.PAGE and row.person_id != desk.actor.person_id


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _known(rows: Sequence[StatusRequest]) -> dict[uuid.UUID, tuple[Any, Any]]:
    """Project → (proposals, its last report); a fixed number of queries."""
    keys, on = [row.project_id for row in rows], clock.today()
    day = max([on, *(row.round.as_of for row in rows)])  # a round may ask for a day to come
    proposals, reports = proposed_lights.proposals(keys, on), latest_reports(keys, day)
    return {key: (proposals[key], reports.get(key)) for key in keys}


def _page(
    request: HttpRequest,
    desk: Desk,
    *,
    form: AnswerForm | None = None,
    opened: uuid.UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = list(desk.requests())
    same = twins(rows)
    rows = _once(rows, same, opened or (form.request_id if form else None))
    known = _known(rows)
    cards = []
    for row in rows:
        proposals, last = known[row.project_id]
        mine_ = form is not None and form.request_id == row.pk
        cards.append({
            "row": row, "last": last, "lights": light_lines(proposals, last),
            "form": form if mine_ else AnswerForm(row, proposals, last),
            "stands_in_for": row.person if _is_for_another(desk, row) else None,
            "open": mine_ or opened == row.pk,
            "counts_for": [twin.row.round for twin in same[row.pk] if twin.counts],
            "asked_again": [t.row.round for t in same[row.pk] if not t.counts and not row.answered_at],
            "action": f"{desk.home}{row.pk}/" if desk.way != Way.OTHERS else request.path,
        })  # fmt: skip
    cards.sort(key=lambda card: card["row"].answered_at is not None)
    waiting = sum(card["row"].answered_at is None for card in cards)
    context = {
        "layout": desk.layout, "title": desk.heading, "note": desk.note, "cards": cards,
        "actions": _actions(desk),
        "waiting": waiting, "home": desk.home, "single": desk.way == Way.OTHERS,
        "crumbs": [ui.Link(_("Start page"), "/"), ui.Link(desk.heading)],
    }  # fmt: skip
    return render(request, "portfolio/rounds/answer.html", context, status=status)


def _once(
    rows: Sequence[StatusRequest], same: Mapping[uuid.UUID, Sequence[Twin]], kept: uuid.UUID | None
) -> list[StatusRequest]:
    """The rows without those that the answer to an earlier one counts for."""
    shown: list[StatusRequest] = []
    covered: set[uuid.UUID] = set()
    for row in sorted(rows, key=lambda one: one.pk != kept):  # keeps the order of the others
        if row.pk not in covered:
            shown.append(row)
            covered |= {twin.row.pk for twin in same[row.pk] if twin.counts}
    return sorted(shown, key=rows.index)


def _actions(desk: Desk) -> list[ui.Action]:
    """Somebody who is logged in finds here who stands in for her."""
    if desk.way != Way.PAGE:
        return []
    return [ui.Action(_("Substitutes"), reverse("portfolio:substitutions"))]
