"""The questions about a portfolio. Every plan that leaves here has passed the checker.

``seconds`` bounds the search, not the first plan: there is always one. ``improver`` is the solver
or None (see ``improver.py``); ``report`` is told seconds passed and the best value and may stop
the search by returning False; ``seed`` fixes the draw.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

from leitstand.planning.domain import bounds, checker, problems, serial, staff
from leitstand.planning.domain.compact import Net, compact
from leitstand.planning.domain.dates import first_dates, on_time
from leitstand.planning.domain.improver import Improver, Run
from leitstand.planning.domain.model import (
    Answer,
    Bound,
    CurvePoint,
    Fault,
    Grant,
    Plan,
    Problem,
    half_post_years,
    outcome,
    total_lateness,
)
from leitstand.planning.domain.search import Limit, Report, first_length, shorten


def length(
    problem: Problem, seconds: float = 1.0, *,
    improver: Improver | None = None, report: Report | None = None, seed: int = 1,
) -> Answer:  # fmt: skip
    """The shortest plan, dates aside (RCPSP): the measure is the end of the last task."""
    begun = time.perf_counter()
    clean, faults, net, start = _first(problem, {}, first_length)
    bound = bounds.length(clean, net)
    run = Run(clean, net, "length", start, {}, bound, begun + seconds)
    with run.beside(improver) as beside:
        limit = Limit(begun + seconds, bound.value, beside.told(begun, report))
        start = shorten(net, start, limit, Random(seed))
        start, bound, solver = beside.joined(start, serial.makespan(net, start))
    answer = _answer(clean, net, start, {}, bound, begun, faults, solver)
    return replace(answer, objective=serial.makespan(net, start))


def schedule(
    problem: Problem, seconds: float = 1.0, *, grant: Grant | None = None,
    improver: Improver | None = None, report: Report | None = None, seed: int = 1,
) -> Answer:  # fmt: skip
    """What is finished when with the supply and a grant: least weighted lateness."""
    begun = time.perf_counter()
    grant = grant or {}
    clean, faults, net, start = _first(problem, grant, lambda net: first_dates(net, 4)[0])
    _, shift = first_dates(net, 4)
    bound = bounds.lateness(net)
    run = Run(clean, net, "lateness", start, grant, bound, begun + seconds)
    with run.beside(improver) as beside:
        limit = Limit(begun + seconds, bound.value, beside.told(begun, report))
        start, _ = on_time(net, start, shift, limit, Random(seed))
        start, bound, solver = beside.joined(start, serial.weighted_lateness(net, start))
    answer = _answer(clean, net, start, grant, bound, begun, faults, solver)
    return replace(answer, objective=serial.weighted_lateness(net, start))


def extra_staff(
    problem: Problem, seconds: float = 1.0, *,
    improver: Improver | None = None, report: Report | None = None, seed: int = 1,
) -> Answer:  # fmt: skip
    """The cheapest half posts by role and year so that every date that can hold holds.

    The measure is the cost by the options; without prices the half posts summed over years. If no
    grant within the options and the time keeps all dates, ``lateness`` says so and the bound is none.
    """
    begun = time.perf_counter()
    clean, faults = problems.inspect(problem, with_posts=True)
    net = compact(clean)
    options = staff.choices(clean)
    needs = bounds.posts(clean, net, options)
    cost = {option.role: option.cost for option in options}
    bound = Bound(sum(cost[role] * sum(years) for role, years in needs.items()), "energy")
    run = Run(clean, net, "posts", [], {}, bound, begun + seconds)
    with run.beside(improver) as beside:
        told = beside.told(begun, report)
        found = staff.staffed(clean, bound.value, needs, begun + seconds, Random(seed), told)
        solver = beside.unneeded()
    net = compact(clean, found.grant)
    if (
        found.late > bounds.lateness(net).value
    ):  # not all dates hold: the bound speaks of other plans
        bound = Bound(0, "none")
    answer = _answer(clean, net, found.start, found.grant, bound, begun, faults, solver)
    return replace(answer, objective=staff.price(options, found.grant))


def partial(
    problem: Problem, grant: Grant, shares: Sequence[float] = (0, 0.25, 0.5, 0.75, 1), *,
    rules: int = 3, known: Plan | None = None,
) -> tuple[CurvePoint, ...]:  # fmt: skip
    """The best plan at once for parts of a requested grant: lateness, benefit and cost of each.

    A larger part never does worse: what was possible with fewer posts stays possible. ``known`` is
    a plan for the whole grant, as ``extra_staff`` returns it.
    """
    options = staff.choices(problem)
    found: list[CurvePoint] = []
    base = known.starts if known is not None else None
    for share in sorted(shares):
        part = _part(grant, share, problem.permanent)
        clean, faults, net, start = _first(
            problem, part, lambda net: first_dates(net, 1 if known else rules)[0]
        )
        if base is not None:
            start = _not_worse(net, start, base)
        placed = dict(_starts(clean, net, start))
        if known is None:
            base = placed
        found.append(_point(clean, faults, Plan(placed, part), share, staff.price(options, part)))
    return tuple(found)


def _point(
    problem: Problem, faults: tuple[Fault, ...], plan: Plan, share: float, cost: int
) -> CurvePoint:
    """A checked point; projects of which something cannot be done at all have no benefit."""
    if checker.check(problem, plan):
        raise AssertionError("the checker refuted a plan of the curve")
    lateness = outcome(problem, plan.starts)
    open_ = {project for fault in faults if fault.left_out for project in fault.projects}
    kept = {entry.project for entry in lateness if not entry.late} - open_
    return CurvePoint(
        share, half_post_years(plan.grant), cost, sum(entry.late > 0 for entry in lateness),
        total_lateness(lateness), sum(p.benefit for p in problem.projects if p.id in kept), plan,
        len(open_),
    )  # fmt: skip


def _part(grant: Grant, share: float, permanent: bool) -> dict[str, tuple[int, ...]]:
    """That share of every role-year in whole half posts, never falling if posts are permanent."""
    found = {}
    for role, years in grant.items():
        row: list[int] = []
        for count in years:
            now = int(count * share + 0.5)
            row.append(max(now, row[-1]) if permanent and row else now)
        if any(row):
            found[role] = tuple(row)
    return found


def first_plan(
    problem: Problem, grant: Grant, base: Mapping[str, int] | None = None
) -> tuple[Problem, tuple[Fault, ...], Net, list[int]]:
    """A plan at once: by the rules, or in the order of another plan where that is not worse."""
    clean, faults, net, start = _first(problem, grant, lambda net: first_dates(net, 2)[0])
    if base:
        start = _not_worse(net, start, base)
    return clean, faults, net, start


def _not_worse(net: Net, start: list[int], base: Mapping[str, int]) -> list[int]:
    """The plan in the order of another one unless ``start`` is better."""
    known = [base.get(name, -1) for name in net.ids]
    for task in net.order:
        if known[task] < 0:
            known[task] = max([0] + [known[b] + net.duration[b] for b in net.before[task]])
    again = serial.serial(net, serial.by_keys(net, [float(at) for at in known]))
    better = serial.weighted_lateness(net, again) <= serial.weighted_lateness(net, start)
    return again if better else start


def _first(
    problem: Problem, grant: Grant, make: Callable[[Net], list[int]]
) -> tuple[Problem, tuple[Fault, ...], Net, list[int]]:
    """The arrays of what can be planned and a first plan; what finds no place is named."""
    clean, faults = problems.inspect(problem, grant=grant)
    while True:
        net = compact(clean, grant)
        start = make(net)
        lost = [
            net.ids[task] for task, at in enumerate(start) if at >= net.horizon and net.need[task]
        ]
        if not lost:
            return clean, faults, net, start
        whole = clean
        clean, gone = problems.without(clean, lost)
        owners = {task.project for task in whole.tasks if task.id in gone}
        faults = (*faults, Fault("never_enough", gone, tuple(sorted(owners))))


def _starts(problem: Problem, net: Net, start: Sequence[int]) -> list[tuple[str, int]]:
    """Task and slot, without the lags."""
    return list(zip(net.ids[: len(problem.tasks)], start, strict=False))


def _answer(
    problem: Problem, net: Net, start: Sequence[int], grant: Grant, bound: Bound,
    begun: float, faults: tuple[Fault, ...], solver: str,
) -> Answer:  # fmt: skip
    placed = dict(_starts(problem, net, start))
    plan = Plan(placed, grant, "cp-sat" if solver == "improved" else "own")
    return Answer(
        plan, 0, bound, outcome(problem, placed), time.perf_counter() - begun, solver, faults,
        checker.check(problem, plan),
    )  # fmt: skip
