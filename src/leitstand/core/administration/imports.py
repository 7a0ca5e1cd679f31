"""Import of units and people from a table: file, preview with problems, then taking over.

Between preview and taking over the rows stay in the form, not on the server: lists of people
are personal data and must not be left lying about if nobody goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import tables
from leitstand.core.administration.access import needs
from leitstand.core.base.errors import Invalid, Refused
from leitstand.core.org import actions
from leitstand.core.org.actions import ImportResult
from leitstand.core.tables import problems as table_problems
from leitstand.core.tables.columns import Table
from leitstand.core.tables.headers import best_sheet, data_rows
from leitstand.core.tables.mapping import guess
from leitstand.core.tables.reading import Limits, read
from leitstand.core.tables.values import Cell, plain_text
from leitstand.core.ui.components import Cell as ShownCell
from leitstand.core.ui.components import Column, DataTable, Link, Row

_MOST = 5000
_LIMITS = Limits(bytes=5_000_000, rows=_MOST + 50, columns=100)


@dataclass(frozen=True)
class _Kind:
    """What is imported: the table, the action, the pages."""

    table: Table
    run: Callable[..., ImportResult]
    title: Any
    list_name: str
    here: str


_UNITS = _Kind(
    tables.UNITS,
    actions.import_units,
    gettext_lazy("Import units"),
    "administration:units",
    "administration:units_import",
)
_PEOPLE = _Kind(
    tables.PEOPLE,
    actions.import_people,
    gettext_lazy("Import people"),
    "administration:people",
    "administration:people_import",
)


class _FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel, OpenDocument or CSV, at most 5 MB and 5,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.ods"}),
    )


@needs(actions.CHANGE)
def units_import(request: HttpRequest) -> HttpResponse:
    """Import units."""
    return _import(request, _UNITS)


@needs(actions.CHANGE)
def people_import(request: HttpRequest) -> HttpResponse:
    """Import people."""
    return _import(request, _PEOPLE)


def _import(request: HttpRequest, kind: _Kind) -> HttpResponse:
    if request.method == "POST" and "rows" in request.POST:
        return _take_over(request, kind)
    form = _FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_rows(form.cleaned_data["file"], kind.table)
        except (Refused, Invalid) as problem:
            form.add_error("file", full_text(problem))
        else:
            return _preview(request, kind, rows)
    context = {
        "title": kind.title,
        "form": form,
        "columns": kind.table.columns,
        "cancel_url": reverse(kind.list_name),
        "crumbs": _crumbs(kind),
    }
    return render(request, "administration/import.html", context)


def full_text(problem: Refused | Invalid) -> str:
    """What is wrong, where, and how to mend it, in one line."""
    if isinstance(problem, Invalid):
        return problem.text
    return " ".join(part for part in (problem.text, problem.where, problem.remedy) if part)


def read_rows(
    file: Any, table: Table, as_text: Callable[[Cell], str] | None = None
) -> list[dict[str, Any]]:
    """Return the rows of an uploaded file by column name, each with its number in ``row``.

    ``as_text`` writes a cell as text; without it numbers are taken for codes. Raises ``Refused``
    for a file that is not a table and ``Invalid`` if a needed column is missing.
    """
    try:
        sheet, header = best_sheet(read(file, file.name, _LIMITS), table)
    except table_problems.Refused as problem:
        raise Refused(
            str(problem.text), where=str(problem.where), remedy=str(problem.remedy)
        ) from None
    columns = guess(header.titles, table)
    missing = [c.label for c in table.columns if c.required and c.name not in columns.values()]
    if missing:
        raise Invalid(
            _("The file has no column for: %(names)s. The heading of a column says what it is.")
            % {"names": ", ".join(str(name) for name in missing)}
        )
    write = as_text or _text
    rows = [
        {"row": row.number, **{name: write(row.cell(i)) for i, name in columns.items()}}
        for row in data_rows(sheet, header)
    ]
    if len(rows) > _MOST:
        raise Invalid(_("The file has more than %(most)d rows. Split it.") % {"most": _MOST})
    return rows


def _text(cell: Cell) -> str:
    """Return a cell as text; 10.1 is a code, so numbers keep the point."""
    if isinstance(cell, datetime | date):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, float | Decimal) and not isinstance(cell, bool):
        return format(cell, "f").rstrip("0").rstrip(".") if "." in format(cell, "f") else f"{cell}"
    return plain_text(cell)


def _preview(request: HttpRequest, kind: _Kind, rows: list[dict[str, Any]]) -> HttpResponse:
    result = kind.run(rows, actor=actor_of(request), dry_run=True)
    return render(request, "administration/import_preview.html", _context(kind, rows, result))


def _context(kind: _Kind, rows: list[dict[str, Any]], result: ImportResult) -> dict[str, Any]:
    return {
        "title": kind.title,
        "crumbs": _crumbs(kind),
        "result": result,
        "problems": _problems(kind, result),
        "rows": json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
        "usable": bool(result.created or result.changed),
        "cancel_url": reverse(kind.here),
    }


def _problems(kind: _Kind, result: ImportResult) -> DataTable:
    return DataTable(
        caption=_("Rows that cannot be taken over"),
        columns=[
            Column("row", _("Row"), numeric=True),
            Column("column", _("Column")),
            Column("text", _("What is wrong")),
        ],
        rows=[
            Row([p.row, ShownCell(_column_label(kind, p.field)), p.text], label=str(p.row))
            for p in sorted(result.problems, key=lambda p: p.row)
        ],
        id="problems",
    )


def _column_label(kind: _Kind, name: str) -> str:
    name = {"unit": "unit_code", "parent": "parent_code"}.get(name, name)
    return str(kind.table[name].label) if name in kind.table else ""


def _take_over(request: HttpRequest, kind: _Kind) -> HttpResponse:
    rows = posted_rows(request.POST["rows"], kind.table)
    skip = bool(request.POST.get("skip"))
    actor = actor_of(request)
    try:
        result = kind.run(rows, actor=actor, skip_faulty=skip)
    except Invalid:  # something has changed since the preview
        return _preview(request, kind, rows)
    created, changed = len(result.created), len(result.changed)
    parts = [
        ngettext("%(n)d entry created", "%(n)d entries created", created) % {"n": created},
        ngettext("%(n)d changed", "%(n)d changed", changed) % {"n": changed},
        ngettext("%(n)d left out", "%(n)d left out", len(result.problems))
        % {"n": len(result.problems)},
    ]
    messages.success(request, ", ".join(parts) + ".")
    return redirect(kind.list_name)


def posted_rows(text: str, table: Table) -> list[dict[str, Any]]:
    """Read the rows back from the form; only known columns with texts count."""
    try:
        rows = json.loads(text)
        return [
            {
                "row": int(row["row"]),
                **{k: v for k, v in row.items() if k in table and isinstance(v, str)},
            }
            for row in rows[:_MOST]
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Invalid(_("The form is damaged. Choose the file again.")) from None


def _crumbs(kind: _Kind) -> list[Link]:
    label = _("Organisation") if kind is _UNITS else _("People")
    return [Link(label, reverse(kind.list_name)), Link(kind.title)]
