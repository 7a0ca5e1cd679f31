"""Which way a light has moved between two reports."""

from __future__ import annotations

_ORDER = {"green": 1, "yellow": 2, "red": 3}


def trend(before: str, now: str) -> str:
    """``better``, ``same`` or ``worse``; empty if either light is not set."""
    if before not in _ORDER or now not in _ORDER:
        return ""
    if _ORDER[before] == _ORDER[now]:
        return "same"
    return "better" if _ORDER[now] < _ORDER[before] else "worse"
