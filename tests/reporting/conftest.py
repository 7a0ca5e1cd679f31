"""Fixtures of the tests of committee reporting."""

from tests.portfolio.conftest import _world_scene, fixed_today, on_the_day, staff, world
from tests.reporting import council_scene
from tests.scenes import scene

__all__ = ["_world_scene", "fixed_today", "staff", "world"]

_council_scene, council = scene("council", council_scene.build, "world", settings=on_the_day)
"""A council with a motion that is followed up."""
