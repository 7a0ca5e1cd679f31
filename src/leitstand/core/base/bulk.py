"""Set-based inserts whose values are prepared before the transaction begins.

A write transaction should hold its lock for the database's work only, not for Python's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models


class Insert:
    """Rows of one model, ready to be written with one statement.

    ``set`` fills in values that are known only inside the transaction, such as numbers.
    """

    def __init__(self, model: type[models.Model], rows: Sequence[models.Model]) -> None:
        self.model = model
        self._fields = list(model._meta.concrete_fields)
        self._places = {f.attname: i for i, f in enumerate(self._fields)}
        columns = [_column(field, rows) for field in self._fields]
        self._values = [list(values) for values in zip(*columns, strict=True)]

    def __len__(self) -> int:
        return len(self._values)

    def set(self, index: int, attribute: str, value: Any) -> None:
        """Set the value of ``attribute`` (the column's attribute name) of one row."""
        place = self._places[attribute]
        self._values[index][place] = self._fields[place].get_db_prep_save(value, connection)

    def execute(self) -> None:
        """Write all rows; call inside a transaction."""
        if not self._values:
            return
        table = connection.ops.quote_name(self.model._meta.db_table)
        columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in self._fields)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in self._values:
                        copy.write_row(row)
            else:
                places = ", ".join(["%s"] * len(self._fields))
                cursor.executemany(
                    f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608 - names of our own models
                    self._values,
                )


def _column(field: Any, rows: Sequence[models.Model]) -> list[Any]:
    """Return the database values of one column; the real connection spares a look-up a value."""
    here, prepare, take = connections[DEFAULT_DB_ALIAS], field.get_db_prep_save, field.pre_save
    return [prepare(take(row, True), here) for row in rows]


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
