"""How sure a plan is: many runs with durations drawn by lot, with the same staff (Monte Carlo).

Every run draws one factor per project, because what delays one work package delays its siblings,
and lays all tasks anew in the plan's order with the resources there are. Durations are rounded to
whole slots by lot, so that their mean stays.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from random import Random

from leitstand.planning.domain import serial
from leitstand.planning.domain.compact import FAR, Net, compact
from leitstand.planning.domain.model import Plan, Problem, Risk, RiskAnswer, Spread
from leitstand.planning.domain.problems import inspect
from leitstand.planning.domain.search import Report


def risk(
    problem: Problem, plan: Plan, spread: Spread, *, samples: int = 1000,
    own: Mapping[str, Spread] | None = None, report: Report | None = None, seed: int = 1,
) -> RiskAnswer:  # fmt: skip
    """P50 and P80 of the end of every project and rollout; ``own``: project → other spread."""
    begun = time.perf_counter()
    clean, _ = inspect(problem, with_posts=True)
    net = compact(clean, plan.grant)
    order = _order(net, plan)
    lot = Random(seed)
    curves = [_curve((own or {}).get(project.id, spread)) for project in clean.projects]
    common = _curve(spread)
    ends: list[list[int]] = []
    for number in range(samples):
        durations = _drawn(net, curves, common, lot)
        start = serial.serial(net, order, durations)
        ends.append(_ends(net, start, durations))
        if report is not None and not report(time.perf_counter() - begun, number + 1):
            break
    planned = serial.finishes(net, serial.serial(net, order))
    return RiskAnswer(
        len(ends), spread, _projects(clean, net, planned, ends),
        _rollouts(clean, planned, ends), time.perf_counter() - begun,
    )  # fmt: skip


def _order(net: Net, plan: Plan) -> list[int]:
    """The plan's order; what runs already comes first."""
    key = [0.0] * len(net.ids)
    for task in net.order:
        ready = [key[other] + net.duration[other] for other in net.before[task]]
        key[task] = float(plan.starts.get(net.ids[task], max([0.0, *ready])))
    return serial.by_keys(net, key)


def _curve(spread: Spread) -> tuple[list[float], list[float]]:
    """Shares and factors between which is drawn evenly; the ends are stretched by the same slope."""
    low = max(0.1, spread.p10 - (spread.p50 - spread.p10) / 4)
    high = spread.p90 + (spread.p90 - spread.p80)
    shares = [0.0, 0.1, 0.5, 0.8, 0.9, 1.0]
    return shares, [low, spread.p10, spread.p50, spread.p80, spread.p90, high]


def quantile(curve: tuple[list[float], list[float]], share: float) -> float:
    """The factor at a share, straight between the known points."""
    shares, factors = curve
    place = min(bisect_right(shares, share), len(shares) - 1)
    left, right = shares[place - 1], shares[place]
    part = (share - left) / (right - left)
    return factors[place - 1] + part * (factors[place] - factors[place - 1])


def _drawn(
    net: Net, curves: Sequence[tuple[list[float], list[float]]],
    common: tuple[list[float], list[float]], lot: Random,
) -> list[int]:  # fmt: skip
    """Durations of one run; lags stay."""
    draw = lot.random
    factors = [quantile(curve, draw()) for curve in curves]
    factors.append(quantile(common, draw()))  # project -1: the last
    return [
        (int(length * factors[project] + draw()) or 1) if length > 0 and name else length
        for length, project, name in zip(net.duration, net.project, net.ids, strict=True)
    ]


def _ends(net: Net, start: Sequence[int], durations: Sequence[int]) -> list[int]:
    found = [0] * len(net.projects)
    for at, length, project in zip(start, durations, net.project, strict=True):
        if project >= 0 and at + length > found[project]:
            found[project] = at + length
    return found


def _at(values: list[int], share: float) -> int:
    """The smallest value that at least this share of the runs does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def _entry(name: str, planned: int, values: list[int], due: int | None) -> Risk:
    kept = sum(value <= due for value in values) / len(values) if due is not None else 1.0
    return Risk(name, planned, _at(values, 0.5), _at(values, 0.8), due, kept)


def _projects(
    problem: Problem, net: Net, planned: list[int], ends: list[list[int]]
) -> tuple[Risk, ...]:
    used = set(net.project)
    return tuple(
        _entry(project.id, planned[n], [run[n] for run in ends], project.due)
        for n, project in enumerate(problem.projects)
        if n in used and ends
    )


def _rollouts(problem: Problem, planned: list[int], ends: list[list[int]]) -> tuple[Risk, ...]:
    """A rollout ends with its last project; its date is the last one of theirs."""
    groups: dict[str, list[int]] = {}
    for number, project in enumerate(problem.projects):
        if project.rollout:
            groups.setdefault(project.rollout, []).append(number)
    found = []
    for name, members in groups.items():
        dues = [problem.projects[n].due for n in members]
        due = max((FAR if date is None else date for date in dues), default=FAR)
        values = [max(run[n] for n in members) for run in ends]
        if values:
            last = max(planned[n] for n in members)
            found.append(_entry(name, last, values, None if due >= FAR else due))
    return tuple(found)
