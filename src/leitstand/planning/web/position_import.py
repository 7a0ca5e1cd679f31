"""Import of positions from a table: file, preview with verdicts and errors, taking over.

Between preview and taking over the rows stay in the form, not on the server.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.administration.imports import full_text, posted_rows, read_rows
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, Refused
from leitstand.core.tables.values import plain_text
from leitstand.core.ui import components as ui
from leitstand.planning.actions.position_import import Plan, import_positions, plan_positions
from leitstand.planning.tables.supply import POSITIONS
from leitstand.planning.web.pages import crumbs, keeper

MOST_SHOWN = 200


class PositionsFile(forms.Form):
    """The table of positions."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel, OpenDocument or CSV, at most 5 MB and 5,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.ods"}),
    )


def _context(**more: Any) -> dict[str, Any]:
    title, back = _("Import positions"), reverse("planning:supply")
    places = crumbs(ui.Link(_("Positions"), back), title)
    return {"title": title, "crumbs": places, "cancel_url": back, **more}


def positions_import(request: HttpRequest) -> HttpResponse:
    """File, preview, taking over."""
    actor = keeper(request)
    if request.method == "POST" and "rows" in request.POST:
        return _take_over(request, actor)
    form = PositionsFile(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_rows(form.cleaned_data["file"], POSITIONS, plain_text)
        except (Refused, Invalid) as problem:
            form.add_error("file", full_text(problem))
        else:
            return _preview(request, rows)
    context = _context(form=form, columns=POSITIONS.importable())
    status = 422 if form.is_bound else 200
    return render(request, "planning/positions_import.html", context, status=status)


def _preview(request: HttpRequest, rows: list[dict[str, Any]]) -> HttpResponse:
    plan = plan_positions(rows)
    context = _context(
        counts=_counts(plan), errors=_errors(plan), table=_lines(plan),
        left=max(0, len(plan.lines) - MOST_SHOWN),
        rows=json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
        usable=bool(plan.number("new") or plan.number("changed")),
        again_url=reverse("planning:positions_import"),
    )  # fmt: skip
    return render(request, "planning/positions_preview.html", context)


def _counts(plan: Plan) -> list[str]:
    new, changed, same = (plan.number(verdict) for verdict in ("new", "changed", "same"))
    return [
        ngettext("%(n)d new position", "%(n)d new positions", new) % {"n": new},
        ngettext("%(n)d position changes", "%(n)d positions change", changed) % {"n": changed},
        ngettext("%(n)d position stays as it is", "%(n)d positions stay as they are", same) % {"n": same},
    ]  # fmt: skip


def _errors(plan: Plan) -> ui.DataTable | None:
    if not plan.errors:
        return None
    return ui.DataTable(
        _("Rows that cannot be taken over"),
        [ui.Column("row", _("Row"), numeric=True), ui.Column("text", _("What is wrong"))],
        [ui.Row([row, text], label=str(row)) for row, text in plan.errors[:MOST_SHOWN]],
        id="problems",
    )


def _lines(plan: Plan) -> ui.DataTable:
    badges = {
        "new": ui.Badge(_("new"), "success"), "changed": ui.Badge(_("differs"), "warning"),
        "same": ui.Badge(_("known"), "neutral"),
    }  # fmt: skip
    rows = [
        ui.Row([line.number, ui.Cell(line.values["title"], note=line.values["number"]),
                line.values["unit"].name, ui.Cell(badge=badges[line.verdict])], label=str(line.number))
        for line in plan.lines[:MOST_SHOWN]
    ]  # fmt: skip
    columns = [ui.Column("row", _("Row"), numeric=True), ui.Column("title", _("Post")),
               ui.Column("unit", _("Unit")), ui.Column("verdict", _("What happens"))]  # fmt: skip
    return ui.DataTable(_("Rows of the file"), columns, rows, id="rows", caption_visible=True)


def _take_over(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = posted_rows(request.POST["rows"], POSITIONS)
    skip = bool(request.POST.get("skip"))
    plan = import_positions(rows, actor=actor, skip_faulty=skip)
    if plan.errors and not skip:  # something has changed since the preview
        return _preview(request, rows)
    messages.success(request, ", ".join(_counts(plan)) + ".")
    return redirect("planning:supply")
