"""Files in: CSV, XLSX, ODS of unknown origin, recognised by content and read within limits."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.archive import Archive, protected
from leitstand.core.tables.columns import Text
from leitstand.core.tables.csvfile import read_csv
from leitstand.core.tables.ods import read_ods
from leitstand.core.tables.problems import Refused, fill
from leitstand.core.tables.sheets import Limits, Row, Sheet
from leitstand.core.tables.xlsx import read_xlsx

__all__ = ["DEFAULT_LIMITS", "Limits", "Row", "Sheet", "read", "recognise"]

DEFAULT_LIMITS = Limits()
_CHUNK = 1_048_576
_AS_XLSX = _("Open it in a spreadsheet program and save it as .xlsx, .ods or CSV.")
_SIGNATURES: tuple[tuple[bytes, Text], ...] = (
    (b"%PDF", _("The file is a PDF document, not a table.")),
    (b"\x89PNG", _("The file is a picture, not a table.")),
    (b"\xff\xd8\xff", _("The file is a picture, not a table.")),
    (b"GIF8", _("The file is a picture, not a table.")),
    (b"II*\0", _("The file is a picture, not a table.")),
    (b"{\\rtf", _("The file is a text document, not a table.")),
    (b"Rar!", _("The file is a packed archive, not a table.")),
    (b"7z\xbc\xaf", _("The file is a packed archive, not a table.")),
    (b"\x1f\x8b", _("The file is a packed archive, not a table.")),
    (b"SQLite format 3", _("The file is a database, not a table.")),
    (b"MZ", _("The file is a program, not a table.")),
    (b"\x7fELF", _("The file is a program, not a table.")),
)


def read(source: Path | str | BinaryIO, name: str, limits: Limits = DEFAULT_LIMITS) -> list[Sheet]:
    """All sheets of a file with at least one filled cell, hidden ones marked.

    `source` is a path or a binary file (read from its start; it stays open). `name` is
    the name the user knows it by; it is used for texts only, never to tell the type.
    `Refused` if the file is of another type, damaged, protected, hostile or too large.
    """
    with _opened(source, limits) as file:
        sheets = _reader(file)(file, name, limits)
    filled = [sheet for sheet in sheets if sheet.rows]
    if not filled:
        raise _empty()
    return filled


def recognise(source: Path | str | BinaryIO, limits: Limits = DEFAULT_LIMITS) -> None:
    """Look at the type alone, quickly; `Refused` if `read` would refuse the file for it.

    Protected, damaged or hostile archives are noticed as far as their directory shows it.
    """
    with _opened(source, limits) as file:
        if _reader(file) is _read_archive:
            _archive_reader(Archive(file, limits))


@contextmanager
def _opened(source: Path | str | BinaryIO, limits: Limits) -> Iterator[BinaryIO]:
    """A seekable file no larger than allowed."""
    if isinstance(source, Path | str):
        with Path(source).open("rb") as file:
            _check_size(file.seek(0, 2), limits)
            yield file
    elif source.seekable():
        _check_size(source.seek(0, 2), limits)
        yield source
    else:
        with tempfile.SpooledTemporaryFile(max_size=_CHUNK) as copy:
            size = 0
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                _check_size(size, limits)
                copy.write(chunk)
            _check_size(size, limits)
            yield copy  # type: ignore[misc]


def _check_size(size: int, limits: Limits) -> None:
    if size == 0:
        raise _empty()
    if size > limits.bytes:
        raise Refused(
            fill(_("The file is larger than {most} MB."), most=limits.bytes // 1_000_000),
            remedy=_("Remove pictures and sheets that are not needed, or split the file."),
            code="file_too_large",
        )


def _empty() -> Refused:
    return Refused(
        _("The file is empty."),
        remedy=_("Check whether the right file was chosen and saved."),
        code="file_empty",
    )


_Reader = Callable[[BinaryIO, str, Limits], list[Sheet]]


def _reader(file: BinaryIO) -> _Reader:
    file.seek(0)
    head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return _read_archive
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refuse_ole(file)
    for signature, text in _SIGNATURES:
        if head.startswith(signature):
            raise Refused(text, remedy=_AS_XLSX, code="file_type")
    _refuse_markup(head)
    _refuse_binary(head)
    return read_csv


def _read_archive(file: BinaryIO, name: str, limits: Limits) -> list[Sheet]:
    archive = Archive(file, limits)
    return _archive_reader(archive)(archive, limits)


def _archive_reader(archive: Archive) -> Callable[[Archive, Limits], list[Sheet]]:
    if archive.encrypted:
        raise protected()
    if "mimetype" in archive:
        _check_document(archive)
        return read_ods
    if any(entry.endswith("workbook.bin") for entry in archive.names):
        raise Refused(
            _("The file is a binary Excel workbook (.xlsb)."),
            remedy=_("In Excel choose “Save as” and the type “Excel workbook (.xlsx)”."),
            code="file_type",
        )
    if "xl/workbook.xml" not in archive and "[Content_Types].xml" not in archive:
        raise Refused(
            _("The file is a packed archive, not a table."), remedy=_AS_XLSX, code="file_type"
        )
    if any(entry.startswith(("word/", "ppt/", "visio/")) for entry in archive.names):
        raise Refused(
            _("The file is a text document or presentation, not a table."),
            remedy=_AS_XLSX,
            code="file_type",
        )
    return read_xlsx


def _check_document(archive: Archive) -> None:
    mimetype = archive.head("mimetype").strip()
    if not mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise Refused(
            _("The file is a text document or presentation, not a table."),
            remedy=_AS_XLSX,
            code="file_type",
        )


def _refuse_ole(file: BinaryIO) -> Refused:
    """OLE2 files are old Excel workbooks, or new ones wrapped for encryption ([MS-OFFCRYPTO])."""
    marker = "EncryptedPackage".encode("utf-16-le")
    file.seek(0)
    overlap = b""
    while chunk := file.read(_CHUNK):
        if marker in overlap + chunk:
            return protected()
        overlap = chunk[-len(marker) :]
    return Refused(
        _("The file has the old Excel format (.xls)."),
        remedy=_("In Excel choose “Save as” and the type “Excel workbook (.xlsx)”."),
        code="file_type",
    )


def _refuse_markup(head: bytes) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<table", b"<script", b"<body")):
        raise Refused(
            _("The file is a web page, not a table."),
            remedy=_("Perhaps a log-in page was saved instead of the file. Download it again."),
            code="file_type",
        )
    if start.startswith(b"<"):
        raise Refused(_("The file is XML, not a table."), remedy=_AS_XLSX, code="file_type")


def _refuse_binary(head: bytes) -> None:
    """Control characters in number mean that this is no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    control = sum(1 for byte in head if byte < 32 and byte not in b"\t\n\v\f\r\x1b\x00")
    if control * 50 > len(head) or head.count(0) * 10 > len(head):
        raise Refused(
            _("The file is not a table that can be read here."), remedy=_AS_XLSX, code="file_type"
        )
