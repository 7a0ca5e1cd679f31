"""Kinds of objects in the net: how an object of a kind is found, named and opened."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.base.registry import Registry


@dataclass(frozen=True)
class ResourceKind:
    """One kind: ``find(actor, id)`` returns the visible object or ``None``."""

    code: str
    label: Any
    find: Callable[[Actor, uuid.UUID], Any | None]
    title: Callable[[Any], str]
    url: Callable[[Any], str]


resource_kinds: Registry[ResourceKind] = Registry("resource kind")
