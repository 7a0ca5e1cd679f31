"""Registers a station from the form: Thing, Location, first series and the sender's token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.sensing.actions import entities, tokens
from leitstand.sensing.domain.bodies import draft
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import KINDS
from leitstand.sensing.models import ObservedProperty, Sensor, Thing
from leitstand.sensing.policy import Caller

MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
LEVELS = {0: "public", 1: "internal", 2: "confidential"}


@transaction.atomic
def register(*, actor: Actor, values: Mapping[str, Any]) -> tuple[Thing, str]:
    """Register a station; returns it and its token's text, which is never shown again.

    ``values``: name, description, unit, confidentiality, longitude, latitude, device, and
    ``series`` as (what, symbol) pairs. Raises ``Invalid``.
    """
    if not values["series"]:
        raise Invalid("At least one series is needed.", field="series")
    caller = Caller(actor)
    place = {"type": "Point", "coordinates": [values["longitude"], values["latitude"]]}
    text = values["description"] or values["name"]
    device = _device(caller, values["device"])
    body = {
        "name": values["name"], "description": text,
        "properties": {
            "unit": values["unit"].code, "confidentiality": LEVELS[values["confidentiality"]],
        },
        "Locations": [
            {"name": values["name"], "description": text, "encodingType": "application/geo+json",
             "location": place},
        ],
        "Datastreams": [
            {
                "name": what, "description": f"{what}: {values['name']}", "observationType": MEASUREMENT,
                "unitOfMeasurement": {"name": symbol or None, "symbol": symbol or None, "definition": None},
                "Sensor": {"@iot.id": device}, "ObservedProperty": {"@iot.id": _property(caller, what)},
            }
            for what, symbol in values["series"]
        ],
    }  # fmt: skip
    try:
        key = entities.create(caller, draft(KINDS["Thing"], body))
    except RequestError as problem:
        raise Invalid(str(problem)) from None
    thing = Thing.objects.select_related("unit").get(pk=key)
    _, token = tokens.create_token(thing, actor=actor, name=values["name"])
    return thing, token


def _device(caller: Caller, name: str) -> int:
    """The Sensor of this name: devices of the same make share one."""
    found = Sensor.objects.filter(name=name).order_by("pk").values_list("pk", flat=True).first()
    body = {"name": name, "description": name, "encodingType": "text/plain", "metadata": name}
    return found or entities.create(caller, draft(KINDS["Sensor"], body))


def _property(caller: Caller, name: str) -> int:
    """The ObservedProperty of this name."""
    rows = ObservedProperty.objects.filter(name=name).order_by("pk")
    found = rows.values_list("pk", flat=True).first()
    body = {"name": name, "definition": "", "description": name}
    return found or entities.create(caller, draft(KINDS["ObservedProperty"], body))
