"""Registry of sources that compute today's value of an indicator."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.base.registry import Registry


@dataclass(frozen=True)
class Scope:
    """What an indicator belongs to; nothing means the whole city."""

    goal_id: uuid.UUID | None = None
    programme_id: uuid.UUID | None = None


@dataclass(frozen=True)
class IndicatorSource:
    """``value(actor, scope)`` counts what the actor may see; None if there is nothing to count."""

    code: str
    label: Any
    value: Callable[[Actor, Scope], float | None]


indicator_sources: Registry[IndicatorSource] = Registry("indicator source")
