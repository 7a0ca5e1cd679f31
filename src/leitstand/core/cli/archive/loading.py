"""Filling a fresh database from a backup: all of it or nothing.

The tables are built at the state in which the backup was written, filled, checked, and then
brought up to the program's state.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

from leitstand.core.cli.archive import codec, scope, state
from leitstand.core.cli.archive.reading import Backup, Manifest
from leitstand.core.cli.failure import Failure

_BATCH = 1000


def fill(backup: Backup, manifest: Manifest) -> int:
    """Build the tables in the empty default database and load all rows; returns their number.

    Inside a transaction (PostgreSQL) or on a file that nobody uses yet (SQLite).
    """
    executor = MigrationExecutor(connection)
    executor.migrate(state.newest(manifest.migrations))
    count = _load(backup, manifest)
    call_command("migrate", interactive=False, verbosity=0)
    return count


def _load(backup: Backup, manifest: Manifest) -> int:
    tables = scope.tables(state.models_at(manifest.migrations), scope.NOT_IN_BACKUP)
    _check_tables(tables, manifest)
    count = 0
    with transaction.atomic():
        for model in tables:
            _empty(model)
        for model in tables:
            count += _load_table(backup, manifest, model)
        _check_constraints()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(statement)
    return count


def _check_tables(tables: list[type[models.Model]], manifest: Manifest) -> None:
    here = {f"data/{model._meta.label_lower}.jsonl" for model in tables}
    there = {name for name in manifest.members if name.startswith("data/")}
    if here != there:
        name = sorted(here ^ there)[0]
        raise Failure(f"the backup does not fit its own version: {name} is in one of them only.")


def _empty(model: type[models.Model]) -> None:
    """Remove what migrations have put in: the backup holds those rows too."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {quote(model._meta.db_table)} LIMIT 1")  # noqa: S608
        if cursor.fetchone():
            cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608


def _load_table(backup: Backup, manifest: Manifest, model: type[models.Model]) -> int:
    name = f"data/{model._meta.label_lower}.jsonl"
    rows = backup.rows(name)
    count = 0
    while batch := list(islice(rows, _BATCH)):
        try:
            codec.insert(model, batch)
        except (DatabaseError, ValidationError, LookupError, TypeError, ValueError) as problem:
            raise _row_failure(name, count, len(batch), problem) from problem
        count += len(batch)
    if count != manifest.members[name].get("rows"):
        raise Failure(
            f"the backup is inconsistent: {name} has {count} rows, its manifest says other."
        )
    return count


def _row_failure(name: str, before: int, size: int, problem: Exception) -> Failure:
    text = " ".join(str(problem).split())[:200]
    return Failure(
        f"nothing was restored: {name}, rows {before + 1} to {before + size}, "
        f"cannot be stored in this database: {text}"
    )


def _check_constraints() -> None:
    """Check all references now; on PostgreSQL this also lets later migrations change tables."""
    try:
        connection.check_constraints()
    except DatabaseError as problem:
        text = " ".join(str(problem).split())[:300]
        raise Failure(f"nothing was restored: a reference leads nowhere: {text}") from problem


def has_data() -> bool:
    """Whether the default database holds rows that a backup would hold."""
    existing = set(connection.introspection.table_names())
    entered = _data_tables(scope.NOT_IN_BACKUP | scope.SHIPPED)
    return any(_has_rows(table) for table in sorted(entered & existing))


def _data_tables(excluded: frozenset[str] = scope.NOT_IN_BACKUP) -> set[str]:
    migrations = state.applied()
    tables = scope.tables(state.models_at(migrations), excluded)
    return {model._meta.db_table for model in tables}


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
        return cursor.fetchone() is not None


def own_tables() -> set[str]:
    """Return the tables in the default database that the product knows."""
    existing = set(connection.introspection.table_names())
    known = set(connection.introspection.django_table_names()) | {"django_migrations"}
    return existing & (known | _data_tables())


def other_tables() -> list[str]:
    """Return tables that are not the product's: a database with them is left alone."""
    return sorted(set(connection.introspection.table_names()) - own_tables())


def drop_own_tables() -> None:
    """Drop the product's tables (PostgreSQL, inside the transaction of the restore)."""
    with connection.cursor() as cursor:
        for table in _quoted(own_tables()):
            cursor.execute(f"DROP TABLE {table} CASCADE")


def _quoted(tables: set[str]) -> Iterator[Any]:
    return (connection.ops.quote_name(table) for table in sorted(tables))
