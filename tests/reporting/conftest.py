"""Fixtures of the tests of committee reporting."""

from tests.portfolio.conftest import _world_scene, fixed_today, staff, world

__all__ = ["_world_scene", "fixed_today", "staff", "world"]
