"""Read models of the import pages."""

from __future__ import annotations

import io
import uuid
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.policy import grants
from leitstand.core.tables.columns import Column as FileColumn
from leitstand.core.tables.columns import ColumnType
from leitstand.core.tables.values import plain_text
from leitstand.core.tables.writing import write_xlsx
from leitstand.core.ui.components import Badge, Cell, Column, DataTable, Link, Row
from leitstand.portfolio import policy
from leitstand.portfolio.models import ImportRow, ImportRun
from leitstand.portfolio.tables import PROJECTS

Verdict = ImportRow.Verdict
_KINDS = {
    Verdict.NEW: "success",
    Verdict.CHANGED: "info",
    Verdict.SAME: "neutral",
    Verdict.CONFLICT: "warning",
    Verdict.ERROR: "danger",
}
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
    found = ImportRow.objects.filter(run=run).order_by("number")[:rows]
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
    taken = (Verdict.NEW, Verdict.CHANGED, Verdict.CONFLICT)
    return ImportRow.objects.filter(run=run, chosen=True, verdict__in=taken).count()


def new_objects(run: ImportRun) -> list[tuple[Any, list[str]]]:
    """Return what would be created besides projects, by kind."""
    labels = {
        "units": _("Units"),
        "people": _("People"),
        "programme": _("Programmes"),
        "fields_of_action": _("Fields of action"),
        "goals": _("Goals"),
    }
    found = run.counts.get("new_objects", {})
    return [(label, found[kind]) for kind, label in labels.items() if found.get(kind)]


def preview_table(run: ImportRun, rows: list[ImportRow]) -> DataTable:
    """Return the table of the preview: row, verdict, title, what happens."""
    return DataTable(
        caption=_("Rows of the file and what the import does with them"),
        columns=[
            Column("row", _("Row"), numeric=True),
            Column("title", _("Project")),
            Column("verdict", _("Verdict")),
            Column("what", _("What happens")),
        ],
        rows=[_preview_row(row) for row in rows],
        select_name="row",
        select_form="import-form",
        empty_title=_("No rows of this kind"),
    )


def _preview_row(row: ImportRow) -> Row:
    title = row.parsed.get("title") or _first_text(row.raw)
    selectable = row.verdict in {Verdict.NEW, Verdict.CHANGED, Verdict.CONFLICT}
    return Row(
        cells=[
            Cell(row.number),
            Cell(title),
            Cell(badge=Badge(Verdict(row.verdict).label, _KINDS[Verdict(row.verdict)])),
            Cell(what_happens(row)),
        ],
        key=str(row.number) if selectable else "",
        label=f"{row.number}: {title}",
    )


def _first_text(raw: list[Any]) -> str:
    return next((plain_text(cell) for cell in raw if plain_text(cell)), "")


def what_happens(row: ImportRow) -> str:
    """Return errors or changes of a row in words."""
    if row.errors:
        return "\n".join(
            f"{e['column']} ({e['cell']}{row.number}): {e['text']}" if e["cell"]
            else ": ".join(filter(None, [e["column"], e["text"]]))
            for e in row.errors
        )  # fmt: skip
    if row.verdict == Verdict.NEW:
        return _("will be created")
    parts = [f"{_label(name)}: {old or '–'} → {new or '–'}" for name, (old, new) in row.diff.items()]
    if row.verdict == Verdict.CONFLICT:
        parts.insert(0, _("Changed here since your export; tick it to take the file's values."))
    return "\n".join(part if len(part) < 300 else part[:297] + "…" for part in parts)


def _label(name: str) -> str:
    return str(PROJECTS[name].label) if name in PROJECTS else name


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
    }
    pairs = [(labels[name], number) for name, number in applied.items() if name in labels]
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
