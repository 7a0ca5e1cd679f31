"""Read models of the pages: stations with their latest values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from leitstand.sensing.domain import times
from leitstand.sensing.models import Datastream, Series, StationToken, Thing
from leitstand.sensing.policy import Caller, things
from leitstand.sensing.queries.writing_out import number


@dataclass(frozen=True)
class Latest:
    """The newest value of a series; ``at`` is None if there is none."""

    stream: Datastream
    value: Any = None
    at: datetime | None = None
    count: int = 0

    @property
    def symbol(self) -> str:
        """The unit's symbol; some stations send none."""
        unit = self.stream.unit_of_measurement
        return str(unit.get("symbol") or "") if isinstance(unit, dict) else ""


@dataclass(frozen=True)
class Line:
    """A station with its series."""

    thing: Thing
    series: Sequence[Latest]

    @property
    def last(self) -> datetime | None:
        """When the newest value of all series was measured."""
        return max((one.at for one in self.series if one.at), default=None)


def stations(caller: Caller, search: str = "") -> QuerySet[Thing]:
    """Visible stations by name."""
    rows = things(caller).select_related("unit").order_by("name", "pk")
    return rows.filter(name__icontains=search) if search else rows


def lines(rows: Sequence[Thing]) -> list[Line]:
    """Stations with the latest value of each series; one query for all of them."""
    found: dict[int, list[Latest]] = defaultdict(list)
    streams = Datastream.objects.filter(thing__in=rows).select_related("series").order_by("pk")
    for stream in streams:
        found[stream.thing_id].append(latest(stream))
    return [Line(row, found[row.pk]) for row in rows]


def latest(stream: Datastream) -> Latest:
    """The newest value of a series read with its ``series``."""
    series: Series | None = getattr(stream, "series", None)
    if series is None:
        return Latest(stream)
    value = series.latest_other if series.latest_number is None else number(series.latest_number)
    at = times.EPOCH + timedelta(microseconds=series.latest_start)
    return Latest(stream, value, at, series.count)


def tokens(thing: Thing) -> QuerySet[StationToken]:
    """The station's tokens that still count."""
    return StationToken.objects.filter(thing=thing, revoked_at=None)
