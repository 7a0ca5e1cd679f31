"""ODS in (OpenDocument 1.3 Part 3, 9 "Tables"): one pass over content.xml, bounded.

Repetitions (`number-columns-repeated` and so on) are applied to filled cells and rows
only and count against the limits, so that a short file cannot become a huge table.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from leitstand.core.tables.archive import Archive, damaged, hostile, protected
from leitstand.core.tables.dates import Precision
from leitstand.core.tables.datetext import span_of_text
from leitstand.core.tables.numbers import group
from leitstand.core.tables.sheets import Counter, Limits, Merge, Sheet, SheetBuilder
from leitstand.core.tables.values import Cell
from leitstand.core.tables.xmlscan import attribute, scan

_CELLS = frozenset({"table-cell", "covered-table-cell"})
_SILENT = frozenset({"annotation", "tracked-changes", "shapes", "frame", "custom-shape", "rect"})
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_MONTHLY = frozenset({Precision.MONTH, Precision.YEAR, Precision.QUARTER})


def read_ods(archive: Archive, limits: Limits) -> list[Sheet]:
    """All tables in their order."""
    if "META-INF/manifest.xml" in archive:
        scan(archive.chunks("META-INF/manifest.xml"), _Manifest())
    if "content.xml" not in archive:
        raise damaged()
    content = _Content(limits)
    scan(archive.chunks("content.xml"), content)
    return [builder.build() for builder in content.builders]


class _Manifest:
    """Refuses a document whose parts are encrypted."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "encryption-data":
            raise protected()

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


class _Content:
    """Builds all sheets of a document from its content.xml."""

    def __init__(self, limits: Limits) -> None:
        self.builders: list[SheetBuilder] = []
        self._limits = limits
        self._counter = Counter()
        self._row = self._repeat_row = 0
        self._cells: list[Cell] = []
        self._column = 0
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[str] = []
        self._in_paragraph = False
        self._silent = 0
        self._hidden_styles: set[str] = set()
        self._table_style = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _SILENT or self._silent:
            self._silent += 1
        elif name in _CELLS:
            self._cell, self._paragraphs = attributes, []
        elif name == "p":
            self._paragraphs.append("")
            self._in_paragraph = True
        elif name == "table-row":
            self._repeat_row = _count(attribute(attributes, "number-rows-repeated"), _LAST_ROW)
            self._row, self._cells, self._column = self._row + 1, [], 0
        elif self._in_paragraph:
            self.text(_spacing(name, attributes))
        else:
            self._start_table(name, attributes)

    def _start_table(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            style = attribute(attributes, "style-name") or ""
            hidden = style in self._hidden_styles
            title = attribute(attributes, "name") or ""
            self.builders.append(SheetBuilder(title, self._limits, self._counter, hidden=hidden))
            self._row = 0
            if len(self.builders) > self._limits.sheets:
                raise hostile()
        elif name == "style":
            self._table_style = attribute(attributes, "name") or ""
        elif name == "table-properties" and attribute(attributes, "display") == "false":
            self._hidden_styles.add(self._table_style)

    def end(self, name: str) -> None:
        if self._silent:
            self._silent -= 1
        elif name == "p":
            self._in_paragraph = False
        elif name in _CELLS and self._cell is not None:
            self._close_cell(self._cell)
            self._cell = None
        elif name == "table-row":
            self._close_row()

    def text(self, data: str) -> None:
        if self._in_paragraph and not self._silent and self._paragraphs:
            self._paragraphs[-1] += data
            if len(self._paragraphs[-1]) > self._limits.cell_length:
                self._builder.check_text(self._paragraphs[-1], self._row, self._column)

    @property
    def _builder(self) -> SheetBuilder:
        if not self.builders:
            raise hostile()
        return self.builders[-1]

    def _close_cell(self, attributes: dict[str, str]) -> None:
        repeat = _count(attribute(attributes, "number-columns-repeated"), _LAST_COLUMN)
        value = self._value(attributes)
        self._note_merge(attributes)
        if value is not None and value != "":
            if self._column + repeat > self._limits.columns:
                raise self._builder.too_wide(self._row)
            self._cells.extend([None] * (self._column - len(self._cells)))
            self._cells.extend([value] * repeat)
        elif attribute(attributes, "formula") and not attribute(attributes, "value-type"):
            self._builder.formula_without_value(self._row, self._column)
        self._column += repeat

    def _value(self, attributes: dict[str, str]) -> Cell:
        kind = attribute(attributes, "value-type")
        shown = "\n".join(self._paragraphs)
        self._builder.check_text(shown, self._row, self._column)
        if kind in {"float", "currency", "percentage"}:
            return _number(attribute(attributes, "value"), kind, shown)
        if kind == "date":
            return _date(attribute(attributes, "date-value") or "", shown)
        if kind == "boolean":
            return attribute(attributes, "boolean-value") == "true"
        if kind == "string" and not shown:
            stored = attribute(attributes, "string-value") or ""
            return self._builder.check_text(stored, self._row, self._column)
        return shown

    def _note_merge(self, attributes: dict[str, str]) -> None:
        wide = _count(attribute(attributes, "number-columns-spanned"), _LAST_COLUMN)
        tall = _count(attribute(attributes, "number-rows-spanned"), _LAST_ROW)
        if (wide > 1 or tall > 1) and len(self._builder.merges) < 50_000:
            bottom, right = self._row + tall - 1, self._column + wide - 1
            self._builder.merges.append(Merge(self._row, self._column, bottom, right))

    def _close_row(self) -> None:
        if any(cell is not None for cell in self._cells):
            for number in range(self._row, self._row + self._repeat_row):
                self._builder.add(number, list(self._cells))
        self._row += self._repeat_row - 1
        if self._row > 2 * _LAST_ROW:
            raise hostile()


def _count(text: str | None, most: int) -> int:
    """A repetition count; 1 if there is none."""
    if text is None:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) < 10) or not 1 <= int(text) <= most:
        raise hostile()
    return int(text)


def _spacing(name: str, attributes: dict[str, str]) -> str:
    """White space that OpenDocument writes as elements."""
    if name == "s":
        return " " * min(_count(attribute(attributes, "c"), _LAST_ROW), 1000)
    return {"tab": "\t", "line-break": "\n"}.get(name, "")


def _number(raw: str | None, kind: str, shown: str) -> Cell:
    try:
        number = Decimal((raw or "").strip())
    except InvalidOperation:
        return shown
    if not number.is_finite() or number.adjusted() > 300:
        return shown
    if kind == "percentage":
        return f"{group(number * 100)} %"
    if number == number.to_integral_value() and number.adjusted() < 15:
        return int(number)
    return float(number)


def _date(raw: str, shown: str) -> Cell:
    """The stored day, unless only its month or year is shown: then that."""
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return shown
    span = span_of_text(shown)
    if (
        span
        and span.first.precision in _MONTHLY
        and _covers(span.first.first, span.last.last, moment)
    ):
        return shown
    return moment.replace(tzinfo=None) if moment.time() != time() else moment.date()


def _covers(first: date, last: date, moment: datetime) -> bool:
    return first <= moment.date() <= last
