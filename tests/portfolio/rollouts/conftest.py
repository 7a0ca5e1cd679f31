"""A rollout in the small city: three offices, the shipped template."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portfolio.rollouts.making import Rolling, build


@pytest.fixture
def rolling(unit_tree: dict[str, Any], fixed_today: None) -> Rolling:
    """E-Akte led by unit 10, internal; units 10, 11 and 20 take part."""
    return build(unit_tree)
