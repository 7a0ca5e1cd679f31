"""Locks between the product's own processes; the system frees them when a process dies.

``instance.lock`` is shared by everything that serves and taken alone by a restore;
``migrate.lock`` lets one migration at a time through, with an advisory lock of PostgreSQL beside
it, because there several machines may share one database.
"""

from __future__ import annotations

import contextlib
import fcntl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from leitstand.core.cli.failure import Failure, disk_failure

_MIGRATE_KEY = 0x4C65_6D67
_held: list[IO[str]] = []


def hold_instance() -> None:
    """Say for the life of this process that it serves the instance."""
    handle = _open("instance.lock")
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Failure(
            "a backup is being restored at this moment; start again afterwards."
        ) from None
    _held.append(handle)


@contextmanager
def instance_alone() -> Iterator[None]:
    """Make sure that nothing serves the instance on this machine for the length of the block."""
    with _open("instance.lock") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                f"Leitstand is running on {settings.CONFIG.data}; stop it first (systemctl stop "
                "leitstand, or Ctrl-C where it was started)."
            ) from None
        yield


@contextmanager
def one_migration(patience: float = 600) -> Iterator[None]:
    """Wait until no other process migrates, at most ``patience`` seconds."""
    deadline = time.monotonic() + patience
    with _open("migrate.lock") as handle:
        _wait(lambda: _file_lock(handle), deadline)
        if connection.vendor != "postgresql":
            yield
            return
        _wait(_advisory_lock, deadline)
        try:
            yield
        finally:
            # A connection that broke has lost the lock by itself.
            with contextlib.suppress(DatabaseError, InterfaceError):
                _advisory_unlock()


def _wait(free: Callable[[], bool], deadline: float) -> None:
    told = False
    while not free():
        if time.monotonic() > deadline:
            raise Failure("another migration does not come to an end; look for it and stop it.")
        if not told:
            print("another migration is running, waiting for it", file=sys.stderr)
            told = True
        time.sleep(0.2)


def _file_lock(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _advisory_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_MIGRATE_KEY])
        return bool(cursor.fetchone()[0])


def _advisory_unlock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATE_KEY])


def _open(name: str) -> IO[str]:
    path = Path(settings.CONFIG.data) / name
    try:
        return path.open("w")
    except OSError as problem:
        raise disk_failure(problem, path, "the lock could not be taken") from problem
