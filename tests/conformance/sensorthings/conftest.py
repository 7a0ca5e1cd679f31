"""The same two stations as the other tests of measurements."""

from tests.sensing.conftest import _stations_scene, stations

__all__ = ["_stations_scene", "stations"]
