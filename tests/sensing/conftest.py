"""A caller of the interface, and a city with two stations."""

from __future__ import annotations

from typing import Any

import orjson
from django.test import Client

from leitstand.core.base.actor import Actor
from leitstand.sensing.actions import entities, tokens
from leitstand.sensing.domain.bodies import draft
from leitstand.sensing.domain.schema import KINDS
from leitstand.sensing.models import Datastream, Thing
from leitstand.sensing.policy import Caller
from tests.conftest import SYSTEM, plant_units
from tests.scenes import scene

BASE = "/sta/v1.1"
POINT = {"type": "Point", "coordinates": [10.1, 48.2]}


class Service:
    """Speaks to the interface with one token."""

    def __init__(self, token: str = "") -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self.client = Client(headers=headers)

    def get(self, path: str = "", status: int = 200, **query: str) -> Any:
        """The JSON answer; ``filter="…"`` becomes ``$filter``."""
        response = self.client.get(f"{BASE}/{path}", {f"${name}": text for name, text in query.items()})
        assert response.status_code == status, (path, query, response.content[:500])
        if response.headers.get("Content-Type") != "application/json":
            return response.content.decode()
        return orjson.loads(response.content)

    def send(self, method: str, path: str, body: Any = None, status: int = 201) -> Any:
        """The answer to a writing request."""
        data = body if isinstance(body, bytes | str) else orjson.dumps(body)
        response = self.client.generic(method, f"{BASE}/{path}", data, "application/json")
        assert response.status_code == status, (method, path, response.content[:500])
        return response

    def new(self, path: str, body: Any) -> int:
        """Create an entity; its id."""
        link = self.send("POST", path, body)["Location"]
        return int(link.rpartition("(")[2].rstrip(")"))


def station(name: str, unit: str, level: str) -> dict[str, Any]:
    """A deep insert: a Thing with Location and two Datastreams."""
    return {
        "name": name, "description": f"{name} in Musterhausen",
        "properties": {"unit": unit, "confidentiality": level, "kind": "wetter", "height": 3},
        "Locations": [
            {"name": f"Ort {name}", "description": "am Weg", "encodingType": "application/geo+json",
             "location": POINT},
        ],
        "Datastreams": [
            {
                "name": f"{what} {name}", "description": what,
                "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
                "unitOfMeasurement": {"name": what, "symbol": symbol, "definition": None},
                "ObservedProperty": {"name": what, "definition": f"urn:x:{what}", "description": what},
                "Sensor": {"name": f"Fühler {what}", "description": "x", "encodingType": "text/html",
                           "metadata": "https://example.org/x"},
            }
            for what, symbol in (("Temperatur", "°C"), ("Feuchte", "%"))
        ],
    }  # fmt: skip


def build(*_: Any) -> dict[str, Any]:
    """Units, an open station with its token, a confidential one of another unit."""
    units = plant_units()
    caller = Caller(Actor.system("test"))
    keys = [
        entities.create(caller, draft(KINDS["Thing"], station(name, unit, level)))
        for name, unit, level in (("Rathaus", "10", "public"), ("Kasse", "20", "confidential"))
    ]
    found: dict[str, Any] = {"units": units}
    for word, key in zip(("open", "secret"), keys, strict=True):
        thing = Thing.objects.get(pk=key)
        token, text = tokens.create_token(thing, actor=SYSTEM, name="Sender")
        streams = list(Datastream.objects.filter(thing=thing).order_by("pk").values_list("pk", flat=True))
        found[word] = {"thing": key, "token": text, "streams": streams, "row": token}
    return found


_stations_scene, stations = scene("stations", build)
