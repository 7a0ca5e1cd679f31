"""Whether a worker still lives: each holds a lock on a file of its own until it ends.

Host name and process number are not enough: two containers may share both.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from pathlib import Path

from django.conf import settings

_held: int | None = None
_name = ""


def _folder() -> Path:
    folder: Path = settings.CONFIG.data / "tmp" / "workers"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def host() -> str:
    """Return the name of this machine or container, shortened."""
    return socket.gethostname()[:100]


def own_name() -> str:
    """Return ``host:process id:start`` of this process; the first call takes the lock."""
    global _held, _name
    if _held is None:
        start = secrets.token_hex(4)
        _held = os.open(_folder() / start, os.O_WRONLY | os.O_CREAT, 0o600)  # until the end
        fcntl.flock(_held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _name = f"{host()}:{os.getpid()}:{start}"
    return _name


def has_ended(name: str) -> bool:
    """Whether the worker of this name is surely dead; False if nobody here can know."""
    where, _colon, start = name.rpartition(":")
    if where.rpartition(":")[0] != host() or not start.isalnum():
        return False
    return _is_free(_folder() / start)


def sweep() -> None:
    """Remove the files of dead workers."""
    for path in _folder().iterdir():
        if _is_free(path):
            path.unlink(missing_ok=True)


def _is_free(path: Path) -> bool:
    """Whether the file exists and nobody holds its lock."""
    try:
        with path.open("rb") as other:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held by a living worker, or not there
        return False
    return True
