"""ZIP files of unknown origin: opened and unpacked within limits, never onto the disk."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.problems import Refused
from leitstand.core.tables.sheets import Limits

_CHUNK = 65_536
_TAIL = 65_557  # end record with the longest comment
_DIRECTORY_ENTRY = 46 + 600  # fixed part and a generous name
_RATIO_FROM = 10_000_000
_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))


def damaged() -> Refused:
    """The refusal of a file that cannot be read to its end."""
    return Refused(
        _("The file is damaged or incomplete."),
        remedy=_("Open it in the spreadsheet program, save it again and upload that."),
        code="file_damaged",
    )


def hostile() -> Refused:
    """The refusal of a file built to exhaust or deceive the reader."""
    return Refused(
        _("The file is built in a way that no spreadsheet program writes."),
        remedy=_("Copy the table into a new file and save that."),
        code="file_hostile",
    )


class Archive:
    """An opened ZIP file. All reading counts against the limits together."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        self._unpacked = 0
        try:
            _check_directory(file, limits)
            self._zip = zipfile.ZipFile(file)
        except (
            zipfile.BadZipFile,
            struct.error,
            OSError,
            ValueError,
            NotImplementedError,
        ) as error:
            raise damaged() from error
        entries = self._zip.infolist()
        if len(entries) > limits.entries or any(e.compress_type not in _METHODS for e in entries):
            raise hostile()
        self._entries = {entry.filename: entry for entry in entries}
        if len(self._entries) != len(entries):
            raise hostile()

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    @property
    def names(self) -> tuple[str, ...]:
        """All entries' names."""
        return tuple(self._entries)

    @property
    def encrypted(self) -> bool:
        """Whether ZIP's own encryption is used."""
        return any(entry.flag_bits & 1 for entry in self._entries.values())

    def chunks(self, name: str) -> Iterator[bytes]:
        """An entry's content piece by piece. Refuses bombs while unpacking."""
        entry = self._entries.get(name)
        if entry is None:
            raise damaged()
        unpacked = 0
        with _damage_named(), self._zip.open(entry) as stream:
            while piece := stream.read(_CHUNK):
                unpacked += len(piece)
                self._unpacked += len(piece)
                packed = max(entry.compress_size, 1)
                bomb = unpacked > _RATIO_FROM and unpacked > packed * self._limits.ratio
                if bomb or self._unpacked > self._limits.unpacked:
                    raise hostile()
                yield piece

    def head(self, name: str, size: int = 4096) -> bytes:
        """The first bytes of an entry."""
        return next(self.chunks(name), b"")[:size]


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, NotImplementedError):
            raise damaged() from error
        raise protected() from error  # zipfile: "password required"
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError) as error:
        raise damaged() from error


def protected() -> Refused:
    """The refusal of a file with a password."""
    return Refused(
        _("The file is protected with a password."),
        remedy=_("In Excel choose “Save as” and save it without a password as .xlsx."),
        code="file_protected",
    )


def _check_directory(file: BinaryIO, limits: Limits) -> None:
    """Refuses a huge directory before zipfile builds objects of it."""
    size = file.seek(0, 2)
    start = max(0, size - _TAIL)
    file.seek(start)
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise damaged()
    directory_size = struct.unpack_from("<L", tail, end + 12)[0]
    locator = end - 20
    if locator >= 56 and tail[locator : locator + 4] == b"PK\x06\x07":
        directory_size = struct.unpack_from("<Q", tail, locator - 56 + 40)[0]
    if directory_size > limits.entries * _DIRECTORY_ENTRY:
        raise hostile()
    file.seek(0)
