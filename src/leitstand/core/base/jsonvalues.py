"""JSON values that every database gives back as it got them."""

from __future__ import annotations

from typing import Any


def plain_numbers(value: Any) -> Any:
    """Return a JSON value whose whole floats are integers, at any depth.

    PostgreSQL keeps 1e20 as 100000000000000000000 and gives back an integer; whatever is digested
    or compared byte by byte must not depend on that.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: plain_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_numbers(item) for item in value]
    return value
