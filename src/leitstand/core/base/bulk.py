"""Set-based inserts whose values are prepared before the transaction begins.

A write transaction should hold its lock for the database's work only, not for Python's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models


class _Prepared:
    """Rows of one model as database values.

    ``set`` and ``fill`` put in what is known only inside the transaction, such as numbers.
    """

    def __init__(self, model: type[models.Model], rows: Sequence[models.Model], add: bool) -> None:
        self.model = model
        self._fields = list(model._meta.concrete_fields)
        self._places = {f.attname: i for i, f in enumerate(self._fields)}
        columns = [_column(field, rows, add) for field in self._fields]
        self._values = [list(values) for values in zip(*columns, strict=True)]

    def __len__(self) -> int:
        return len(self._values)

    def set(self, index: int, attribute: str, value: Any) -> None:
        """Set the value of ``attribute`` (the column's attribute name) of one row."""
        self.fill([index], attribute, value)

    def fill(self, indexes: Iterable[int], attribute: str, value: Any) -> None:
        """Set the value of ``attribute`` of several rows."""
        place = self._places[attribute]
        prepared = self._fields[place].get_db_prep_save(value, connection)
        for index in indexes:
            self._values[index][place] = prepared

    def _table(self) -> str:
        return connection.ops.quote_name(self.model._meta.db_table)

    def _columns(self) -> list[str]:
        return [connection.ops.quote_name(str(field.column)) for field in self._fields]


class Insert(_Prepared):
    """New rows, written with one statement."""

    def __init__(self, model: type[models.Model], rows: Sequence[models.Model]) -> None:
        super().__init__(model, rows, add=True)

    def execute(self) -> None:
        """Write all rows; call inside a transaction."""
        if not self._values:
            return
        table, columns = self._table(), ", ".join(self._columns())
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in self._values:
                        copy.write_row(row)
            else:
                places = ", ".join(["%s"] * len(self._fields))
                sql = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608
                cursor.executemany(sql, self._values)


class Update(_Prepared):
    """Changed rows, all columns written with one prepared statement (bulk_update is far slower)."""

    def __init__(self, model: type[models.Model], rows: Sequence[models.Model]) -> None:
        super().__init__(model, rows, add=False)

    def execute(self) -> None:
        """Write all rows; call inside a transaction."""
        if not self._values:
            return
        columns, key = self._columns(), self._places[str(self.model._meta.pk.attname)]
        assigned = ", ".join(f"{c} = %s" for i, c in enumerate(columns) if i != key)
        values = [[*row[:key], *row[key + 1 :], row[key]] for row in self._values]
        with connection.cursor() as cursor:
            sql = f"UPDATE {self._table()} SET {assigned} WHERE {columns[key]} = %s"  # noqa: S608
            cursor.executemany(sql, values)


def _column(field: Any, rows: Sequence[models.Model], add: bool) -> list[Any]:
    """Return the database values of one column; the real connection spares a look-up a value."""
    here, prepare, take = connections[DEFAULT_DB_ALIAS], field.get_db_prep_save, field.pre_save
    return [prepare(take(row, add), here) for row in rows]


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve ``count`` ids of an auto-increment key; call inside the writing transaction.

    SQLite has one writer at a time, so the highest id cannot move; PostgreSQL has a sequence.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
    return list(range(first, first + count))
