"""A list of offices in a file, as rows of text: any spreadsheet, or the published E-Akte table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from leitstand.core.base import errors
from leitstand.core.tables import headers, reading
from leitstand.core.tables.columns import Table
from leitstand.core.tables.problems import Refused
from leitstand.core.tables.values import plain_text

LIMITS = reading.Limits(bytes=5_000_000, rows=5_000, columns=60, cells=100_000)
MOST_ROWS = 800
E_FILE_COLUMNS = ("dienststelle", "techn_anbindung", "e_akte", "e_umlauf_und_e_posteingang")


@dataclass(frozen=True)
class OfficeList:
    """Headings, and rows as (number in the file, texts); days are written YYYY-MM-DD."""

    titles: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def read(source: Path | BinaryIO, name: str, table: Table) -> OfficeList:
    """Return the list; raises the kernel's ``Refused`` with what is wrong, where and the remedy."""
    try:
        sheet, header = headers.best_sheet(reading.read(source, name, LIMITS), table)
    except Refused as problem:
        raise errors.Refused(problem.text, where=problem.where, remedy=problem.remedy) from None
    rows = [
        (row.number, [_text(cell) for cell in row.cells])
        for row in headers.data_rows(sheet, header)
    ]
    if not rows:
        raise errors.Refused(
            _("The file has headings but no rows."), where=name,
            remedy=_("Check whether the right file was chosen and saved."),
        )  # fmt: skip
    if len(rows) > MOST_ROWS:
        raise errors.Refused(
            _("The list has more than %(most)d rows.") % {"most": MOST_ROWS}, where=name,
            remedy=_("Split the list."),
        )  # fmt: skip
    return OfficeList(list(header.titles), rows)


def read_e_file(path: Path, table: Table) -> OfficeList:
    """Return the published E-Akte table; raises ``Refused`` if one of its columns is missing."""
    found = read(path, path.name, table)
    titles = [title.strip().casefold() for title in found.titles]
    missing = [name for name in E_FILE_COLUMNS if name not in titles]
    if missing:
        raise errors.Refused(
            _("The file lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)},
            where=path.name,
            remedy=_("Use the file as it was published."),
        )
    return found


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else " ".join(plain_text(cell).split())
