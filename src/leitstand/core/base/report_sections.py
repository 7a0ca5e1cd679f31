"""Registry of the sections that a report may have; features add theirs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from leitstand.core.base.actor import Actor
from leitstand.core.base.papers import Block
from leitstand.core.base.registry import Registry

T = TypeVar("T")
TERSEST = 4
"""The last step of shortening: 0 is the usual short form, every step says less."""


@dataclass(frozen=True)
class ReportFrame:
    """What a section is built for: who reads, the day of the figures, the day of the report
    before, and what may be in it.

    Only what is at most at ``level`` gets into a report; above "internal" (1) only what ``unit_id``
    itself leads. ``long`` asks for everything instead of what fits on a few pages; the short form
    has steps, ``terse`` from 0 to ``TERSEST``. ``selection`` is the query string of a list of
    projects.
    """

    actor: Actor
    day: date
    level: int
    unit_id: uuid.UUID | None = None
    since: date | None = None
    long: bool = False
    selection: str = ""
    terse: int = 0
    _kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gave the first time; sections share what they read."""
        if name not in self._kept:
            self._kept[name] = make()
        found: T = self._kept[name]
        return found

    def most(self, *steps: int) -> int | None:
        """How many entries a list may have: by the step of shortening, None for the long form."""
        return None if self.long else steps[min(self.terse, len(steps) - 1)]

    def terser(self) -> Iterator[ReportFrame]:
        """The same frame at every step of shortening; all share what was read. One for the long."""
        for step in range(1 if self.long else TERSEST + 1):
            yield replace(self, terse=step)

    def admits(self, level: int, unit_id: uuid.UUID | None) -> bool:
        """Whether something of this level and lead unit may be in the report."""
        return level <= self.level and (level <= 1 or unit_id == self.unit_id)


@dataclass(frozen=True)
class ReportSection:
    """A section; ``build`` gives its blocks without the heading, nothing if it has nothing to say.

    ``annex`` ones come last, each on a page of its own, outside the count of pages. In the short
    form it says less at every step of ``frame.terse``; places for words stay at all steps.
    """

    code: str
    label: Any
    order: int
    build: Callable[[ReportFrame], Sequence[Block]]
    annex: bool = False


report_sections: Registry[ReportSection] = Registry("report section")


def ordered(codes: Sequence[str] | None = None) -> list[ReportSection]:
    """The sections of these codes (all, if None) in their order; unknown codes are passed over."""
    chosen = [one for one in report_sections if codes is None or one.code in codes]
    return sorted(chosen, key=lambda one: (one.annex, one.order))
