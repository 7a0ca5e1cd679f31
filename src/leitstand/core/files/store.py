"""Bytes of stored files: content-addressed, written aside and renamed, so never half there."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Refused, Unavailable
from leitstand.core.files import sniff

CHUNK = 1 << 20
_SCAN_SECONDS = 120
_HEAD = 8192
_FRESH_SECONDS = 600


def folder() -> Path:
    """Return the folder that holds the bytes."""
    return Path(settings.CONFIG.data) / "files"


def path_of(sha256: str) -> Path:
    """Return where the bytes of a digest lie."""
    return folder() / sha256[:2] / sha256


def put(chunks: Iterable[bytes]) -> tuple[str, int, str]:
    """Store bytes and return (sha256, size in bytes, media type).

    Raises ``Refused`` for empty, too large, executable or infected content and ``Unavailable``
    if the disk is full; in every case nothing is left behind.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder(), prefix=".part-")
    except OSError as problem:
        raise disk_problem(problem) from problem
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            digest, size, kind = _write(out, chunks)
        _scan(part)
        target = path_of(digest)
        target.parent.mkdir(exist_ok=True)
        os.replace(part, target)
        _sync_folder(target.parent)
    except OSError as problem:
        raise disk_problem(problem) from problem
    finally:
        part.unlink(missing_ok=True)
    return digest, size, kind


def remove(sha256: str) -> bool:
    """Remove the bytes of a digest, unless they were written within the last ten minutes.

    Returns whether they went.
    """
    path = path_of(sha256)
    with contextlib.suppress(FileNotFoundError):
        if time.time() - path.stat().st_mtime > _FRESH_SECONDS:
            path.unlink()
            return True
    return False


def digests(prefix: str) -> list[str]:
    """Return the digests whose bytes lie in the folder of a two-digit prefix."""
    place = folder() / prefix
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []


def _write(out: BinaryIO, chunks: Iterable[bytes]) -> tuple[str, int, str]:
    state, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        size += len(chunk)
        if size > settings.CONFIG.max_upload:
            raise too_large()
        head += chunk[: _HEAD - len(head)]
        state.update(chunk)
        out.write(chunk)
    if size == 0:
        raise Refused(_("The file is empty."), remedy=_("Choose the file again."))
    kind = sniff.media_type(head)
    if kind == sniff.EXECUTABLE:
        raise Refused(_("Programs are not accepted."), remedy=_("Upload a document instead."))
    out.flush()
    os.fsync(out.fileno())
    return state.hexdigest(), size, kind


def too_large() -> Refused:
    """Return the error for a file above the limit."""
    return Refused(
        _("The file is larger than %(limit)d MB.") % {"limit": settings.CONFIG.max_upload >> 20},
        remedy=_("Remove pictures and unused sheets, or split the file."),
    )


def _scan(path: Path) -> None:
    """Run the operator's virus scanner; exit code 0 means clean."""
    command = settings.CONFIG.virus_scanner
    if not command:
        return
    try:
        done = subprocess.run(
            [*shlex.split(command), str(path)],
            check=False,
            capture_output=True,
            timeout=_SCAN_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise Unavailable(_("The virus scanner does not answer. Try again later.")) from None
    if done.returncode != 0:
        raise Refused(
            _("The virus scanner has rejected the file."),
            remedy=_("Ask your IT service desk to look at the file."),
        )


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def disk_problem(problem: OSError) -> Unavailable:
    """Return the error that people see for a failed write."""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return Unavailable(
            _("The disk of the server is full. Nothing was stored; your IT service desk must act.")
        )
    return Unavailable(_("The file could not be stored. Try again, or tell your IT service desk."))
