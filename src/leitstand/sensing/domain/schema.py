"""The entities of SensorThings 1.1 (OGC 18-088, clause 8): properties and relations as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Type(Enum):
    """What a property holds."""

    TEXT = "text"
    JSON = "object"
    ANY = "any"
    INSTANT = "instant"
    PERIOD = "interval"
    MOMENT = "instant or interval"
    GEOMETRY = "geometry"
    NUMBER = "number"


@dataclass(frozen=True)
class Property:
    """A property; ``given`` says whether clients may set it."""

    name: str
    type: Type = Type.TEXT
    required: bool = True
    given: bool = True


@dataclass(frozen=True)
class Relation:
    """A navigation link to ``target``, the name of a kind."""

    name: str
    target: str
    many: bool = True
    required: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of entity; ``plural`` names its set."""

    name: str
    plural: str
    properties: Mapping[str, Property]
    relations: Mapping[str, Relation] = field(default_factory=dict)


_FREE = Property("properties", Type.JSON, required=False)
_NAMED = (Property("name"), Property("description"))


def _kind(name: str, plural: str, properties: tuple[Property, ...], *relations: Relation) -> Kind:
    return Kind(
        name, plural, {one.name: one for one in properties}, {one.name: one for one in relations}
    )


_ALL = (
    _kind(
        "Thing", "Things", (*_NAMED, _FREE),
        Relation("Locations", "Location"), Relation("HistoricalLocations", "HistoricalLocation"),
        Relation("Datastreams", "Datastream"),
    ),
    _kind(
        "Location", "Locations",
        (*_NAMED, Property("encodingType"), Property("location", Type.GEOMETRY), _FREE),
        Relation("Things", "Thing"), Relation("HistoricalLocations", "HistoricalLocation"),
    ),
    _kind(
        "HistoricalLocation", "HistoricalLocations", (Property("time", Type.INSTANT),),
        Relation("Thing", "Thing", many=False, required=True), Relation("Locations", "Location"),
    ),
    _kind(
        "Datastream", "Datastreams",
        (
            *_NAMED, Property("observationType"), Property("unitOfMeasurement", Type.JSON),
            Property("observedArea", Type.GEOMETRY, required=False, given=False),
            Property("phenomenonTime", Type.PERIOD, required=False, given=False),
            Property("resultTime", Type.PERIOD, required=False, given=False), _FREE,
        ),
        Relation("Thing", "Thing", many=False, required=True),
        Relation("Sensor", "Sensor", many=False, required=True),
        Relation("ObservedProperty", "ObservedProperty", many=False, required=True),
        Relation("Observations", "Observation"),
    ),
    _kind(
        "Sensor", "Sensors",
        (*_NAMED, Property("encodingType"), Property("metadata", Type.ANY), _FREE),
        Relation("Datastreams", "Datastream"),
    ),
    _kind(
        "ObservedProperty", "ObservedProperties",
        (Property("name"), Property("definition"), Property("description"), _FREE),
        Relation("Datastreams", "Datastream"),
    ),
    _kind(
        "Observation", "Observations",
        (
            Property("phenomenonTime", Type.MOMENT, required=False), Property("result", Type.ANY),
            Property("resultTime", Type.INSTANT, required=False),
            Property("resultQuality", Type.ANY, required=False),
            Property("validTime", Type.PERIOD, required=False),
            Property("parameters", Type.JSON, required=False),
        ),
        Relation("Datastream", "Datastream", many=False, required=True),
        Relation("FeatureOfInterest", "FeatureOfInterest", many=False),
    ),
    _kind(
        "FeatureOfInterest", "FeaturesOfInterest",
        (*_NAMED, Property("encodingType"), Property("feature", Type.GEOMETRY), _FREE),
        Relation("Observations", "Observation"),
    ),
)  # fmt: skip
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
SETS: Mapping[str, Kind] = {kind.plural: kind for kind in _ALL}
