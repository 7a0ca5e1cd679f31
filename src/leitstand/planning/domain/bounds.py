"""What no plan can undercut: longest path, energy of windows, least posts for the dates.

The proofs are in docs/explanation/planning.md. Everything is counted in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leitstand.planning.domain.compact import FAR, Net, capacity_at
from leitstand.planning.domain.model import HALF_POST, Bound, Option, Problem

NODES = 200_000
"""So many partial post plans are looked at before the bound of a role is taken from one window."""


MARKS = 26
"""Windows begin and end at so many evenly spread slots, besides the beginnings of periods."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A task of one role with the room it has: earliest start, latest end (FAR = none)."""

    earliest: int
    latest: int
    duration: int
    demand: int


def length(problem: Problem, net: Net) -> Bound:
    """The least end of the last task: longest path, or head + energy + tail of a role."""
    path = max((at + tail for at, tail in zip(net.earliest, net.tail, strict=True)), default=0)
    best = Bound(path, "critical_path")
    if len(problem.periods) > 1:
        return best
    for role in problem.roles:
        have = capacity_at(problem, {}, role.id, 0)
        users = [
            n for n, task in enumerate(problem.tasks) if task.demand.get(role.id) and task.duration
        ]
        if have > 0 and users:
            value = _energy(problem, net, role.id, users, have)
            if value > best.value:
                best = Bound(value, "energy")
    return best


def _energy(problem: Problem, net: Net, role: str, users: list[int], have: int) -> int:
    """Largest over heads h and tails q: h + work of the tasks with both at least these + q."""
    work = {n: problem.tasks[n].demand[role] * problem.tasks[n].duration for n in users}
    after = {n: net.tail[n] - net.duration[n] for n in users}
    best = 0
    for head in sorted({net.earliest[n] for n in users}):
        left = sorted((n for n in users if net.earliest[n] >= head), key=lambda n: -after[n])
        total = 0
        for n in left:
            total += work[n]
            best = max(best, head + -(-total // have) + after[n])
    return best


def latest_ends(net: Net) -> list[int]:
    """Latest end per task so that every date holds, by the longest paths alone.

    A date that no plan can hold counts as the earliest end: no post helps beyond that.
    """
    late = _dates_that_can_hold(net)
    for task in reversed(net.order):
        for follower in net.after[task]:
            late[task] = min(late[task], late[follower] - net.duration[follower])
    return late


def _dates_that_can_hold(net: Net) -> list[int]:
    end = [at + length for at, length in zip(net.earliest, net.duration, strict=True)]
    whole = list(net.project_due)
    for task, project in enumerate(net.project):
        if project >= 0 and whole[project] < FAR:
            whole[project] = max(whole[project], end[task])
    late = [whole[project] if project >= 0 else FAR for project in net.project]
    for task, due, _weight in net.own_due:
        late[task] = min(late[task], max(due, end[task]))
    return late


def lateness(net: Net) -> Bound:
    """Weighted lateness that no staff can avoid: projects whose longest path ends after the date."""
    end = [0] * len(net.projects)
    for task, at in enumerate(net.earliest):
        if net.project[task] >= 0:
            end[net.project[task]] = max(end[net.project[task]], at + net.duration[task])
    value = sum(
        weight * max(0, last - due)
        for last, due, weight in zip(end, net.project_due, net.project_weight, strict=True)
        if due < FAR
    )
    for task, due, weight in net.own_due:
        value += weight * max(0, net.earliest[task] + net.duration[task] - due)
    return Bound(value, "critical_path")


def posts(problem: Problem, net: Net, options: Iterable[Option]) -> dict[str, tuple[int, ...]]:
    """Per role the least half posts by year that the energy of all windows asks for.

    Each role's sum is a proven lower bound for that role, so the sum over roles is one for all.
    """
    late = latest_ends(net)
    found = {}
    for option in options:
        stays = [
            Stay(net.earliest[n], late[n], task.duration, task.demand[option.role])
            for n, task in enumerate(problem.tasks)
            if task.demand.get(option.role) and task.duration and late[n] < FAR
            and net.earliest[n] + task.duration <= late[n]
        ]  # fmt: skip
        needs = _needs(problem, option.role, stays) if stays else {}
        found[option.role] = _least(problem, option, needs)
    return found


def _needs(problem: Problem, role: str, stays: Sequence[Stay]) -> dict[tuple[int, ...], int]:
    """Slots of each year in a window → half-post slots that it lacks; only what lacks."""
    end = max(stay.latest for stay in stays)
    marks = {0, end}
    marks |= {period.start for period in problem.periods if period.start < end}
    marks |= set(range(0, end, max(1, end // MARKS)))
    points = sorted(marks)
    rows = [(s.earliest + s.duration, s.duration - s.latest, s.duration, s.demand) for s in stays]
    base, spread = _sums(problem, role, end)
    needs: dict[tuple[int, ...], int] = {}
    for place, first in enumerate(points):
        for last in points[place + 1 :]:
            work = _inside(rows, first, last)
            lack = work - (base[last] - base[first])
            if lack > 0:
                years = tuple(b - a for a, b in zip(spread[first], spread[last], strict=True))
                halves = -(-lack // HALF_POST)
                needs[years] = max(needs.get(years, 0), halves)
    return needs


def _inside(rows: Sequence[tuple[int, int, int, int]], first: int, last: int) -> int:
    """The least work of all tasks within a window, wherever in their room they are put."""
    width, total = last - first, 0
    for left_end, right_room, duration, demand in rows:
        least = left_end - first
        right = last + right_room
        if right < least:
            least = right
        if least > 0:
            total += demand * min(least, duration, width)
    return total


def _sums(problem: Problem, role: str, end: int) -> tuple[list[int], list[list[int]]]:
    """Running sums over slots: tenths supplied, slots of every year."""
    base, spread = [0], [[0] * problem.years]
    for slot in range(end):
        period = problem.period_at(slot)
        base.append(base[-1] + capacity_at(problem, {}, role, period))
        row = list(spread[-1])
        row[problem.periods[period].year] += 1
        spread.append(row)
    return base, spread


def _least(problem: Problem, option: Option, needs: dict[tuple[int, ...], int]) -> tuple[int, ...]:
    """The smallest sum of half posts over the years that covers every need."""
    years = problem.years
    if not needs:
        return (0,) * years
    rows = sorted(needs.items(), key=lambda row: -row[1])
    state = _Search(rows, problem.permanent, option.most, years, option.first_year)
    state.go([], 0)
    if state.nodes > NODES or state.best is None:
        least = max(-(-need // max(1, *slots)) for slots, need in rows)
        return (0,) * (years - 1) + (least,)
    return state.best


class _Search:
    """Depth first over the years, cheapest first."""

    def __init__(
        self,
        rows: list[tuple[tuple[int, ...], int]],
        rising: bool,
        most: int,
        years: int,
        first: int,
    ) -> None:
        self.rows, self.rising, self.most, self.years, self.first = rows, rising, most, years, first
        self.best: tuple[int, ...] | None = None
        self.sum = 1 << 30
        self.nodes = 0

    def go(self, chosen: list[int], total: int) -> None:
        """Extend a beginning of the years by every count that can still be the best."""
        year = len(chosen)
        floor = chosen[-1] if chosen and self.rising else 0
        if year == self.years - 1:
            self._last(chosen, total, floor)
            return
        top = 0 if year < self.first else self.most
        for count in range(floor, max(floor, top) + 1):
            self.nodes += 1
            least = total + count * (self.years - year if self.rising else 1)
            if least >= self.sum or self.nodes > NODES:
                return
            self.go([*chosen, count], total + count)

    def _last(self, chosen: list[int], total: int, floor: int) -> None:
        """The last year's count follows from what the needs still lack."""
        count = floor
        for slots, need in self.rows:
            left = need - sum(a * b for a, b in zip(slots, chosen, strict=False))
            if left > 0:
                if not slots[-1]:
                    return
                count = max(count, -(-left // slots[-1]))
        if count <= self.most and total + count < self.sum:
            self.sum, self.best = total + count, (*chosen, count)
