"""Import of measured values from a table: file, preview with verdicts and errors, taking over.

Between preview and taking over the rows stay in the form, not on the server.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.administration.imports import full_text, posted_rows, read_rows
from leitstand.core.base.errors import Invalid, Refused
from leitstand.core.tables.values import plain_text
from leitstand.core.ui import components as ui
from leitstand.portfolio.actions.indicator_import import Result
from leitstand.portfolio.actions.indicator_values_import import (
    Line,
    Plan,
    import_values,
    plan_values,
)
from leitstand.portfolio.actions.strategy import require
from leitstand.portfolio.models import Indicator
from leitstand.portfolio.queries import measured as queries
from leitstand.portfolio.tables.indicators import VALUES_OF_ALL, VALUES_OF_ONE
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.measured import crumbs_of, number

MOST_SHOWN = 200


class ValuesFile(forms.Form):
    """The table of values."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel, OpenDocument or CSV, at most 5 MB and 5,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.ods"}),
    )


class _Place:
    """Whose values are imported: those of one indicator, or of all."""

    def __init__(self, request: HttpRequest, indicator_id: uuid.UUID | None) -> None:
        self.actor = reader(request)
        require(self.actor)
        found = queries.one(self.actor, indicator_id) if indicator_id else None
        self.only: Indicator | None = found.indicator if found else None
        self.table = VALUES_OF_ONE if self.only else VALUES_OF_ALL
        self.here = request.path

    def context(self, title: Any, **more: Any) -> dict[str, Any]:
        """What both pages share."""
        if self.only:
            crumbs = crumbs_of(self.only, title)
            back = reverse("portfolio:indicator", args=[self.only.pk])
        else:
            crumbs = [ui.Link(_("Strategy"), reverse("portfolio:strategy")), ui.Link(title)]
            back = reverse("portfolio:strategy")
        about = {"subline": self.only.name} if self.only else {}
        return {"title": title, "crumbs": crumbs, "cancel_url": back, **about, **more}


def values_import(request: HttpRequest, indicator_id: uuid.UUID | None = None) -> HttpResponse:
    """Import values of one indicator, or of all by their codes."""
    place = _Place(request, indicator_id)
    if request.method == "POST" and "rows" in request.POST:
        return _take_over(request, place)
    form = ValuesFile(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_rows(form.cleaned_data["file"], place.table, plain_text)
        except (Refused, Invalid) as problem:
            form.add_error("file", full_text(problem))
        else:
            return _preview(request, place, rows)
    context = place.context(_("Import values"), form=form, columns=place.table.importable())
    status = 422 if form.is_bound else 200
    return render(request, "portfolio/indicator_import.html", context, status=status)


def _preview(request: HttpRequest, place: _Place, rows: list[dict[str, Any]]) -> HttpResponse:
    plan = plan_values(rows, only=place.only)
    context = place.context(
        _("Import values"),
        counts=_counts(plan),
        errors=_errors(plan),
        table=_lines(plan, place),
        left=max(0, len(plan.lines) - MOST_SHOWN),
        rows=json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
        changes=plan.number("changed"),
        usable=bool(plan.number("new") or plan.number("changed")),
        again_url=place.here,
    )
    return render(request, "portfolio/indicator_import_preview.html", context)


def _counts(plan: Plan) -> list[str]:
    new, changed, same = (plan.number(verdict) for verdict in ("new", "changed", "same"))
    return [
        ngettext("%(n)d new value", "%(n)d new values", new) % {"n": new},
        ngettext("%(n)d value differs", "%(n)d values differ", changed) % {"n": changed},
        ngettext("%(n)d value is known", "%(n)d values are known", same) % {"n": same},
    ]


def _errors(plan: Plan) -> ui.DataTable | None:
    if not plan.errors:
        return None
    return ui.DataTable(
        _("Rows that cannot be taken over"),
        [ui.Column("row", _("Row"), numeric=True), ui.Column("text", _("What is wrong"))],
        [ui.Row([row, text], label=str(row)) for row, text in plan.errors[:MOST_SHOWN]],
        id="problems",
    )


def _lines(plan: Plan, place: _Place) -> ui.DataTable:
    badges = {
        "new": ui.Badge(_("new"), "success"),
        "changed": ui.Badge(_("differs"), "warning"),
        "same": ui.Badge(_("known"), "neutral"),
    }
    columns = [
        ui.Column("row", _("Row"), numeric=True),
        ui.Column("indicator", _("Indicator")),
        ui.Column("day", _("Day"), nowrap=True),
        ui.Column("value", _("Value"), numeric=True),
        ui.Column("old", _("So far"), numeric=True),
        ui.Column("note", _("Note")),
        ui.Column("verdict", _("What happens")),
    ]
    order = {"changed": 0, "new": 1, "same": 2}
    shown = sorted(plan.lines, key=lambda line: (order[line.verdict], line.number))[:MOST_SHOWN]
    rows = [_row(line, badges[line.verdict]) for line in shown]
    return ui.DataTable(_("Rows of the file"), columns, rows, id="rows", caption_visible=True)


def _row(line: Line, badge: ui.Badge) -> ui.Row:
    unit = line.indicator.unit_label
    old = number(line.old.value, unit) if line.old else ""
    return ui.Row(
        [
            line.number, ui.Cell(line.indicator.name, note=line.indicator.code), line.day,
            number(line.value, unit), old, line.note, ui.Cell(badge=badge),
        ],
        label=str(line.number),
    )  # fmt: skip


def _take_over(request: HttpRequest, place: _Place) -> HttpResponse:
    rows = posted_rows(request.POST["rows"], place.table)
    skip, replace = bool(request.POST.get("skip")), bool(request.POST.get("replace"))
    result = import_values(
        rows, actor=place.actor, only=place.only, skip_faulty=skip, replace=replace
    )
    if result.errors and not skip:  # something has changed since the preview
        return _preview(request, place, rows)
    messages.success(request, _summary(result))
    return redirect(place.context("")["cancel_url"])


def _summary(result: Result) -> str:
    changed, out = result.changed, len(result.errors)
    parts = [
        (result.added, ngettext("%(n)d value entered", "%(n)d values entered", result.added)),
        (changed, ngettext("%(n)d changed", "%(n)d changed", changed)),
        (result.same, _("%(n)d left as they are")),
        (out, ngettext("%(n)d left out", "%(n)d left out", out)),
    ]
    told = [text % {"n": n} for place, (n, text) in enumerate(parts) if n or not place]
    return ", ".join(told) + "."
