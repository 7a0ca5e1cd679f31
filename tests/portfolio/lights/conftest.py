"""Fixtures of the tests of traffic lights, indicators and warnings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from leitstand.core.base.actor import Actor


@pytest.fixture
def actor_in(account: Callable[..., Any]) -> Callable[..., Actor]:
    """``actor_in("unit-head", unit)`` is an actor of this role."""

    def make(role: str = "", unit: Any = None, **values: Any) -> Actor:
        made = account(role, unit, **values)
        return Actor(kind="user", name=made.username, account_id=made.pk, person_id=made.person_id)

    return make
