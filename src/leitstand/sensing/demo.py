"""Stations of the demo city with a week of hourly values, made through the actions."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.sensing.actions import features, stations, writing
from leitstand.sensing.actions.writing import Reading
from leitstand.sensing.domain import times
from leitstand.sensing.domain.bodies import Value
from leitstand.sensing.models import Datastream

UNTIL, HOURS = datetime(2026, 11, 20, 9, tzinfo=UTC), 7 * 24


def load(folder: Path, actor: Actor) -> None:
    """Register the stations of ``stations.csv``; a series is: what, unit, mean, daily swing."""
    with (folder / "stations.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    units = {row.code: row for row in OrgUnit.objects.all()}
    for row in rows:
        series = [
            tuple(part.strip() for part in text.split(",")) for text in row["series"].split("|")
        ]
        values = {
            **row, "description": "", "unit": units[row["unit"]],
            "confidentiality": int(row["confidentiality"]), "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]), "series": [(one[0], one[1]) for one in series],
        }  # fmt: skip
        thing, _token = stations.register(actor=actor, values=values)
        feature = features.feature_of(thing.pk)
        streams = Datastream.objects.filter(thing=thing).order_by("pk")
        readings: list[Reading] = []
        for stream, one in zip(streams, series, strict=True):
            readings += _readings(stream.pk, feature, float(one[2]), float(one[3]))
        writing.write(readings)


def _readings(stream: int, feature: int, mean: float, swing: float) -> Iterator[Reading]:
    """A daily wave with a slow drift and small steps, always the same."""
    last = times.moment_of(UNTIL)
    for number in range(HOURS):
        start = last - (HOURS - 1 - number) * times.HOUR
        hour = (start // times.HOUR) % 24
        wave = math.sin((hour - 9) / 24 * math.tau) * 0.7
        drift = math.sin(number / HOURS * math.tau) * 0.2
        step = ((number * 37 + stream * 11) % 21 - 10) / 100
        yield Reading(
            stream, feature, start, Value(start, None, round(mean + swing * (wave + drift + step), 1), None)
        )
