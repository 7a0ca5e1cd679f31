"""Rows out as an Excel workbook; see `writing.write_xlsx`, which loads this when it is needed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from leitstand.core.tables.columns import Column, ColumnType, Text
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.tables.numbers import whole
from leitstand.core.tables.problems import Refused, fill
from leitstand.core.tables.values import show
from leitstand.core.tables.writing import FORMULA_START, RowData, heading

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CELL_LENGTH = 32_767
_SAMPLED = 200
_NUMBER_FORMATS = {
    ColumnType.INTEGER: "#,##0",
    ColumnType.MONEY: '#,##0.00\\ "€"',
    ColumnType.DATE: "dd.mm.yyyy",
}
_NARROWEST, _WIDEST = 10, 60


def write(
    out: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[RowData],
    *,
    title: Text,
    hints: Sequence[Text],
) -> None:
    """Writes the workbook that `writing.write_xlsx` promises."""
    book = Workbook(write_only=True)
    try:
        _write_rows(book, columns, rows, str(title))
        if hints:
            _write_hints(book, hints)
    except BaseException:
        _discard(book)
        raise
    book.save(out)


def _write_rows(book: Any, columns: Sequence[Column], rows: Iterable[RowData], title: str) -> None:
    sheet = book.create_sheet(_sheet_title(title))
    iterator = iter(rows)
    sample = list(itertools.islice(iterator, _SAMPLED))
    _lay_out(sheet, columns, sample)
    sheet.append([_head_cell(sheet, column) for column in columns])
    count = 1
    for row in itertools.chain(sample, iterator):
        count += 1
        sheet.append([_cell(sheet, column, row.get(column.name), count) for column in columns])
    if columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count}"
    _write_choices(book, sheet, columns, count)


def _discard(book: Any) -> None:
    """Closes the temporary files of a workbook that is not saved, and removes them."""
    for sheet in book.worksheets:
        if not sheet.closed:
            sheet.close()
        sheet._writer.cleanup()


def _sheet_title(title: str) -> str:
    """Excel's rules: at most 31 characters, no brackets, colons, asterisks, slashes, ?."""
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "1"


def _lay_out(sheet: Any, columns: Sequence[Column], sample: Sequence[RowData]) -> None:
    """Widths and frozen panes; in write-only mode these come before the first row."""
    sheet.freeze_panes = "A2"
    for position, column in enumerate(columns, start=1):
        lengths = [len(show(column, row.get(column.name))) for row in sample]
        widest = max([len(heading(column)) + 3, *lengths]) + 2
        width = min(max(widest, _NARROWEST), _WIDEST)
        sheet.column_dimensions[get_column_letter(position)].width = width


_HEAD_FONT = Font(bold=True)
_HEAD_FILL = PatternFill("solid", fgColor="DDE3EA")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_TOP = Alignment(vertical="top")


def _head_cell(sheet: Any, column: Column) -> Any:
    cell = _text_cell(sheet, heading(column))
    cell.font = _HEAD_FONT
    cell.fill = _HEAD_FILL
    cell.alignment = _WRAPPED
    return cell


def _cell(sheet: Any, column: Column, value: object, row: int) -> Any:
    if value is None or value == "" or value == ():
        return None
    number, form = _as_number(column, value)
    if number is not None:
        cell = WriteOnlyCell(sheet, number)
        cell.number_format = form
        return cell
    text = _NOT_XML.sub("", show(column, value))
    if len(text) > _CELL_LENGTH:
        raise Refused(
            fill(
                _("A text is longer than the {most} characters of a cell."),
                most=whole(_CELL_LENGTH),
            ),
            fill(_("column “{column}”, row {row}"), column=column.label, row=row),
            _("Export as CSV or JSON."),
            code="cell_too_long",
        )
    cell = _text_cell(sheet, text)
    if column.type is ColumnType.LONGTEXT:
        cell.alignment = _WRAPPED
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    """A cell that stays text whatever it begins with."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if FORMULA_START.match(text):
        cell.quotePrefix = True
    return cell


def _as_number(column: Column, value: object) -> tuple[Any, str]:
    """(number or day, number format) for what Excel keeps as a number, else (None, "")."""
    if column.type is ColumnType.DATE:
        if isinstance(value, PartialDate):
            exact = value.precision is Precision.DAY
            return (value.date, _NUMBER_FORMATS[column.type]) if exact else (None, "")
        return (value, _NUMBER_FORMATS[column.type]) if isinstance(value, date) else (None, "")
    if not column.type.is_number or isinstance(value, str):
        return None, ""
    if column.type is ColumnType.PERCENT:
        share = Decimal(str(value)) / 100
        return share, "0%" if share * 100 == int(share * 100) else "0.00%"
    return value, _NUMBER_FORMATS.get(column.type, "General")


def _write_hints(book: Any, hints: Sequence[Text]) -> None:
    sheet = book.create_sheet(_sheet_title(pgettext("sheet name", "Notes")))
    sheet.column_dimensions["A"].width = 100
    for hint in hints:
        cell = _text_cell(sheet, str(hint))
        cell.alignment = _WRAPPED
        sheet.append([cell])


def _write_choices(book: Any, sheet: Any, columns: Sequence[Column], last_row: int) -> None:
    """Lists to choose from, kept on a hidden sheet: labels may hold commas and be long."""
    lists = [
        (position, [str(label) for _value, label in column.choice_list()])
        for position, column in enumerate(columns, start=1)
        if column.type is ColumnType.CHOICE and column.editable
    ]
    lists = [(position, labels) for position, labels in lists if labels]
    if not lists:
        return
    title = _sheet_title(pgettext("sheet name", "Choices"))
    hidden = book.create_sheet(title)
    hidden.sheet_state = "hidden"
    for line in itertools.zip_longest(*(labels for _position, labels in lists)):
        hidden.append([None if label is None else _text_cell(hidden, label) for label in line])
    for index, (position, labels) in enumerate(lists, start=1):
        letter = get_column_letter(index)
        rule = DataValidation(
            type="list",
            formula1=f"'{title}'!${letter}$1:${letter}${len(labels)}",
            allow_blank=True,
            showErrorMessage=False,
        )
        target = get_column_letter(position)
        rule.add(f"{target}2:{target}{max(last_row + 200, 1000)}")
        sheet.data_validations.append(rule)
