"""Tables of the urban data platform."""

from leitstand.sensing.models.entities import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    StationToken,
    Thing,
)
from leitstand.sensing.models.values import (
    Correction,
    Daily,
    Hourly,
    Observation,
    Series,
    ValueCounter,
)

__all__ = [
    "Correction", "Daily", "Datastream", "FeatureOfInterest", "HistoricalLocation", "Hourly",
    "Location", "Observation", "ObservedProperty", "Sensor", "Series", "StationToken", "Thing",
    "ValueCounter",
]  # fmt: skip
