"""Registry of sources of early warnings: dates that will touch the city's work."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.base.registry import Registry

LAW, CONTRACT, SUPPORT, FUNDING, COUNCIL = "law", "contract", "support", "funding", "council"


@dataclass(frozen=True)
class Coming:
    """A date that comes; ``key`` names it for good, ``people`` are told when its time begins.

    ``lead_days`` is how long before the day somebody must begin. ``mail_title`` may go by e-mail:
    it holds nothing confidential. ``touches`` are (title, address) of what the reader may see.
    """

    key: str
    kind: str
    title: str
    day: date
    lead_days: int
    url: str
    source: str = ""
    touches: Sequence[tuple[str, str]] = ()
    people: tuple[uuid.UUID, ...] = ()
    mail_title: str = ""

    @property
    def begins(self) -> date:
        """The day on which its lead time begins."""
        return self.day - timedelta(days=self.lead_days)


@dataclass(frozen=True)
class EarlyWarningSource:
    """``find(actor, until)`` gives what the actor may see and that lies not behind ``until``.

    What has passed and is not settled belongs to it. ``kinds`` are kinds of dates, with their
    labels, that only this source knows; ``on_start`` is off where the start page tells of them in
    a section of its own.
    """

    code: str
    label: Any
    find: Callable[[Actor, date], Sequence[Coming]]
    kinds: Mapping[str, Any] = field(default_factory=dict)
    on_start: bool = True


early_warning_sources: Registry[EarlyWarningSource] = Registry("early warning source")
