"""The solver beside the own search: what it is given, what may come back, what becomes of it.

The domain knows only this protocol; ``planning.adapters.cp_sat`` fulfils it with OR-Tools in a
process of its own, which may be missing, be killed or run out of time. Its plans are taken only
if the checker finds nothing and they are better than the own one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from leitstand.planning.domain import checker, serial
from leitstand.planning.domain.compact import Net
from leitstand.planning.domain.model import Bound, Grant, Plan, Problem


@dataclass(frozen=True)
class Found:
    """What a solver has by now. ``state``: running, done, missing, killed, out_of_time."""

    state: str
    starts: tuple[int, ...] = ()  # by task of the problem
    bound: int | None = None
    proved: bool = False


class Task(Protocol):
    """A solver at work."""

    def peek(self) -> Found:
        """What it has by now, at once."""

    def finish(self, until: float) -> Found:
        """What it has at that point of ``time.perf_counter`` at the latest; ends it."""

    def cancel(self) -> None:
        """End it."""


class Improver(Protocol):
    """Starts a solver; never fails: what goes wrong is a state of ``Found``."""

    def start(self, run: Run) -> Task:
        """Begin with the run's problem, hint and bound."""


@dataclass(frozen=True)
class Run:
    """One question to a solver: ``measure`` is length, lateness or posts."""

    problem: Problem
    net: Net
    measure: str
    start: Sequence[int]
    grant: Grant
    bound: Bound
    until: float

    @contextmanager
    def beside(self, improver: Improver | None) -> Iterator[Beside]:
        """The solver running while the block does; ended with it whatever happens."""
        worth = improver is not None and self.measure != "posts" and bool(self.start)
        if worth and self.value(self.start) <= self.bound.value:
            worth = False  # cannot be better
        task = improver.start(self) if improver is not None and worth else None
        try:
            yield Beside(self, task)
        finally:
            if task is not None:
                task.cancel()

    def value(self, start: Sequence[int]) -> int:
        """The measure of a plan."""
        if self.measure == "length":
            return serial.makespan(self.net, start)
        return serial.weighted_lateness(self.net, start)


class Beside:
    """Hands results of the solver to the own search and its own to the page."""

    def __init__(self, run: Run, task: Task | None) -> None:
        self.run, self.task = run, task
        self.asked = 0.0
        self.stopped = False

    def told(
        self, begun: float, report: Callable[[float, int], bool] | None
    ) -> Callable[[float, int], bool]:
        """The report of the own search; stops it when the solver has proved something."""

        def tell(now: float, best: int) -> bool:
            if report is not None and not report(now - begun, best):
                self.stopped = True
                return False
            if self.task is None or now < self.asked:
                return True
            self.asked = now + 0.05
            found = self.task.peek()
            return not (found.proved or (found.bound is not None and found.bound >= best))

        return tell

    def unneeded(self) -> str:
        """For questions that the solver is not asked."""
        return "cancelled" if self.stopped else "unused"

    def joined(self, start: list[int], value: int) -> tuple[list[int], Bound, str]:
        """The better of both plans, the better bound, and what became of the solver."""
        run = self.run
        if self.task is None:
            return start, run.bound, "cancelled" if self.stopped else "unused"
        found = self.task.finish(time.perf_counter() if self.stopped else run.until)
        if found.state in {"missing", "killed"} and not found.starts:
            return start, run.bound, found.state
        taken, state = self._taken(found)
        best = start
        if taken is not None and run.value(taken) < value:
            best, value, state = taken, run.value(taken), "improved"
        bound = run.bound
        if found.bound is not None and found.bound > bound.value and state != "refuted":
            if found.bound > value:  # a bound above a checked plan: the solver is wrong
                return best, bound, "refuted"
            bound = Bound(found.bound, "cp-sat")
        if bound.value == value and state not in {"refuted", "improved"}:
            state = "proved"
        return best, bound, "cancelled" if self.stopped else state

    def _taken(self, found: Found) -> tuple[list[int] | None, str]:
        """The solver's plan, pushed to the left, if the checker finds nothing wrong with it."""
        run = self.run
        if not found.starts:
            return None, "out_of_time" if found.state != "killed" else "killed"
        names = [task.id for task in run.problem.tasks]
        if len(found.starts) != len(names):
            return None, "refuted"
        plan = Plan(dict(zip(names, found.starts, strict=True)), run.grant, "cp-sat")
        if checker.check(run.problem, plan):
            return None, "refuted"
        key = [float(at) for at in found.starts]
        key += [0.0] * (len(run.net.ids) - len(key))
        pushed = serial.serial(run.net, serial.by_keys(run.net, key))
        whole = list(found.starts) + pushed[len(names) :]
        better = pushed if run.value(pushed) <= run.value(whole) else whole
        return better, "no_better"
