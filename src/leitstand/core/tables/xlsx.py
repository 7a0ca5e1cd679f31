"""XLSX in (ECMA-376 Part 1, SpreadsheetML): one pass per sheet, bounded.

Its own reader, because the limits must hold while unpacking, and because merged cells,
formulas without stored result and number formats are needed from the same pass.
Formulas are never computed: their stored result is read. Macros and links to other
files are not followed.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.archive import Archive, damaged, hostile
from leitstand.core.tables.dates import from_serial
from leitstand.core.tables.numbers import from_float, group
from leitstand.core.tables.sheets import Counter, Limits, Merge, Sheet, SheetBuilder
from leitstand.core.tables.values import Cell
from leitstand.core.tables.xmlscan import attribute, scan

_DIGITS = "0123456789"
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_SHARED_CHARACTERS = 64_000_000
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 22, *range(27, 37), *range(50, 59)), "d.m.yyyy"),
    **dict.fromkeys((18, 19, 20, 21), "h:mm"),
    9: "0%",
    10: "0.00%",
    17: "mmm-yy",
}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_xlsx(archive: Archive, limits: Limits) -> list[Sheet]:
    """All worksheets in their order, hidden ones marked."""
    path = _workbook_path(archive)
    book = _Workbook()
    scan(archive.chunks(path), book)
    folder = posixpath.dirname(path)
    rels = _relations(archive, folder, posixpath.basename(path))
    strings = _strings(archive, _target(rels, "sharedStrings"), limits)
    styles = _styles(archive, _target(rels, "styles"))
    if len(book.sheets) > limits.sheets:
        raise hostile()
    counter, sheets = Counter(), []
    for name, relation, hidden in book.sheets:
        kind, part = rels.get(relation, ("", ""))
        if kind != "worksheet":
            continue
        builder = SheetBuilder(name, limits, counter, hidden=hidden)
        scan(archive.chunks(part), _SheetHandler(builder, strings, styles, book.epoch_1904))
        sheets.append(builder)
    if sheets and any("/externalLinks/" in name for name in archive.names):
        sheets[0].notes.append(
            _("The file refers to other files; the values stored last were read.")
        )
    return [builder.build() for builder in sheets]


@dataclass(slots=True)
class _Workbook:
    """Collects (name, relation id, hidden) of the sheets, and the epoch."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    epoch_1904: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            relation = attribute(attributes, "id") or ""
            self.sheets.append((attributes.get("name", ""), relation, hidden))
        elif name == "workbookPr":
            self.epoch_1904 = attributes.get("date1904", "0") in {"1", "true", "on"}

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


@dataclass(slots=True)
class _Relations:
    """Collects relation id → (last word of the type, target), external targets left out."""

    found: dict[str, tuple[str, str]] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


def _relations(archive: Archive, folder: str, name: str) -> dict[str, tuple[str, str]]:
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    relations = _Relations()
    if part in archive:
        scan(archive.chunks(part), relations)
    return {
        key: (kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
        for key, (kind, target) in relations.found.items()
    }


def _target(relations: dict[str, tuple[str, str]], kind: str) -> str:
    return next((part for found, part in relations.values() if found == kind), "")


def _workbook_path(archive: Archive) -> str:
    path = _target(_relations(archive, "", ""), "officeDocument") or "xl/workbook.xml"
    if path not in archive:
        raise damaged()
    return path


class _Strings:
    """Collects the shared strings; phonetic readings (rPh) are left out."""

    def __init__(self, limits: Limits) -> None:
        self.found: list[str] = []
        self._limits = limits
        self._pieces: list[str] | None = None
        self._in_text = self._in_phonetic = False
        self._characters = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "t":
            self._in_text = not self._in_phonetic

    def end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "si" and self._pieces is not None:
            self.found.append(_unescaped("".join(self._pieces)))
            self._pieces = None
            if len(self.found) > self._limits.cells:
                raise hostile()

    def text(self, data: str) -> None:
        if self._in_text and self._pieces is not None:
            self._pieces.append(data)
            self._characters += len(data)
            if self._characters > _SHARED_CHARACTERS:
                raise hostile()


def _strings(archive: Archive, part: str, limits: Limits) -> list[str]:
    strings = _Strings(limits)
    if part and part in archive:
        scan(archive.chunks(part), strings)
    return strings.found


def _unescaped(text: str) -> str:
    """`_x000D_` stands for a character that XML cannot hold (ECMA-376 Part 1, 22.4.2.4)."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


@dataclass(slots=True)
class _Styles:
    """Collects the number format of each cell style."""

    formats: dict[int, str] = field(default_factory=lambda: dict(_BUILT_IN))
    ids: list[int] = field(default_factory=list)
    in_cell_styles: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            number = _integer(attributes.get("numFmtId"))
            if number is not None and number not in _BUILT_IN:
                self.formats[number] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.in_cell_styles = True
        elif name == "xf" and self.in_cell_styles:
            self.ids.append(_integer(attributes.get("numFmtId")) or 0)

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.in_cell_styles = False

    def text(self, data: str) -> None:
        pass


def _styles(archive: Archive, part: str) -> list[str]:
    """What each cell style makes of a number: "", "percent", "day", "month", "year", "time"."""
    styles = _Styles()
    if part and part in archive:
        scan(archive.chunks(part), styles)
    return [_meaning(styles.formats.get(number, "")) for number in styles.ids]


def _meaning(code: str) -> str:
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code.partition(";")[0]).lower()
    if "%" in bare:
        return "percent"
    if "[h" in code.lower() or "[m" in code.lower() or "[s" in code.lower():
        return ""
    bare = bare.replace("general", "").replace("am/pm", "h")
    if "d" in bare or ("y" in bare and "h" in bare):
        return "day"
    if "y" in bare:
        return "month" if "m" in bare else "year"
    if "h" in bare or "s" in bare:
        return "time"
    return "day" if "mm" in bare else ""


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


class _SheetHandler:
    """Builds one sheet from its XML."""

    def __init__(
        self, builder: SheetBuilder, strings: list[str], styles: list[str], epoch_1904: bool
    ) -> None:
        self._builder = builder
        self._strings = strings
        self._styles = styles
        self._epoch_1904 = epoch_1904
        self._columns: dict[str, int] = {}
        self._row = 0
        self._cells: list[Cell] = []
        self._column = -1
        self._type = self._meaning = ""
        self._formula = self._listening = self._in_phonetic = False
        self._pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._open_cell(attributes)
        elif name == "v" or name == "t":
            self._listening = not self._in_phonetic
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._open_row(attributes)
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        if name == "v" or name == "t":
            self._listening = False
        elif name == "c":
            self._close_cell()
        elif name == "row":
            self._builder.add(self._row, self._cells)
        elif name == "rPh":
            self._in_phonetic = False

    def text(self, data: str) -> None:
        if self._listening:
            self._pieces.append(data)

    def _open_row(self, attributes: dict[str, str]) -> None:
        number = _integer(attributes.get("r")) or self._row + 1
        if not self._row < number <= _LAST_ROW:
            raise hostile()
        self._row, self._cells, self._column = number, [], -1

    def _open_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = self._column_of(reference) if reference else self._column + 1
        if column <= self._column:
            raise hostile()
        self._column = column
        self._type = attributes.get("t", "n")
        style = _integer(attributes.get("s", "0")) or 0
        self._meaning = self._styles[style] if style < len(self._styles) else ""
        self._formula = False
        self._pieces = []

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        column = self._columns.get(letters)
        if column is None:
            column = _column_index(letters)
            self._columns[letters] = column
        return column

    def _close_cell(self) -> None:
        value = self._value("".join(self._pieces))
        if value is None or value == "":
            if self._formula and not self._pieces and self._type != "str":
                self._builder.formula_without_value(self._row, self._column)
            return
        if self._column >= self._builder.limits.columns:
            raise self._builder.too_wide(self._row)
        missing = self._column - len(self._cells)
        if missing:
            self._cells.extend([None] * missing)
        self._cells.append(value)

    def _value(self, raw: str) -> Cell:
        if not raw:
            return None
        if self._type == "s":
            index = _integer(raw.strip())
            if index is None or index >= len(self._strings):
                raise damaged()
            return self._text(self._strings[index])
        if self._type == "n":
            return self._number(raw)
        if self._type == "b":
            return raw.strip() in {"1", "true"}
        if self._type == "d":
            return _iso(raw)
        return self._text(_unescaped(raw))

    def _text(self, text: str) -> str:
        return self._builder.check_text(text, self._row, self._column)

    def _number(self, raw: str) -> Cell:
        try:
            number = float(raw)
        except ValueError:
            return self._text(raw)
        if not abs(number) < 1e300:
            return self._text(raw)
        if self._meaning:
            shown = _shown(number, self._meaning, self._epoch_1904)
            if shown is not None:
                return shown
        if number == int(number) and abs(number) < 1e15:
            return int(number)
        return number

    def _merge(self, reference: str) -> None:
        match = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})", reference)
        if match and len(self._builder.merges) < 50_000:
            left, right = _column_index(match[1]), _column_index(match[3])
            self._builder.merges.append(Merge(int(match[2]), left, int(match[4]), right))


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or index > _LAST_COLUMN:
            raise hostile()
        index = index * 26 + ord(letter) - 64
    if not 0 < index <= _LAST_COLUMN:
        raise hostile()
    return index - 1


def _shown(number: float, meaning: str, epoch_1904: bool) -> Cell:
    """A formatted number as its user sees it; None if the format does not fit the number."""
    if meaning == "percent":
        return f"{group(from_float(number) * Decimal(100))} %"
    try:
        moment = from_serial(number, epoch_1904=epoch_1904)
    except ValueError:
        return None
    if meaning == "time" and number < 1:
        return moment.time().isoformat("minutes" if not moment.second else "seconds")
    if meaning == "month":
        return f"{moment.month:02}/{moment.year}"
    if meaning == "year":
        return str(moment.year)
    return moment


def _iso(raw: str) -> Cell:
    try:
        moment = datetime.fromisoformat(raw.strip())
    except ValueError:
        return raw
    return moment.replace(tzinfo=None) if moment.time() != time() else moment.date()
