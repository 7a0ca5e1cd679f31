"""What has changed between two days: page and downloads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.base import clock
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.history import past
from leitstand.core.tables import writing
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.ui import components as ui
from leitstand.core.ui.components import Link
from leitstand.portfolio.actions.exports import record_export
from leitstand.portfolio.queries import differences
from leitstand.portfolio.queries.differences import ADDED, CHANGED, REMOVED, Difference, Line
from leitstand.portfolio.queries.differences_more import Other
from leitstand.portfolio.web.filtering import View, view

FORMATS = ("xlsx", "csv", "json")
_DEFAULT_DAYS = 30
PER_PAGE = 100
KINDS = {
    ADDED: gettext_lazy("added"), REMOVED: gettext_lazy("no longer there"),
    CHANGED: gettext_lazy("changed"),
}  # fmt: skip
_T = ColumnType.TEXT
COLUMNS = (
    Column("first", gettext_lazy("From"), ColumnType.DATE),
    Column("last", gettext_lazy("To"), ColumnType.DATE),
    Column("unit", gettext_lazy("Lead unit"), _T),
    Column("programme", gettext_lazy("Programme"), _T),
    Column("number", gettext_lazy("Identifier"), _T),
    Column("title", gettext_lazy("Title"), _T),
    Column("kind", gettext_lazy("What happened"), _T),
    Column("part", gettext_lazy("Part"), _T),
    Column("entry", gettext_lazy("Entry"), _T),
    Column("field", gettext_lazy("Field"), _T),
    Column("before", gettext_lazy("Before"), ColumnType.LONGTEXT),
    Column("after", gettext_lazy("After"), ColumnType.LONGTEXT),
    Column("days", gettext_lazy("Days moved"), ColumnType.INTEGER),
)


def changes(request: HttpRequest) -> HttpResponse:
    """The differences between two days, grouped by unit; the files hold all of them."""
    asked = view(request, "changes", own=("von", "bis"))
    first, last, problem = days_of(asked.own)
    found = [] if problem else differences.between(asked.query, asked.actor, first, last)
    page = Paginator(found, PER_PAGE).get_page(asked.query.page)
    context = asked.context(_("What has changed")) | {
        "first": first, "last": last, "problem": problem, "today": clock.today(),
        "count": _count(found), "page": page, "groups": _groups(list(page)),
        "downloads": [Link(form.upper(), _download(asked, form, first, last)) for form in FORMATS],
        "tabs": tabs(first, last, more=False),
        "kept": list(asked.query.pairs(selection_only=True)),
    }  # fmt: skip
    return render(request, "portfolio/changes.html", context, status=422 if problem else 200)


def download(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same as a file, one line per changed value."""
    if form not in FORMATS:
        raise NotFound
    asked = view(request, "changes", own=("von", "bis"))
    first, last, problem = days_of(asked.own)
    if problem:
        raise Invalid(problem)
    found = differences.between(asked.query, asked.actor, first, last)
    rows = list(_rows(found, first, last))
    name = f"aenderungen-{first.isoformat()}-{last.isoformat()}.{form}"
    response = written(form, name, COLUMNS, rows)
    selection = dict(asked.query.pairs(selection_only=True))
    days = {"von": first.isoformat(), "bis": last.isoformat()}
    record_export("changes", form, actor=asked.actor, selection={**selection, **days})
    return response


def written(
    form: str, name: str, columns: Sequence[Column], rows: list[dict[str, Any]]
) -> HttpResponseBase:
    """The rows as a file."""
    if form == "xlsx":
        out = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
        writing.write_xlsx(out, columns, rows, title=_("Changes"))
        out.seek(0)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return FileResponse(out, as_attachment=True, filename=name, content_type=kind)
    write, kind = {
        "csv": (writing.csv_chunks, "text/csv; charset=utf-8"),
        "json": (writing.json_chunks, "application/json"),
    }[form]
    response = StreamingHttpResponse(write(columns, rows), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(found: list[Difference], first: date, last: date) -> Iterator[dict[str, Any]]:
    for one in found:
        for line in one.lines or (Line("", "", "", "", ""),):
            yield {
                "first": first, "last": last, "unit": one.unit, "programme": one.programme,
                "number": one.number, "title": one.title, "kind": str(KINDS[one.kind]),
                "part": line.part, "entry": line.title, "field": line.label,
                "before": line.before, "after": line.after, "days": line.days,
            }  # fmt: skip


def tabs(first: date, last: date, *, more: bool) -> list[Link]:
    """Projects, and everything else that is compared."""
    days = f"?von={first.isoformat()}&bis={last.isoformat()}"
    return [
        Link(_("Projects"), reverse("portfolio:changes") + days, current=not more),
        Link(
            _("Strategy, indicators, rollouts, organisation"),
            reverse("portfolio:changes_more") + days, current=more,
        ),
    ]  # fmt: skip


# --- days -----------------------------------------------------------------------------------------


def days_of(own: Mapping[str, str]) -> tuple[date, date, str]:
    """First and last day and what is wrong with them; without any the last thirty days."""
    today, known = clock.today(), past.first_day()
    known = min(known, today) if known else None  # a fixed day may lie before the record
    last, wrong = _day(own.get("bis", ""), today)
    default = max(last - timedelta(days=_DEFAULT_DAYS), known or last)
    first, too = _day(own.get("von", ""), default)
    problem = wrong or too or differences.why_not(first, last)
    return first, last, problem


def _day(text: str, default: date) -> tuple[date, str]:
    try:
        return (date.fromisoformat(text) if text else default), ""
    except ValueError:
        said = _("“%(text)s” is not a day. Write it as year, month, day, such as 2026-03-31.")
        return default, said % {"text": text[:40]}


def _download(asked: View, form: str, first: date, last: date) -> str:
    path = reverse("portfolio:changes_download", args=[form])
    own = {"von": first.isoformat(), "bis": last.isoformat()}
    return asked.query.url(path, own, selection_only=True)


# --- words ----------------------------------------------------------------------------------------


def _count(found: list[Difference]) -> str:
    text = ngettext("%(n)d project", "%(n)d projects", len(found))
    return text % {"n": len(found)}


def _groups(found: Sequence[Difference]) -> list[tuple[str, list[tuple[Difference, str, Any]]]]:
    return [
        (unit, [(one, str(KINDS[one.kind]), lines_table(one)) for one in members])
        for unit, members in groupby(found, key=lambda one: one.unit)
    ]


def lines_table(one: Difference | Other) -> ui.DataTable | None:
    """Field, old and new value; None for projects that came or went."""
    if not one.lines:
        return None
    rows = [
        ui.Row([_what(line), line.before, line.after, _moved(line.days)]) for line in one.lines
    ]
    return ui.DataTable(
        caption=_("Changes of “%(title)s”") % {"title": one.title},
        columns=[
            ui.Column("field", _("Field")),
            ui.Column("before", _("Before")),
            ui.Column("after", _("After")),
            ui.Column("days", _("Moved"), nowrap=True),
        ],
        rows=rows,
        id=f"c-{one.id}",
    )


def _what(line: Line) -> str:
    if not line.part:
        return line.label
    return ": ".join(text for text in (line.part, line.title, line.label) if text)


def _moved(days: int | None) -> str:
    if not days:
        return ""
    text = (
        ngettext("%(n)d day later", "%(n)d days later", days)
        if days > 0
        else ngettext("%(n)d day earlier", "%(n)d days earlier", -days)
    )
    return text % {"n": abs(days)}
