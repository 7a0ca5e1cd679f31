"""Values whose key is there already: the same again, or a correction that keeps its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import connection

from leitstand.core.base import clock
from leitstand.sensing.actions.sums import day_of
from leitstand.sensing.domain import times

Row = Sequence[Any]


def new_ids(cursor: Any, first: int, count: int) -> set[int]:
    """Which ids of a block were really used."""
    cursor.execute(
        "SELECT id FROM sensing_observation WHERE id >= %s AND id < %s", [first, first + count]
    )
    return {key for (key,) in cursor.fetchall()}


def settle(cursor: Any, rows: Sequence[Row]) -> dict[int, tuple[int, str]]:
    """Compare each row with the one that is there; returns id and state by the row's first id."""
    found: dict[int, tuple[int, str]] = {}
    stale: set[tuple[int, int]] = set()
    for row in rows:
        cursor.execute(
            "SELECT id, number, other FROM sensing_observation "
            "WHERE datastream_id = %s AND start = %s AND feature_id = %s",
            [row[1], row[3], row[2]],
        )
        key, number, other = cursor.fetchone()
        if number == row[6] and _loaded(other) == _loaded(row[7]):
            found[row[0]] = (key, "same")
            continue
        _correct(cursor, key, row, number, other)
        stale.add((row[1], row[3]))
        found[row[0]] = (key, "corrected")
    recompute(cursor, stale)
    return found


def _loaded(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


def _stored(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def _correct(cursor: Any, key: int, row: Row, number: float | None, other: Any) -> None:
    json = "%s::jsonb" if connection.vendor == "postgresql" else "%s"
    now: Any = clock.now()
    if connection.vendor != "postgresql":
        now = now.replace(tzinfo=None).isoformat(" ")
    cursor.execute(
        "INSERT INTO sensing_correction (observation_id, replaced_at, number, other) "  # noqa: S608
        f"VALUES (%s, %s, %s, {json})",
        [key, now, number, _stored(other)],
    )
    cursor.execute(
        f"UPDATE sensing_observation SET stop = %s, result_time = %s, number = %s, other = {json}, "  # noqa: S608
        f"quality = {json}, valid_start = %s, valid_stop = %s, parameters = {json} "
        "WHERE id = %s AND start = %s",
        [*row[4:12], key, row[3]],
    )
    cursor.execute(
        f"UPDATE sensing_series SET latest_number = %s, latest_other = {json} "  # noqa: S608
        "WHERE datastream_id = %s AND latest_id = %s",
        [row[6], row[7], row[1], key],
    )


def recompute(cursor: Any, moments: Iterable[tuple[int, int]]) -> None:
    """Compute hours and days anew from the values: of (Datastream, moment) pairs."""
    hours = {(stream, start - start % times.HOUR) for stream, start in moments}
    days = {(stream, day_of(hour)) for stream, hour in hours}
    for table, buckets, ends in (
        ("sensing_hourly", hours, lambda start: start + times.HOUR),
        ("sensing_daily", days, lambda start: day_of(start + 36 * times.HOUR)),
    ):
        for stream, start in sorted(buckets):
            _recompute(cursor, table, stream, start, ends(start))


def _recompute(cursor: Any, table: str, stream: int, start: int, stop: int) -> None:
    cursor.execute(
        f"DELETE FROM {table} WHERE datastream_id = %s AND start = %s", [stream, start]  # noqa: S608
    )
    cursor.execute(
        f"INSERT INTO {table} (datastream_id, start, count, total, lowest, highest) "  # noqa: S608
        "SELECT datastream_id, %s, COUNT(*), SUM(number), MIN(number), MAX(number) "
        "FROM sensing_observation WHERE datastream_id = %s AND start >= %s AND start < %s "
        "AND number IS NOT NULL GROUP BY datastream_id",
        [start, stream, start, stop],
    )
