"""Plants a station into an instance; prints its token and the ids of its Datastreams."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstand.settings")
django.setup()

from leitstand.core.base.actor import Actor
from leitstand.core.org.actions import create_unit
from leitstand.sensing.actions import stations
from leitstand.sensing.models import Datastream

ACTOR = Actor.system("test")
UNIT = create_unit(actor=ACTOR, code="bauhof", kind="department", name="Bauhof", parent=None, active_from=None)
VALUES = {
    "name": "Wetter", "description": "", "unit": UNIT, "confidentiality": 1, "longitude": 9.1,
    "latitude": 48.7, "device": "Fühler", "series": [("Temperatur", "°C"), ("Feuchte", "%")],
}  # fmt: skip
_, TOKEN = stations.register(actor=ACTOR, values=VALUES)
print(json.dumps({"token": TOKEN, "streams": list(Datastream.objects.values_list("pk", flat=True))}))
