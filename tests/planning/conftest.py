"""Fixtures of planning's tests: a small city with roles, positions and projects."""

from tests.planning.staffing import build
from tests.portfolio.conftest import _world_scene, fixed_today, on_the_day, staff, world
from tests.scenes import scene

__all__ = ["_world_scene", "fixed_today", "staff", "world"]

_office_scene, office = scene("office", build, "world", settings=on_the_day)
"""Two roles, three positions, projects with and without efforts."""
