"""Rows out as CSV, XLSX and JSON, streamed from an iterator of mappings name → value.

What is written here is read back by `reading` and `values` as the same values.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TypeAlias

import orjson

from leitstand.core.tables.columns import Column, ColumnType, Text
from leitstand.core.tables.values import machine, show

RowData: TypeAlias = Mapping[str, object]

FORMULA_START = re.compile(r"'*[=+\-@\t\r]")


def heading(column: Column) -> str:
    """The column's title in files: label and, in brackets, unit."""
    unit = column.unit or ("€" if column.type is ColumnType.MONEY else "")
    return f"{column.label} ({unit})" if unit else str(column.label)


def csv_chunks(columns: Sequence[Column], rows: Iterable[RowData]) -> Iterator[bytes]:
    """CSV piece by piece: UTF-8 with byte order mark, semicolons, CRLF, German forms.

    Text that a spreadsheet program would take for a formula gets an apostrophe in front;
    `reading` takes it off again. Numbers keep their minus sign. Money has no € sign here
    (the heading carries it).
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\N{BOM}")
    writer.writerow([_neutral(heading(column)) for column in columns])
    for row in rows:
        writer.writerow([csv_text(column, row.get(column.name)) for column in columns])
        if buffer.tell() > 65_536:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def csv_text(column: Column, value: object) -> str:
    """One CSV field."""
    text = show(column, value)
    if column.type is ColumnType.MONEY:
        return text.removesuffix(" €")
    return text if column.type.is_number else _neutral(text)


def json_chunks(columns: Sequence[Column], rows: Iterable[RowData]) -> Iterator[bytes]:
    """A JSON array of objects piece by piece, one object per line; see `values.machine`."""
    yield b"["
    separator = b"\n"
    for row in rows:
        yield separator + orjson.dumps(json_object(columns, row))
        separator = b",\n"
    yield b"\n]\n"


def json_object(columns: Sequence[Column], row: RowData) -> dict[str, Any]:
    """One row with machine values."""
    return {column.name: machine(column, row.get(column.name)) for column in columns}


def write_csv(out: BinaryIO, columns: Sequence[Column], rows: Iterable[RowData]) -> None:
    """Writes `csv_chunks` to a binary file."""
    out.writelines(csv_chunks(columns, rows))


def write_json(out: BinaryIO, columns: Sequence[Column], rows: Iterable[RowData]) -> None:
    """Writes `json_chunks` to a binary file."""
    out.writelines(json_chunks(columns, rows))


def write_xlsx(
    out: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[RowData],
    *,
    title: Text,
    hints: Sequence[Text] = (),
) -> None:
    """An Excel workbook: one sheet `title`, a sheet "Hinweise" if there are `hints`.

    Real numbers and days (months and quarters are text), header frozen, filter on, lists to
    choose from for choices. Text is never a formula. Numbers beyond 15 digits lose the rest.
    `Refused` (cell_too_long) if a text exceeds Excel's 32,767 characters.
    """
    from leitstand.core.tables import workbook  # openpyxl is loaded by whoever writes a workbook

    workbook.write(out, columns, rows, title=title, hints=hints)


def _neutral(text: str) -> str:
    return f"'{text}" if FORMULA_START.match(text) else text
