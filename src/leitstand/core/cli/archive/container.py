"""Writing the zip: beside the target, flushed to disk, renamed; so it is whole or not there."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from leitstand.core.cli.failure import Failure, disk_failure

_NO_TIME = (1980, 1, 1, 0, 0, 0)


class Container:
    """A zip being written; ``members`` collects sum, size and, for tables, rows of each member."""

    def __init__(self, out: IO[bytes], compression: int) -> None:
        self._zip = zipfile.ZipFile(out, "w", compression=compression, allowZip64=True)
        self._compression = compression
        self.members: dict[str, dict[str, Any]] = {}

    def add(
        self, name: str, chunks: Generator[bytes, None, None], *, rows: bool = False
    ) -> dict[str, Any]:
        """Write one member; with ``rows`` every chunk counts as one row.

        ``chunks`` is closed in any case, so that a failed write leaves no open query behind.
        """
        digest, size, count = hashlib.sha256(), 0, 0
        info = zipfile.ZipInfo(name, _NO_TIME)
        info.compress_type = self._compression
        info.create_system = 3
        info.external_attr = 0o600 << 16
        with closing(chunks), self._zip.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                count += 1
                member.write(chunk)
        entry: dict[str, Any] = {"bytes": size, "sha256": digest.hexdigest()}
        if rows:
            entry["rows"] = count
        self.members[name] = entry
        return entry

    def add_text(self, name: str, content: bytes) -> None:
        """Write a small member."""
        self.add(name, (part for part in (content,)))

    def close(self) -> None:
        """Write the zip's directory."""
        self._zip.close()

    def abandon(self) -> None:
        """Let go of a zip that will be removed."""
        with contextlib.suppress(OSError, ValueError):
            self._zip.close()


@contextmanager
def writing(target: Path, *, compress: bool) -> Iterator[Container]:
    """Give a container that becomes ``target`` only if the block ends without an error.

    A killed process leaves at most ``target.part``, which the next run overwrites.
    """
    target = target.absolute()
    _check_place(target)
    part = target.with_name(target.name + ".part")
    try:
        with _own(part) as out:
            container = Container(out, zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED)
            try:
                yield container
                container.close()
            except BaseException:
                container.abandon()
                raise
            out.flush()
            os.fsync(out.fileno())
            os.replace(part, target)
        _sync_folder(target.parent)
    except OSError as problem:
        raise disk_failure(problem, target, "the file was not written") from problem


def _check_place(target: Path) -> None:
    if not target.parent.is_dir():
        raise Failure(f"the folder {target.parent} does not exist.")
    if target.is_dir():
        raise Failure(f"{target} is a folder; name a file in it.")


@contextmanager
def _own(part: Path) -> Iterator[IO[bytes]]:
    """Open the file for this process alone; it is removed if the block fails."""
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb", closefd=True) as out:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"another command is writing {part} at this moment.") from None
        out.truncate(0)
        try:
            yield out
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
