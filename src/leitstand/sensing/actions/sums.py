"""What a batch of values adds to the rollups and to what is known of the series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from leitstand.sensing.actions.bulk import insert, larger, smaller
from leitstand.sensing.domain import times

Row = Sequence[Any]
_ID, _STREAM, _FEATURE, _START, _STOP, _RESULT_TIME, _NUMBER, _OTHER = range(8)
_COLUMNS = (
    ("datastream_id", "bigint"), ("start", "bigint"), ("count", "bigint"), ("total", "float8"),
    ("lowest", "float8"), ("highest", "float8"),
)  # fmt: skip


@lru_cache(maxsize=50_000)
def day_of(hour: int) -> int:
    """The beginning of the city's calendar day in which this moment lies."""
    zone = ZoneInfo(settings.TIME_ZONE)
    try:
        local = (times.EPOCH + timedelta(microseconds=hour)).astimezone(zone)
    except OverflowError:  # the first and the last day that there are
        return hour - hour % (24 * times.HOUR)
    midnight = datetime(local.year, local.month, local.day, tzinfo=zone)
    return (midnight - times.EPOCH) // timedelta(microseconds=1)


Bucket = list[float]
"""Count, sum, lowest, highest."""


@dataclass(frozen=True)
class Rollups:
    """Hours and days by (Datastream, start)."""

    hours: dict[tuple[int, int], Bucket]
    days: dict[tuple[int, int], Bucket]

    def keep(self, cursor: Any) -> None:
        """Add them to the tables."""
        for table, buckets in (("sensing_hourly", self.hours), ("sensing_daily", self.days)):
            rows = [
                (*key, int(count), total, low, high)
                for key, (count, total, low, high) in buckets.items()
            ]
            insert(cursor, table, _COLUMNS, rows, _added(table))


def _added(table: str) -> str:
    return (
        "ON CONFLICT (datastream_id, start) DO UPDATE SET "
        f"count = {table}.count + excluded.count, total = {table}.total + excluded.total, "
        f"lowest = {smaller(f'{table}.lowest', 'excluded.lowest')}, "
        f"highest = {larger(f'{table}.highest', 'excluded.highest')}"
    )


def add_up(rows: Iterable[Row]) -> Rollups:
    """Return what the numbers among the rows add."""
    hours: dict[tuple[int, int], Bucket] = {}
    hour = times.HOUR
    for row in rows:
        number = row[_NUMBER]
        if number is None:
            continue
        start = row[_START]
        key = (row[_STREAM], start - start % hour)
        bucket = hours.get(key)
        if bucket is None:
            hours[key] = [1, number, number, number]
            continue
        bucket[0] += 1
        bucket[1] += number
        if number < bucket[2]:
            bucket[2] = number
        elif number > bucket[3]:
            bucket[3] = number
    return Rollups(hours, _days(hours))


def _days(hours: dict[tuple[int, int], Bucket]) -> dict[tuple[int, int], Bucket]:
    """Hours lie within one day: every zone that a city of ours may have is off by whole hours."""
    days: dict[tuple[int, int], Bucket] = {}
    for (stream, start), bucket in hours.items():
        day = days.setdefault((stream, day_of(start)), [0, 0.0, bucket[2], bucket[3]])
        day[0] += bucket[0]
        day[1] += bucket[1]
        day[2] = min(day[2], bucket[2])
        day[3] = max(day[3], bucket[3])
    return days


@dataclass
class SeriesChange:
    """What a batch changes of one series."""

    datastream: int
    count: int
    start: int
    stop: int
    result_start: int | None
    result_stop: int | None
    latest: Row
    features: set[int] = field(default_factory=set)

    @staticmethod
    def keep(cursor: Any, changes: Sequence[SeriesChange]) -> None:
        """Add them to the tables."""
        rows = [
            (
                one.datastream, one.count, one.start, one.stop, one.result_start, one.result_stop,
                one.latest[_ID], one.latest[_START], one.latest[_NUMBER], one.latest[_OTHER],
            )
            for one in changes
        ]  # fmt: skip
        insert(cursor, "sensing_series", _SERIES, rows, _series_update())
        links = [(one.datastream, feature) for one in changes for feature in one.features]
        insert(
            cursor, "sensing_datastream_features",
            (("datastream_id", "bigint"), ("featureofinterest_id", "bigint")), links,
            "ON CONFLICT (datastream_id, featureofinterest_id) DO NOTHING",
        )  # fmt: skip


_SERIES = (
    ("datastream_id", "bigint"), ("count", "bigint"), ("start", "bigint"), ("stop", "bigint"),
    ("result_start", "bigint"), ("result_stop", "bigint"), ("latest_id", "bigint"),
    ("latest_start", "bigint"), ("latest_number", "float8"), ("latest_other", "jsonb"),
)  # fmt: skip


def _series_update() -> str:
    old, new = "sensing_series", "excluded"

    def either(name: str, choose: Any) -> str:
        first, second = f"{old}.{name}", f"{new}.{name}"
        return f"{name} = {choose(f'COALESCE({first}, {second})', f'COALESCE({second}, {first})')}"

    newer = f"{new}.latest_start >= {old}.latest_start"
    latest = [
        f"{name} = CASE WHEN {newer} THEN {new}.{name} ELSE {old}.{name} END"
        for name in ("latest_id", "latest_number", "latest_other", "latest_start")
    ]
    parts = [
        f"count = {old}.count + {new}.count", either("start", smaller), either("stop", larger),
        either("result_start", smaller), either("result_stop", larger), *latest,
    ]  # fmt: skip
    return f"ON CONFLICT (datastream_id) DO UPDATE SET {', '.join(parts)}"


def series_of(rows: Iterable[Row]) -> list[SeriesChange]:
    """Return what the rows change, one entry per series."""
    found: dict[int, SeriesChange] = {}
    for row in rows:
        start, result = row[_START], row[_RESULT_TIME]
        stop = start if row[_STOP] is None else row[_STOP]
        change = found.get(row[_STREAM])
        if change is None:
            features = {row[_FEATURE]}
            found[row[_STREAM]] = SeriesChange(
                row[_STREAM], 1, start, stop, result, result, row, features
            )
            continue
        change.count += 1
        if start < change.start:
            change.start = start
        if stop > change.stop:
            change.stop = stop
        if start >= change.latest[_START]:
            change.latest = row
        if result is not None:
            change.result_start = min(result, change.result_start or result)
            change.result_stop = max(result, change.result_stop or result)
        change.features.add(row[_FEATURE])
    return list(found.values())
