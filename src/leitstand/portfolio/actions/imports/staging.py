"""Step 1: read the file into staging rows and guess what its columns mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import errors
from leitstand.core.files import store
from leitstand.core.tables import headers, reading
from leitstand.core.tables.mapping import digest, guess
from leitstand.core.tables.problems import Refused
from leitstand.core.tables.sheets import Row
from leitstand.core.tables.values import raw_text
from leitstand.portfolio.models import ImportMapping, ImportRow, ImportRun
from leitstand.portfolio.tables import PROJECTS

CHUNK = 500
Step = Callable[[int, int, str], None]


def read_file(run: ImportRun, step: Step) -> ImportRun:
    """Fill the run's staging rows anew; raises the kernel's ``Refused`` with place and remedy.

    Small transactions; a second run of the same job begins again from nothing.
    """
    try:
        limits = reading.Limits(bytes=settings.CONFIG.max_upload)
        sheets = reading.read(store.path_of(run.file.sha256), run.file.name, limits)
        sheet, header = headers.best_sheet(sheets, PROJECTS)
    except Refused as problem:
        raise errors.Refused(problem.text, where=problem.where, remedy=problem.remedy) from None
    rows = list(headers.data_rows(sheet, header))
    if not rows:
        raise errors.Refused(
            _("The sheet “%(sheet)s” has a header but no rows.") % {"sheet": sheet.name},
            remedy=_("Add at least one project below the header."),
        )
    _store(run, rows, step)
    run.sheet, run.header_row = sheet.name[:120], header.row
    run.titles = list(header.titles)
    run.notes = [str(note) for note in sheet.notes]
    run.counts = {"rows": len(rows), "sheets": len(sheets)}
    run.mapping = {str(index): name for index, name in guess(header.titles, PROJECTS).items()}
    remembered = ImportMapping.objects.filter(header_digest=digest(run.titles)).first()
    if remembered:
        run.mapping = remembered.mapping
        run.counts["remembered"] = 1
    run.state = ImportRun.State.MAPPING
    run.version += 1
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
