"""Routers that features add to the API; collected when the URLs are loaded."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ninja import Router

_routers: list[tuple[str, str]] = []


def add(prefix: str, path: str) -> None:
    """Register ``module:attribute`` of a router under a prefix such as ``/projects``."""
    if (prefix, path) not in _routers:
        _routers.append((prefix, path))


def routers() -> list[tuple[str, Router]]:
    """Load and return all routers."""
    found = []
    for prefix, path in _routers:
        module, _, name = path.partition(":")
        found.append((prefix, getattr(importlib.import_module(module), name)))
    return found
