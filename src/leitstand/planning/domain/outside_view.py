"""How far off plans are elsewhere, and how far off one's own will be: the outside view.

Kahneman, Tversky (1979); Flyvbjerg, "From Nobel Prize to project management" (2006). The slip of
an end date within a year is read from the most similar project-years of the past: similar in the
time that is left by plan and in the colour of the light.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from leitstand.planning.domain.model import Spread

BORROWED = Spread(
    0.95, 1.0, 1.5, 1.84,
    "UK Government Major Projects Portfolio 2014-2020: last planned to first planned duration of "
    "projects seen for at least three years",
)  # fmt: skip
"""Aggregated numbers of 138 projects; no row of the source is shipped. 10 % is an assumption."""

NEIGHBOURS = 40
"""So many project-years are asked; 30 to 80 do about as well."""
OWN_HISTORY = 30
"""From so many finished projects on, the city's own factors replace the borrowed ones."""


@dataclass(frozen=True, slots=True)
class ProjectYear:
    """One project between two reports: days left by plan, red or nearly so, slip of the end."""

    year: int  # of the later report
    left: int
    endangered: bool
    slip: int


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share does not exceed; 0 without values."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def forecast(past: Sequence[ProjectYear], case: ProjectYear, share: float = 0.8) -> float:
    """Days by which the end will have moved in a year at most, with that probability."""
    near = sorted(past, key=lambda other: _distance(other, case))[:NEIGHBOURS]
    return quantile([other.slip for other in near], share)


def _distance(one: ProjectYear, other: ProjectYear) -> float:
    far = abs(math.log(max(30, one.left) + 100) - math.log(max(30, other.left) + 100))
    return far + 0.5 * (one.endangered != other.endangered)


def pinball(value: float, forecast: float, share: float = 0.8) -> float:
    """Loss of a quantile forecast (Koenker, Bassett 1978)."""
    miss = value - forecast
    return share * miss if miss >= 0 else (share - 1) * miss


@dataclass(frozen=True, slots=True)
class Year:
    """One year of the rolling back-test: only earlier years were known."""

    year: int
    cases: int
    covered: float
    loss: float
    constant_covered: float
    constant_loss: float


def rolling(cases: Sequence[ProjectYear], share: float = 0.8) -> tuple[Year, ...]:
    """Every year forecast from the years before it, beside their constant quantile."""
    found = []
    for year in sorted({case.year for case in cases})[1:]:
        past = [case for case in cases if case.year < year]
        now = [case for case in cases if case.year == year]
        flat = quantile([case.slip for case in past], share)
        told = [forecast(past, case, share) for case in now]
        found.append(Year(
            year, len(now),
            sum(case.slip <= at for case, at in zip(now, told, strict=True)) / len(now),
            sum(pinball(case.slip, at, share) for case, at in zip(now, told, strict=True)) / len(now),
            sum(case.slip <= flat for case in now) / len(now),
            sum(pinball(case.slip, flat, share) for case in now) / len(now),
        ))  # fmt: skip
    return tuple(found)


def own(factors: Sequence[float], label: str) -> Spread | None:
    """The city's own factors (real to planned duration of finished projects), once there are enough."""
    if len(factors) < OWN_HISTORY:
        return None
    p10, p50, p80, p90 = (quantile(factors, share) for share in (0.1, 0.5, 0.8, 0.9))
    return Spread(p10, p50, p80, p90, label)
