"""Local search for dates: least weighted lateness with the staff there is.

A plan follows from one number per project: a shift of its date. Tasks are sorted by their latest
ends under the shifted dates and placed one after the other. The search shifts late projects
forward and those that stand in their way back, by lot, and keeps what is not worse than the plan
of some steps ago (late acceptance, Burke and Bykov 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from leitstand.planning.domain import serial
from leitstand.planning.domain.compact import FAR, Net
from leitstand.planning.domain.search import Limit

MEMORY = 30
"""Steps that late acceptance looks back."""


class Dates:
    """Decodes shifts into plans."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.last = max([due for due in net.project_due if due < FAR] or [0])
        self.fallback = float(self.last + max(net.tail, default=0))
        self.work = _relative_work(net)

    def plan(self, shift: Sequence[float]) -> list[int]:
        """The plan under the projects' dates plus ``shift``."""
        return serial.serial(self.net, self.order(shift))

    def order(self, shift: Sequence[float]) -> list[int]:
        """The list under the shifted dates."""
        dues = [
            (due if due < FAR else self.fallback) + more
            for due, more in zip(self.net.project_due, shift, strict=True)
        ]
        key = serial.latest_finish(self.net, dues, self.fallback * 2)
        if self.net.strict:
            return sorted(range(len(key)), key=key.__getitem__)
        return serial.by_keys(self.net, key)

    def rules(self) -> list[list[float]]:
        """Shifts that stand for rules: the date alone, big projects later, little ones first."""
        return [[factor * work for work in self.work] for factor in (80.0, 40.0, 0.0, 20.0)]


def _relative_work(net: Net) -> list[float]:
    """Work of each project as a share of the largest."""
    work = [0.0] * len(net.projects)
    for task, project in enumerate(net.project):
        if project >= 0:
            work[project] += net.duration[task] * net.amount[task]
    most = max(work, default=0.0) or 1.0
    return [amount / most for amount in work]


def first_dates(net: Net, rules: int = 2) -> tuple[list[int], list[float]]:
    """The best plan of the first rules, and the shifts it follows from."""
    dates = Dates(net)
    found = [(dates.plan(shift), shift) for shift in dates.rules()[:rules]]
    return min(found, key=lambda entry: serial.weighted_lateness(net, entry[0]))


def on_time(
    net: Net, start: list[int], shift: list[float], limit: Limit, lot: Random
) -> tuple[list[int], list[float]]:
    """The least late plan found until ``limit``, never worse than ``start``, and its shifts."""
    dates = Dates(net)
    best, best_shift = start, shift
    least = serial.weighted_lateness(net, start)
    now, now_plan, now_shift = least, start, shift
    memory = [now] * MEMORY
    step = 0
    while not limit.reached(least):
        tried = _shifted(net, now_plan, now_shift, lot)
        plan = dates.plan(tried)
        value = serial.weighted_lateness(net, plan)
        if value <= now or value <= memory[step % MEMORY]:
            now, now_plan, now_shift = value, plan, tried
        if value < least:
            least, best, best_shift = value, plan, tried
        memory[step % MEMORY] = now
        step += 1
    return best, best_shift


def _shifted(net: Net, plan: Sequence[int], shift: Sequence[float], lot: Random) -> list[float]:
    """Other shifts: one or a few projects forward if late, back if they have time."""
    end = serial.finishes(net, plan)
    found = list(shift)
    late = [p for p, due in enumerate(net.project_due) if end[p] > due]
    for _ in range(lot.choice((1, 1, 1, 2, 3))):
        if late and lot.random() < 0.6:
            project = lot.choice(late)
            far = end[project] - net.project_due[project]
            found[project] -= lot.uniform(0, 1.5 * far + 2)
            if lot.random() < 0.25:
                found[project] += lot.uniform(0, 100)
        else:
            project = lot.randrange(len(found))
            spare = net.project_due[project] - end[project]
            found[project] += lot.uniform(-10, 10 + max(0, min(spare, 100)))
    return found
