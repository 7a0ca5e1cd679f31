"""Where the standard's names lie in our tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A property's column: ``type`` is text, json, instant, period (with ``stop``) or result."""

    field: str
    type: str = "text"
    stop: str = ""


_NAMED = {
    "name": Column("name"), "description": Column("description"),
    "properties": Column("properties", "json"),
}  # fmt: skip
COLUMNS: dict[str, dict[str, Column]] = {
    "Thing": _NAMED,
    "Location": {
        **_NAMED, "encodingType": Column("encoding_type"), "location": Column("location", "json"),
    },
    "HistoricalLocation": {"time": Column("time", "instant")},
    "Datastream": {
        **_NAMED, "observationType": Column("observation_type"),
        "unitOfMeasurement": Column("unit_of_measurement", "json"),
        "phenomenonTime": Column("series__start", "period", "series__stop"),
        "resultTime": Column("series__result_start", "period", "series__result_stop"),
    },
    "Sensor": {
        **_NAMED, "encodingType": Column("encoding_type"), "metadata": Column("metadata", "json"),
    },
    "ObservedProperty": {**_NAMED, "definition": Column("definition")},
    "Observation": {
        "phenomenonTime": Column("start", "period", "stop"),
        "resultTime": Column("result_time", "instant"), "result": Column("number", "result"),
        "resultQuality": Column("quality", "json"),
        "validTime": Column("valid_start", "period", "valid_stop"),
        "parameters": Column("parameters", "json"),
    },
    "FeatureOfInterest": {
        **_NAMED, "encodingType": Column("encoding_type"), "feature": Column("feature", "json"),
    },
}  # fmt: skip
RELATIONS: dict[tuple[str, str], str] = {
    ("Thing", "Locations"): "locations",
    ("Thing", "HistoricalLocations"): "historical_locations",
    ("Thing", "Datastreams"): "datastreams",
    ("Location", "Things"): "things",
    ("Location", "HistoricalLocations"): "historical_locations",
    ("HistoricalLocation", "Thing"): "thing",
    ("HistoricalLocation", "Locations"): "locations",
    ("Datastream", "Thing"): "thing",
    ("Datastream", "Sensor"): "sensor",
    ("Datastream", "ObservedProperty"): "observed_property",
    ("Datastream", "Observations"): "observations",
    ("Sensor", "Datastreams"): "datastreams",
    ("ObservedProperty", "Datastreams"): "datastreams",
    ("Observation", "Datastream"): "datastream",
    ("Observation", "FeatureOfInterest"): "feature",
    ("FeatureOfInterest", "Observations"): "observations",
}
"""Relation of a kind → Django's name of the way there."""
BACK: dict[tuple[str, str], str] = {
    ("Thing", "Locations"): "things",
    ("Thing", "HistoricalLocations"): "thing",
    ("Thing", "Datastreams"): "thing",
    ("Location", "Things"): "locations",
    ("Location", "HistoricalLocations"): "locations",
    ("HistoricalLocation", "Thing"): "historical_locations",
    ("HistoricalLocation", "Locations"): "historical_locations",
    ("Datastream", "Thing"): "datastreams",
    ("Datastream", "Sensor"): "datastreams",
    ("Datastream", "ObservedProperty"): "datastreams",
    ("Datastream", "Observations"): "datastream",
    ("Sensor", "Datastreams"): "sensor",
    ("ObservedProperty", "Datastreams"): "observed_property",
    ("Observation", "Datastream"): "observations",
    ("Observation", "FeatureOfInterest"): "observations",
    ("FeatureOfInterest", "Observations"): "feature",
}
"""The same relation seen from its target."""
