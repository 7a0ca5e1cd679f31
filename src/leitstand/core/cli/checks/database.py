"""Checks of the database: reachable, version, settings, migrated, whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from leitstand.conf import Config
from leitstand.core.cli.checks.result import Check, fail, ok, warn
from leitstand.core.cli.failure import Failure

_SQLITE_FROM, _POSTGRES_FROM = (3, 31, 0), 140000
_SKEW_S = 60


def place(config: Config) -> str:
    """Return where the database is, without its password."""
    if not config.is_postgres:
        return str(config.data / "app.db")
    url = urlsplit(config.database_url)
    return f"{url.hostname or 'local socket'}:{url.port or 5432}{url.path}"


def exists(config: Config) -> bool:
    """Whether an embedded database is there at all (PostgreSQL: always true)."""
    return config.is_postgres or (config.data / "app.db").is_file()


def reachable(config: Config) -> Check:
    """The database answers."""
    from django.db import connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as problem:  # noqa: BLE001 - whatever it is, the operator must read it
        text = " ".join(str(problem).split())[:200]
        return fail("database", f"does not answer: {text}", place(config),
                    "start it, or correct LEITSTAND_DATABASE_URL or the permissions")  # fmt: skip
    return ok("database", "answers", place(config))


def settings(config: Config) -> Iterator[Check]:
    """Version and settings that safety rests on."""
    yield from _postgres(config) if config.is_postgres else _sqlite(config)


def _sqlite(config: Config) -> Iterator[Check]:
    import sqlite3

    where = place(config)
    if sqlite3.sqlite_version_info < _SQLITE_FROM:
        yield fail("database version", f"SQLite {sqlite3.sqlite_version}", where,
                   "SQLite 3.31 or newer is needed")  # fmt: skip
    else:
        yield ok("database version", f"SQLite {sqlite3.sqlite_version}", where)
    mode, synchronous = _value("PRAGMA journal_mode"), _value("PRAGMA synchronous")
    if (mode, synchronous) != ("wal", "2"):
        yield fail("database settings", f"journal_mode={mode}, synchronous={synchronous}", where,
                   "the folder must be on a local disk, not on a network share")  # fmt: skip
    else:
        yield ok("database settings", "WAL, synchronous FULL", where)
    damage = _value("PRAGMA quick_check(1)")
    if damage != "ok":
        yield fail("database integrity", damage[:200], where,
                   "stop Leitstand; leitstand restore FILE --replace --yes")  # fmt: skip
    else:
        yield ok("database integrity", "no damage found", where)


def _postgres(config: Config) -> Iterator[Check]:
    where = place(config)
    number = int(_value("SHOW server_version_num"))
    text = f"PostgreSQL {_value('SHOW server_version')}"
    if number < _POSTGRES_FROM:
        yield fail("database version", text, where, "PostgreSQL 14 or newer is needed")
    else:
        yield ok("database version", text, where)
    wanted = {"server_encoding": "UTF8", "fsync": "on", "full_page_writes": "on"}
    wrong = [f"{name}={found}" for name, value in wanted.items()
             if (found := _value(f"SHOW {name}")) != value]  # fmt: skip
    if (commit := _value("SHOW synchronous_commit")) not in {"on", "remote_apply", "remote_write"}:
        wrong.append(f"synchronous_commit={commit}")
    if wrong:
        yield fail("database settings", ", ".join(wrong), where,
                   "set encoding UTF8, synchronous_commit=on, fsync=on")  # fmt: skip
    else:
        yield ok("database settings", "UTF8, synchronous_commit on", where)
    yield _skew(where)


def _skew(where: str) -> Check:
    theirs = datetime.fromtimestamp(float(_value("SELECT extract(epoch FROM now())")), UTC)
    apart = abs((_now() - theirs).total_seconds())
    if apart > _SKEW_S:
        return warn("database clock", f"{apart:.0f} s apart from this machine's", where,
                    "let both machines follow the same time server")  # fmt: skip
    return ok("database clock", "agrees with this machine's", where)


def _now() -> datetime:
    from leitstand.core.base import clock

    return clock.now()


def _value(statement: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def is_empty() -> bool:
    """Whether nothing has been migrated yet."""
    from leitstand.core.cli.archive import state

    return not state.applied()


def migrated(config: Config) -> Check:
    """The tables fit the program."""
    from leitstand.core.cli import upgrades
    from leitstand.core.cli.archive import state

    where = place(config)
    try:
        upgrades.check_database()
    except Failure as problem:
        return fail("migrations", str(problem), where, "use the version that the text names")
    if waiting := state.pending():
        return fail("migrations", f"{len(waiting)} are pending", where, "leitstand migrate")
    return ok("migrations", f"up to date ({upgrades.recorded_version()})", where)


def versions(config: Config) -> Check:
    """The triggers that keep every version are there, and the open versions are the rows."""
    from leitstand.core.history import actions

    where = place(config)
    if missing := actions.missing():
        return fail("history", f"triggers are missing: {', '.join(missing[:5])}", where,
                    "leitstand migrate makes them again")  # fmt: skip
    if wrong := actions.deviating():
        return warn("history", f"versions differ from: {', '.join(wrong[:5])}", where,
                    "rows were changed past the triggers; leitstand migrate records them")  # fmt: skip
    return ok("history", "every change is kept", where)
