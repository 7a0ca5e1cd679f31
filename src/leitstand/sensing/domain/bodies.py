"""Bodies of requests: entities with inline and linked relations, checked member by member (10.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from leitstand.sensing.domain import times
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import KINDS, Kind, Property, Relation, Type

DEEPEST, LONGEST_NAME, LONGEST_TEXT = 6, 300, 20_000
_SHORT = {"name": LONGEST_NAME, "encodingType": 200, "observationType": 300, "definition": 1000}
_GEOMETRIES = frozenset(
    {
        "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
        "GeometryCollection", "Feature", "FeatureCollection",
    }
)  # fmt: skip


@dataclass
class Draft:
    """An entity to be: checked values, and related entities as drafts or ids."""

    kind: Kind
    values: dict[str, Any]
    one: dict[str, Draft | int] = field(default_factory=dict)
    many: dict[str, list[Draft | int]] = field(default_factory=dict)
    where: str = ""


class Value(NamedTuple):
    """A checked Observation: moments in microseconds, ``number`` or ``other``.

    A tuple, like everything of which there are millions: five times as fast to make as a frozen
    dataclass.
    """

    start: int | None
    stop: int | None
    number: float | None
    other: Any
    result_time: int | None = None
    quality: Any = None
    valid: tuple[int, int] | None = None
    parameters: Any = None


def draft(kind: Kind, body: Any, *, partial: bool = False, where: str = "", depth: int = 0) -> Draft:
    """Return the checked entity; ``partial`` for PATCH, where nothing is mandatory.

    Raises ``RequestError`` that names the member.
    """
    if not isinstance(body, dict):
        raise RequestError("an object is needed", where=where or "body")
    if depth > DEEPEST:
        raise RequestError("nested too deeply", where=where)
    made = Draft(kind, {}, where=where)
    for name, value in body.items():
        _member(made, name, value, partial=partial, depth=depth)
    if not partial:
        for prop in kind.properties.values():
            if prop.required and prop.name not in made.values:
                raise RequestError("is missing", where=_at(where, prop.name))
    return made


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _member(made: Draft, name: str, value: Any, *, partial: bool, depth: int) -> None:
    kind, place = made.kind, _at(made.where, name)
    if name.startswith("@iot.") or name.endswith(("@iot.navigationLink", "@iot.count", "@iot.nextLink")):
        return  # what we have written ourselves may come back
    relation = kind.relations.get(name)
    if relation is not None:
        _related(made, relation, value, partial=partial, depth=depth)
        return
    prop = kind.properties.get(name)
    if prop is None:
        raise RequestError(f"{kind.name} has no such member", where=place)
    if prop.given:
        made.values[name] = checked(prop, value, place)


def _related(made: Draft, relation: Relation, value: Any, *, partial: bool, depth: int) -> None:
    place = _at(made.where, relation.name)
    if not relation.many:
        made.one[relation.name] = _link(relation, value, place, partial=partial, depth=depth)
        return
    if not isinstance(value, list) or len(value) > 10_000:
        raise RequestError("a list of entities is needed", where=place)
    made.many[relation.name] = [
        _link(relation, item, f"{place}[{number}]", partial=partial, depth=depth)
        for number, item in enumerate(value)
    ]


def _link(relation: Relation, value: Any, place: str, *, partial: bool, depth: int) -> Draft | int:
    if isinstance(value, dict) and "@iot.id" in value and len(value) == 1:
        key = value["@iot.id"]
        if isinstance(key, str) and key.isascii() and key.isdigit() and len(key) < 19:
            key = int(key)
        if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key < 2**63:
            raise RequestError("ids are whole numbers", where=f"{place}.@iot.id")
        return key
    if partial:
        raise RequestError('PATCH takes links only, such as {"@iot.id": 1}', where=place)
    return draft(KINDS[relation.target], value, where=place, depth=depth + 1)


def checked(prop: Property, value: Any, place: str) -> Any:
    """Return a member's value as it is kept; raises ``RequestError``."""
    try:
        return _CHECKS[prop.type](prop, value)
    except RequestError as problem:
        raise problem.inside(place) from None


def _text(prop: Property, value: Any) -> str:
    if not isinstance(value, str):
        raise RequestError("a text is needed")
    longest = _SHORT.get(prop.name, LONGEST_TEXT)
    if len(value) > longest:
        raise RequestError(f"is longer than {longest} characters")
    if not value.strip() and prop.name == "name":
        raise RequestError("must not be empty")
    if "\x00" in value:
        raise RequestError("the character U+0000 is not allowed")
    return value


def _object(prop: Property, value: Any) -> Any:
    if value is None and not prop.required:
        return {} if prop.name == "properties" else None
    if not isinstance(value, dict):
        raise RequestError("an object is needed")
    return _storable(value)


def _storable(value: Any, depth: int = 0) -> Any:
    if depth > 30:
        raise RequestError("nested too deeply")
    if isinstance(value, str) and "\x00" in value:
        raise RequestError("the character U+0000 is not allowed")
    if isinstance(value, Mapping):
        for key, part in value.items():
            _storable(key, depth + 1)
            _storable(part, depth + 1)
    if isinstance(value, list):
        for part in value:
            _storable(part, depth + 1)
    return value


def _geometry(prop: Property, value: Any) -> Any:
    """GeoJSON is looked at as far as its type; anything else is kept as it is."""
    if value is None:
        raise RequestError("a value is needed")
    if isinstance(value, dict) and "coordinates" in value and value.get("type") not in _GEOMETRIES:
        raise RequestError("“type” is none of GeoJSON's")
    return _storable(value)


_CHECKS: dict[Type, Callable[[Property, Any], Any]] = {
    Type.TEXT: _text,
    Type.JSON: _object,
    Type.ANY: lambda prop, value: _storable(value),
    Type.GEOMETRY: _geometry,
    Type.INSTANT: lambda prop, value: None if value is None else times.parse_instant(value),
    Type.MOMENT: lambda prop, value: None if value is None else times.parse_moment(value),
    Type.PERIOD: lambda prop, value: None if value is None else times.parse_period(value),
}


def value_of(values: Mapping[str, Any]) -> Value:
    """Return the row of a checked Observation's members."""
    result = values["result"]
    is_number = isinstance(result, int | float) and not isinstance(result, bool)
    moment = values.get("phenomenonTime") or (None, None)
    return Value(
        moment[0], moment[1], float(result) if is_number else None, None if is_number else result,
        values.get("resultTime"), values.get("resultQuality"), values.get("validTime"),
        values.get("parameters"),
    )  # fmt: skip


def observation(body: Any, where: str = "") -> tuple[Value, Draft]:
    """Return an Observation's row and its draft, which holds the relations."""
    made = draft(KINDS["Observation"], body, where=where)
    return value_of(made.values), made


class Line(NamedTuple):
    """One row of a data array: a value and maybe its feature, or what is wrong with it."""

    value: Value | None
    feature: int | None = None
    problem: str = ""


@dataclass(frozen=True)
class Block:
    """Values for one Datastream out of ``CreateObservations``."""

    datastream: int
    lines: list[Line]


def blocks(body: Any) -> list[Block]:
    """Return the checked data arrays (13.3); faults of single rows stay with their rows."""
    if not isinstance(body, list) or not body:
        raise RequestError("a list of data arrays is needed", where="body")
    return [_block(item, f"[{number}]") for number, item in enumerate(body)]


def _block(item: Any, where: str) -> Block:
    if not isinstance(item, dict):
        raise RequestError("an object is needed", where=where)
    relation = KINDS["Observation"].relations["Datastream"]
    key = _link(relation, item.get("Datastream"), f"{where}.Datastream", partial=True, depth=0)
    names, rows = item.get("components"), item.get("dataArray")
    known = {*KINDS["Observation"].properties, "FeatureOfInterest/id"}
    if not isinstance(names, list) or not all(isinstance(name, str) and name in known for name in names):
        raise RequestError("names of properties are needed", where=f"{where}.components")
    if "result" not in names:
        raise RequestError("“result” is missing", where=f"{where}.components")
    if not isinstance(rows, list):
        raise RequestError("a list of rows is needed", where=f"{where}.dataArray")
    if isinstance(key, Draft):
        raise RequestError("a link is needed", where=f"{where}.Datastream")
    place = f"{where}.dataArray"
    return Block(key, [_line(names, row, f"{place}[{number}]") for number, row in enumerate(rows)])


def _line(names: list[str], row: Any, where: str) -> Line:
    """The quick way for the usual row: time and number."""
    try:
        if not isinstance(row, list) or len(row) != len(names):
            raise RequestError(f"a row of {len(names)} values is needed", where=where)
        if names == ["phenomenonTime", "result"] and type(row[1]) in (int, float):
            start, stop = times.parse_moment(row[0])
            return Line(Value(start, stop, float(row[1]), None))
        return _any_line(names, row, where)
    except RequestError as problem:
        return Line(None, problem=str(problem.inside(where)))


def _any_line(names: list[str], row: list[Any], where: str) -> Line:
    found: dict[str, Any] = {}
    feature: int | None = None
    for name, value in zip(names, row, strict=True):
        if name == "FeatureOfInterest/id":
            if not isinstance(value, int) or isinstance(value, bool):
                raise RequestError("ids are whole numbers", where=f"{where}.{name}")
            feature = value
        else:
            prop = KINDS["Observation"].properties[name]
            found[name] = checked(prop, value, f"{where}.{name}")
    return Line(value_of(found), feature)


def complete(made: Draft) -> None:
    """For PUT: what is mandatory must be there, optional members that are missing are emptied."""
    for prop in made.kind.properties.values():
        if not prop.given or prop.name in made.values:
            continue
        if prop.required:
            raise RequestError("is missing", where=prop.name)
        made.values[prop.name] = {} if prop.name == "properties" else None
