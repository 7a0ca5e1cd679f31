"""Step 1: read the file into staging rows and guess what its columns mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base import errors
from leitstand.core.files import store
from leitstand.core.tables import headers, reading
from leitstand.core.tables.mapping import guess, scored
from leitstand.core.tables.problems import Refused
from leitstand.core.tables.sheets import Row, Sheet
from leitstand.core.tables.values import raw_text
from leitstand.portfolio.actions.imports.limits import limits
from leitstand.portfolio.actions.imports.remembered import check_mapping, recall
from leitstand.portfolio.models import ImportRow, ImportRun
from leitstand.portfolio.tables.money import KIND, YEAR, amount_of, import_table

CHUNK = 500
Step = Callable[[int, int, str], None]


def read_file(run: ImportRun, step: Step) -> ImportRun:
    """Fill the run's staging rows anew; raises the kernel's ``Refused`` with place and remedy.

    Small transactions; a second run of the same job begins again from nothing. A header whose
    meaning is remembered goes straight on to the check. ``step`` is called while the file is
    parsed, too: a large one takes longer than a worker may be silent.
    """
    alive = limits(tick=lambda: step(0, 1, ""))
    try:
        sheets = reading.read(store.path_of(run.file.sha256), run.file.name, alive)
        sheet, header = headers.best_sheet(sheets, import_table())
    except Refused as problem:
        raise errors.Refused(problem.text, where=problem.where, remedy=problem.remedy) from None
    rows = list(headers.data_rows(sheet, header))
    found = headers.section_rows(sheet, header, rows, _title_place(header.titles))
    if len(found) == len(rows):
        raise errors.Refused(
            _("The sheet “%(sheet)s” has a header but no rows.") % {"sheet": sheet.name},
            remedy=_("Add at least one project below the header."),
        )
    _store(run, rows, step)
    run.sheet, run.header_row = sheet.name[:120], header.row
    run.titles = list(header.titles)
    run.notes = [*map(str, sheet.notes), *_notes(sheets, sheet), *_heading_notes(found)]
    run.counts = {"rows": len(rows), "sheets": len(sheets)}
    if found:
        run.counts["headings"] = [[number, text[:200]] for number, text in found.items()]
    _map(run)
    return _read(run)


def _title_place(titles: Sequence[str]) -> int | None:
    """The column that holds the projects' titles, as the headings say."""
    return next((i for i, name in _guess(list(titles)).items() if name == "title"), None)


def _notes(sheets: list[Sheet], chosen: Sheet) -> list[str]:
    """Say which sheet was taken if there are others, and which others."""
    others = [sheet.name for sheet in sheets if sheet is not chosen and not sheet.hidden]
    if not others:
        return []
    text = _("The file has several sheets. Read was “%(sheet)s”, left out: %(others)s.")
    return [text % {"sheet": chosen.name, "others": ", ".join(others)}]


def _heading_notes(found: dict[int, str]) -> list[str]:
    """Say which rows were taken as headings, so that no project is lost silently."""
    if not found:
        return []
    text = ngettext(
        "One row holds a single text and is taken as a heading or remark, not as a project: %(rows)s.",
        "%(number)d rows hold a single text and are taken as headings or remarks, not as projects: "
        "%(rows)s.",
        len(found),
    )
    shown = [f"{number} „{text[:40]}“" for number, text in list(found.items())[:8]]
    more = ["…"] if len(found) > len(shown) else []
    return [text % {"number": len(found), "rows": ", ".join(shown + more)}]


def _map(run: ImportRun) -> None:
    """Assign columns as remembered for this header, else as their headings say."""
    run.mapping = {str(index): name for index, name in _guess(run.titles).items()}
    run.state = ImportRun.State.MAPPING
    remembered = recall(run.titles)
    if remembered is None:
        if _is_own_export(run):
            run.state = ImportRun.State.CHECKING
        return
    run.mapping = remembered
    run.counts["remembered"] = 1
    try:
        check_mapping(remembered, len(run.titles), bool(run.options.get("default_unit")))
    except errors.Invalid:
        return  # a unit for all rows was chosen then, and must be chosen again
    run.state = ImportRun.State.CHECKING


def _guess(titles: list[str]) -> dict[int, str]:
    """The fields that the headings mean; "Jahr" is the year of an amount, if there is one."""
    found = guess(titles, import_table(titles))
    amounts = {name: amount for name in found.values() if (amount := amount_of(name))}
    dated = {what for what, year in amounts.values() if year}
    dated |= {"planned"} if dated & {"investment", "operating"} else set()
    sums = {name for name, (what, year) in amounts.items() if year is None and what in dated}
    found = {index: name for index, name in found.items() if name not in sums}
    if amounts:
        return found
    return {index: name for index, name in found.items() if name not in (YEAR, KIND)}


def _is_own_export(run: ImportRun) -> bool:
    """Whether the file says of every row which project in which version it is: nothing to ask."""
    exact = {
        name
        for name, score in scored(run.titles, import_table(run.titles)).values()
        if score >= 0.95
    }
    if not {"number", "version"} <= exact or exact != set(run.mapping.values()):
        return False
    try:
        check_mapping(run.mapping, len(run.titles), bool(run.options.get("default_unit")))
    except errors.Invalid:
        return False
    return True


def _read(run: ImportRun) -> ImportRun:
    """Save what was read, unless the person has discarded the import in the meantime."""
    with transaction.atomic():
        now = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if now.state != ImportRun.State.UPLOADED:
            return now
        run.version = now.version + 1
        run.save()
    return run


def _store(run: ImportRun, rows: list[Row], step: Step) -> None:
    ImportRow.objects.filter(run=run).delete()
    for done, chunk in _chunks(rows):
        with transaction.atomic():
            ImportRow.objects.bulk_create(
                [
                    ImportRow(run=run, number=row.number, raw=[raw_text(c) for c in row.cells])
                    for row in chunk
                ]
            )
        step(done, len(rows), "")


def _chunks(rows: list[Row]) -> Iterator[tuple[int, list[Row]]]:
    source, done = iter(rows), 0
    while chunk := list(islice(source, CHUNK)):
        done += len(chunk)
        yield done, chunk
