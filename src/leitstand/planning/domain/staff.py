"""Fewest extra posts so that every date holds: grow from the proven need, then shrink with repair.

Posts from the first year are far cheaper than many later ones, because work can be spread: so the
search starts with the same number in every year and takes away afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from leitstand.planning.domain import bounds, serial
from leitstand.planning.domain.compact import Net, compact
from leitstand.planning.domain.dates import Dates, first_dates, on_time
from leitstand.planning.domain.model import Grant, Option, Problem
from leitstand.planning.domain.search import Limit, Report

Years = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Staffed:
    """A grant with the plan that keeps all dates, or the least late one found."""

    grant: Years
    start: list[int]
    shift: list[float]
    late: int


def choices(problem: Problem) -> tuple[Option, ...]:
    """Where posts may be added; without options every role that is asked for."""
    if problem.options:
        return problem.options
    asked = {role for task in problem.tasks for role in task.demand}
    return tuple(Option(role.id) for role in problem.roles if role.id in asked)


def price(options: tuple[Option, ...], grant: Grant) -> int:
    """Cost of a grant by the options."""
    cost = {option.role: option.cost for option in options}
    return sum(cost.get(role, 1) * sum(years) for role, years in grant.items())


class Staffing:
    """One run of the search."""

    def __init__(
        self, problem: Problem, floor: int, needs: Mapping[str, tuple[int, ...]],
        until: float, lot: Random, report: Report | None,
    ) -> None:  # fmt: skip
        self.problem, self.floor, self.needs = problem, floor, needs
        self.options = choices(problem)
        self.until, self.lot, self.report = until, lot, report
        self.target = 0

    def run(self) -> Staffed:
        """The cheapest grant found until time is up; ``late`` > 0 if no grant keeps all dates."""
        best = self._shrunk(self._grown(), 10)
        passes = 40
        while best.late <= self.target and not self._over(best):
            tried = self._round(best, passes)
            if price(self.options, tried.grant) < price(self.options, best.grant):
                best = tried
            else:
                passes = min(passes * 2, 4000)
        return best

    def _over(self, best: Staffed | None) -> bool:
        if time.perf_counter() >= self.until:
            return True
        value = price(self.options, best.grant) if best else 0
        if best and value <= self.floor:
            return True
        return self.report is not None and not self.report(time.perf_counter(), value)

    def _least(self, net: Net) -> int:
        """Lateness that no staff can avoid."""
        return bounds.lateness(net).value

    def _grown(self) -> Staffed:
        """Half posts in every year where one more helps most, until no date is missed."""
        grant = self._flat()
        net = compact(self.problem, grant)
        self.target = self._least(net)
        start, shift = first_dates(net, 4)
        now = Staffed(grant, start, shift, serial.weighted_lateness(net, start))
        while now.late > self.target:
            now = self._tried(now, grant=now.grant, passes=15)
            if now.late <= self.target:
                break
            better = list(self._more(now))
            if not better:
                return now
            now = max(better, key=lambda entry: entry[0])[1]
            if time.perf_counter() >= self.until + 20 and now.late > self.target:
                return now  # a huge problem: better an answer that says it is not enough
        return now

    def _flat(self) -> Years:
        """The proven need, levelled over the years."""
        found: Years = {}
        for option in self.options:
            years = self.needs.get(option.role, ())
            level = max(years, default=0)
            if years and sum(years) < level * len(years):
                level = -(-sum(years) // len(years))
            found[option.role] = self._row(option, min(level, option.most))
        return found

    def _row(self, option: Option, level: int) -> tuple[int, ...]:
        return tuple(
            level if year >= option.first_year else 0 for year in range(self.problem.years)
        )

    def _more(self, now: Staffed) -> Iterator[tuple[float, Staffed]]:
        """One more half post per role: gain in lateness per cost, and the plan."""
        for option in self.options:
            level = max(now.grant.get(option.role, (0,)))
            if level >= option.most:
                continue
            for step in (1, 4):
                if level + step > option.most:
                    continue
                grant = {**now.grant, option.role: self._row(option, level + step)}
                net = compact(self.problem, grant)
                start = Dates(net).plan(now.shift)
                late = serial.weighted_lateness(net, start)
                gain = (now.late - late + 0.001) / (step * option.cost)
                yield gain, Staffed(grant, start, now.shift, late)

    def _tried(self, base: Staffed, grant: Years, passes: int) -> Staffed:
        """The least late plan for a grant after so many passes."""
        net = compact(self.problem, grant)
        start = Dates(net).plan(base.shift)
        left = [passes]

        def count(_now: float, _best: int) -> bool:
            left[0] -= 1
            return left[0] >= 0

        limit = Limit(self.until, self.target, count)
        start, shift = on_time(net, start, base.shift, limit, self.lot)
        return Staffed(grant, start, shift, serial.weighted_lateness(net, start))

    def _shrunk(self, best: Staffed, passes: int) -> Staffed:
        """Take away what is not needed, the greatest savings first."""
        if best.late > self.target:
            return best
        return self._round(best, passes)

    def _round(self, best: Staffed, passes: int) -> Staffed:
        """Every smaller grant once, as long as some are good."""
        again = True
        while again:
            again = False
            for grant in self._less(best.grant):
                if self._over(best):
                    return best
                tried = self._tried(best, grant, passes)
                if tried.late <= self.target:
                    best, again = tried, True
                    break
        return best

    def _less(self, grant: Years) -> list[Years]:
        """Grants with half a post less in all years, or in the first ones, dearest savings first."""
        found: list[tuple[int, Years]] = []
        for option in self.options:
            row = grant.get(option.role, ())
            for less in self._lower(row):
                saved = (sum(row) - sum(less)) * option.cost
                found.append((saved, {**grant, option.role: less}))
        self.lot.shuffle(found)
        return [entry[1] for entry in sorted(found, key=lambda entry: -entry[0])]

    def _lower(self, row: tuple[int, ...]) -> list[tuple[int, ...]]:
        """One half post less in the first years; with fixed terms also in any single year."""
        years = range(len(row))
        wanted = [set(years[: last + 1]) for last in years]
        if not self.problem.permanent:
            wanted += [{year} for year in years]
        found = {tuple(max(0, n - (year in some)) for year, n in enumerate(row)) for some in wanted}
        return sorted(found - {row})


def staffed(
    problem: Problem, floor: int, needs: Mapping[str, tuple[int, ...]],
    until: float, lot: Random, report: Report | None = None,
) -> Staffed:  # fmt: skip
    """The cheapest grant found with which every date holds, and its plan."""
    found = Staffing(problem, floor, needs, until, lot, report).run()
    used = {role: years for role, years in found.grant.items() if any(years)}
    return replace(found, grant=used)
