"""Read models of the import pages."""

from __future__ import annotations

import io
import uuid
from typing import Any

from django.http import Http404
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.policy import grants
from leitstand.core.tables.columns import Column as FileColumn
from leitstand.core.tables.columns import ColumnType
from leitstand.core.tables.mapping import PERIOD
from leitstand.core.tables.values import plain_text
from leitstand.core.tables.writing import write_xlsx
from leitstand.core.ui.components import Badge, Cell, Column, DataTable, Kind, Link, Row
from leitstand.portfolio import policy
from leitstand.portfolio.models import ImportRow, ImportRun
from leitstand.portfolio.tables.money import column_of, is_money

Verdict = ImportRow.Verdict
_KINDS: dict[str, Kind] = {
    Verdict.NEW: "success",
    Verdict.CHANGED: "info",
    Verdict.SAME: "neutral",
    Verdict.CONFLICT: "warning",
    Verdict.ERROR: "danger",
    Verdict.HEADING: "neutral",
}
_SELECTABLE = (Verdict.NEW, Verdict.CHANGED, Verdict.CONFLICT)
_FIRST = ("lead_unit", "lead", "phase", "progress")
_CUT = 300
_BREAK = format_html("<{}>", "br")
_SHOWN = 20


def own_runs(actor: Actor) -> list[ImportRun]:
    """Return the actor's last imports."""
    runs = ImportRun.objects.filter(started_by_id=actor.account_id).select_related("file")
    return list(runs[:_SHOWN])


def own_run(run_id: uuid.UUID, actor: Actor) -> ImportRun:
    """Return one's own import or answer 404."""
    grants.require(actor, policy.IMPORT)
    runs = ImportRun.objects.select_related("file", "job")
    run = runs.filter(pk=run_id, started_by_id=actor.account_id).first()
    if run is None:
        raise Http404
    return run


def samples(run: ImportRun, rows: int = 30) -> list[list[str]]:
    """Return the first rows as texts, cut to 60 characters."""
    headings = [number for number, _text in run.counts.get("headings", [])]
    found = ImportRow.objects.filter(run=run).exclude(number__in=headings[:rows])
    found = found.order_by("number")[:rows]
    return [[plain_text(cell)[:60] for cell in row.raw] for row in found]


def verdict_links(run: ImportRun, current: str, path: str) -> list[Link]:
    """Return one tab per verdict that occurs, with its count."""
    links = [Link(_("All"), path, current=not current, count=run.counts.get("rows", 0))]
    for value, label in Verdict.choices:
        if run.counts.get(value):
            url = f"{path}?art={value}"
            links.append(Link(label, url, current=current == value, count=run.counts[value]))
    return links


def chosen_count(run: ImportRun) -> int:
    """Return how many rows would be applied now."""
    return ImportRow.objects.filter(run=run, chosen=True, verdict__in=_SELECTABLE).count()


def selectable_count(run: ImportRun) -> int:
    """Return how many rows could be applied."""
    return sum(run.counts.get(verdict, 0) for verdict in _SELECTABLE)


def named(run: ImportRun, what: str) -> list[tuple[Any, list[str]]]:
    """Return names by kind: ``new_objects`` to be created, or ``skipped``, which are left out."""
    labels = {
        "units": _("Units"),
        "people": _("People"),
        "programme": _("Programmes"),
        "fields_of_action": _("Fields of action"),
        "goals": _("Goals"),
    }
    found = run.counts.get(what, {})
    return [(label, found[kind]) for kind, label in labels.items() if found.get(kind)]


def created_title(created: list[tuple[Any, list[str]]]) -> str:
    """Return one line that counts what would be created besides projects."""
    parts = ", ".join(f"{label}: {len(names)}" for label, names in created)
    return _("The import also creates: %(parts)s") % {"parts": parts}


def preview_table(rows: list[ImportRow]) -> DataTable:
    """Return the table of the preview: title, row, verdict, what happens."""
    return DataTable(
        caption=_("Rows of the file and what the import does with them"),
        columns=[
            Column("title", _("Project")),
            Column("row", _("Row"), numeric=True),
            Column("verdict", _("Verdict"), nowrap=True),
            Column("what", _("What happens")),
        ],
        rows=[_preview_row(row) for row in rows],
        select_name="row",
        select_form="import-form",
        empty_title=_("No rows of this kind"),
    )


def _preview_row(row: ImportRow) -> Row:
    verdict = Verdict(row.verdict)
    title = row.diff.get("title", ["", ""])[1] if verdict == Verdict.NEW else ""
    title = title or _title(row)
    return Row(
        cells=[
            Cell(title),
            Cell(row.number),
            Cell(badge=Badge(verdict.label, _KINDS[verdict])),
            Cell(format_html_join(_BREAK, "{}", ((line,) for line in lines(row)))),
        ],
        key=str(row.number) if verdict in _SELECTABLE else "",
        label=f"{row.number}: {title}",
        checked=row.chosen and verdict in _SELECTABLE,
    )


def _title(row: ImportRow) -> str:
    """Return the project's title, else the first text of the row."""
    if row.project is not None:
        return row.project.title
    title = row.parsed.get("title")
    return title or next((plain_text(cell) for cell in row.raw if plain_text(cell)), "")[:80]


def what_happens(row: ImportRow) -> str:
    """Return errors or changes of a row in words."""
    return "\n".join(lines(row))


def lines(row: ImportRow) -> list[str]:
    """Return errors, changes or first values of a row, one line each."""
    if row.verdict == Verdict.ERROR:
        return [_error_line(error, row.number) for error in row.errors]
    if row.verdict == Verdict.NEW:
        return [_first_values(row.diff)]
    if row.verdict == Verdict.HEADING:
        return [_("a heading, not a project")]
    if row.verdict == Verdict.SAME:
        return [_("nothing, all as it is")]
    return [_change_line(name, old, new) for name, (old, new) in row.diff.items()]


def _error_line(error: dict[str, str], number: int) -> str:
    if not error["cell"]:
        return ": ".join(filter(None, [error["column"], error["text"]]))
    place = _("%(column)s (cell %(cell)s)")
    place %= {"column": error["column"], "cell": f"{error['cell']}{number}"}
    return f"{place}: {error['text']}"


def _first_values(diff: dict[str, list[str]]) -> str:
    """Return how the file was understood: unit, lead, phase, progress, period."""
    new = {name: pair[1] for name, pair in diff.items()}
    parts = [new.get(name, "") for name in _FIRST]
    start, end = new.get("start", ""), new.get("end", "")
    parts.append(f"{start} – {end}" if start and end else start or end)
    parts += [f"{_label(name)}: {text}" for name, text in new.items() if is_money(name) and text]
    return " · ".join(filter(None, parts)) or _("will be created")


def _change_line(name: str, old: str, new: str) -> str:
    if len(old) > _CUT or len(new) > _CUT:
        text = _("%(field)s: text changed, now “%(text)s”")
        return text % {"field": _label(name), "text": new[:_CUT] + "…"}
    return f"{_label(name)}: {old or '–'} → {new or '–'}"


def understood(run: ImportRun) -> list[tuple[str, str]]:
    """Headings of the file and the fields that they were taken for; "" stays outside."""
    found = []
    for index, title in enumerate(run.titles):
        name = run.mapping.get(str(index), "")
        label = _("Period") if name == PERIOD else _label(name) if name else _("left out")
        if title or name:
            found.append((str(title), label))
    return found


def _label(name: str) -> str:
    column = column_of(name)
    return str(column.label) if column is not None else name


def summary(run: ImportRun) -> list[tuple[Any, int]]:
    """Return what was applied, as pairs of words and number."""
    applied = run.counts.get("applied", {})
    labels = {
        "new": _("projects created"),
        "changed": _("projects changed"),
        "units": _("units created"),
        "people": _("people created"),
        "programme": _("programmes created"),
        "fields_of_action": _("fields of action created"),
        "goals": _("goals created"),
        "budget": _("budget lines created or changed"),
        "funding": _("fundings created or changed"),
    }
    pairs = [
        (labels[name], number)
        for name, number in applied.items()
        if name in labels and (number or name == "new")
    ]
    if run.counts.get("error"):
        pairs.append((_("rows with errors, not applied"), run.counts["error"]))
    return pairs


def error_workbook(run: ImportRun) -> io.BytesIO:
    """Return a workbook of the rows with errors: the file's own columns and a last one "Fehler"."""
    width = len(run.titles)
    columns = [
        FileColumn(f"c{index}", title or f"({index + 1})", ColumnType.LONGTEXT)
        for index, title in enumerate(run.titles)
    ]
    columns.append(FileColumn("problem", _("Error"), ColumnType.LONGTEXT))
    rows = (
        {f"c{i}": plain_text(row.raw[i]) if i < len(row.raw) else "" for i in range(width)}
        | {"problem": what_happens(row)}
        for row in ImportRow.objects.filter(run=run, verdict=Verdict.ERROR).iterator()
    )
    out = io.BytesIO()
    write_xlsx(out, columns, rows, title=_("Errors"))
    out.seek(0)
    return out
