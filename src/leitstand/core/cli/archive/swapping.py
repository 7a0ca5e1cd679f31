"""Putting a restored instance in the place of the old one, so that a kill leaves either."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from django.db import connection, transaction

from leitstand.core.cli.archive import loading
from leitstand.core.cli.archive.reading import Backup, Manifest
from leitstand.core.cli.archive.saving import chunks_of, digest_of
from leitstand.core.cli.archive.snapshot import turned_to
from leitstand.core.cli.failure import Failure, disk_failure
from leitstand.core.files import store


def restore_database(fill: Callable[[], int]) -> int:
    """Run ``fill`` on a fresh database and put that in the place of the present one."""
    if connection.vendor == "postgresql":
        return _postgres(fill)
    return _sqlite(fill)


def _postgres(fill: Callable[[], int]) -> int:
    """One transaction: PostgreSQL undoes changes of tables too."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10s'")
        loading.drop_own_tables()
        return fill()


def _sqlite(fill: Callable[[], int]) -> int:
    """Fill a file beside the database, then rename it."""
    place = Path(connection.settings_dict["NAME"])
    fresh = place.with_name("restore.db")
    _remove(fresh)
    try:
        with turned_to(fresh):
            count = fill()
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.execute("PRAGMA journal_mode=DELETE")
        _sync(fresh)
        _close_journal(place)
        os.replace(fresh, place)
        _sync(place.parent)
    except OSError as problem:
        raise disk_failure(problem, place, "nothing was restored") from problem
    finally:
        _remove(fresh)
    return count


def _close_journal(place: Path) -> None:
    """Write the old database's journal back, so that none lies beside the new one."""
    if not place.exists():
        for suffix in ("-wal", "-shm"):
            place.with_name(place.name + suffix).unlink(missing_ok=True)
        return
    old = sqlite3.connect(place, timeout=5)
    try:
        mode = old.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.DatabaseError as problem:
        if "not a database" not in str(problem) and "malformed" not in str(problem):
            raise Failure(f"nothing was restored: {place} is in use: {problem}") from problem
        mode = "delete"
    finally:
        old.close()
    if mode != "delete":
        raise Failure(f"nothing was restored: {place} is in use; stop Leitstand first.")
    for suffix in ("-wal", "-shm", "-journal"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def restore_files(backup: Backup, manifest: Manifest) -> list[Path]:
    """Store the files that are not there yet; returns them, so that a failure can remove them."""
    written: list[Path] = []
    try:
        for name in sorted(manifest.members):
            if name.startswith("files/"):
                path = store.path_of(name.removeprefix("files/"))
                if _write(backup, name, path):
                    written.append(path)
    except OSError as problem:
        forget_files(written)
        raise disk_failure(problem, store.folder(), "nothing was restored") from problem
    except BaseException:
        forget_files(written)
        raise
    return written


def _write(backup: Backup, name: str, path: Path) -> bool:
    if path.is_file() and digest_of(chunks_of(path)) == path.name:
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(".part-" + path.name)
    try:
        with part.open("wb") as out:
            for chunk in backup.chunks(name):
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return True


def forget_files(written: list[Path]) -> None:
    """Remove files that a failed restore has stored."""
    for path in written:
        path.unlink(missing_ok=True)


def check_room(backup: Backup, manifest: Manifest, data: Path) -> None:
    """Raise ``Failure`` if the disk obviously cannot hold what the backup unpacks to."""
    needed = sum(entry["bytes"] for entry in manifest.members.values())
    free = shutil.disk_usage(data).free
    if needed > free:
        raise Failure(
            f"{backup.path} needs {needed >> 20} MB in {data}, but only {free >> 20} MB are free; "
            "nothing was changed."
        )
