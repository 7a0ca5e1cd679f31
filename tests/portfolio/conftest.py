"""Fixtures of the portfolio's tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.portfolio.views import TODAY, build
from tests.scenes import scene


def on_the_day() -> dict[str, Any]:
    """Settings: it is 20 November 2026."""
    return {"CONFIG": replace(django_settings.CONFIG, today=TODAY)}


@pytest.fixture
def fixed_today(settings: Any) -> None:
    """It is 20 November 2026."""
    settings.CONFIG = on_the_day()["CONFIG"]


_world_scene, world = scene("world", build, "unit_tree", settings=on_the_day, besides="fixed_today")
"""Four projects, one of them strictly confidential."""


@pytest.fixture
def staff(client_of: Any) -> Any:
    """The digital unit: sees everything but what is strictly confidential."""
    return client_of("digital-unit")
