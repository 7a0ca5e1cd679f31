"""Which state of the data a result belongs to: what the planner was told, per project, as digests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from leitstand.planning.queries.translate import Translation

SUPPLY = "supply"
"""Key of what was told about staff."""


def digests(told: Translation) -> dict[str, str]:
    """Project id → digest; one more for supply and costs."""
    texts: dict[str, list[str]] = {one.id: [repr(one)] for one in told.problem.projects}
    for task in told.problem.tasks:
        texts.setdefault(task.project, []).append(repr(task))
    owner = {task.id: task.project for task in told.problem.tasks}
    for link in told.problem.links:
        texts.setdefault(owner.get(link.successor, ""), []).append(repr(link))
    texts[SUPPLY] = [repr(sorted(told.problem.supply.items())), repr(told.problem.options)]
    return {key: _digest(parts) for key, parts in texts.items() if key}


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:12]


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Keys that were changed, came or went since."""
    return sorted(key for key in {*before, *now} if before.get(key) != now.get(key))
