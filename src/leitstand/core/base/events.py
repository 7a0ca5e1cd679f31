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
Write = Callable[[], None]
_recorders: list[Callable[[Sequence[Event]], Write]] = []
_listeners: list[Callable[[Sequence[Event]], None]] = []


def register(*types: tuple[str, Any]) -> None:
    """Register event types as ``(code, label)`` pairs."""
    for code, label in types:
        event_types.add(code, EventType(code, label))


def subscribe(recorder: Callable[[Sequence[Event]], Write]) -> None:
    """Let ``recorder`` prepare every batch of events; what it returns writes them."""
    if recorder not in _recorders:
        _recorders.append(recorder)


def listen(listener: Callable[[Sequence[Event]], None]) -> None:
    """Let ``listener`` hear every batch when it is written."""
    if listener not in _listeners:
        _listeners.append(listener)


def prepare(events: Sequence[Event]) -> Write:
    """Prepare a large batch before the transaction; call the result inside it.

    Raises ``LookupError`` for an unregistered type.
    """
    for event in events:
        event_types[event.type]
    writers = [recorder(events) for recorder in _recorders] if events else []

    def write() -> None:
        for writer in writers:
            writer()
        for listener in _listeners:
            listener(events)

    return write


def record(*events: Event) -> None:
    """Write events into the trail, inside the action's transaction."""
    prepare(events)()
