"""What if: a plan at once after moving, pausing, dropping, weighing, adding, or other supply."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from leitstand.planning.domain import bounds, checker, serial
from leitstand.planning.domain.model import (
    Answer,
    Change,
    Moved,
    Plan,
    Problem,
    Task,
    WhatIf,
    outcome,
)
from leitstand.planning.domain.questions import first_plan


def what_if(problem: Problem, changes: Sequence[Change], base: Plan) -> WhatIf:
    """The plan after the changes beside ``base``; what is not concerned stays in its order."""
    begun = time.perf_counter()
    changed = problem
    for change in changes:
        changed = changed_by(changed, change)
    clean, faults, net, start = first_plan(changed, base.grant, base.starts)
    placed = dict(zip(net.ids[: len(clean.tasks)], start, strict=False))
    plan = Plan(placed, base.grant)
    answer = Answer(
        plan, serial.weighted_lateness(net, start), bounds.lateness(net), outcome(clean, placed),
        time.perf_counter() - begun, "unused", faults, checker.check(clean, plan),
    )  # fmt: skip
    return WhatIf(answer, clean, moved(problem, base, answer))


def moved(problem: Problem, base: Plan, answer: Answer) -> tuple[Moved, ...]:
    """Projects whose end or lateness differs between two plans."""
    before = {entry.project: entry for entry in outcome(problem, base.starts)}
    after = {entry.project: entry for entry in answer.lateness}
    found = []
    for project in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(project), after.get(project)
        if old != new:
            found.append(Moved(
                project, old.finish if old else None, new.finish if new else None,
                old.late if old else 0, new.late if new else 0,
            ))  # fmt: skip
    return tuple(found)


def changed_by(problem: Problem, change: Change) -> Problem:
    """The problem after one change; ``ValueError`` if it names what is not there."""
    if change.kind == "add":
        return _added(problem, change)
    if change.kind == "supply":
        return _supplied(problem, change)
    if change.kind in {"weight", "due"}:
        return _valued(problem, change)
    if change.kind == "drop":
        return _dropped(problem, change)
    if change.kind in {"move", "pause"}:
        hit = [task for task in problem.tasks if _concerns(change, task)]
        if not hit:
            raise ValueError(f"no such project or task: {change.project or change.task}")
        return replace(problem, tasks=tuple(_later(change, task) for task in problem.tasks))
    raise ValueError(f"unknown change {change.kind!r}")


def _concerns(change: Change, task: Task) -> bool:
    return task.id == change.task if change.task else task.project == change.project


def _later(change: Change, task: Task) -> Task:
    """What has begun goes on; the rest waits until ``to``. A move also takes back a release."""
    if not _concerns(change, task) or task.fixed is not None:
        return task
    if change.kind == "move":
        return replace(task, release=max(0, change.to))
    return replace(task, release=max(task.release, change.to))


def _dropped(problem: Problem, change: Change) -> Problem:
    """Without them; what followed them follows their predecessors no more."""
    gone = {task.id for task in problem.tasks if _concerns(change, task)}
    if not gone:
        raise ValueError(f"no such project or task: {change.project or change.task}")
    return replace(
        problem,
        tasks=tuple(task for task in problem.tasks if task.id not in gone),
        links=tuple(
            x for x in problem.links if x.predecessor not in gone and x.successor not in gone
        ),
    )


def _valued(problem: Problem, change: Change) -> Problem:
    if change.project not in {project.id for project in problem.projects}:
        raise ValueError(f"no such project: {change.project}")
    return replace(
        problem,
        projects=tuple(
            project if project.id != change.project
            else replace(project, weight=max(0, change.to)) if change.kind == "weight"
            else replace(project, due=change.to)
            for project in problem.projects
        ),
    )  # fmt: skip


def _supplied(problem: Problem, change: Change) -> Problem:
    """Another supply of a role in a period (-1: in all)."""
    if change.role not in {role.id for role in problem.roles}:
        raise ValueError(f"no such role: {change.role}")
    old = problem.supply.get(change.role, (0,))
    row = [old[min(place, len(old) - 1)] for place in range(len(problem.periods))]
    for place in range(len(row)) if change.period < 0 else (change.period,):
        row[place] = max(0, change.to)
    return replace(problem, supply={**problem.supply, change.role: tuple(row)})


def _added(problem: Problem, change: Change) -> Problem:
    projects = problem.projects + ((change.adds,) if change.adds is not None else ())
    return replace(
        problem, projects=projects, tasks=problem.tasks + change.tasks,
        links=problem.links + change.links,
    )  # fmt: skip
