"""Dependencies between projects: when one is violated, and when several form a circle.

Days are whole calendar days, both ends included: a successor tied finish to start may begin on
the day after its predecessor ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Span:
    """The period of a project; an unknown end is ``None``."""

    start: date | None
    end: date | None


def late_days(kind: str, lag_days: int, predecessor: Span, successor: Span) -> int:
    """Days by which the successor lies too early; 0 if all is well or a date is unknown.

    ``kind`` is FS, SS, FF or SF; ``lag_days`` may be negative.
    """
    tied = predecessor.start if kind in ("SS", "SF") else predecessor.end
    bound = successor.end if kind in ("FF", "SF") else successor.start
    if tied is None or bound is None:
        return 0
    ahead = 1 if kind == "FS" else 0
    return max((tied - bound).days + lag_days + ahead, 0)


def path_between(edges: Iterable[tuple[Node, Node]], source: Node, target: Node) -> Sequence[Node]:
    """A shortest path from ``source`` to ``target``, both included; empty if there is none.

    ``edges`` are (predecessor, successor) pairs.
    """
    following: dict[Node, list[Node]] = {}
    for before, after in edges:
        following.setdefault(before, []).append(after)
    came_from: dict[Node, Node | None] = {source: None}
    queue = deque([source])
    while queue:
        node = queue.popleft()
        if node == target:
            return _walk_back(came_from, target)
        for after in following.get(node, ()):
            if after not in came_from:
                came_from[after] = node
                queue.append(after)
    return ()


def _walk_back(came_from: dict[Node, Node | None], target: Node) -> Sequence[Node]:
    path: list[Node] = []
    step: Node | None = target
    while step is not None:
        path.append(step)
        step = came_from[step]
    return path[::-1]
