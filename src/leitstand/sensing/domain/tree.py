"""The tree of an expression in ``$filter`` or ``$orderby``; ``at`` is the position in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Literal:
    """A constant. ``kind``: text, number, bool, null, instant, period, duration, geography, time."""

    kind: str
    value: Any
    at: int = 0


@dataclass(frozen=True)
class Path:
    """``Datastream/Thing/name`` or ``properties/list[0]/a``: names, and numbers for places in lists."""

    steps: tuple[str | int, ...]
    at: int = 0


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[Node, ...]
    at: int = 0


@dataclass(frozen=True)
class Binary:
    """Two operands; ``in`` has a :class:`Several` on its right."""

    operator: str
    left: Node
    right: Node
    at: int = 0


@dataclass(frozen=True)
class Not:
    """Negation of a condition."""

    operand: Node
    at: int = 0


@dataclass(frozen=True)
class Several:
    """The list after ``in``."""

    items: tuple[Node, ...]
    at: int = 0


@dataclass(frozen=True)
class Exists:
    """``Datastreams/any(d:d/name eq 'x')``: at least one related entity fulfils the condition."""

    path: Path
    variable: str
    condition: Node
    at: int = 0


Node = Literal | Path | Call | Binary | Not | Several | Exists
