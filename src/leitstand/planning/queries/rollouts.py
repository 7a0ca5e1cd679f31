"""A rollout for the planner: its open steps in every unit, one after the other.

Every unit is a project of its own with the rollout's date, so that a plan says which units are
late. The rest of the effort of the rollout's project is shared out by the steps' weights; each
step asks for one role, chosen so that the roles' sums come out.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from leitstand.planning.domain.model import Link, Project, Task
from leitstand.planning.queries.weeks import Weeks
from leitstand.portfolio.facade_planning import PlanMember, PlanRollout, PlanStep

DAYS_A_WEEK = 4.85


@dataclass
class Made:
    """What a rollout adds to the problem."""

    tasks: list[Task] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def rollout_tasks(
    code: str, one: PlanRollout, days: Mapping[uuid.UUID, float], weeks: Weeks,
    codes: Mapping[uuid.UUID, str],
) -> Made:  # fmt: skip
    """Tasks, projects and links of a rollout."""
    made = Made()
    left = {codes[role]: amount for role, amount in days.items() if role in codes and amount > 0}
    weight = sum(max(1, step.weight) for member in one.members for step in _todo(one, member)) or 1
    whole = sum(left.values())
    due = max(0, weeks.due(one.due)) if one.due else None
    for number, member in enumerate(one.members):
        steps = list(_todo(one, member))
        if not steps:
            continue
        project = f"{code}-{number + 1}"
        made.projects.append(
            Project(project, f"{one.title}: {member.name}", due, one.due_kind == "law", 1, 0, code)
        )
        before = ""
        for step in steps:
            task = _task(
                project, member, step, _share(step, whole, weight), left, _begins(one, weeks)
            )
            made.tasks.append(task)
            if before:
                made.links.append(Link(before, task.id))
            before = task.id
    return made


def _begins(one: PlanRollout, weeks: Weeks) -> int:
    return max(0, weeks.of(one.start)) if one.start else 0


def _todo(one: PlanRollout, member: PlanMember) -> Iterator[PlanStep]:
    return (step for step in one.steps if step.id not in member.done)


def _share(step: PlanStep, whole: float, weight: int) -> float:
    return whole * max(1, step.weight) / weight


def _task(
    project: str,
    member: PlanMember,
    step: PlanStep,
    effort: float,
    left: dict[str, float],
    release: int,
) -> Task:
    duration = _weeks(step, member.size)
    demand = {}
    if effort > 0 and left:
        role = max(left, key=lambda code: (left[code], code))
        left[role] -= effort
        demand = {role: max(1, math.ceil(10 * effort / (duration * DAYS_A_WEEK) - 0.05))}
    return Task(f"{project}/{step.id.hex[-6:]}", project, duration, demand, step.title, release)


def _weeks(step: PlanStep, size: str) -> int:
    """As the rollout's own rule: small units take the least, large ones the most, if size counts."""
    mean = (step.min_days + step.max_days) / 2
    days = {"S": step.min_days, "L": step.max_days}.get(size, mean) if step.by_size else mean
    return max(1, math.ceil(days / 7))
