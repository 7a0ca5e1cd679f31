"""The annex as XLSX: one sheet per table, numbers as numbers, a first sheet that explains."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from leitstand.core.base.papers import Cell, Document, Kind, Mark, Table
from leitstand.reporting.output.written import Written, footer, mark_words, prepared

_HEAD = PatternFill("solid", fgColor="F1F4F8")
_CHANGED = PatternFill("solid", fgColor="FFF6DA")
_FORMS = {Kind.MONEY: '#,##0.00 "€"', Kind.PERCENT: "0 %", Kind.DATE: "dd.mm.yyyy"}
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME, _WIDEST, _LONGEST_CELL = 31, 60, 32_767


def write(document: Document) -> Written:
    """The tables of the document as a workbook."""
    document, remarks = prepared(document)
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)  # noqa: S101 - a new workbook has a sheet
    first.title = _("Contents")
    tables = [block for block in document.blocks if isinstance(block, Table)]
    names = _names(tables, first.title)
    _contents(first, document, list(zip(names, tables, strict=True)))
    for name, table in zip(names, tables, strict=True):
        _fill(book.create_sheet(name), table)
    book.properties.title, book.properties.creator = document.title[:250], document.sender[:250]
    book.properties.language = document.language
    target = io.BytesIO()
    book.save(target)
    return Written(target.getvalue(), remarks)


def _names(tables: list[Table], taken: str) -> list[str]:
    """Names of sheets: at most 31 characters, each once."""
    found: list[str] = []
    used = {taken.casefold()}
    for number, table in enumerate(tables, 1):
        base = " ".join(_NOT_IN_NAMES.sub(" ", table.caption).split()) or str(number)
        name, again = base[:_LONGEST_NAME].strip(), 1
        while name.casefold() in used:
            again += 1
            name = f"{base[: _LONGEST_NAME - 4].strip()} {again}"
        used.add(name.casefold())
        found.append(name)
    return found


def _contents(sheet: Worksheet, document: Document, tables: list[tuple[str, Table]]) -> None:
    lines: list[tuple[str, str]] = [(document.title, ""), (footer(document), document.sender)]
    lines += list(document.cover)
    lines += [("", ""), (_("Sheet"), _("Table"))]
    lines += [(name, table.caption) for name, table in tables]
    for number, pair in enumerate(lines, 1):
        for place, text in enumerate(pair, 1):
            _text(sheet.cell(number, place), text)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    for number in range(len(lines) - len(tables) + 1, len(lines) + 1):
        link = sheet.cell(number, 1)
        link.hyperlink = f"#'{link.value}'!A1"
        link.style = "Hyperlink"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 70


def _fill(sheet: Worksheet, table: Table) -> None:
    for place, column in enumerate(table.columns, 1):
        head = sheet.cell(1, place)
        _text(head, column.title)
        head.font, head.fill = Font(bold=True), _HEAD
        texts = [len(line) for row in table.rows for line in row[place - 1].text.split("\n")]
        width = min(max([len(column.title), *texts], default=8) + 3, _WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = width
    for number, row in enumerate(table.rows, 2):
        for place, cell in enumerate(row, 1):
            _value(sheet.cell(number, place), cell, table.columns[place - 1].kind)
            if table.total and number == len(table.rows) + 1:
                sheet.cell(number, place).font = Font(bold=True)
    sheet.freeze_panes = "A2"
    last = get_column_letter(max(len(table.columns), 1))
    sheet.auto_filter.ref = f"A1:{last}{max(len(table.rows) + 1 - table.total, 1)}"
    if table.note:
        _text(sheet.cell(len(table.rows) + 3, 1), table.note)


def _value(target: Any, cell: Cell, kind: Kind) -> None:
    value = cell.value
    if isinstance(value, str) and kind is Kind.DATE:
        target.value, target.number_format = date.fromisoformat(value), _FORMS[kind]
    elif isinstance(value, int | float) and not isinstance(value, bool):
        target.value = value / 100 if kind is Kind.PERCENT else value
        target.number_format = _FORMS.get(kind, "General")
    else:
        mark = f" ({mark_words()[cell.mark]})" if cell.mark is not Mark.NONE else ""
        _text(target, cell.text + mark)
    target.alignment = Alignment(wrap_text=True, vertical="top")
    if cell.mark is not Mark.NONE:
        target.fill = _CHANGED


def _text(target: SheetCell | Any, text: str) -> None:
    """Write a text that is never read as a formula."""
    target.value = text[:_LONGEST_CELL]
    target.data_type = "s"
