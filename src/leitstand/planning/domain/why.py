"""Why a project ends when it does: the chain from its last task back to the beginning."""

from __future__ import annotations

from collections.abc import Mapping

from leitstand.planning.domain.compact import capacity_at
from leitstand.planning.domain.model import Link, Plan, Problem, Reason, Task, Why, outcome
from leitstand.planning.domain.problems import earliest_ends


def why_late(problem: Problem, plan: Plan, project: str) -> Why:
    """What held each task of the chain, latest first.

    A task that starts later than it could lacked a role right before; the chain then goes on with
    the predecessor that was ready last.
    """
    mine = [task for task in problem.tasks if task.project == project and task.id in plan.starts]
    late = next((x.late for x in outcome(problem, plan.starts) if x.project == project), 0)
    if not mine:
        return Why(project, 0, (), 0)
    ends = earliest_ends(problem)
    shortest = max(ends[task.id] for task in mine)
    chain: list[Reason] = []
    task: Task | None = max(mine, key=lambda task: plan.starts[task.id] + task.duration)
    links: dict[str, list[Link]] = {}
    for link in problem.links:
        links.setdefault(link.successor, []).append(link)
    by_id = {entry.id: entry for entry in problem.tasks}
    while task is not None:
        ready, last = _ready(task, links.get(task.id, []), by_id, plan.starts)
        reason = _reason(problem, plan, task, ready, last)
        chain.append(reason)
        if reason.kind == "role" and last is not None:
            chain.append(_link(task, ready, last))
        task = last
    return Why(project, late, tuple(chain), shortest)


def _ready(
    task: Task, links: list[Link], by_id: Mapping[str, Task], starts: Mapping[str, int]
) -> tuple[int, Task | None]:
    """The slot from which it could run, and the predecessor that decided it."""
    ready, last = task.release, None
    for link in links:
        first = by_id[link.predecessor]
        at = starts[first.id] + first.duration + link.lag
        if at >= ready and at > 0:
            ready, last = at, first
    return ready, last


def _link(task: Task, ready: int, last: Task) -> Reason:
    kind = "waiting" if last.waiting else "predecessor"
    return Reason(kind, task.id, ready, other=last.id, slot=ready)


def _reason(problem: Problem, plan: Plan, task: Task, ready: int, last: Task | None) -> Reason:
    at = plan.starts[task.id]
    if task.fixed is not None:
        return Reason("fixed", task.id, at, slot=at)
    if at > ready:
        return _lacking(problem, plan, task, at, ready)
    if last is not None:
        return Reason(
            "waiting" if last.waiting else "predecessor", task.id, at, other=last.id, slot=at
        )
    return Reason(
        "release" if task.release and at == task.release else "start", task.id, at, slot=at
    )


def _lacking(problem: Problem, plan: Plan, task: Task, at: int, ready: int) -> Reason:
    """The role that kept the task from running one slot earlier, and who had most of it."""
    for slot in range(at + task.duration - 1, at - 2, -1):
        for role, need in task.demand.items():
            users = [
                (other.demand[role], other.id)
                for other in problem.tasks
                if other.id != task.id and other.id in plan.starts and other.demand.get(role)
                and plan.starts[other.id] <= slot < plan.starts[other.id] + other.duration
            ]  # fmt: skip
            period = problem.period_at(slot)
            have = capacity_at(problem, plan.grant, role, period) - sum(x[0] for x in users)
            if slot < at + task.duration - 1 and have < need:
                return Reason(
                    "role", task.id, at, max(users, default=(0, ""))[1], role, period, slot, need,
                    max(0, have), at - ready,
                )  # fmt: skip
    return Reason("free", task.id, at, slot=at, waited=at - ready)
