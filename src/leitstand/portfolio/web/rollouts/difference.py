"""What happened between two days."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base import clock
from leitstand.core.ui import components as ui
from leitstand.core.ui.widgets import DateInput
from leitstand.portfolio.queries.rollouts.boards import board
from leitstand.portfolio.queries.rollouts.difference import Difference, difference
from leitstand.portfolio.web.rollouts.frame import Place, place

WORDS: dict[str, tuple[Any, ui.Kind]] = {
    "live": (gettext_lazy("gone live"), "success"),
    "done": (gettext_lazy("step done"), "info"),
    "begun": (gettext_lazy("step begun"), "neutral"),
    "arisen": (gettext_lazy("obstacle arisen"), "warning"),
    "resolved": (gettext_lazy("obstacle resolved"), "success"),
}


def compare(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Two days, by default the last 30 days: what has changed in between, and the counts."""
    at = place(request, rollout_id)
    today = clock.today()
    form = forms.Form(request.GET or None, auto_id="d-%s")
    form.fields["von"] = forms.DateField(
        label=_("From"), widget=DateInput(), required=False, initial=today - timedelta(days=30)
    )
    form.fields["bis"] = forms.DateField(
        label=_("Until"), widget=DateInput(), required=False, initial=today
    )
    first, last = _days(form, today)
    problem = ""
    if form.is_bound and not form.is_valid():
        problem = _("Give both days as YYYY-MM-DD, for example 2026-10-31.")
    elif first > last:
        first, last = last, first
    found = difference(board(at.rollout), at.rollout, first, last)
    context = at.context(
        _("Two dates compared"), "rollout_difference", form=form, problem=problem,
        tiles=_tiles(at, found), table=_table(at, found), found=found,
    )  # fmt: skip
    return render(request, "portfolio/rollouts/difference.html", context)


def _days(form: forms.Form, today: date) -> tuple[date, date]:
    cleaned = form.cleaned_data if form.is_bound and form.is_valid() else {}
    last = cleaned.get("bis") or today
    return cleaned.get("von") or last - timedelta(days=30), last


def _tiles(at: Place, found: Difference) -> list[ui.Tile]:
    kinds = [one.what for one in found.happenings]
    return [
        ui.Tile(_("gone live before"), found.live_first),
        ui.Tile(_("gone live afterwards"), found.live_last,
                _("%(number)+d units") % {"number": found.live_last - found.live_first}),
        ui.Tile(_("steps done"), kinds.count("done") + kinds.count("live")),
        ui.Tile(_("obstacles"), _("%(new)d new, %(gone)d resolved")
                % {"new": kinds.count("arisen"), "gone": kinds.count("resolved")}),
    ]  # fmt: skip


def _table(at: Place, found: Difference) -> ui.DataTable:
    columns = (
        ui.Column("day", _("Day"), nowrap=True), ui.Column("unit", _("Unit")),
        ui.Column("what", _("What")), ui.Column("detail", _("Detail")),
    )  # fmt: skip
    rows = [
        ui.Row((
            one.day, ui.Cell(one.member.name, url=at.url("rollout_unit", one.member.id)),
            ui.Cell(badge=ui.Badge(*WORDS[one.what])), one.detail,
        ))
        for one in found.happenings
    ]  # fmt: skip
    return ui.DataTable(
        _("What happened"), columns, rows, id="happened",
        empty_title=_("Nothing with a known day happened between the two days"),
        empty_text=_("Choose a longer time."),
    )  # fmt: skip
