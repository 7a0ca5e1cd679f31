"""What is known of a project on a day: the input of the rules that propose traffic lights.

Days are whole calendar days. ``None`` means unknown, an empty tuple that there is nothing now;
the ``*_kept`` marks tell "none at present" from "nobody has ever entered one".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FrozenPlan:
    """The baseline that holds."""

    name: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Stone:
    """A milestone that has not been reached; ``frozen`` is its day in the baseline."""

    title: str
    due: date
    frozen: date | None = None


@dataclass(frozen=True, slots=True)
class Hindrance:
    """An open obstacle."""

    kind: str
    title: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Danger:
    """An open risk; probability and impact from 1 to 5."""

    title: str
    probability: int
    impact: int
    has_measure: bool

    @property
    def points(self) -> int:
        """Probability times impact, 1 to 25."""
        return self.probability * self.impact


@dataclass(frozen=True, slots=True)
class Money:
    """Euro over all years, follow-up costs left out."""

    planned: float
    committed: float
    spent: float


@dataclass(frozen=True, slots=True)
class Grant:
    """A funding whose deadline counts."""

    title: str
    deadline: date


@dataclass(frozen=True, slots=True)
class Hearing:
    """A mandatory consultation that has not been finished."""

    kind: str
    due: date


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """One project as of ``on``.

    ``phase`` and ``due_kind`` hold the values of the models. ``pushed_days`` are the days by
    which its predecessors end too late for it: no titles, as the reader of a proposal may not
    see them.
    """

    on: date
    phase: str
    start: date | None = None
    end: date | None = None
    progress: int | None = None
    due: date | None = None
    due_kind: str = ""
    baseline: FrozenPlan | None = None
    milestones: tuple[Stone, ...] = ()
    milestones_kept: bool = False
    pushed_days: tuple[int, ...] = ()
    has_predecessors: bool = False
    money: Money | None = None
    grants: tuple[Grant, ...] = ()
    obstacles: tuple[Hindrance, ...] = ()
    obstacles_kept: bool = False
    risks: tuple[Danger, ...] = ()
    risks_kept: bool = False
    hearings: tuple[Hearing, ...] = ()
    hearings_kept: bool = False
    has_lead: bool | None = None
    effort_planned: bool = False
    last_status: date | None = None

    @property
    def forecast_end(self) -> date | None:
        """When it will end at the earliest: the planned end, or today once that has passed."""
        return max(self.end, self.on) if self.end else None
