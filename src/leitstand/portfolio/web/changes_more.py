"""What has changed between two days besides projects: page and downloads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base import clock
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.ui.components import Link
from leitstand.portfolio.actions.exports import record_export
from leitstand.portfolio.queries import differences_more
from leitstand.portfolio.queries.differences import REMOVED, Line
from leitstand.portfolio.queries.differences_more import SORTS, Other
from leitstand.portfolio.web import changes
from leitstand.portfolio.web.filtering import reader

_PAGES = {
    "field-of-action": "field", "goal": "goal", "programme": "programme", "indicator": "indicator",
    "rollout": "rollout", "unit": "unit",
}  # fmt: skip
_LABELS = {sort.table.kind: sort.table for sort in SORTS}
_OWN = {"unit", "programme"}
COLUMNS = (
    Column("sort", gettext_lazy("What"), ColumnType.TEXT),
    *(column for column in changes.COLUMNS if column.name not in _OWN),
)


def page(request: HttpRequest) -> HttpResponse:
    """The differences between two days, kind by kind."""
    actor = reader(request)
    first, last, problem = changes.days_of(request.GET.dict())
    found = [] if problem else differences_more.between(actor, first, last)
    groups = [
        (_LABELS[sort].label_plural, [_shown(one) for one in members])
        for sort, members in groupby(found, key=lambda one: one.sort)
    ]
    title = _("What has changed")
    context = {
        "title": title, "crumbs": [Link(_("Start page"), "/"), Link(title)],
        "first": first, "last": last, "today": clock.today(), "problem": problem, "groups": groups,
        "tabs": changes.tabs(first, last, more=True),
        "downloads": [Link(form.upper(), _download(form, first, last)) for form in changes.FORMATS],
    }  # fmt: skip
    return render(request, "portfolio/changes_more.html", context, status=422 if problem else 200)


def _shown(one: Other) -> dict[str, Any]:
    url = reverse(f"portfolio:{_PAGES[one.sort]}", args=[one.id]) if one.kind != REMOVED else ""
    return {"one": one, "word": changes.KINDS[one.kind], "url": url,
            "table": changes.lines_table(one)}  # fmt: skip


def _download(form: str, first: date, last: date) -> str:
    path = reverse("portfolio:changes_more_download", args=[form])
    return f"{path}?von={first.isoformat()}&bis={last.isoformat()}"


def download(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same as a file, one line per changed value."""
    if form not in changes.FORMATS:
        raise NotFound
    actor = reader(request)
    first, last, problem = changes.days_of(request.GET.dict())
    if problem:
        raise Invalid(problem)
    rows = list(_rows(differences_more.between(actor, first, last), first, last))
    name = f"aenderungen-weitere-{first.isoformat()}-{last.isoformat()}.{form}"
    response = changes.written(form, name, COLUMNS, rows)
    days = {"von": first.isoformat(), "bis": last.isoformat()}
    record_export("changes", form, actor=actor, selection=days)
    return response


def _rows(found: list[Other], first: date, last: date) -> Iterator[dict[str, Any]]:
    for one in found:
        for line in one.lines or (Line("", "", "", "", ""),):
            yield {
                "sort": str(_LABELS[one.sort].label), "first": first, "last": last,
                "number": one.number, "title": one.title, "kind": str(changes.KINDS[one.kind]),
                "part": line.part, "entry": line.title, "field": line.label,
                "before": line.before, "after": line.after, "days": line.days,
            }  # fmt: skip
