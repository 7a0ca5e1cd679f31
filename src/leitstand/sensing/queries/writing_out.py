"""Entities as the standard's JSON: control information, properties, navigation links (8.2, 9.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leitstand.sensing import models as m
from leitstand.sensing.domain import times
from leitstand.sensing.domain.schema import KINDS, Kind

Row = Any


def number(value: float) -> int | float:
    """A whole number without its ``.0``, as it was sent."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _period(start: int | None, stop: int | None) -> str | None:
    return None if start is None else times.period(start, stop)


def _instant(moment: int | None) -> str | None:
    return None if moment is None else times.instant(moment)


def _result(row: m.Observation) -> Any:
    return row.other if row.number is None else number(row.number)


def _series(row: m.Datastream) -> m.Series | None:
    return getattr(row, "series", None)


def _extent(start: str, stop: str) -> Callable[[Row], str | None]:
    def read(row: Row) -> str | None:
        series = _series(row)
        if series is None or getattr(series, start) is None:
            return None
        return f"{times.instant(getattr(series, start))}/{times.instant(getattr(series, stop))}"

    return read


def _attribute(name: str) -> Callable[[Row], Any]:
    def read(row: Row) -> Any:
        return getattr(row, name)

    return read


_COMMON: dict[str, Callable[[Row], Any]] = {
    "name": _attribute("name"), "description": _attribute("description"),
    "encodingType": _attribute("encoding_type"), "location": _attribute("location"),
    "feature": _attribute("feature"), "metadata": _attribute("metadata"),
    "definition": _attribute("definition"), "observationType": _attribute("observation_type"),
    "unitOfMeasurement": _attribute("unit_of_measurement"),
    "time": lambda row: times.instant(row.time), "properties": _attribute("properties"),
}  # fmt: skip
_READERS: dict[str, dict[str, Callable[[Row], Any]]] = {
    "Datastream": {
        "phenomenonTime": _extent("start", "stop"),
        "resultTime": _extent("result_start", "result_stop"),
        "observedArea": lambda row: None,
    },
    "Observation": {
        "phenomenonTime": lambda row: _period(row.start, row.stop),
        "resultTime": lambda row: _instant(row.result_time), "result": _result,
        "resultQuality": _attribute("quality"), "parameters": _attribute("parameters"),
        "validTime": lambda row: _period(row.valid_start, row.valid_stop),
    },
}  # fmt: skip
_KEPT_IF_NULL = {("Observation", "resultTime"), ("Observation", "result")}


def value_of(kind: Kind, row: Row, name: str) -> Any:
    """Return one property of an entity; times as text."""
    if name == "@iot.id":
        return row.id
    read = _READERS.get(kind.name, {}).get(name) or _COMMON[name]
    return read(row)


def self_link(base: str, kind: Kind, key: int) -> str:
    """The absolute address of an entity."""
    return f"{base}/{kind.plural}({key})"


def entity(base: str, kind: Kind, row: Row, select: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an entity as the standard writes it; ``select`` leaves out everything else."""
    link = self_link(base, kind, row.id)
    found: dict[str, Any] = {}
    if not select or "@iot.selfLink" in select:
        found["@iot.selfLink"] = link
    if not select or {"id", "@iot.id"} & set(select):
        found["@iot.id"] = row.id
    wanted = {name.split("/")[0] for name in select}
    for name in kind.properties:
        if select and name not in wanted:
            continue
        value = value_of(kind, row, name)
        if value not in (None, {}) or (kind.name, name) in _KEPT_IF_NULL:
            found[name] = _parts(value, name, select)
    for name in kind.relations:
        if not select or name in wanted:
            found[f"{name}@iot.navigationLink"] = f"{link}/{name}"
    return found


def _parts(value: Any, name: str, select: tuple[str, ...]) -> Any:
    """``$select=properties/type`` keeps only this part."""
    paths = [path.split("/")[1:] for path in select if path.startswith(f"{name}/")]
    if not paths or name in select or not isinstance(value, dict):
        return value
    return {path[0]: value[path[0]] for path in paths if path[0] in value}


def array(rows: list[m.Observation], base: str, select: tuple[str, ...]) -> list[dict[str, Any]]:
    """Observations as data arrays, one per Datastream (13.2)."""
    kind = KINDS["Observation"]
    names = ["@iot.id", *(name for name in kind.properties if not select or name in select)]
    if select:
        names = [name for name in names if name != "@iot.id" or {"id", "@iot.id"} & set(select)]
    groups: dict[int, list[list[Any]]] = {}
    for row in rows:
        groups.setdefault(row.datastream_id, []).append(
            [value_of(kind, row, name) for name in names]
        )
    return [
        {
            "Datastream@iot.navigationLink": self_link(base, KINDS["Datastream"], key),
            "components": names, "dataArray@iot.count": len(lines), "dataArray": lines,
        }
        for key, lines in groups.items()
    ]  # fmt: skip
