"""One writer at a time where a rule looks at many rows: numbers, circles, baselines."""

from __future__ import annotations

from django.db import connection


def one_at_a_time(what: str) -> None:
    """Wait until no other transaction works on ``what``; holds until the transaction ends.

    SQLite's transactions begin IMMEDIATE, so there is only ever one writer.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
