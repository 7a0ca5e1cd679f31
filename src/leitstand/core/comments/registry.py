"""Kinds of objects that can be commented on; the kernel knows none of them itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from leitstand.core.base.registry import Registry


@dataclass(frozen=True)
class Commentable:
    """How an object of a resource kind is commented on.

    ``level`` and ``unit_id`` give the trail's events the object's protection; ``followers`` are
    the people who are told of every comment. ``guard`` is the object whose level protects it, by
    kind and id; without one it is the object itself.
    """

    level: Callable[[Any], int]
    unit_id: Callable[[Any], uuid.UUID | None]
    followers: Callable[[Any], Iterable[uuid.UUID]] = lambda thing: ()
    guard: Callable[[Any], tuple[str, uuid.UUID] | None] | None = None


commentables: Registry[Commentable] = Registry("kind that can be commented on")
