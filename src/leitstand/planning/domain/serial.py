"""Serial schedule generation: every task of a list at its earliest fitting slot.

Kolisch, "Serial and parallel resource-constrained project scheduling methods revisited" (1996).
The list must hold every task after its predecessors. Fixed tasks are in the profile already.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from leitstand.planning.domain.compact import Net


def serial(net: Net, order: Sequence[int], duration: Sequence[int] | None = None) -> list[int]:
    """Start per task; ``net.horizon`` for one that finds no place (it uses nothing then)."""
    length = net.duration if duration is None else duration
    need, before, release, guard, fixed = net.need, net.before, net.release, net.guard, net.fixed
    free = net.capacity[:]
    start = [0] * len(need)
    finish = [0] * len(need)
    full: dict[int, int] = {}
    for task in order:
        at = release[task]
        for other in before[task]:
            if finish[other] > at:
                at = finish[other]
        if fixed and task in fixed:
            at = fixed[task]
        elif need[task]:
            at = _placed(free, need[task], guard, at, length[task], full)
        start[task] = at
        finish[task] = at + length[task]
    return start


def _placed(
    free: list[int], asked: int, guard: int, at: int, span: int, full: dict[int, int]
) -> int:
    """The first slot from ``at`` where it fits, taken out of ``free``; the horizon if none.

    ``full``: demand → everything before this slot is too full for it, which never changes back.
    """
    known = full.get(asked, 0)
    first = -1
    if at <= known:
        at = first = known
    end = at + span
    slot = at
    horizon = len(free)
    while slot < end <= horizon:
        if (free[slot] - asked) & guard != guard:
            if first == slot:
                first = slot + 1
            at = slot + 1
            end = at + span
        slot += 1
    if first > known:
        full[asked] = first
    if end > horizon:
        return horizon
    for slot in range(at, end):
        free[slot] -= asked
    return at


def by_keys(net: Net, key: Sequence[float]) -> list[int]:
    """All tasks by rising key, each after its predecessors."""
    waiting = [len(before) for before in net.before]
    ready = [(key[task], task) for task, count in enumerate(waiting) if not count]
    heapify(ready)
    order = []
    while ready:
        _, task = heappop(ready)
        order.append(task)
        for follower in net.after[task]:
            waiting[follower] -= 1
            if not waiting[follower]:
                heappush(ready, (key[follower], follower))
    return order


def latest_finish(net: Net, project_due: Sequence[float], fallback: float) -> list[float]:
    """Latest end per task so that its project keeps ``project_due``; the scheduler's best rule.

    A successor's key is always larger unless durations are 0, so sorting by it nearly keeps links.
    """
    key = [fallback] * len(net.duration)
    own = {task: due for task, due, _ in net.own_due}
    for task in reversed(net.order):
        mine = project_due[net.project[task]] if net.project[task] >= 0 else fallback
        if task in own:
            mine = min(mine, own[task])
        for follower in net.after[task]:
            least = key[follower] - net.duration[follower]
            if least < mine:
                mine = least
        key[task] = min(mine, fallback)
    return key


def makespan(net: Net, start: Sequence[int]) -> int:
    """End of the last task."""
    return max((at + length for at, length in zip(start, net.duration, strict=True)), default=0)


def finishes(net: Net, start: Sequence[int]) -> list[int]:
    """End of every project, 0 without tasks."""
    found = [0] * len(net.projects)
    for task, at in enumerate(start):
        project = net.project[task]
        if project >= 0 and at + net.duration[task] > found[project]:
            found[project] = at + net.duration[task]
    return found


def weighted_lateness(net: Net, start: Sequence[int]) -> int:
    """Slots after the date, times the weight, over projects and tasks with a date of their own."""
    late = sum(
        weight * (end - due)
        for end, due, weight in zip(
            finishes(net, start), net.project_due, net.project_weight, strict=True
        )
        if end > due
    )
    for task, due, weight in net.own_due:
        late += weight * max(0, start[task] + net.duration[task] - due)
    return late
