"""CSV in (RFC 4180 and what spreadsheet programs make of it).

Encoding: byte order mark (UTF-8, UTF-16), else UTF-8, else what German Windows
(Windows-1252) or its DOS export (code page 850) wrote. A file that is plainly UTF-8 but
broken in one place is refused with the row, not read as something else.
Delimiter: ; , tab or |, the one that parts the rows most evenly; a first line `sep=;` decides.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Text
from leitstand.core.tables.problems import Refused, fill
from leitstand.core.tables.sheets import Counter, Limits, Sheet, SheetBuilder
from leitstand.core.tables.values import Cell

_CHUNK = 65_536
_SAMPLE_ROWS = 60
_SAMPLE = 200_000
_DELIMITERS = ";\t|,"
_END = "\N{END OF TRANSMISSION}end of file\N{END OF TRANSMISSION}"
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]{1,3}|\xc2[\x80-\xbf]")
_HIGH = re.compile(rb"[\x80-\xff]")
_CP850_GERMAN = frozenset(b"\x84\x94\x81\x8e\x99\x9a\xe1\xf5")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")


def read_csv(file: BinaryIO, name: str, limits: Limits) -> list[Sheet]:
    """The file as one sheet. Row numbers count records, as a spreadsheet program does."""
    encoding, notes = _encoding(file)
    file.seek(0)
    stream = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        builder = SheetBuilder(name, limits, Counter(), notes=notes)
        _read_records(stream, builder)
        return [builder.build()]
    finally:
        stream.detach()


def _read_records(stream: io.TextIOWrapper, builder: SheetBuilder) -> None:
    sample = stream.read(_SAMPLE)
    declared = re.match(r"sep=(.)\r?\n", sample)
    delimiter = declared[1] if declared else sniff_delimiter(sample)
    rest = sample[declared.end() :] if declared else sample
    lines = _lines(io.StringIO(rest, newline=""), stream)
    texts: dict[str, str] = {}
    number = 0
    reader = csv.reader(_marked(lines), delimiter=delimiter)
    try:
        for number, record in enumerate(reader, start=1):
            if record == [_END]:
                return
            builder.add(
                number,
                [_cell(builder, text, number, index, texts) for index, text in enumerate(record)],
            )
    except csv.Error as error:
        raise _unclosed(builder, number + 1) from error


def _cell(builder: SheetBuilder, text: str, row: int, column: int, texts: dict[str, str]) -> Cell:
    """One field; equal short texts share one object, an exported apostrophe is taken off."""
    if not text:
        return None
    if _END in text:
        raise _unclosed(builder, row)
    if "\0" in text:
        raise Refused(
            _("The file contains NUL bytes and is not a text table."),
            builder.where(row, column),
            _("Export the table again as CSV (UTF-8) or .xlsx."),
            code="file_damaged",
        )
    if text[0] == "'" and _NEUTRALISED.match(text):
        text = text[1:]
    if len(text) < 40 and len(texts) < 50_000:
        return texts.setdefault(text, text)
    return builder.check_text(text, row, column)


def _unclosed(builder: SheetBuilder, row: int) -> Refused:
    return Refused(
        _("A quotation mark is opened and not closed again."),
        builder.where(row),
        _("Close the quotation mark in this row, or export the table again."),
        code="file_damaged",
    )


def _lines(head: io.StringIO, rest: io.TextIOWrapper) -> Iterator[str]:
    """The lines of the sample and of what follows it, the cut line joined."""
    last = ""
    for line in head:
        if last:
            yield last
        last = line
    if last.endswith("\n"):
        yield last
        last = ""
    for line in rest:
        if last.endswith("\r") and not line.startswith("\n"):
            yield last
            last = ""
        yield last + line
        last = ""
    if last:
        yield last


def _marked(lines: Iterable[str]) -> Iterator[str]:
    """The lines and a mark behind: inside a field it shows that a quotation is still open."""
    line = ""
    for line in lines:
        yield line
    if line and not line.endswith(("\n", "\r")):
        yield "\n"
    yield _END


def sniff_delimiter(sample: str) -> str:
    """The delimiter that parts the sample's records most evenly; ";" if none parts them."""
    scores = {delimiter: _evenness(sample, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0, 0) else ";"


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    """(share of records with the commonest width above one, that width)."""
    lines = io.StringIO(sample, newline="")
    try:
        records = list(itertools.islice(csv.reader(lines, delimiter=delimiter), _SAMPLE_ROWS))
    except csv.Error:
        return 0, 0
    widths = Tally(len(record) for record in records if any(record))
    total = sum(widths.values())
    parted = {width: count for width, count in widths.items() if width > 1}
    if not parted:
        return 0, 0
    width, count = max(parted.items(), key=lambda item: (item[1], item[0]))
    return round(count / total, 1), width


def _encoding(file: BinaryIO) -> tuple[str, list[Text]]:
    file.seek(0)
    head = file.read(4)
    if head.startswith(codecs.BOM_UTF8):
        _decode(file, "utf-8-sig")
        return "utf-8-sig", []
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _decode(file, "utf-16")
        return "utf-16", []
    try:
        _decode(file, "utf-8")
    except Refused:
        legacy = _legacy(file)
        if legacy is None:
            raise
        return legacy
    return "utf-8", []


def _legacy(file: BinaryIO) -> tuple[str, list[Text]] | None:
    """(encoding, notes) of a file that is not UTF-8; None if it is UTF-8 with an error."""
    file.seek(0)
    seen: set[int] = set()
    high = paired = 0
    while chunk := file.read(_CHUNK):
        seen.update(byte for byte in set(chunk) if byte > 127)
        high += len(_HIGH.findall(chunk))
        paired += sum(map(len, _MULTIBYTE.findall(chunk)))
    if paired * 2 > high:
        return None
    if seen <= _CP850_GERMAN:
        return "cp850", [_("The text was read as DOS text (code page 850).")]
    _decode(file, "cp1252")
    return "cp1252", [_("The text was read as Windows text (Windows-1252).")]


def _decode(file: BinaryIO, encoding: str) -> None:
    """Decodes the whole file; the first error is refused with its row."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    rows = 1
    while True:
        chunk = file.read(_CHUNK)
        try:
            rows += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as error:
            rows += _breaks_before(error, encoding)
            raise _wrong_encoding(rows) from error
        if not chunk:
            return


def _breaks_before(error: UnicodeDecodeError, encoding: str) -> int:
    plain = "utf-8" if encoding.startswith("utf-8") else encoding
    return error.object[: error.start].decode(plain, errors="ignore").count("\n")


def _wrong_encoding(row: int) -> Refused:
    return Refused(
        _("The file mixes character encodings; some characters cannot be read."),
        fill(_("line {row}"), row=row),
        _("Mend the characters in this line, or save the table as .xlsx or as CSV UTF-8."),
        code="file_encoding",
    )
