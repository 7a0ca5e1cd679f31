"""A problem as arrays: what the scheduler works on.

The free capacity of all roles in one slot is one integer. Every role has a field of bits wide
enough for its largest capacity, with a guard bit on top that is set in the profile and never in a
demand. ``profile - demand`` borrows a guard bit exactly where a role has too little left, so one
subtraction and one mask tell whether a task fits. Lags become waiting times of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from leitstand.planning.domain.model import HALF_POST, LAW, Grant, Problem, Project

FAR = 1 << 30
"""Stands for "no date"."""


@dataclass
class Net:
    """Arrays by task index; the tasks of the problem come first, then the lags."""

    ids: list[str]
    duration: list[int]
    need: list[int]  # packed
    release: list[int]
    due: list[int]  # the task's own date or its project's, FAR without one
    project: list[int]  # index, -1 without
    before: list[list[int]]
    after: list[list[int]]
    fixed: dict[int, int]
    capacity: list[int]  # packed, guard bits set, one entry per slot
    guard: int
    projects: list[Project]
    project_due: list[int]
    project_weight: list[int]
    own_due: list[tuple[int, int, int]] = field(default_factory=list)  # task, date, weight
    amount: list[int] = field(default_factory=list)  # tenths of all roles in a slot
    strict: bool = False  # every task lasts, so sorting by latest ends keeps the links
    order: list[int] = field(default_factory=list)  # topological
    earliest: list[int] = field(default_factory=list)  # start by the longest path
    tail: list[int] = field(default_factory=list)  # longest path from the start to the end of all

    @property
    def horizon(self) -> int:
        """Number of slots; a task that finds no place before it starts there."""
        return len(self.capacity)


@dataclass(frozen=True, slots=True)
class Packing:
    """Where the field of each role lies."""

    offset: Mapping[str, int]
    guard: int

    def pack(self, amounts: Mapping[str, int]) -> int:
        """Amounts per role in one integer."""
        return sum(amount << self.offset[role] for role, amount in amounts.items() if amount)


def packing(problem: Problem, grant: Grant) -> Packing:
    """Fields wide enough for supply, grant and demand of every role."""
    top = {role.id: 0 for role in problem.roles}
    for role in top:
        top[role] = max((*problem.supply.get(role, (0,)), 0))
        top[role] += HALF_POST * max((*grant.get(role, (0,)), 0))
    for task in problem.tasks:
        for role, amount in task.demand.items():
            top[role] = max(top[role], amount)
    offset, place, guard = {}, 0, 0
    for role, most in top.items():
        offset[role] = place
        place += most.bit_length()
        guard |= 1 << place
        place += 1
    return Packing(offset, guard)


def capacity_at(problem: Problem, grant: Grant, role: str, period: int) -> int:
    """Tenths of a role in a period, with the granted half posts."""
    supply = problem.supply.get(role, ())
    base = supply[min(period, len(supply) - 1)] if supply else 0
    extra = grant.get(role, ())
    year = problem.periods[period].year
    return max(0, base) + HALF_POST * (extra[min(year, len(extra) - 1)] if extra else 0)


def compact(problem: Problem, grant: Grant | None = None) -> Net:
    """The arrays of a problem without faults (see ``problems.inspect``)."""
    grant = grant or {}
    fields = packing(problem, grant)
    place = {task.id: number for number, task in enumerate(problem.tasks)}
    projects = {project.id: number for number, project in enumerate(problem.projects)}
    tasks = problem.tasks
    net = Net(
        ids=[task.id for task in tasks],
        duration=[task.duration for task in tasks],
        need=[fields.pack(task.demand) if task.duration else 0 for task in tasks],
        release=[max(0, task.release) for task in tasks],
        due=[FAR] * len(tasks),
        project=[projects.get(task.project, -1) for task in tasks],
        before=[[] for _ in tasks],
        after=[[] for _ in tasks],
        fixed={place[task.id]: task.fixed for task in tasks if task.fixed is not None},
        capacity=[],
        guard=fields.guard,
        projects=list(problem.projects),
        project_due=[FAR if p.due is None else p.due for p in problem.projects],
        project_weight=[p.weight * (LAW if p.by_law else 1) for p in problem.projects],
    )
    for number, task in enumerate(tasks):
        own = FAR if task.due is None else task.due
        whole = net.project_due[net.project[number]] if net.project[number] >= 0 else FAR
        net.due[number] = min(own, whole)
        if own < whole:
            weight = net.project_weight[net.project[number]] if net.project[number] >= 0 else 1
            net.own_due.append((number, own, weight))
    net.amount = [sum(task.demand.values()) for task in tasks]
    for link in problem.links:
        _join(net, place[link.predecessor], place[link.successor], link.lag)
    _paths(net)
    net.capacity = _capacity(problem, grant, fields, net)
    return net


def _join(net: Net, first: int, second: int, lag: int) -> None:
    """A link; a lag is a task of that length without demand between the two."""
    if lag:
        middle = len(net.duration)
        net.ids.append("")
        for array, value in (
            (net.duration, lag), (net.need, 0), (net.release, 0), (net.due, FAR),
            (net.project, -1), (net.amount, 0),
        ):  # fmt: skip
            array.append(value)
        net.before.append([first])
        net.after.append([second])
        net.after[first].append(middle)
        net.before[second].append(middle)
    else:
        net.after[first].append(second)
        net.before[second].append(first)


def _paths(net: Net) -> None:
    """Topological order, earliest starts, tails."""
    waiting = [len(before) for before in net.before]
    ready = [number for number, count in enumerate(waiting) if not count]
    for number in ready:  # grows while it is read
        for follower in net.after[number]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    if len(ready) < len(waiting):
        raise ValueError("the links run in a circle")
    net.order = ready
    net.strict = all(length > 0 for length in net.duration)
    net.earliest = [0] * len(ready)
    net.tail = list(net.duration)
    for number in ready:
        start = max(
            [net.release[number]] + [net.earliest[b] + net.duration[b] for b in net.before[number]]
        )
        net.earliest[number] = net.fixed.get(number, start)
    for number in reversed(ready):
        net.tail[number] = net.duration[number] + max(
            (net.tail[a] for a in net.after[number]), default=0
        )
        net.tail[number] = max(net.tail[number], 0)


def _capacity(problem: Problem, grant: Grant, fields: Packing, net: Net) -> list[int]:
    """The free profile, far enough for everything in a row, less what is fixed."""
    starts = [period.start for period in problem.periods]
    end = max([starts[-1], *net.release, *(s + net.duration[n] for n, s in net.fixed.items())])
    end += sum(max(0, length) for length in net.duration) + 1
    levels: list[dict[str, int]] = []
    for number in range(len(starts)):
        until = starts[number + 1] if number + 1 < len(starts) else end
        level = {role.id: capacity_at(problem, grant, role.id, number) for role in problem.roles}
        first = starts[number] if number else 0
        levels += [level] * (max(until, first) - first)
    packed = [fields.pack(level) | fields.guard for level in levels[:1]]
    for before, level in pairwise(levels):
        packed.append(packed[-1] if level is before else fields.pack(level) | fields.guard)
    return _without_fixed(problem, fields, net, levels, packed)


def _without_fixed(
    problem: Problem,
    fields: Packing,
    net: Net,
    levels: Sequence[Mapping[str, int]],
    packed: list[int],
) -> list[int]:
    """Running work takes its share first; where it asks for more than there is, nothing is left."""
    used: dict[int, dict[str, int]] = {}
    for number, start in net.fixed.items():
        task = problem.tasks[number]
        for slot in range(start, start + task.duration):
            row = used.setdefault(slot, {})
            for role, amount in task.demand.items():
                row[role] = row.get(role, 0) + amount
    for slot, row in used.items():
        level = {role: max(0, have - row.get(role, 0)) for role, have in levels[slot].items()}
        packed[slot] = fields.pack(level) | fields.guard
    return packed


def backwards(net: Net, length: int) -> Net:
    """The same net read from the end, over ``length`` slots; for problems without dates."""
    return Net(
        ids=net.ids, duration=net.duration, need=net.need, release=[0] * len(net.duration),
        due=net.due, project=net.project, before=net.after, after=net.before, fixed={},
        capacity=net.capacity[:length][::-1] + net.capacity[length:], guard=net.guard,
        projects=net.projects, project_due=net.project_due, project_weight=net.project_weight,
        amount=net.amount, own_due=net.own_due, order=net.order[::-1],
    )  # fmt: skip
