"""Whether a plan keeps what it promises: independent of everything that makes plans.

It reads the model alone and counts the use of every role anew. It must never import the
scheduler, its arrays or its bounds (an import contract holds this).
"""

from __future__ import annotations

from collections.abc import Mapping

from leitstand.planning.domain.model import HALF_POST, Plan, Problem, Task, Violation


def check(problem: Problem, plan: Plan, *, dates: bool = False) -> tuple[Violation, ...]:
    """Everything wrong with the plan; with ``dates`` a missed date is wrong, too.

    Running (fixed) work takes place come what may; where it alone asks for more than there is,
    nothing else may use the role.
    """
    found = _starts(problem, plan.starts)
    whole = [task for task in problem.tasks if task.id in plan.starts]
    found += _links(problem, plan.starts)
    found += _grant(problem, plan)
    for role in problem.roles:
        users = [task for task in whole if task.demand.get(role.id, 0) > 0 and task.duration > 0]
        found += _use(problem, plan, role.id, users)
    if dates:
        found += _dates(problem, plan.starts)
    return tuple(found)


def _starts(problem: Problem, starts: Mapping[str, int]) -> list[Violation]:
    """Every task once, at a whole slot, not before its release, where it is pinned."""
    found = []
    known = set()
    for task in problem.tasks:
        known.add(task.id)
        at = starts.get(task.id)
        if at is None:
            found.append(Violation("missing", task.id))
        elif task.fixed is not None:
            if at != task.fixed:
                found.append(Violation("fixed", task.id, slot=at, need=task.fixed))
        elif type(at) is not int or at < 0 or at < task.release:
            found.append(Violation("early", task.id, slot=int(at), need=max(0, task.release)))
    found += [Violation("unknown", name) for name in sorted(set(starts) - known)]
    return found


def _links(problem: Problem, starts: Mapping[str, int]) -> list[Violation]:
    length = {task.id: task.duration for task in problem.tasks}
    found = []
    for link in problem.links:
        if link.predecessor not in starts or link.successor not in starts:
            continue  # told as missing already
        ready = starts[link.predecessor] + length[link.predecessor] + link.lag
        at = starts[link.successor]
        if at < ready:
            found.append(
                Violation("precedence", link.successor, other=link.predecessor, slot=at, need=ready)
            )
    return found


def _grant(problem: Problem, plan: Plan) -> list[Violation]:
    """Whole half posts, not more than may be had, never fewer than the year before."""
    found = []
    limits = {option.role: option for option in problem.options}
    roles = {role.id for role in problem.roles}
    for role, years in plan.grant.items():
        limit = limits.get(role)
        for year, count in enumerate(years):
            wrong = role not in roles or count < 0
            wrong |= problem.permanent and year > 0 and count < years[year - 1]
            if limit is not None:
                wrong |= count > limit.most or (year < limit.first_year and count > 0)
            if wrong:
                found.append(Violation("grant", role=role, slot=year, have=count))
    return found


def _use(problem: Problem, plan: Plan, role: str, users: list[Task]) -> list[Violation]:
    """Sweep over the slots at which use or supply changes; one violation per stretch."""
    change: dict[int, int] = {}
    free: dict[int, int] = {}  # the part that is not fixed
    for task in users:
        at = plan.starts[task.id]
        for row in (change,) if task.fixed is not None else (change, free):
            row[at] = row.get(at, 0) + task.demand[role]
            row[at + task.duration] = row.get(at + task.duration, 0) - task.demand[role]
    found, used, loose = [], 0, 0
    for slot in sorted({*change, *(period.start for period in problem.periods)}):
        used += change.get(slot, 0)
        loose += free.get(slot, 0)
        have = _supply(problem, plan, role, slot)
        if used > have and loose > 0:
            found.append(Violation("capacity", role=role, slot=slot, need=used, have=have))
    return found


def _supply(problem: Problem, plan: Plan, role: str, slot: int) -> int:
    """Tenths of the role in a slot: supply of its period and granted half posts of its year."""
    number = 0
    for place, period in enumerate(problem.periods):
        if period.start <= slot:
            number = place
    rows = problem.supply.get(role) or (0,)
    base = rows[number] if number < len(rows) else rows[-1]
    extra = plan.grant.get(role) or (0,)
    year = problem.periods[number].year
    return max(0, base) + HALF_POST * (extra[year] if year < len(extra) else extra[-1])


def _dates(problem: Problem, starts: Mapping[str, int]) -> list[Violation]:
    due = {project.id: project.due for project in problem.projects}
    found = []
    for task in problem.tasks:
        if task.id not in starts:
            continue
        end = starts[task.id] + task.duration
        for date in (task.due, due.get(task.project)):
            if date is not None and end > date:
                found.append(Violation("late", task.id, other=task.project, slot=end, need=date))
    return found
