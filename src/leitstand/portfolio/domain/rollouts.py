"""Rules of rollouts: how long steps take, planning backwards from a go-live day, states.

Pure: no database, days are ``datetime.date``, durations are calendar days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

AFTER = frozenset({"support", "extra"})
"""Kinds of steps that come after the go-live or beside it: they hold no unit up."""
FINISHED = frozenset({"done", "not_needed"})


@dataclass(frozen=True)
class Duration:
    """How long a step takes, in calendar days."""

    least: int
    most: int
    by_size: bool = False

    def days(self, size: str) -> int:
        """The usual time for a unit of this size: S least, M mean (rounded up), L most."""
        if not self.by_size or size == "M":
            return -(-(self.least + self.most) // 2)
        return self.least if size == "S" else self.most

    def span(self, size: str) -> tuple[int, int]:
        """Least and most time for a unit of this size."""
        if not self.by_size:
            return self.least, self.most
        usual = self.days(size)
        return usual, usual


@dataclass(frozen=True)
class StepRule:
    """What planning needs of a step, in the order of the steps."""

    kind: str
    duration: Duration


def plan_backwards(
    steps: Sequence[StepRule], size: str, go_live: date
) -> list[tuple[date, date] | None]:
    """First and last day of every step so that the unit goes live on ``go_live``.

    Steps run one after the other without a gap, the go-live day being the last; what comes after
    it or beside it (support, additional services) gets no dates.
    """
    found: list[tuple[date, date] | None] = [None] * len(steps)
    end = go_live
    main = [i for i, step in enumerate(steps) if step.kind not in AFTER and step.kind != "go_live"]
    for place, step in enumerate(steps):
        if step.kind == "go_live":
            found[place] = (go_live, go_live)
    for place in reversed(main):
        days = max(steps[place].duration.days(size), 1)
        last = end - timedelta(days=1)
        end = last - timedelta(days=days - 1)
        found[place] = (end, last)
    return found


def unit_state(states: Sequence[tuple[str, str]]) -> str:
    """State of a unit from (kind, state) of its cells: done, running, planned or open.

    Done once its go-live day is done; running as soon as any step before it has begun.
    """
    go_live = next((state for kind, state in states if kind == "go_live"), "open")
    if go_live == "done":
        return "done"
    before = {state for kind, state in states if kind not in AFTER}
    if before & {"running", "done"}:
        return "running"
    return "planned" if "planned" in before else "open"


def progress(cells: Sequence[tuple[int, str]]) -> int:
    """Share of the work that is done, in percent, from (weight, state) of the cells.

    What is not needed counts neither as work nor as done; half of a running step is done.
    """
    needed = [(weight, state) for weight, state in cells if state != "not_needed"]
    total = sum(weight for weight, _state in needed)
    if not total:
        return 0
    part = {"done": 2, "running": 1}
    return sum(weight * part.get(state, 0) for weight, state in needed) * 50 // total
