"""One consistent view of the database while the product goes on writing.

SQLite: a copy by the online backup interface, checked with ``integrity_check``. PostgreSQL: a
transaction that sees one moment (REPEATABLE READ) and cannot write.
Sources: sqlite.org/backup.html; postgresql.org, "Transaction Isolation".
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from leitstand.core.cli.failure import Failure

_PAGES_PER_STEP = 4096


@contextmanager
def snapshot() -> Iterator[None]:
    """Let every query inside see one moment; the default connection is turned to it."""
    if connection.vendor == "postgresql":
        with _one_moment():
            yield
        return
    original = connection.settings_dict["NAME"]
    copy = _copy_path()
    try:
        _copy(Path(original), copy)
        with turned_to(copy):
            yield
    finally:
        _remove(copy)


@contextmanager
def turned_to(path: Path) -> Iterator[None]:
    """Turn the default connection to another SQLite file for a while."""
    original = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = path
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original


@contextmanager
def _one_moment() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _copy_path() -> Path:
    """Return the name of this process's copy; copies that a killed process left are removed."""
    folder = Path(settings.CONFIG.data) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    for rest in folder.glob("snapshot-*.db"):
        number = rest.stem.removeprefix("snapshot-")
        if not number.isdigit() or not Path(f"/proc/{number}").exists():
            _remove(rest)
    return folder / f"snapshot-{os.getpid()}.db"


def _remove(copy: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _copy(original: Path, copy: Path) -> None:
    if not original.is_file():
        raise Failure(f"there is no database at {original}; run: leitstand migrate")
    try:
        _copy_pages(original, copy)
    except sqlite3.Error as problem:
        raise _copy_failure(problem, original, copy) from problem


def _copy_pages(original: Path, copy: Path) -> None:
    """Copy and check. One read transaction holds the source still, writers are not stopped."""
    source = sqlite3.connect(f"file:{original}?mode=ro", uri=True, timeout=30)
    target = sqlite3.connect(copy)
    try:
        os.chmod(copy, 0o600)
        target.execute("PRAGMA journal_mode=OFF")
        target.execute("PRAGMA synchronous=OFF")
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=_PAGES_PER_STEP)
        found = target.execute("PRAGMA integrity_check(5)").fetchall()
    finally:
        target.close()
        source.close()
    if found != [("ok",)]:
        texts = "; ".join(str(row[0]) for row in found)
        raise Failure(
            f"the database {original} is damaged: {texts}. "
            "Stop Leitstand and restore the last good backup: leitstand restore FILE --replace --yes"
        )


def _copy_failure(problem: sqlite3.Error, original: Path, copy: Path) -> Failure:
    size = original.stat().st_size >> 20
    if "full" in str(problem) or "disk I/O" in str(problem):
        return Failure(
            f"there is no room for a copy of the database ({size} MB) in {copy.parent}; "
            "nothing was kept. Free some space."
        )
    if isinstance(problem, sqlite3.DatabaseError) and "malformed" in str(problem):
        return Failure(f"the database {original} is damaged: {problem}")
    return Failure(f"the database {original} could not be copied: {problem}")
