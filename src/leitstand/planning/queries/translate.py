"""From the portfolio and the positions to the planner's problem, and back to names.

Durations and demands are rounded up, dates by which to end and supply down: a plan never promises
more than there is. What cannot be planned is named in ``Translation.gaps``; the rest is planned.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from leitstand.core.base import clock
from leitstand.planning.domain.capacity import capacity, first_open
from leitstand.planning.domain.holidays import working_days
from leitstand.planning.domain.model import Link, Option, Problem, Project, Role, Task
from leitstand.planning.queries.heat import Gap, days_left, mix
from leitstand.planning.queries.items import Item, items_of
from leitstand.planning.queries.rollouts import rollout_tasks
from leitstand.planning.queries.supply import Supply, cost_of, costs, seats, supply
from leitstand.planning.queries.weeks import Weeks
from leitstand.portfolio.facade_planning import (
    PlanFacts,
    PlanLink,
    PlanProject,
    PlanRollout,
    SkillRef,
    plan_facts,
    size_days,
    skills,
)

DAYS_A_WEEK = 4.85
"""Working days of an average week, public holidays taken off."""
MOST_HALF_POSTS = 40
MOST_TENTHS = 20
"""More than two people of a role at once hardly make a piece of work faster."""


@dataclass(frozen=True)
class Choice:
    """What a scenario plans: with ideas, with paused projects, without some."""

    ideas: bool = False
    paused: bool = False
    dropped: frozenset[str] = frozenset()

    def takes(self, one: PlanProject) -> bool:
        """Whether the project is planned."""
        if one.number in self.dropped:
            return False
        return {"idea": self.ideas, "paused": self.paused}.get(one.phase, True)


@dataclass(frozen=True)
class Translation:
    """The problem and what its ids mean.

    ``projects`` by number, ``rollouts`` by the id they have in the problem, ``roles`` by code.
    ``estimated`` projects have their effort from the size; ``uncosted`` roles have no cost.
    """

    problem: Problem
    weeks: Weeks
    projects: Mapping[str, PlanProject]
    rollouts: Mapping[str, PlanRollout]
    roles: Mapping[str, SkillRef]
    gaps: Sequence[Gap]
    estimated: int
    hidden: int
    uncosted: Sequence[str]
    costed: bool
    effortless: Sequence[str] = field(default_factory=tuple)


def translate(level: int, choice: Choice = Choice()) -> Translation:
    """Everything up to ``level``; a fixed number of queries."""
    found = supply(())
    weeks = Weeks(clock.today(), found.basis.years)
    facts, known = plan_facts(level), skills()
    sizes = size_days()
    build = _Builder(facts, found, known, weeks, sizes.get(found.basis.assumed_size))
    there = _supply(known, found, weeks)
    build.most = {code: max(1, min(MOST_TENTHS, *row)) for code, row in there.items()}
    build.projects(choice)
    build.rollouts()
    build.links()
    options, uncosted, costed = _options(known, found, weeks)
    problem = Problem(
        roles=tuple(Role(one.code, one.name) for one in known),
        tasks=tuple(build.tasks), projects=tuple(build.planned), links=tuple(build.ties),
        periods=weeks.periods(), supply=there, options=options,
    )  # fmt: skip
    return Translation(
        problem, weeks, build.by_number, build.by_rollout, {one.code: one for one in known},
        build.gaps, build.estimated, facts.hidden, uncosted, costed, build.effortless,
    )  # fmt: skip


def tasks_of(
    item: Item, project: str, codes: Mapping[uuid.UUID, str], most: Mapping[str, int]
) -> list[Task]:
    """A task per role; ``most`` are the tenths that a task may ask for of each.

    Small parts take fewer weeks instead of more staff than they need, large ones more weeks
    instead of more staff than there is.
    """
    plain = Task(
        item.key, project, item.weeks, {}, item.label, item.release, None, item.fixed, item.waiting
    )
    found = []
    for role, days in item.days.items():
        if role not in codes or days <= 0 or item.waiting:
            continue
        code = codes[role]
        weeks = min(item.weeks, max(1, math.ceil(days / (0.1 * DAYS_A_WEEK))))
        tenths = max(1, math.ceil(10 * days / (weeks * DAYS_A_WEEK) - 0.05))
        if tenths > most.get(code, 1):
            tenths = most.get(code, 1)
            weeks = math.ceil(10 * days / (tenths * DAYS_A_WEEK))
        key = f"{item.key}/{code}"
        found.append(
            Task(key, project, weeks, {code: tenths}, item.label, item.release, None, item.fixed)
        )
    return found or [plain]


class _Builder:
    """Collects tasks, projects and links; ``ends`` are the tasks of an item by its key."""

    def __init__(
        self, facts: PlanFacts, found: Supply, known: Sequence[SkillRef], weeks: Weeks,
        assumed: float | None,
    ) -> None:  # fmt: skip
        self.facts, self.weeks, self.assumed = facts, weeks, assumed
        self.most: dict[str, int] = {}
        self.shares = mix(facts, found.roles, known)
        self.codes = {one.id: one.code for one in known}
        self.tasks: list[Task] = []
        self.planned: list[Project] = []
        self.ties: list[Link] = []
        self.gaps: list[Gap] = []
        self.estimated = 0
        self.effortless: list[str] = []
        self.by_number: dict[str, PlanProject] = {}
        self.by_rollout: dict[str, PlanRollout] = {}
        self.first: dict[uuid.UUID, list[Task]] = {}
        self.last: dict[uuid.UUID, list[Task]] = {}
        self.spent_on_rollout: dict[uuid.UUID, Mapping[uuid.UUID, float]] = {}

    def projects(self, choice: Choice) -> None:
        """Every project that has something left to do."""
        rolled = {one.project_id for one in self.facts.rollouts if one.project_id and _open(one)}
        for one in self.facts.projects:
            if not choice.takes(one) or one.progress >= 100:
                continue
            days, guessed = days_left(one, self.shares, self.assumed)
            if not days:
                none = one.sized is None and not self.assumed and not one.efforts
                self.gaps.append(Gap(one, "no_effort" if none else "no_roles"))
                continue
            self.estimated += guessed
            if one.id in rolled:
                self.spent_on_rollout[one.id] = days
            self._project(one, {} if one.id in rolled else days)

    def _project(self, one: PlanProject, days: Mapping[uuid.UUID, float]) -> None:
        self.by_number[one.number] = one
        day = one.due or one.end
        self.planned.append(Project(
            one.number, one.title, max(0, self.weeks.due(day)) if day else None,
            bool(one.due and one.due_kind == "law"), _weight(one), round(one.points or 0),
        ))  # fmt: skip
        ends: dict[str, list[Task]] = {}
        followed: set[str] = set()
        items = items_of(one, days, self.weeks)
        for item in items:
            made = tasks_of(item, one.number, self.codes, self.most)
            ends[item.key] = made
            self.tasks += made
            for key in item.after:
                followed.add(key)
                self._tie(ends.get(key, ()), made)
        self.first[one.id] = [t for item in items if not item.after for t in ends[item.key]]
        self.last[one.id] = [
            t for item in items if item.key not in followed for t in ends[item.key]
        ]

    def rollouts(self) -> None:
        """Every unit of a rollout with its open steps, one after the other."""
        for number, one in enumerate(self.facts.rollouts):
            if not _open(one):
                continue
            days = self.spent_on_rollout.get(one.project_id, {}) if one.project_id else {}
            if not days:
                self.effortless.append(one.title)
            made = rollout_tasks(f"R{number + 1}", one, days, self.weeks, self.codes)
            self.tasks += made.tasks
            self.planned += made.projects
            self.ties += made.links
            self.by_rollout.update(dict.fromkeys((p.id for p in made.projects), one))

    def links(self) -> None:
        """Dependencies between projects, as links from end to start."""
        for tie in self.facts.links:
            before, after = self.last.get(tie.predecessor, ()), self.first.get(tie.successor, ())
            if tie.kind in ("SS", "SF"):
                before = self.first.get(tie.predecessor, ())
            if tie.kind in ("FF", "SF"):
                after = self.last.get(tie.successor, ())
            if tie.kind == "FS" and tie.lag_days >= 0:
                self._tie(before, after, _lag_weeks(tie))
            else:
                self.ties += [Link(a.id, b.id, _lag(tie, a, b)) for a in before for b in after]

    def _tie(self, before: Sequence[Task], after: Sequence[Task], lag: int = 0) -> None:
        """All after all; many by way of a moment without length, to keep the links few."""
        if len(before) * len(after) <= len(before) + len(after) + 1:
            self.ties += [Link(a.id, b.id, lag) for a in before for b in after]
            return
        gate = Task(f"{after[0].id}<{before[0].id}", before[0].project, 0, {}, "")
        self.tasks.append(gate)
        self.ties += [Link(a.id, gate.id) for a in before]
        self.ties += [Link(gate.id, b.id, lag) for b in after]


def _lag(tie: PlanLink, before: Task, after: Task) -> int:
    """Weeks between the end of one and the start of the other that say the same."""
    lag = _lag_weeks(tie)
    if tie.kind in ("SS", "SF"):
        lag -= before.duration
    if tie.kind in ("FF", "SF"):
        lag -= after.duration
    return lag


def _lag_weeks(tie: PlanLink) -> int:
    return math.ceil(tie.lag_days / 7)


def _open(one: PlanRollout) -> bool:
    return any(len(member.done) < len(one.steps) for member in one.members)


def _weight(one: PlanProject) -> int:
    return 1 if one.failed or one.points is None else 1 + round(one.points / 20)


def _supply(known: Sequence[SkillRef], found: Supply, weeks: Weeks) -> dict[str, tuple[int, ...]]:
    """Tenths of a full-time equivalent that are there for projects, per role and quarter."""
    span = weeks.quarters()
    days = capacity(seats(), span, found.terms)
    whole = [working_days(q.first, q.last, found.basis.state) or 1 for q in span]
    none = [0.0] * len(span)
    return {
        one.code: tuple(
            int(10 * part / there + 1e-6)
            for part, there in zip(days.get(one.id, none), whole, strict=True)
        )
        for one in known
    }


def _options(
    known: Sequence[SkillRef], found: Supply, weeks: Weeks
) -> tuple[tuple[Option, ...], list[str], bool]:
    """What half a post more costs in a year (the first full one), and when it can be filled."""
    table = costs()
    month = weeks.today.month - 1 + found.basis.filling_months
    day = weeks.today.replace(year=weeks.today.year + month // 12, month=month % 12 + 1, day=1)
    year = first_open(day, found.terms.closed).year - weeks.start.year
    options, uncosted = [], []
    for one in known:
        row = found.roles.get(one.id)
        price = cost_of(table, row.grade, weeks.start.year + 1) if row and row.grade else None
        if price is None:
            uncosted.append(one.name)
        half = int((price.amount / 2).quantize(Decimal(1))) if price else 0
        options.append(Option(one.code, MOST_HALF_POSTS, half, max(0, year)))
    costed = len(uncosted) < len(known)
    mean = sum(o.cost for o in options) // max(1, len(known) - len(uncosted)) if costed else 1
    filled = [o if o.cost else Option(o.role, o.most, mean, o.first_year) for o in options]
    return tuple(filled), uncosted, costed
