"""Fixtures of the portfolio's tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.portfolio.views import TODAY, World, build


@pytest.fixture
def fixed_today(settings: Any) -> None:
    """It is 20 November 2026."""
    settings.CONFIG = replace(settings.CONFIG, today=TODAY)


@pytest.fixture
def world(unit_tree: dict[str, Any], fixed_today: None) -> World:
    """Four projects, one of them strictly confidential."""
    return build(unit_tree)


@pytest.fixture
def staff(client_of: Any) -> Any:
    """The digital unit: sees everything but what is strictly confidential."""
    return client_of("digital-unit")
