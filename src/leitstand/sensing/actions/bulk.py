"""One ``INSERT`` for many rows: ``executemany`` on SQLite, ``unnest`` of columns on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

Columns = Sequence[tuple[str, str]]
"""Names and PostgreSQL's types."""


def insert(
    cursor: Any, table: str, columns: Columns, rows: Sequence[Sequence[Any]], conflict: str = ""
) -> int:
    """Insert rows; returns how many were inserted or updated. Names come from code, never from input."""
    if not rows:
        return 0
    names = ", ".join(name for name, _ in columns)
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{_sent_as(kind)}[]" for _, kind in columns)
        picked = ", ".join(f"u.{name}::{kind}" for name, kind in columns)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {picked} FROM unnest({arrays}) AS u({names}) {conflict}",  # noqa: S608
            [list(column) for column in zip(*rows, strict=True)],
        )
    else:
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {conflict}", rows)  # noqa: S608
    return int(cursor.rowcount)


def _sent_as(kind: str) -> str:
    return "text" if kind == "jsonb" else kind


def smaller(left: str, right: str) -> str:
    """SQL of the smaller of two values that are not NULL."""
    return f"{'LEAST' if connection.vendor == 'postgresql' else 'MIN'}({left}, {right})"


def larger(left: str, right: str) -> str:
    """SQL of the larger of two values that are not NULL."""
    return f"{'GREATEST' if connection.vendor == 'postgresql' else 'MAX'}({left}, {right})"
