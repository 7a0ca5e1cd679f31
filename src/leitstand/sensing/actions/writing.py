"""Writes values in masses: one short transaction for all rows, one statement per table.

No trigger per row. What each table gets is worked out here, for the whole batch at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction

from leitstand.sensing.actions import months, repeats
from leitstand.sensing.actions.bulk import insert
from leitstand.sensing.actions.sums import Rollups, SeriesChange, add_up, series_of
from leitstand.sensing.domain.bodies import Value

MOST_ROWS = 20_000
"""Rows of one transaction; more are written one after the other."""

_COLUMNS = (
    ("id", "bigint"), ("datastream_id", "bigint"), ("feature_id", "bigint"), ("start", "bigint"),
    ("stop", "bigint"), ("result_time", "bigint"), ("number", "float8"), ("other", "jsonb"),
    ("quality", "jsonb"), ("valid_start", "bigint"), ("valid_stop", "bigint"),
    ("parameters", "jsonb"),
)  # fmt: skip
_ALWAYS = frozenset({0, 1, 2, 3, 6})
Row = tuple[Any, ...]


class Reading(NamedTuple):
    """A value on its way in: checked, with the Datastream and the feature that it belongs to."""

    datastream: int
    feature: int
    start: int
    value: Value


class Written(NamedTuple):
    """What became of a value: ``state`` is new, same or corrected."""

    id: int
    state: str = "new"


def write(readings: Sequence[Reading]) -> list[Written]:
    """Write values and all that depends on them; returns what became of each, in order.

    One transaction per :data:`MOST_ROWS`; a caller that wants all or nothing sends no more.
    """
    found: list[Written] = []
    for first in range(0, len(readings), MOST_ROWS):
        found += _write(readings[first : first + MOST_ROWS])
    return found


def _write(readings: Sequence[Reading]) -> list[Written]:
    months.make(reading.start for reading in readings)
    with transaction.atomic(), connection.cursor() as cursor:
        first = _take_ids(cursor, len(readings))
        rows = [_row(first + number, reading) for number, reading in enumerate(readings)]
        inserted = _insert(cursor, rows)
        if inserted == len(rows):
            _keep_sums(cursor, rows)
            return [Written(first + number) for number in range(len(rows))]
        new = repeats.new_ids(cursor, first, len(rows))
        _keep_sums(cursor, [row for row in rows if row[0] in new])
        again = repeats.settle(cursor, [row for row in rows if row[0] not in new])
        return [Written(*again.get(row[0], (row[0], "new"))) for row in rows]


def _insert(cursor: Any, rows: Sequence[Row]) -> int:
    """Insert the rows whose key is new, with the columns that are used at all; returns how many."""
    used = [
        place
        for place in range(len(_COLUMNS))
        if place in _ALWAYS or any(row[place] is not None for row in rows)
    ]
    return insert(
        cursor, "sensing_observation", [_COLUMNS[place] for place in used],
        list(map(itemgetter(*used), rows)),
        "ON CONFLICT (datastream_id, start, feature_id) DO NOTHING",
    )  # fmt: skip


def _take_ids(cursor: Any, count: int) -> int:
    """A block of ids; until the commit nobody else gets any, so one writes at a time."""
    statement = (
        "UPDATE sensing_valuecounter SET following = following + %s WHERE id = 1 RETURNING following"
    )
    cursor.execute(statement, [count])
    found = cursor.fetchone()
    if found is None:
        cursor.execute(
            "INSERT INTO sensing_valuecounter (id, following) VALUES (1, 1) ON CONFLICT DO NOTHING"
        )
        cursor.execute(statement, [count])
        found = cursor.fetchone()
    return int(found[0]) - count


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _row(key: int, reading: Reading) -> Row:
    value = reading.value
    if value.other is value.quality is value.parameters is value.valid is None:
        return (
            key, reading.datastream, reading.feature, reading.start, value.stop,
            value.result_time, value.number, None, None, None, None, None,
        )  # fmt: skip
    valid = value.valid or (None, None)
    return (
        key, reading.datastream, reading.feature, reading.start, value.stop, value.result_time,
        value.number, _json(value.other), _json(value.quality), valid[0], valid[1],
        _json(value.parameters),
    )  # fmt: skip


def _keep_sums(cursor: Any, rows: Sequence[Row]) -> None:
    """Add new rows to the rollups, to what is known of the series and to their features."""
    if not rows:
        return
    sums: Rollups = add_up(rows)
    changes: list[SeriesChange] = series_of(rows)
    sums.keep(cursor)
    SeriesChange.keep(cursor, changes)
