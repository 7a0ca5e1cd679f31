"""Downloads of every table as CSV, XLSX and JSON, streamed; each is recorded in the trail."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base import clock
from leitstand.core.base.errors import NotFound
from leitstand.core.base.errors import Refused as RefusedPage
from leitstand.core.history import past
from leitstand.core.tables import problems, writing
from leitstand.core.tables.columns import Column
from leitstand.core.tables.pastday import HINT, stamped
from leitstand.core.ui import components as ui
from leitstand.portfolio.actions.exports import record_export
from leitstand.portfolio.queries.exports import SOURCES, Source
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.web.filtering import View, tidy, view
from leitstand.portfolio.web.listing import shown

Respond: TypeAlias = Callable[[str, Source, Sequence[Column], Any], HttpResponseBase]
FORMATS = ("xlsx", "csv", "json")
_HINTS = (
    gettext_lazy(
        "The columns “Identifier” and “Version” tie every row to its project: leave them."
    ),
    gettext_lazy("On import an empty cell leaves the field as it is; a lone - empties it."),
    gettext_lazy("A new row without an identifier becomes a new project."),
    format_lazy(
        gettext_lazy("The column “{column}” is computed and not imported."),
        column=PROJECTS["budget_planned"].label,
    ),
)


def downloads(request: HttpRequest) -> HttpResponse:
    """What can be downloaded for the selection."""
    asked = view(request, "downloads")
    moved = tidy(asked)
    if moved is not None:
        return moved
    context = asked.context(_("Download")) | {
        "projects": _line(asked, "projects", SOURCES["projects"]),
        "parts": [
            _line(asked, k, s) for k, s in SOURCES.items() if s.of_projects and k != "projects"
        ],
        "others": [_line(asked, k, s) for k, s in SOURCES.items() if not s.of_projects],
        "shown_columns": [
            ui.Link(form.upper(), _address(asked, "projects", form, "shown")) for form in FORMATS
        ],
        "calendar": asked.query.url(reverse("portfolio:calendar"), selection_only=True),
    }
    return render(request, "portfolio/downloads.html", context)


def _address(asked: View, kind: str, form: str, which: str = "") -> str:
    if kind == "projects":
        path = reverse("portfolio:export", args=[form])
        more = {"which": which} if which else {}
        return asked.query.url(path, more, selection_only=not which)
    return asked.query.url(reverse("portfolio:export_part", args=[kind, form]), selection_only=True)


def _line(asked: View, kind: str, source: Source) -> ui.Link:
    links = [ui.Link(form.upper(), _address(asked, kind, form)) for form in FORMATS]
    return ui.Link(source.table.label_plural, children=links)


def projects(request: HttpRequest, form: str) -> HttpResponseBase:
    """The selected projects with all columns, or with ``which=shown`` those of the list."""
    asked = view(request, "list", own=("which",))
    columns = PROJECTS.exported()
    if asked.own.get("which") == "shown":
        columns = (*PROJECTS.pick(("number", "title")), *shown(asked.query))
        columns = tuple(dict.fromkeys((*columns, PROJECTS["version"])))
    return _respond(asked, "projects", form, columns)


def part(request: HttpRequest, kind: str, form: str) -> HttpResponseBase:
    """Another table over the selected projects."""
    if kind not in SOURCES:
        raise NotFound
    return _respond(view(request, "list"), kind, form, SOURCES[kind].columns)


def _respond(asked: View, kind: str, form: str, columns: Sequence[Column]) -> HttpResponseBase:
    if form not in FORMATS:
        raise NotFound
    source = SOURCES[kind]
    columns, rows = stamped(columns, source.load(asked.query, asked.actor, columns))
    name = f"{slugify(str(source.table.label_plural)) or kind}-{clock.today().isoformat()}.{form}"
    selection = dict(asked.query.pairs(selection_only=True))
    response = _WRITERS[form](name, source, columns, rows)
    record_export(kind, form, actor=asked.actor, selection=selection)
    return response


def file_response(form: str, title: str, columns: Sequence[Column], rows: Any) -> HttpResponseBase:
    """Rows as a file to download; ``form`` is one of ``FORMATS``."""
    columns, rows = stamped(columns, rows)
    name = f"{slugify(title) or 'leitstand'}-{clock.today().isoformat()}.{form}"
    if form == "xlsx":
        return _workbook(name, title, (), columns, rows)
    chunks = writing.csv_chunks if form == "csv" else writing.json_chunks
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    return _stream(chunks(columns, rows), name, kind)


def _csv(name: str, source: Source, columns: Sequence[Column], rows: Any) -> HttpResponseBase:
    return _stream(writing.csv_chunks(columns, rows), name, "text/csv; charset=utf-8")


def _json(name: str, source: Source, columns: Sequence[Column], rows: Any) -> HttpResponseBase:
    return _stream(writing.json_chunks(columns, rows), name, "application/json")


def _xlsx(name: str, source: Source, columns: Sequence[Column], rows: Any) -> HttpResponseBase:
    hints: Sequence[Any] = _HINTS if source is SOURCES["projects"] else ()
    if past.is_past():
        hints = (HINT,)
    return _workbook(name, source.table.label_plural, hints, columns, rows)


def _workbook(
    name: str, title: Any, hints: Sequence[Any], columns: Sequence[Column], rows: Any
) -> HttpResponseBase:
    """Written to a temporary file first: a workbook is finished at its end only."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    try:
        writing.write_xlsx(out, columns, rows, title=title, hints=hints)
    except problems.Refused as refusal:
        out.close()
        raise RefusedPage(refusal.text, where=refusal.where, remedy=refusal.remedy) from None
    out.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(out, as_attachment=True, filename=name, content_type=kind)


_WRITERS: dict[str, Respond] = {"csv": _csv, "json": _json, "xlsx": _xlsx}


def _stream(chunks: Any, name: str, kind: str) -> HttpResponseBase:
    response = StreamingHttpResponse(chunks, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
