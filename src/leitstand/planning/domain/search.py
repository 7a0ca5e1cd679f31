"""Improves plans for as long as it is let: a genetic search for length, a local one for lateness.

Length: activity lists, two-point crossover and forward-backward justification of every child
(Hartmann 1998; Valls, Ballestín, Quintanilla 2005, 2008). Lateness: every project has a shift of
its date; the list is sorted by latest ends under the shifted dates; shifts of late projects and
of those in their way are changed by lot, kept while the result is not worse than some steps ago
(late acceptance, Burke and Bykov 2017).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from leitstand.planning.domain import serial
from leitstand.planning.domain.compact import Net, backwards

Report = Callable[[float, int], bool]
"""Told seconds passed and the best value; returns False to stop."""


@dataclass(frozen=True)
class Limit:
    """When to stop: a point of ``time.perf_counter``, a value that cannot be beaten, a caller."""

    until: float
    bound: int = 0
    report: Report | None = None

    def reached(self, best: int) -> bool:
        """Whether to stop now."""
        if best <= self.bound or time.perf_counter() >= self.until:
            return True
        return self.report is not None and not self.report(time.perf_counter(), best)


class Lists:
    """Forward and backward passes over activity lists of one net."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.back = backwards(net, 0)
        self.rank = [0] * len(net.order)
        for place, task in enumerate(net.order):
            self.rank[task] = place
        self.behind = [-place for place in self.rank]
        self.followers = [set(after) for after in net.after]

        self.plain = min(net.duration, default=0) >= 0  # else sorting by starts breaks links

    def by_start(self, start: Sequence[int]) -> list[int]:
        """The list that a plan follows."""
        return self._sorted(self.net, start, self.rank)

    def justified(self, start: list[int]) -> list[int]:
        """Push everything to the right, then to the left again; never longer than before."""
        length = self.net.duration
        ends = [-(s + d) for s, d in zip(start, length, strict=True)]
        pushed = serial.serial(self.back, self._sorted(self.back, ends, self.behind))
        begins = [-(s + d) for s, d in zip(pushed, length, strict=True)]
        return serial.serial(self.net, self._sorted(self.net, begins, self.rank))

    def _sorted(self, net: Net, at: Sequence[int], rank: Sequence[int]) -> list[int]:
        """All tasks by rising number, after their predecessors."""
        if not self.plain:
            return serial.by_keys(net, at)
        count = len(at)
        key = [a * count + r for a, r in zip(at, rank, strict=True)]
        return sorted(range(count), key=key.__getitem__)


def first_length(net: Net) -> list[int]:
    """The better of two rules, justified once: the plan that is there at once."""
    lists = Lists(net)
    rules = ([-float(tail) for tail in net.tail], _resource_rule(net))
    found = [lists.justified(serial.serial(net, serial.by_keys(net, rule))) for rule in rules]
    return min(found, key=lambda start: serial.makespan(net, start))


def _resource_rule(net: Net) -> list[float]:
    """Tail, and how much hangs directly on a task."""
    return [
        -tail - 0.5 * sum(net.duration[a] for a in net.after[task])
        for task, tail in enumerate(net.tail)
    ]


def shorten(net: Net, start: list[int], limit: Limit, lot: Random) -> list[int]:
    """The shortest plan found until ``limit``; never longer than ``start``."""
    lists = Lists(net)
    best = serial.makespan(net, start)
    if limit.reached(best):
        return start
    found = _population(lists, start, limit, lot, 40 if len(start) < 400 else 12)
    while not limit.reached(found[0][0]):
        mother, father = _two(found, lot)
        order = _mutated(lists, _crossed(mother[1], father[1], lot), lot)
        child = lists.justified(serial.serial(net, order))
        _enter(found, (serial.makespan(net, child), lists.by_start(child), child), lot)
    return found[0][2]


Member = tuple[int, list[int], list[int]]


def _population(
    lists: Lists, start: list[int], limit: Limit, lot: Random, size: int
) -> list[Member]:
    """The first plan and others by the tail rule with noise."""
    net = lists.net
    found: list[Member] = [(serial.makespan(net, start), lists.by_start(start), start)]
    width = max(net.tail) * 0.25
    while len(found) < size and not limit.reached(min(found, key=_value)[0]):
        key = [-tail + lot.gauss(0, width) * lot.random() for tail in net.tail]
        child = lists.justified(serial.serial(net, serial.by_keys(net, key)))
        found.append((serial.makespan(net, child), lists.by_start(child), child))
    return sorted(found, key=_value)


def _value(member: Member) -> int:
    return member[0]


def _two(found: list[Member], lot: Random) -> tuple[Member, Member]:
    """Two different parents, the better ones more often."""
    first = min(lot.randrange(len(found)), lot.randrange(len(found)))
    second = min(lot.randrange(len(found)), lot.randrange(len(found)))
    if first == second:
        second = (second + 1) % len(found)
    return (found[first], found[second]) if lot.random() < 0.5 else (found[second], found[first])


def _crossed(mother: list[int], father: list[int], lot: Random) -> list[int]:
    """The mother's list, with a stretch of it in the father's order."""
    count = len(mother)
    width = lot.randrange(count // 4 or 1, count * 3 // 4 + 2)
    first = lot.randrange(-width // 2, count - width // 2)
    first, last = max(0, first), min(count, first + width)
    inside = set(mother[first:last])
    return mother[:first] + [task for task in father if task in inside] + mother[last:]


def _mutated(lists: Lists, order: list[int], lot: Random) -> list[int]:
    """Some neighbours exchanged, one task moved within what its links allow."""
    followers = lists.followers
    for _ in range(max(1, len(order) // 25)):
        place = lot.randrange(len(order) - 1) if len(order) > 1 else 0
        if len(order) > 1 and order[place + 1] not in followers[order[place]]:
            order[place], order[place + 1] = order[place + 1], order[place]
    if lot.random() < 0.5:
        _moved(lists, order, lot)
    return order


def _moved(lists: Lists, order: list[int], lot: Random) -> None:
    place = lot.randrange(len(order))
    task = order.pop(place)
    before = set(lists.net.before[task])
    first = place
    while first > 0 and order[first - 1] not in before and place - first < 40:
        first -= 1
    last = place
    followers = lists.followers[task]
    while last < len(order) and order[last] not in followers and last - place < 40:
        last += 1
    order.insert(lot.randint(first, last), task)


def _enter(found: list[Member], child: Member, lot: Random) -> None:
    """The child takes the place of a bad member, unless it is a copy or worse than all."""
    if child[0] >= found[-1][0] and lot.random() < 0.8:
        return
    if any(member[0] == child[0] and member[2] == child[2] for member in found):
        return
    found.pop(len(found) - 1 - min(lot.randrange(3), lot.randrange(3)) if len(found) > 3 else -1)
    place = len(found)
    while place and found[place - 1][0] > child[0]:
        place -= 1
    found.insert(place, child)
