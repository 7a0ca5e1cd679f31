"""German search and sorting in both databases: SQLite folds ASCII only, PostgreSQL by locale."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func
from django.db.models.sql.compiler import SQLCompiler

_ICU = '"de-x-icu"'


def fold(text: str | None) -> str:
    """A text as the search compares it: lower case, "ß" as "ss", nothing as an empty text."""
    return "" if text is None else unicodedata.normalize("NFC", text).casefold()


def sort_key(text: str | None) -> str | None:
    """A text as DIN 5007-1 sorts it: umlauts like their base letters; empty texts come last."""
    if not text:
        return None
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


class _Function(Func):
    """A Python function on SQLite, an ICU collation on PostgreSQL.

    The function is handed to the connection where the query is compiled: it runs on the same
    connection afterwards, and no signal has to be wired.
    """

    arity = 1
    output_field = CharField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        """SQL for SQLite."""
        connection.ensure_connection()
        python = {"leitstand_fold": fold, "leitstand_sort": sort_key}[str(self.function)]
        connection.connection.create_function(self.function, 1, python, deterministic=True)
        return super().as_sql(compiler, connection, **context)


class Fold(_Function):
    """What `fold` gives, in SQL."""

    function = "leitstand_fold"

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        """SQL for PostgreSQL."""
        template = f"REPLACE(LOWER(COALESCE(%(expressions)s, '') COLLATE {_ICU}), 'ß', 'ss')"
        return super().as_sql(compiler, connection, template=template, **context)


class SortKey(_Function):
    """What `sort_key` gives, in SQL; to be used in ``order_by`` alone."""

    function = "leitstand_sort"

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        """SQL for PostgreSQL."""
        template = f"NULLIF(%(expressions)s, '') COLLATE {_ICU}"
        return super().as_sql(compiler, connection, template=template, **context)
