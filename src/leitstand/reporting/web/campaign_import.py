"""Import of a campaign's figures from a table: file, preview with verdicts and errors, taking over.

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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import needs
from leitstand.core.administration.imports import full_text, posted_rows, read_rows
from leitstand.core.base.errors import Invalid, Refused
from leitstand.core.tables.values import plain_text
from leitstand.core.ui import components as ui
from leitstand.reporting import policy_campaigns as policy
from leitstand.reporting.actions.campaign_import import Line, Plan, import_figures, plan_figures
from leitstand.reporting.models import Campaign
from leitstand.reporting.queries.cells import number
from leitstand.reporting.tables.campaigns import FIGURES
from leitstand.reporting.web.campaigns import address, crumbs

MOST_SHOWN = 200


class FiguresFile(forms.Form):
    """The table of figures."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel, OpenDocument or CSV, at most 5 MB and 5,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.ods"}),
    )


@needs(policy.VIEW)
def figures_import(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Choose a file, look at what it would do, take it over."""
    actor = actor_of(request)
    row = policy.get_visible(actor, campaign_id)
    policy.require_change(actor, row)
    if request.method == "POST" and "rows" in request.POST:
        return _take_over(request, row)
    form = FiguresFile(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_rows(form.cleaned_data["file"], FIGURES, plain_text)
        except (Refused, Invalid) as problem:
            form.add_error("file", full_text(problem))
        else:
            return _preview(request, row, rows)
    context = {**_context(row), "form": form, "columns": FIGURES.columns}
    status = 422 if form.is_bound else 200
    return render(request, "reporting/campaigns/import.html", context, status=status)


def _context(row: Campaign) -> dict[str, Any]:
    title = _("Import figures")
    return {"title": title, "subline": row.title, "cancel_url": address(row),
            "crumbs": crumbs(row, title)}  # fmt: skip


def _preview(request: HttpRequest, row: Campaign, rows: list[dict[str, Any]]) -> HttpResponse:
    plan = plan_figures(row, rows)
    context = {
        **_context(row), "counts": _counts(plan), "errors": _errors(plan), "table": _lines(plan),
        "left": max(0, len(plan.lines) - MOST_SHOWN), "changes": plan.number("changed"),
        "rows": json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
        "usable": bool(plan.number("new") or plan.number("changed")), "again_url": request.path,
    }  # fmt: skip
    return render(request, "reporting/campaigns/preview.html", context)


def _counts(plan: Plan) -> list[str]:
    new, changed, same = (plan.number(verdict) for verdict in ("new", "changed", "same"))
    return [
        ngettext("%(n)d new figure", "%(n)d new figures", new) % {"n": new},
        ngettext("%(n)d figure differs", "%(n)d figures differ", changed) % {"n": changed},
        ngettext("%(n)d figure is known", "%(n)d figures are known", same) % {"n": same},
    ]


def _errors(plan: Plan) -> ui.DataTable | None:
    if not plan.errors:
        return None
    columns = [ui.Column("row", _("Row"), numeric=True), ui.Column("text", _("What is wrong"))]
    rows = [ui.Row([place, text], label=str(place)) for place, text in plan.errors[:MOST_SHOWN]]
    return ui.DataTable(_("Rows that cannot be taken over"), columns, rows, id="problems")


def _lines(plan: Plan) -> ui.DataTable:
    columns = [
        ui.Column("row", _("Row"), numeric=True), ui.Column("channel", _("Channel")),
        ui.Column("start", _("Period from"), nowrap=True),
        ui.Column("end", _("Period until"), nowrap=True),
        ui.Column("gross", _("Gross contacts"), numeric=True),
        ui.Column("old", _("So far"), numeric=True), ui.Column("method", _("Method of counting")),
        ui.Column("source", _("Source of the figure")), ui.Column("verdict", _("What happens")),
    ]  # fmt: skip
    order = {"changed": 0, "new": 1, "same": 2}
    shown = sorted(plan.lines, key=lambda line: (order[line.verdict], line.number))[:MOST_SHOWN]
    return ui.DataTable(
        _("Rows of the file"), columns, [_row(line) for line in shown], id="rows", caption_visible=True
    )


def _row(line: Line) -> ui.Row:
    badges = {
        "new": ui.Badge(_("new"), "success"), "changed": ui.Badge(_("differs"), "warning"),
        "same": ui.Badge(_("known"), "neutral"),
    }  # fmt: skip
    one, old = line.figure, line.old
    cells = [
        line.number, one.channel, one.start, one.end, number(one.gross_contacts).text,
        number(old.gross_contacts).text if old else "", one.method, one.source,
        ui.Cell(badge=badges[line.verdict]),
    ]  # fmt: skip
    return ui.Row(cells, label=str(line.number))


def _take_over(request: HttpRequest, row: Campaign) -> HttpResponse:
    rows = posted_rows(request.POST["rows"], FIGURES)
    skip, replace = bool(request.POST.get("skip")), bool(request.POST.get("replace"))
    plan = import_figures(
        row.pk, rows, actor=actor_of(request), skip_faulty=skip, replace=replace
    )  # fmt: skip
    if plan.errors and not skip:  # something has changed since the preview
        return _preview(request, row, rows)
    new, changed = plan.number("new"), plan.number("changed") if replace else 0
    told = [ngettext("%(n)d figure entered", "%(n)d figures entered", new) % {"n": new}]
    if changed:
        told.append(ngettext("%(n)d changed", "%(n)d changed", changed) % {"n": changed})
    if plan.errors:
        out = len(plan.errors)
        told.append(ngettext("%(n)d left out", "%(n)d left out", out) % {"n": out})
    messages.success(request, ", ".join(told) + ".")
    return redirect(address(row))
