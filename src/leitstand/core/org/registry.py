"""What features say when a unit is to end."""

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
