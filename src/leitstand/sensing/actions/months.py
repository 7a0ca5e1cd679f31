"""Month partitions of values on PostgreSQL: a missing month is made before it is written to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from leitstand.core.base import clock
from leitstand.sensing.domain import times

_EARLIEST = 2000
_known: set[tuple[int, int]] = set()


def make(moments: Iterable[int]) -> None:
    """Make the partitions of these moments, from 2000 to the end of next year; others have one for all."""
    if connection.vendor != "postgresql":
        return
    month_us = 28 * 24 * times.HOUR
    rough = {moment // month_us for moment in moments}
    wanted = {
        _month(number * month_us + part) for number in rough for part in (0, month_us // 2, month_us - 1)
    }
    last = clock.now().year + 1
    for month in sorted(wanted - _known):
        if _EARLIEST <= month[0] <= last:
            _make(*month)
        _known.add(month)


def _month(moment: int) -> tuple[int, int]:
    day = times.EPOCH + timedelta(microseconds=min(max(moment, -6 * 10**16), 25 * 10**16))
    return day.year, day.month


def _make(year: int, month: int) -> None:
    name = f"sensing_observation_{year}_{month:02}"
    first, following = (
        (datetime(y, m, 1, tzinfo=UTC) - times.EPOCH) // timedelta(microseconds=1)
        for y, m in ((year, month), (year + month // 12, month % 12 + 1))
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is None:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sensing.months'))")
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF sensing_observation "
                f"FOR VALUES FROM ({first}) TO ({following})"
            )
