"""Port to the audit trail: actions record here, :mod:`leitstand.core.audit` subscribes.

The arrow is turned round because the trail stands above the organisation in the layers, while
the organisation's actions must be recorded too.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.base.registry import Registry


@dataclass(frozen=True)
class EventType:
    """A kind of business event; ``label`` is the sentence shown to people."""

    code: str
    label: Any


@dataclass(frozen=True)
class Event:
    """One business event.

    ``changes`` maps field names to ``[old, new]`` (JSON values) and must hold no personal data;
    names, addresses and e-mail go into ``personal``. ``level`` and ``unit_id`` repeat the
    object's confidentiality, so that its history is as protected as the object.
    """

    type: str
    actor: Actor
    object_kind: str
    object_id: uuid.UUID | None = None
    object_title: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    level: int = 1
    unit_id: uuid.UUID | None = None


event_types: Registry[EventType] = Registry("event type")
_recorders: list[Callable[[Sequence[Event]], None]] = []


def register(*types: tuple[str, Any]) -> None:
    """Register event types as ``(code, label)`` pairs."""
    for code, label in types:
        event_types.add(code, EventType(code, label))


def subscribe(recorder: Callable[[Sequence[Event]], None]) -> None:
    """Let ``recorder`` receive every batch of events, inside the action's transaction."""
    if recorder not in _recorders:
        _recorders.append(recorder)


def record(*events: Event) -> None:
    """Hand events to the trail; raises ``LookupError`` for an unregistered type."""
    for event in events:
        event_types[event.type]
    for recorder in _recorders:
        recorder(events)
