"""What higher layers say when a unit is to end or a person leaves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.base.registry import Registry


@dataclass(frozen=True)
class DissolutionGuard:
    """``objection(unit_id)`` returns a text or ``""``; ``move`` hands objects to the successor."""

    objection: Callable[[uuid.UUID], Any]
    move: Callable[[uuid.UUID, uuid.UUID, Actor], None]


dissolution_guards: Registry[DissolutionGuard] = Registry("dissolution guard")

departure_guards: Registry[Callable[[uuid.UUID], Any]] = Registry("departure guard")
"""Each takes the id of a person who is to become inactive; returns an objection or ``""``."""
