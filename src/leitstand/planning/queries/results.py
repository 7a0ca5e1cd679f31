"""What a scenario's stored result says, for pages, papers and the API.

A result is plain data so that it stays readable whatever becomes of the projects: ids of the
problem with the names of that day.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from leitstand.planning.domain.model import Answer, CurvePoint, Fault, Why
from leitstand.planning.models import Scenario
from leitstand.planning.queries.translate import Translation


def pack(
    told: Translation,
    answer: Answer,
    whys: Sequence[Why],
    extra: Answer | None,
    curve: Sequence[CurvePoint],
) -> dict[str, Any]:
    """Everything that is kept of a computation."""
    problem = told.problem
    names = {one.id: one for one in problem.projects}
    first: dict[str, int] = {}
    for task in problem.tasks:
        if task.id in answer.plan.starts:
            start = answer.plan.starts[task.id]
            first[task.project] = min(first.get(task.project, start), start)
    relieved = {one.project: one.late for one in extra.lateness} if extra else {}
    owner = {task.id: task.project for task in problem.tasks}
    left = left_out(answer, owner)
    return {
        "start": told.weeks.start.isoformat(), "years": told.weeks.years,
        "roles": {one.id: one.label for one in problem.roles},
        "periods": [one.label for one in problem.periods],
        "projects": [
            [one.project, names[one.project].label, first.get(one.project, 0), one.finish, one.due,
             one.late, names[one.project].by_law, names[one.project].rollout,
             relieved.get(one.project)]
            for one in answer.lateness if one.project not in left
        ],
        "left": [[key, names[key].label] for key in sorted(left) if key in names],
        "ids": {number: str(one.id) for number, one in told.projects.items()},
        "rollouts": {key: str(one.id) for key, one in told.rollouts.items()},
        "tasks": {
            task.id: [task.project, task.label, answer.plan.starts[task.id], task.duration, task.waiting]
            for task in problem.tasks if task.id in answer.plan.starts
        },
        "why": {
            why.project: {
                "shortest": why.shortest,
                "chain": [[r.kind, r.task, r.start, r.other, r.role, r.period, r.need, r.have, r.slot]
                          for r in why.chain],
            }
            for why in whys
        },
        "faults": [[f.code, list(f.tasks)[:20], _where(f, owner), f.role, f.need, f.have, f.left_out]
                   for f in answer.faults],
        "gaps": [[gap.project.number, gap.project.title, str(gap.project.id), gap.why] for gap in told.gaps],
        "answer": _measure(answer), "extra": _extra(told, extra) if extra else None,
        "curve": [
            {"share": one.share, "half_post_years": one.half_post_years, "cost": one.cost,
             "late": one.late_projects, "lateness": one.lateness, "benefit": one.benefit}
            for one in curve
        ],
        "estimated": told.estimated, "hidden": told.hidden, "uncosted": list(told.uncosted),
        "costed": told.costed, "effortless": list(told.effortless),
    }  # fmt: skip


def left_out(answer: Answer, owner: Mapping[str, str]) -> set[str]:
    """Projects that the planner could not plan, wholly or in part."""
    return {key for fault in answer.faults if fault.left_out for key in _where(fault, owner)}


def _where(fault: Fault, owner: Mapping[str, str]) -> list[str]:
    found = [*fault.projects, *(owner[key] for key in fault.tasks if key in owner)]
    return [*dict.fromkeys(found)][:500]


def _measure(answer: Answer) -> dict[str, Any]:
    return {
        "objective": answer.objective, "bound": answer.bound.value, "source": answer.bound.source,
        "solver": answer.solver, "seconds": round(answer.seconds, 2), "made_by": answer.plan.made_by,
        "checked": not answer.violations,
    }  # fmt: skip


def _extra(told: Translation, extra: Answer) -> dict[str, Any]:
    price = {option.role: option.cost for option in told.problem.options}
    grant = {role: list(years) for role, years in extra.plan.grant.items() if any(years)}
    years = [
        sum(price.get(role, 0) * row[year] for role, row in grant.items() if year < len(row))
        for year in range(told.problem.years)
    ]
    late = sum(one.late > 0 for one in extra.lateness)
    return {**_measure(extra), "grant": grant, "cost": years, "late": late}


@dataclass(frozen=True)
class ProjectPlan:
    """One project (or unit of a rollout) in a stored plan; days, ``late`` in weeks.

    ``still_late`` is its lateness with the extra posts, None if none were computed.
    """

    id: str
    title: str
    start: date
    end: date
    due: date | None
    late: int
    by_law: bool
    rollout: str
    still_late: int | None
    project_id: uuid.UUID | None
    rollout_id: uuid.UUID | None


@dataclass(frozen=True)
class Result:
    """A stored result ready to be shown."""

    raw: Mapping[str, Any]
    projects: Sequence[ProjectPlan]

    @property
    def start(self) -> date:
        """The Monday that it counts from."""
        return date.fromisoformat(self.raw["start"])

    @property
    def late(self) -> list[ProjectPlan]:
        """Those that miss their dates, dates by law first, then the latest."""
        found = [one for one in self.projects if one.late > 0]
        return sorted(found, key=lambda one: (not one.by_law, -one.late, one.title))

    def day(self, slot: int) -> date:
        """The Monday of a slot."""
        return self.start + timedelta(7 * slot)

    @property
    def left(self) -> Sequence[tuple[str, str]]:
        """Projects that cannot be staffed at all: (id, title)."""
        return [(key, title) for key, title in self.raw["left"]]

    @property
    def half_posts(self) -> float:
        """Posts in the year in which most are needed."""
        grant = (self.raw.get("extra") or {}).get("grant", {})
        years = max((len(row) for row in grant.values()), default=0)
        return (
            max(
                (sum(row[y] for row in grant.values() if y < len(row)) for y in range(years)),
                default=0,
            )
            / 2
        )


def result_of(row: Scenario) -> Result | None:
    """The scenario's result, None if it was not computed."""
    raw = row.result
    if not raw:
        return None
    start = date.fromisoformat(raw["start"])

    def plan(one: Sequence[Any]) -> ProjectPlan:
        key, title, first, finish, due, late, law, rollout, still = one
        ids, rollouts = raw.get("ids", {}), raw.get("rollouts", {})
        return ProjectPlan(
            key, title, start + timedelta(7 * first), start + timedelta(7 * max(finish, first + 1) - 3),
            None if due is None else start + timedelta(7 * due - 1), late, law, rollout, still,
            uuid.UUID(ids[key]) if key in ids else None,
            uuid.UUID(rollouts[key]) if key in rollouts else None,
        )  # fmt: skip

    return Result(raw, [plan(one) for one in raw["projects"]])


def periods_of(row: Scenario) -> dict[uuid.UUID, tuple[date, date]]:
    """Project → first and last day by the plan; units of rollouts are left out."""
    found = result_of(row)
    if found is None:
        return {}
    return {one.project_id: (one.start, one.end) for one in found.projects if one.project_id}
