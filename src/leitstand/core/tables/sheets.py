"""What a file's tables look like once read: sheets of numbered rows, within limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Text
from leitstand.core.tables.numbers import whole
from leitstand.core.tables.problems import Refused, fill
from leitstand.core.tables.values import Cell

_MERGE_ROWS = 5_000
_TICK_ROWS = 1_000


def _go_on() -> None:
    """Nobody waits for a sign of life."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read at most; beyond it the whole file is refused.

    `bytes` of the file, `unpacked` bytes of a ZIP-based file in all, `ratio` of unpacking
    (checked beyond 10 MB), `entries` in it, `cells` that are not empty over all sheets.
    `tick` is called every 1,000 rows, as a sign of life; it may raise to end the reading.
    """

    bytes: int = 50_000_000
    rows: int = 100_000
    columns: int = 500
    cells: int = 4_000_000
    cell_length: int = 32_767
    sheets: int = 100
    entries: int = 2_000
    unpacked: int = 600_000_000
    ratio: int = 200
    tick: Callable[[], None] = _go_on


class Row(NamedTuple):
    """A row that is not empty. `number` is the one seen in the spreadsheet program, from 1."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, index: int) -> Cell:
        """The cell of a column counted from 0 (column A); None beyond the row's end."""
        return self.cells[index] if index < len(self.cells) else None


class Merge(NamedTuple):
    """A merged range: rows from 1, columns from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows in order without the empty ones.

    Vertically merged cells are filled downwards. Horizontal merges stay as they are
    (a title over all columns is one cell) and are listed in `merges` for the header.
    `notes` say what the reader had to decide or could not read.
    """

    name: str
    rows: tuple[Row, ...]
    notes: tuple[Text, ...] = ()
    merges: tuple[Merge, ...] = ()
    hidden: bool = False

    @property
    def width(self) -> int:
        """Number of columns up to the last one used."""
        return max((len(row.cells) for row in self.rows), default=0)


@dataclass(slots=True)
class Counter:
    """Non-empty cells over all sheets of a file."""

    cells: int = 0


@dataclass(slots=True)
class SheetBuilder:
    """Collects one sheet's rows and refuses what exceeds the limits, naming the place."""

    name: str
    limits: Limits
    counter: Counter
    hidden: bool = False
    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    missing_count: int = 0

    def add(self, number: int, cells: list[Cell]) -> None:
        """Appends a row; an empty one is dropped."""
        while cells and (cells[-1] is None or cells[-1] == ""):
            cells.pop()
        if not cells:
            return
        if len(cells) > self.limits.columns:
            raise self.too_wide(number)
        if len(self.rows) >= self.limits.rows:
            raise self.too_long(number)
        kept = tuple(None if cell == "" else cell for cell in cells)
        self.counter.cells += len(kept) - kept.count(None)
        if self.counter.cells > self.limits.cells:
            raise Refused(
                fill(
                    _("The file has more than {most} filled cells."), most=whole(self.limits.cells)
                ),
                self.where(number),
                _("Split the file into several."),
                code="too_many_cells",
            )
        self.rows.append(Row(number, kept))
        if len(self.rows) % _TICK_ROWS == 0:
            self.limits.tick()

    def check_text(self, text: str, row: int, column: int) -> str:
        """The text itself unless it is longer than a cell can be."""
        if len(text) > self.limits.cell_length:
            raise Refused(
                fill(
                    _("A cell holds more than {most} characters."),
                    most=whole(self.limits.cell_length),
                ),
                self.where(row, column),
                _("Shorten the cell. In CSV files a quotation mark may be missing there."),
                code="cell_too_long",
            )
        return text

    def formula_without_value(self, row: int, column: int) -> None:
        """Notes a formula whose result is not stored in the file."""
        self.missing_count += 1
        if len(self.missing) < 5:
            self.missing.append(f"{column_letters(column)}{row}")

    def too_wide(self, number: int) -> Refused:
        """The refusal for too many columns."""
        return Refused(
            fill(_("The table has more than {most} columns."), most=whole(self.limits.columns)),
            self.where(number),
            _("Delete the columns that are not needed."),
            code="too_many_columns",
        )

    def too_long(self, number: int) -> Refused:
        """The refusal for too many rows."""
        return Refused(
            fill(_("The table has more than {most} rows."), most=whole(self.limits.rows)),
            self.where(number),
            _("Split the file into several."),
            code="too_many_rows",
        )

    def where(self, row: int, column: int | None = None) -> Text:
        """A place in words: sheet, row, column letters."""
        if column is None:
            return fill(_("sheet “{sheet}”, row {row}"), sheet=self.name, row=row)
        letters = column_letters(column)
        return fill(_("sheet “{sheet}”, cell {cell}"), sheet=self.name, cell=f"{letters}{row}")

    def build(self) -> Sheet:
        """The finished sheet, vertical merges filled."""
        if self.missing_count:
            self.notes.append(
                fill(
                    _(
                        "Formulas without a stored result were read as empty: {count} ({cells}). "
                        "Open and save the file in the spreadsheet program once."
                    ),
                    count=whole(self.missing_count),
                    cells=", ".join(self.missing) + (" …" if self.missing_count > 5 else ""),
                )
            )
        rows = _filled_down(self.rows, self.merges)
        return Sheet(self.name, tuple(rows), tuple(self.notes), tuple(self.merges), self.hidden)


def column_letters(index: int) -> str:
    """A, B, …, Z, AA for 0, 1, …"""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _filled_down(rows: list[Row], merges: list[Merge]) -> list[Row]:
    """Repeats a merged cell's value in the rows below it, if these hold anything else."""
    tall = [merge for merge in merges if 0 < merge.bottom - merge.top <= _MERGE_ROWS]
    if not tall:
        return rows
    position = {row.number: index for index, row in enumerate(rows)}
    filled = list(rows)
    for merge in tall:
        top = position.get(merge.top)
        value = filled[top].cell(merge.left) if top is not None else None
        if top is None or value is None:
            continue
        for index in range(top + 1, len(filled)):
            if filled[index].number > merge.bottom:
                break
            filled[index] = _with_cell(filled[index], merge.left, value)
    return filled


def _with_cell(row: Row, column: int, value: Cell) -> Row:
    cells = list(row.cells) + [None] * (column + 1 - len(row.cells))
    if cells[column] is None:
        cells[column] = value
    return Row(row.number, tuple(cells))
