"""Who stands in for whom in status rounds: list, name, end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.org.models import Person
from leitstand.core.ui import components as ui
from leitstand.portfolio.actions.rounds import substituting
from leitstand.portfolio.models import Substitution
from leitstand.portfolio.queries import substitutes as queries
from leitstand.portfolio.tables.rounds import SUBSTITUTIONS
from leitstand.portfolio.web import editing
from leitstand.portfolio.web.forms import TableForm


def _home() -> str:
    return reverse("portfolio:substitutions")


def _crumbs(*more: str) -> list[ui.Link]:
    mine = ui.Link(_("My status reports"), reverse("portfolio:reports_mine"))
    return [mine, ui.Link(_("Substitutes"), _home() if more else ""), *(ui.Link(m) for m in more)]


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Who stands in for the reader and for whom she does; for those who manage rounds all."""
    actor = actor_of(request)
    found, manages = queries.lists(actor), queries.manages(actor)
    may_name = queries.may_name(actor)
    new = [ui.Action(_("Name a substitute"), reverse("portfolio:substitution_new"), "primary", "add")]
    shows_own = actor.person_id is not None and not manages
    mine = _table(_("Who stands in for me"), found.mine, "mine", ends=True)
    standing_in = _table(_("For whom I stand in"), found.standing_in, "standing-in", ends=manages)
    rest = _("All others") if found.mine or found.standing_in else _("All")
    others = _table(rest, found.others, "others", ends=True) if manages else None
    context = {
        "title": _("Substitutes"), "actions": new if may_name else [], "crumbs": _crumbs(),
        "tables": [
            *([mine] if shows_own or found.mine else []),
            *([standing_in] if shows_own or found.standing_in else []),
            *([others] if others else []),
        ],
    }  # fmt: skip
    return render(request, "portfolio/rounds/substitutes.html", context)


def _table(caption: str, rows: Sequence[Substitution], id: str, *, ends: bool) -> ui.DataTable:
    columns = [
        ui.Column("person", _("Person who is away")), ui.Column("substitute", _("Substitute")),
        ui.Column("days", _("Period"), nowrap=True), ui.Column("state", _("State")),
        *([ui.Column("actions", _("Actions"), nowrap=True)] if ends else []),
    ]  # fmt: skip
    texts = {
        "mine": _("While you are away, your substitute gets your status requests, too."),
        "standing-in": _("Nobody has named you."),
        "others": _("Name a substitute for somebody who is away and cannot do it."),
    }
    return ui.DataTable(
        caption, columns, [_line(row, ends=ends) for row in rows], id=id,
        empty_title=_("No substitutions"), empty_text=texts[id],
    )  # fmt: skip


def _line(row: Substitution, *, ends: bool) -> ui.Row:
    days = f"{row.valid_from:%d.%m.%Y} – {row.valid_until:%d.%m.%Y}"
    over = row.valid_until < clock.today()
    url = "" if over else reverse("portfolio:substitution_end", args=[row.pk])
    way = [ui.Cell(_("End it") if url else "", url=url)] if ends else []
    cells = (str(row.person), str(row.substitute), days, ui.Cell(badge=_state(row)), *way)
    return ui.Row(cells, label=f"{row.person}, {days}")


def _state(row: Substitution) -> ui.Badge:
    today = clock.today()
    if row.valid_until < today:
        return ui.Badge(_("over"))
    if row.valid_from > today:
        return ui.Badge(_("to come"), "info")
    if not (row.person.active and row.substitute.active):
        return ui.Badge(_("no effect: person has left"), "warning")
    return ui.Badge(_("in force"), "success")


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Name a substitute; those who manage rounds also for others."""
    actor = actor_of(request)
    if not queries.may_name(actor):
        raise NotAllowed(
            _("Only those who answer for a project need a substitute. You answer for none.")
        )
    form = _form(request, actor)
    title = _("Name a substitute")
    return editing.edit(
        request, form, lambda: substituting.name_substitute(actor=actor, **_values(form, actor)),
        title=title, back=lambda _row: _home(), cancel_url=_home(), crumbs=_crumbs(title),
        subline=_("The substitute answers for projects up to the level “internal”, and for those "
                  "that she or he may see anyway."),
    )  # fmt: skip


def _form(request: HttpRequest, actor: Actor) -> TableForm:
    names = SUBSTITUTIONS.names() if queries.manages(actor) else SUBSTITUTIONS.names()[1:]
    own = _own(actor)
    return TableForm(
        SUBSTITUTIONS.pick(names), Substitution, request.POST if request.method == "POST" else None,
        initial={"person": own} if own else {},
    )  # fmt: skip


def _own(actor: Actor) -> Person | None:
    return Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None


def _values(form: TableForm, actor: Actor) -> dict[str, Any]:
    """A first day that is given as a month begins with it."""
    values = {**form.values(), "valid_from": form.cleaned_data["valid_from"].first}
    if "person" not in values:
        values["person"] = _own(actor)
    return values


@login_required
def end(request: HttpRequest, substitution_id: uuid.UUID) -> HttpResponse:
    """End a substitution after a question."""
    actor = actor_of(request)
    row = queries.visible(actor).filter(pk=substitution_id).first()
    if row is None:
        raise NotFound
    substituting.require_ending(actor, row)
    title = _("End the substitution")
    lines = [
        _("%(substitute)s stands in for %(person)s until %(last)s.") % {
            "substitute": row.substitute, "person": row.person, "last": f"{row.valid_until:%d.%m.%Y}",
        },
        _("It ends at once: links that were sent to the substitute stop working."),
    ]  # fmt: skip
    posted = editing.seen_version(request) if request.method == "POST" else row.version
    return editing.confirm(
        request,
        lambda _text: substituting.end_substitution(row.pk, actor=actor, version=posted),
        title=title, lines=lines, back=_home(), label=_("End it"), crumbs=_crumbs(title),
        done=_("The substitution has ended."), version=row.version,
    )  # fmt: skip
