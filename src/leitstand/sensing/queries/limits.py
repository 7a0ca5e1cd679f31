"""Ends statements that take too long: a filter from outside may not hold the instance up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

MOST_SECONDS, STEPS = 10.0, 20_000


@contextmanager
def limited() -> Iterator[None]:
    """Run reading statements with a limit of time; :func:`ran_out` tells its error from others."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {int(MOST_SECONDS * 1000)}")
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
        return
    connection.ensure_connection()
    raw = connection.connection
    end = time.monotonic() + MOST_SECONDS
    raw.set_progress_handler(lambda: int(time.monotonic() > end), STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


def ran_out(error: Exception) -> bool:
    """Whether a statement was ended by the limit."""
    if connection.vendor == "postgresql":
        return getattr(error.__cause__, "sqlstate", "") == "57014"
    return str(error) == "interrupted"
