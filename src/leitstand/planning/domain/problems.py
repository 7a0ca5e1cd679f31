"""What in a problem cannot be planned: named, taken out, so that the rest is planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from leitstand.planning.domain.model import HALF_POST, Fault, Grant, Link, Option, Problem, Task

LONGEST = 5_000
"""Slots; a task that lasts longer is a slip of the pen (weeks: a century)."""
MOST = 10_000
"""Tenths of FTE of one role in one task; more is a slip of the pen."""


def inspect(
    problem: Problem, *, with_posts: bool = False, grant: Grant | None = None
) -> tuple[Problem, tuple[Fault, ...]]:
    """The part that can be planned, and what is wrong with the input.

    ``with_posts``: what the options could add counts as supply; ``grant``: what was granted does.
    """
    faults: list[Fault] = []
    tasks = _single(problem.tasks, faults)
    more = _more(problem, with_posts, grant or {})
    tasks = [task for task in tasks if _sound(problem, task, faults, more)]
    links = _known(problem, tasks, faults)
    gone = _lost(problem, tasks, faults)
    circle = _circle(tasks, links)
    if circle:
        faults.append(Fault("cycle", tuple(circle)))
        gone |= set(circle)
    gone = _downstream(gone, problem.links)
    hanging = [task.id for task in tasks if task.id in gone and not _named(task.id, faults)]
    if hanging:
        faults.append(Fault("hangs_on_left_out", tuple(hanging)))
    kept = tuple(task for task in tasks if task.id not in gone)
    ids = {task.id for task in kept}
    links = [link for link in links if link.predecessor in ids and link.successor in ids]
    links = _overtaken(kept, links, faults)
    clean = replace(problem, tasks=kept, links=tuple(links))
    return clean, (*faults, *_dates(clean))


def without(problem: Problem, tasks: Iterable[str]) -> tuple[Problem, tuple[str, ...]]:
    """The problem without some tasks and what follows them, and all that went."""
    gone = _downstream(set(tasks), problem.links)
    kept = tuple(task for task in problem.tasks if task.id not in gone)
    links = tuple(x for x in problem.links if x.predecessor not in gone and x.successor not in gone)
    return replace(problem, tasks=kept, links=links), tuple(sorted(gone))


def _single(tasks: Iterable[Task], faults: list[Fault]) -> list[Task]:
    """The first of every id."""
    found: dict[str, Task] = {}
    for task in tasks:
        if task.id in found:
            faults.append(Fault("duplicate", (task.id,)))
        else:
            found[task.id] = task
    return list(found.values())


def _more(problem: Problem, with_posts: bool, grant: Grant) -> dict[str, int]:
    """Tenths of each role that posts may add or have added."""
    found = {role: HALF_POST * max(years, default=0) for role, years in grant.items()}
    if with_posts and problem.options:
        found |= {option.role: HALF_POST * option.most for option in problem.options}
    elif with_posts:
        found |= {role.id: HALF_POST * Option("").most for role in problem.roles}
    return found


def _sound(problem: Problem, task: Task, faults: list[Fault], more: Mapping[str, int]) -> bool:
    """Whether a task can be planned at all; tells what is wrong with it."""
    projects = {project.id for project in problem.projects}
    if problem.projects and task.project not in projects:
        faults.append(Fault("unknown_project", (task.id,), (task.project,)))
        return False
    if not 0 <= task.duration <= LONGEST:
        faults.append(Fault("bad_duration", (task.id,), (task.project,), need=task.duration))
        return False
    for role, amount in task.demand.items():
        fault = _demand(problem, task, role, amount, more.get(role, 0))
        if fault is not None:
            faults.append(fault)
            return False
    return True


def _demand(problem: Problem, task: Task, role: str, amount: int, more: int) -> Fault | None:
    where = ((task.id,), (task.project,), role)
    if role not in {known.id for known in problem.roles}:
        return Fault("unknown_role", *where)
    if not 0 <= amount <= MOST:
        return Fault("bad_demand", *where, need=amount)
    if task.fixed is not None or not task.duration:
        return None  # runs already, come what may
    have = max(problem.supply.get(role, (0,)), default=0) + more
    return Fault("never_enough", *where, need=amount, have=have) if amount > have else None


def _known(problem: Problem, tasks: list[Task], faults: list[Fault]) -> list[Link]:
    """Links between tasks that are there."""
    ids = {task.id for task in problem.tasks}
    kept = {task.id for task in tasks}
    for link in problem.links:
        missing = [end for end in (link.predecessor, link.successor) if end not in ids]
        if missing:
            faults.append(Fault("unknown_task", (link.predecessor, link.successor), left_out=False))
    return [x for x in problem.links if x.predecessor in kept and x.successor in kept]


def _lost(problem: Problem, tasks: list[Task], faults: list[Fault]) -> set[str]:
    """Tasks of the problem that were taken out."""
    kept = {task.id for task in tasks}
    return {task.id for task in problem.tasks if task.id not in kept}


def _named(task: str, faults: list[Fault]) -> bool:
    return any(task in fault.tasks for fault in faults if fault.left_out)


def _downstream(gone: set[str], links: Iterable[Link]) -> set[str]:
    """These and everything that follows them."""
    after: dict[str, list[str]] = {}
    for link in links:
        after.setdefault(link.predecessor, []).append(link.successor)
    found, todo = set(gone), list(gone)
    while todo:
        for follower in after.get(todo.pop(), ()):
            if follower not in found:
                found.add(follower)
                todo.append(follower)
    return found


def _circle(tasks: list[Task], links: list[Link]) -> list[str]:
    """The tasks that lie on circles or between them, in the problem's order."""
    left = {task.id for task in tasks}
    for forward in (True, False):  # peel off from both ends what can be ordered
        count = dict.fromkeys(left, 0)
        after: dict[str, list[str]] = {}
        for link in links:
            first, last = (
                (link.predecessor, link.successor)
                if forward
                else (link.successor, link.predecessor)
            )
            if first in left and last in left:
                count[last] += 1
                after.setdefault(first, []).append(last)
        ready = [task for task, number in count.items() if not number]
        for task in ready:  # grows while it is read
            left.discard(task)
            for follower in after.get(task, ()):
                count[follower] -= 1
                if not count[follower]:
                    ready.append(follower)
    return [task.id for task in tasks if task.id in left]


def _overtaken(tasks: Iterable[Task], links: list[Link], faults: list[Fault]) -> list[Link]:
    """Links into running work whose predecessor cannot have ended are told and dropped."""
    by_id = {task.id: task for task in tasks}
    kept = []
    for link in links:
        first, last = by_id[link.predecessor], by_id[link.successor]
        if last.fixed is None or (
            first.fixed is not None and first.fixed + first.duration + link.lag <= last.fixed
        ):
            kept.append(link)
        else:
            faults.append(Fault("overtaken", (first.id, last.id), (last.project,), left_out=False))
    return kept


def _dates(problem: Problem) -> list[Fault]:
    """Dates that are missing, or that even all staff in the world could not keep."""
    used = {task.project for task in problem.tasks}
    faults = [
        Fault("no_date", projects=(project.id,), left_out=False)
        for project in problem.projects
        if project.due is None and project.id in used
    ]
    ends = earliest_ends(problem)
    last: dict[str, tuple[int, str]] = {}
    for task in problem.tasks:
        last[task.project] = max(last.get(task.project, (0, "")), (ends[task.id], task.id))
    faults += [
        Fault("impossible_date", (last[project.id][1],), (project.id,),
              need=last[project.id][0], have=project.due, left_out=False)
        for project in problem.projects
        if project.due is not None and project.id in last and last[project.id][0] > project.due
    ]  # fmt: skip
    return faults


def earliest_ends(problem: Problem) -> dict[str, int]:
    """End of every task by the longest path alone; the links must hold no circle."""
    before: dict[str, list[Link]] = {task.id: [] for task in problem.tasks}
    after: dict[str, list[str]] = {task.id: [] for task in problem.tasks}
    for link in problem.links:
        before[link.successor].append(link)
        after[link.predecessor].append(link.successor)
    waiting = {task: len(links) for task, links in before.items()}
    by_id = {task.id: task for task in problem.tasks}
    ready = [task for task, count in waiting.items() if not count]
    end: dict[str, int] = {}
    for name in ready:  # grows while it is read
        task = by_id[name]
        at = max([task.release, 0] + [end[x.predecessor] + x.lag for x in before[name]])
        end[name] = (at if task.fixed is None else task.fixed) + task.duration
        for follower in after[name]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return end
