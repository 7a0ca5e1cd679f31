"""The FeatureOfInterest that a value gets if it names none: made of the Thing's Location (8.2.8)."""

from __future__ import annotations

from collections.abc import Iterable

from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.models import FeatureOfInterest, Location


def feature_of(thing_id: int) -> int:
    """Return the id of the feature of a Thing's Location; made when it is needed first."""
    location = Location.objects.filter(things=thing_id).order_by("pk").first()
    if location is None:
        raise RequestError(
            "names no FeatureOfInterest, and its Thing has no Location to make one of",
            where="FeatureOfInterest",
        )
    found = FeatureOfInterest.objects.filter(location=location).order_by("pk").first()
    if found is None:
        found = FeatureOfInterest(
            name=location.name, description=location.description,
            encoding_type=location.encoding_type, feature=location.location, location=location,
        )  # fmt: skip
        found.save()
    return found.pk


def existing(keys: Iterable[int]) -> set[int]:
    """Which of these features there are."""
    return set(FeatureOfInterest.objects.filter(pk__in=set(keys)).values_list("pk", flat=True))
