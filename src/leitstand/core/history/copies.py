"""On SQLite: the rows of a past day, copied once for the many statements of a page.

Without statistics SQLite's planner walks all versions of all projects, in the order of whatever
a statement groups by, and the next statement does so again. So before the first statement over
all rows of a leading table those of the day go into a temporary table of the connection, which the
statements of this reading then use instead. PostgreSQL plans well without.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

from leitstand.core.history import tracked

_ONE = re.compile(r'"id" (?:= %s|IN \(%s)')
_numbers = itertools.count(1)
_held: ContextVar[dict[str, Copy] | None] = ContextVar("copies", default=None)
_left: WeakKeyDictionary[Any, list[str]] = WeakKeyDictionary()
"""Connection → copies that could not be removed because a cursor still read them."""


@dataclass(frozen=True)
class Copy:
    """The temporary table that holds the rows of a tracked table on the day being read."""

    table: str
    name: str


@contextmanager
def scope(wanted: bool) -> Iterator[None]:
    """Make copies while a past day is being read if ``wanted``, and remove them afterwards; those
    of another day are not used meanwhile."""
    token = _held.set({} if wanted else None)
    try:
        yield
    finally:
        if _held.get():
            _remove([copy.name for copy in held().values()])
        _held.reset(token)


def held() -> Mapping[str, Copy]:
    """Tracked table → its copy."""
    return _held.get() or {}


def is_worth(sql: str, table: str, vendor: str) -> bool:
    """Whether the statement reads over all rows of a leading table that has no copy yet."""
    copies, of = _held.get(), tracked.find(table)
    if vendor != "sqlite" or copies is None or of is None or table in copies:
        return False
    leads = of.model._meta.label in tracked.LEADING
    return leads and f'FROM "{table}"' in sql and _ONE.search(sql) is None


def make(table: str, shadow: str) -> None:
    """Copy the rows that ``shadow``, the table's part of a WITH clause, selects."""
    copies, of = _held.get(), tracked.find(table)
    assert copies is not None  # noqa: S101 - the caller has asked is_worth
    assert of is not None  # noqa: S101
    copy = Copy(table, f"of_day_{next(_numbers)}_{table}")
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMP TABLE "{copy.name}" AS WITH {shadow} SELECT * FROM "{table}"'  # noqa: S608
        )
        cursor.execute(f'CREATE UNIQUE INDEX temp."{copy.name}_key" ON "{copy.name}" ("{of.key}")')
    copies[table] = copy


def shadow(copy: Copy) -> str:
    """The part of a WITH clause that answers from the copy."""
    return f'"{copy.table}" AS NOT MATERIALIZED (SELECT * FROM temp."{copy.name}")'  # noqa: S608


def _remove(names: list[str]) -> None:
    """Drop these tables, and those that were still being read the last time."""
    here = connections[DEFAULT_DB_ALIAS]
    names, rest = [*names, *_left.pop(here, ())], []
    with here.cursor() as cursor:
        for name in names:
            try:
                cursor.execute(f'DROP TABLE IF EXISTS temp."{name}"')
            except OperationalError:  # a download goes on reading it
                rest.append(name)
    if rest:
        _left[here] = rest
