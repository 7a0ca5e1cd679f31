"""Deletes entities with their cascades; values go by statements over whole series."""

from __future__ import annotations

from typing import Any

from django.db import connection

from leitstand.sensing import models as m
from leitstand.sensing.actions import repeats
from leitstand.sensing.models.entities import StandardEntity


def entity(row: StandardEntity) -> None:
    """Delete an entity, the Datastreams below it and all their values."""
    streams = _streams_below(row)
    m.Observation.objects.filter(datastream__in=streams).delete()
    for table in (m.Series, m.Hourly, m.Daily):
        table.objects.filter(datastream_id__in=streams).delete()
    if isinstance(row, m.FeatureOfInterest):
        _without_feature(row)
    if isinstance(row, m.Location):
        m.HistoricalLocation.objects.filter(locations=row).delete()
    row.delete()


def _streams_below(row: StandardEntity) -> list[int]:
    ways = {m.Thing: "thing", m.Sensor: "sensor", m.ObservedProperty: "observed_property", m.Datastream: "pk"}
    way = ways.get(type(row))
    if way is None:
        return []
    return list(m.Datastream.objects.filter(**{way: row.pk}).values_list("pk", flat=True))


def _without_feature(row: m.FeatureOfInterest) -> None:
    """Delete the values about a feature and compute anew what is known of their series."""
    for stream in list(row.datastreams.values_list("pk", flat=True)):
        values = m.Observation.objects.filter(datastream=stream, feature=row.pk)
        moments = {(stream, start) for start in values.values_list("start", flat=True)}
        values.delete()
        _settle(stream, moments)


def value(row: m.Observation) -> None:
    """Delete one value."""
    stream, start = row.datastream_id, row.start
    m.Observation.objects.filter(pk=row.pk, start=start).delete()
    _settle(stream, {(stream, start)})


def _settle(stream: int, moments: set[tuple[int, int]]) -> None:
    """Compute rollups and series anew after values have gone."""
    with connection.cursor() as cursor:
        repeats.recompute(cursor, moments)
        cursor.execute("DELETE FROM sensing_series WHERE datastream_id = %s", [stream])
        cursor.execute(_KNOWN, [stream, stream])


_KNOWN: Any = (
    "INSERT INTO sensing_series (datastream_id, count, start, stop, result_start, result_stop, "
    "latest_id, latest_start, latest_number, latest_other) "
    "SELECT a.datastream_id, a.n, a.first, a.last, a.rf, a.rl, o.id, o.start, o.number, o.other FROM ("
    "SELECT datastream_id, COUNT(*) AS n, MIN(start) AS first, MAX(COALESCE(stop, start)) AS last, "
    "MIN(result_time) AS rf, MAX(result_time) AS rl, MAX(start) AS newest "
    "FROM sensing_observation WHERE datastream_id = %s GROUP BY datastream_id) a "
    "JOIN sensing_observation o ON o.datastream_id = %s AND o.start = a.newest "
    "ORDER BY o.id DESC LIMIT 1"
)
