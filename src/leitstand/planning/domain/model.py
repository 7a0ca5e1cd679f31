"""What the planner is told and what it answers: frozen dataclasses, whole numbers, no database.

Time is counted in *slots* from 0 (a city uses weeks; a library instance its own unit). Work is
counted in *tenths of a full-time equivalent* (VZÄ) that a role needs in every slot of a task.
A *half post* is five tenths. Capacity belongs to roles, never to persons.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HALF_POST = 5
"""Tenths of a full-time equivalent that one half post adds."""

Grant = Mapping[str, tuple[int, ...]]
"""Role → half posts on top of the supply, per year of the problem; a missing role has none."""


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of work that staff is counted for."""

    id: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """What a date belongs to: the project is late by what its last task ends after ``due``."""

    id: str
    label: str = ""
    due: int | None = None  # all tasks end at or before this slot's beginning; None = no date
    by_law: bool = False  # the date is set by law, so it weighs LAW times as much
    weight: int = 1  # of one slot of lateness; from the priorities of the portfolio
    benefit: int = 0  # what the city has of it once it is on time (own scale)
    rollout: str = ""  # group of projects that run the same steps


@dataclass(frozen=True, slots=True)
class Task:
    """A work package, not interruptible; without ``demand`` it is a waiting time."""

    id: str
    project: str
    duration: int
    demand: Mapping[str, int] = field(default_factory=dict)  # role → tenths of FTE in each slot
    label: str = ""
    release: int = 0  # does not start earlier
    due: int | None = None  # a date of its own within the project
    fixed: int | None = None  # runs already or is pinned: starts exactly here
    waiting: str = ""  # what is waited for: procurement, staff_council, committee … (calendar)


@dataclass(frozen=True, slots=True)
class Link:
    """``successor`` starts at the earliest ``lag`` slots after ``predecessor`` has ended."""

    predecessor: str
    successor: str
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of slots with one supply per role; lasts until the next one begins."""

    start: int
    label: str = ""  # "Q1 2027"
    year: int = 0  # index of the year it belongs to, from 0


@dataclass(frozen=True, slots=True)
class Option:
    """Where posts may be added: the least, the most and what a half post costs in a year."""

    role: str
    most: int = 40  # half posts
    cost: int = 1  # of a half post in a year; the city's table in euro, or 1 to count posts
    first_year: int = 0  # nobody can be found earlier


@dataclass(frozen=True)
class Problem:
    """Everything a question needs. Build it freely; ``problems.inspect`` names what is wrong."""

    roles: tuple[Role, ...]
    tasks: tuple[Task, ...]
    projects: tuple[Project, ...] = ()
    links: tuple[Link, ...] = ()
    periods: tuple[Period, ...] = (Period(0),)
    supply: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # tenths, per period
    options: tuple[Option, ...] = ()  # none: every role, 40 half posts, cost 1
    permanent: bool = True  # a post once created stays: half posts never fall from year to year
    label: str = ""

    @property
    def years(self) -> int:
        """How many years ``periods`` speak of."""
        return max(period.year for period in self.periods) + 1

    def period_at(self, slot: int) -> int:
        """Index of the period that a slot lies in."""
        return max(0, bisect_right([period.start for period in self.periods], slot) - 1)


LAW = 10
"""A slot of lateness after a date by law weighs so many times as much."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the input that keeps a part from being planned, named for people.

    ``code`` is one of: cycle, unknown_role, unknown_task, unknown_project, never_enough,
    bad_duration, bad_demand, impossible_date, no_date, duplicate, overtaken (a link into work that
    runs already), hangs_on_left_out. ``tasks`` and ``projects`` say where; ``left_out`` whether
    they were taken out of the plan (otherwise only told).
    """

    code: str
    tasks: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    role: str = ""
    need: int = 0
    have: int = 0
    left_out: bool = True


@dataclass(frozen=True, slots=True)
class Violation:
    """What the checker finds wrong with a plan.

    ``kind``: missing, unknown, early, fixed, precedence, capacity, late, grant.
    """

    kind: str
    task: str = ""
    other: str = ""
    role: str = ""
    slot: int = 0
    need: int = 0
    have: int = 0


@dataclass(frozen=True)
class Plan:
    """Start slot per task, the half posts it counts on, and where it comes from."""

    starts: Mapping[str, int]
    grant: Grant = field(default_factory=dict)
    made_by: str = "own"  # or "cp-sat"


@dataclass(frozen=True, slots=True)
class Lateness:
    """One project's outcome in a plan."""

    project: str
    finish: int
    due: int | None
    late: int  # slots, 0 = on time or no date


@dataclass(frozen=True)
class Bound:
    """No plan can be better than ``value``; ``source`` is critical_path, energy, cp-sat, none."""

    value: int
    source: str


@dataclass(frozen=True)
class Answer:
    """What every question returns: a checked plan, how good it can be at best, and how it was won.

    ``objective`` is in the question's own measure (slots, half-post years). ``solver`` tells what
    became of the solver: "", unused, missing, killed, out_of_time, refuted, improved, no_better,
    proved, cancelled. ``violations`` is empty unless the checker refuted the own plan, which is a
    fault of the programme and must be shown as such.
    """

    plan: Plan
    objective: int
    bound: Bound
    lateness: tuple[Lateness, ...]
    seconds: float
    solver: str = "unused"
    faults: tuple[Fault, ...] = ()
    violations: tuple[Violation, ...] = ()

    @property
    def gap(self) -> float:
        """Share by which the plan may still be above the optimum."""
        return (self.objective - self.bound.value) / self.objective if self.objective else 0.0


@dataclass(frozen=True, slots=True)
class Reason:
    """One link of the chain that makes a task start when it does.

    ``kind``: predecessor (``other`` ends at ``slot``), waiting (the same, and it is a waiting
    time), role (``role`` lacks ``need`` - ``have`` tenths in ``period``; ``other`` is the task that
    holds most of it), release, fixed, start (nothing holds it).
    """

    kind: str
    task: str
    start: int
    other: str = ""
    role: str = ""
    period: int = -1
    slot: int = 0
    need: int = 0
    have: int = 0
    waited: int = 0  # slots between when it could have begun and when it does


@dataclass(frozen=True)
class Why:
    """Why a project is late: from its last task back to the beginning."""

    project: str
    late: int
    chain: tuple[Reason, ...]
    shortest: int  # slots it would take with all staff in the world, from its release


@dataclass(frozen=True)
class CurvePoint:
    """The best plan found for a part of the requested half posts."""

    share: float
    half_post_years: int
    cost: int
    late_projects: int
    lateness: int  # slots, unweighted
    benefit: int  # of the projects on time
    plan: Plan
    unfinished: int = 0  # projects of which something can never be done with these posts


@dataclass(frozen=True, slots=True)
class Change:
    """A what-if. ``kind``: move or pause (``to`` = what has not begun starts no earlier), drop,
    weight (to = new weight), due (to = slot), supply (role, period, to = tenths), add (``adds``)."""

    kind: str
    project: str = ""
    task: str = ""
    role: str = ""
    period: int = -1
    to: int = 0
    adds: Project | None = None
    tasks: tuple[Task, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """What a what-if does to one project: its end and lateness before and after."""

    project: str
    before: int | None  # end, None = was not in the plan
    after: int | None
    late_before: int = 0
    late_after: int = 0


@dataclass(frozen=True)
class WhatIf:
    """The plan after the changes and the projects whose end or lateness differs."""

    answer: Answer
    problem: Problem  # with the changes
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """How durations scatter: factor on the duration at 10, 50, 80 and 90 percent, own or borrowed."""

    p10: float
    p50: float
    p80: float
    p90: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """When a project (or rollout) ends: the plan's own end, P50, P80, share of runs on time."""

    project: str
    planned: int
    p50: int
    p80: int
    due: int | None
    on_time: float


@dataclass(frozen=True)
class RiskAnswer:
    """Outcome of ``samples`` runs with resources, labelled with where the factors come from."""

    samples: int
    spread: Spread
    projects: tuple[Risk, ...]
    rollouts: tuple[Risk, ...]
    seconds: float


def half_post_years(grant: Grant) -> int:
    """Sum of the half posts over roles and years: the measure of "extra staff"."""
    return sum(sum(years) for years in grant.values())


def cost(problem: Problem, grant: Grant) -> int:
    """What a grant costs by the problem's options (1 per half post and year without them)."""
    price = {option.role: option.cost for option in problem.options}
    return sum(price.get(role, 1) * sum(years) for role, years in grant.items())


def outcome(problem: Problem, starts: Mapping[str, int]) -> tuple[Lateness, ...]:
    """Finish and lateness of every project that has planned tasks, in the problem's order."""
    finish: dict[str, int] = {}
    for task in problem.tasks:
        if task.id in starts:
            end = starts[task.id] + task.duration
            finish[task.project] = max(finish.get(task.project, 0), end)
    return tuple(
        Lateness(project.id, finish[project.id], project.due,
                 max(0, finish[project.id] - project.due) if project.due is not None else 0)
        for project in problem.projects if project.id in finish
    )  # fmt: skip


def total_lateness(lateness: Sequence[Lateness]) -> int:
    """Slots of lateness over all projects."""
    return sum(entry.late for entry in lateness)
