"""Takes values in: who may send, which feature they belong to, then the one writer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from leitstand.core.base import clock
from leitstand.core.base.errors import NotAllowed
from leitstand.sensing.actions import features, gathering
from leitstand.sensing.actions.writing import Reading, Written
from leitstand.sensing.domain import times
from leitstand.sensing.domain.bodies import Block, Value
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.models import Datastream
from leitstand.sensing.policy import Caller, may_send, visible

MOST_LINES = 100_000
MISSING = "there is no such Datastream, or it is not open to you"


class Sent(NamedTuple):
    """What became of one row: its id, or what is wrong."""

    id: int | None
    state: str = ""
    problem: str = ""


def streams(caller: Caller, keys: Iterable[int]) -> dict[int, Datastream]:
    """Datastreams that the caller may send to; raises 404 for hidden, ``NotAllowed`` for others."""
    wanted = set(keys)
    rows = visible(caller, "Datastream").filter(pk__in=wanted).select_related("thing")
    found: dict[int, Datastream] = {row.pk: row for row in rows}
    for key in sorted(wanted):
        if key not in found:
            raise RequestError(MISSING, where=f"Datastream({key})", status=404)
        if not may_send(caller, found[key].thing):
            raise NotAllowed("Sending values needs the station's own token or the right to change it.")
    return found


def now() -> int:
    """The present moment."""
    return times.moment_of(clock.now())


def reading(stream: Datastream, value: Value, feature: int | None) -> Reading:
    """Complete a value: now, unless it has a time; the Location's feature, unless it names one."""
    start = now() if value.start is None else value.start
    known = features.feature_of(stream.thing_id) if feature is None else feature
    return Reading(stream.pk, known, start, value)


def send_one(caller: Caller, datastream: int, value: Value, feature: int | None) -> Written:
    """Write one value; returns after its commit."""
    stream = streams(caller, [datastream])[datastream]
    _known_features([feature])
    return gathering.write([reading(stream, value, feature)])[0]


def _known_features(keys: Iterable[int | None]) -> set[int]:
    wanted = {key for key in keys if key is not None}
    found = features.existing(wanted) if wanted else set()
    if missing := wanted - found:
        raise RequestError(f"there is no FeatureOfInterest({min(missing)})", where="FeatureOfInterest")
    return found


def send_blocks(caller: Caller, blocks: list[Block]) -> list[Sent]:
    """Write data arrays; returns what became of each row, in order. Faulty rows are left out."""
    if sum(len(block.lines) for block in blocks) > MOST_LINES:
        raise RequestError(f"more than {MOST_LINES} rows; send them in several requests", status=413)
    found = streams(caller, (block.datastream for block in blocks))
    usable = features.existing(
        line.feature for block in blocks for line in block.lines if line.feature is not None
    )
    defaults: dict[int, int] = {}
    readings: list[Reading] = []
    sent: list[Sent | None] = []
    for block in blocks:
        stream = found[block.datastream]
        for line in block.lines:
            problem = line.problem
            if line.feature is not None and line.feature not in usable:
                problem = f"there is no FeatureOfInterest({line.feature})"
            if problem or line.value is None:
                sent.append(Sent(None, problem=problem))
                continue
            feature = line.feature
            if feature is None:
                feature = defaults.get(stream.thing_id) or features.feature_of(stream.thing_id)
                defaults[stream.thing_id] = feature
            start = line.value.start
            readings.append(
                Reading(stream.pk, feature, now() if start is None else start, line.value)
            )
            sent.append(None)
    written = iter(gathering.write(readings))
    return [one or _sent(next(written)) for one in sent]


def _sent(one: Written) -> Sent:
    return Sent(one.id, one.state)
