"""Needs as files: export of the selection, import of a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.downloads import respond
from leitstand.core.administration.imports import read_rows
from leitstand.core.base.errors import Invalid, NotFound, Refused
from leitstand.core.policy import grants as policy_grants
from leitstand.core.tables.query import read
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy_intake
from leitstand.portfolio.actions.exports import record_export
from leitstand.portfolio.actions.need_import import NeedsResult, import_needs
from leitstand.portfolio.queries import intake
from leitstand.portfolio.tables.intake import NEEDS
from leitstand.portfolio.web.intake import crumbs


@login_required
def needs_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The selected needs as CSV, XLSX or JSON."""
    if form not in ("csv", "xlsx", "json"):
        raise NotFound
    actor = actor_of(request)
    policy_grants.require(actor, policy_intake.VIEW)
    lists = {key: [str(text) for text in texts] for key, texts in request.GET.lists()}
    query = read(intake.NEED_LIST, lists)
    found = query.order(query.narrow(policy_intake.visible(actor), actor))
    selection = dict(query.pairs(selection_only=True))
    record_export("need", form, actor=actor, selection=selection)
    return respond(form, NEEDS, _rows(found))


def _rows(needs: Any) -> Iterator[dict[str, Any]]:
    paths = {column.name: column.source for column in NEEDS}
    people = {"contact": "contact", "handler": "case__handler"}
    names = [*paths, *(f"_{name}" for name in people)]
    sources = [*paths.values(), *(f"{path}__given_name" for path in people.values())]
    for values in needs.values_list(*sources).iterator(chunk_size=2000):
        row = dict(zip(names, values, strict=True))
        for name in people:
            row[name] = f"{row.pop(f'_{name}') or ''} {row[name] or ''}".strip()
        row["confidentiality"] = str(row["confidentiality"])
        yield row


class NeedsFile(forms.Form):
    """The list of needs."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel, OpenDocument or CSV, at most 5 MB and 5,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.ods"}),
    )


@login_required
def needs_import(request: HttpRequest) -> HttpResponse:
    """File the needs of a list; nothing is stored while a row has an error."""
    actor = actor_of(request)
    policy_grants.require(actor, policy_intake.ADVISE)
    form = NeedsFile(request.POST or None, request.FILES or None)
    result: NeedsResult | None = None
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_rows(form.cleaned_data["file"], NEEDS)
            result = import_needs(rows, actor=actor)
        except (Refused, Invalid) as problem:
            parts = [problem.text, getattr(problem, "where", ""), getattr(problem, "remedy", "")]
            form.add_error("file", " ".join(part for part in parts if part))
        else:
            if not result.errors:
                messages.success(request, _summary(result))
                return redirect("portfolio:needs")
    title = _("Import needs")
    context = {
        "title": title,
        "form": form,
        "errors": _errors(result) if result and result.errors else None,
        "columns": NEEDS.importable(),
        "cancel_url": reverse("portfolio:needs"),
        "crumbs": crumbs(None, title),
    }
    bad = bool(form.is_bound and (form.errors or (result and result.errors)))
    return render(request, "portfolio/needs_import.html", context, status=422 if bad else 200)


def _summary(result: NeedsResult) -> str:
    filed = len(result.filed)
    text = ngettext("%(n)d need filed", "%(n)d needs filed", filed) % {"n": filed}
    if not result.same:
        return text + "."
    return text + ", " + _("%(n)d known already") % {"n": result.same} + "."


def _errors(result: NeedsResult) -> ui.DataTable:
    return ui.DataTable(
        _("Rows that cannot be taken over"),
        [ui.Column("row", _("Row"), numeric=True), ui.Column("text", _("What is wrong"))],
        [ui.Row([number, text], label=str(number)) for number, text in result.errors[:200]],
        id="problems",
    )
