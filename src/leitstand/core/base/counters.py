"""The cache behind rate limits and counters of failed log-ins: a table that all processes share.

JSON instead of pickles, whose loading runs code, and one statement per call: Django's own cache in
the database counts its rows at every write.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

from leitstand.core.base import clock

_TABLE = "base_counter"
_FOREVER_S = 365 * 24 * 60 * 60


class SharedCache(BaseCache):
    """A cache of small JSON values in the table of counters."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept and has not run out."""
        statement = f"SELECT value FROM {_TABLE} WHERE key = %s AND ends > %s"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement, [self._name(key, version), _now()])
            row = cursor.fetchone()
        return json.loads(row[0]) if row else default

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep the value if there is none; False if there is. Of two at once, one gets True."""
        statement = (
            f"INSERT INTO {_TABLE} (key, value, ends) VALUES (%s, %s, %s) ON CONFLICT (key) "  # noqa: S608
            f"DO UPDATE SET value = excluded.value, ends = excluded.ends WHERE {_TABLE}.ends <= %s"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [*self._row(key, value, timeout, version), _now()])
            return bool(cursor.rowcount == 1)

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep the value, replacing what is there."""
        statement = (
            f"INSERT INTO {_TABLE} (key, value, ends) VALUES (%s, %s, %s) ON CONFLICT (key) "  # noqa: S608
            "DO UPDATE SET value = excluded.value, ends = excluded.ends"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, self._row(key, value, timeout, version))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Let a value end later; False if there is none."""
        statement = f"UPDATE {_TABLE} SET ends = %s WHERE key = %s AND ends > %s"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement, [self._ends(timeout), self._name(key, version), _now()])
            return bool(cursor.rowcount)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count up in one statement, so that nobody's count is lost; ``ValueError`` if unknown."""
        cast = "CAST(CAST(value AS integer) + %s AS text)"
        statement = (
            f"UPDATE {_TABLE} SET value = {cast} WHERE key = %s AND ends > %s RETURNING value"  # noqa: S608
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [delta, self._name(key, version), _now()])
            row = cursor.fetchone()
        if row is None:
            raise ValueError(f"key {key!r} is not kept")
        return int(row[0])

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; False if there was none."""
        with connection.cursor() as cursor:
            statement = f"DELETE FROM {_TABLE} WHERE key = %s"  # noqa: S608
            cursor.execute(statement, [self._name(key, version)])
            return bool(cursor.rowcount)

    def clear(self) -> None:
        """Forget everything."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {_TABLE}")  # noqa: S608

    def _name(self, key: str, version: int | None) -> str:
        name = str(self.make_and_validate_key(key, version=version))
        return name[:250]

    def _ends(self, timeout: Any) -> float:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return _now() + (_FOREVER_S if seconds is None else seconds)

    def _row(self, key: str, value: Any, timeout: Any, version: int | None) -> list[Any]:
        return [self._name(key, version), json.dumps(value), self._ends(timeout)]


def _now() -> float:
    return clock.now().timestamp()


def forget_old() -> int:
    """The round every minute: remove what has run out; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TABLE} WHERE ends <= %s", [_now()])  # noqa: S608
        return int(cursor.rowcount)
