"""When a rollout will be finished at its pace: a stated model with honest width. Pure.

Model. Units finish at a rate that nobody knows exactly; in a wave several finish at once.

* Pace: in each of several windows (the last 26, 52 weeks, and all the time) ``n`` units have
  finished in ``t`` days. Go-lives come in bunches of about ``b`` units (variance over mean of
  the finishes per four weeks, times ``DAMPING``: waves are planned, not drawn by lot), so
  ``n / b`` independent events were seen. The rate is
  ``b * Gamma(n / b + 1/2) / t``: the fewer events, the wider.
* Future: the remaining ``m`` units take ``b * Gamma(m / b)`` divided by the rate. The pace of the
  future differs from that of the past by a factor that is log-normal with the spread ``DRIFT``
  and, the longer the way, the more.
* Floor: nobody finishes before the steps that remain have run. Each draw places the remaining
  steps between their least and most duration.

``DRIFT``, ``DAMPING`` and the windows were chosen on synthetic rollouts (`benchmarks/rollouts.py`) so
that the true end lies inside the 80 % span in at least 80 % of all cases.

Draws are a fixed low-discrepancy sequence (Roberts 2018, generalised golden ratio), not random:
the same data give the same dates, and more remaining work never gives an earlier date. Gamma
quantiles follow Wilson and Hilferty (1931), which grow with the shape for every draw.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from statistics import NormalDist

DRAWS = 2000
FEWEST_UNITS = 5
FEWEST_DAYS = 56
WINDOWS = (182, 364)
DRIFT = 0.20
DAMPING = 0.6
LONGEST = 365 * 30
_PERIOD = 28
_USUAL_BUNCH = 1.2


@dataclass(frozen=True)
class Work:
    """What one unfinished unit still needs: least and most days of its remaining steps."""

    least: int
    most: int


@dataclass(frozen=True)
class Pace:
    """Units finished in the last ``days`` days."""

    days: int
    finished: int

    @property
    def per_month(self) -> float:
        """Units per 30 days."""
        return 30 * self.finished / self.days


@dataclass(frozen=True)
class Forecast:
    """Three days between which the end lies: one in ten ends earlier than ``p10``, one in ten
    later than ``p90``. ``None`` stands for a day beyond thirty years."""

    p10: date | None
    p50: date | None
    p90: date | None
    remaining: int
    paces: tuple[Pace, ...]
    bunch: float
    floor: date


@dataclass(frozen=True)
class TooLittle:
    """Not enough has happened for a forecast."""

    finished: int
    days: int
    remaining: int


@dataclass(frozen=True)
class Finished:
    """Nothing remains; ``on`` is the last known day."""

    on: date | None


Answer = Forecast | TooLittle | Finished


def forecast(
    finished: Sequence[date], remaining: Sequence[Work], *, since: date, today: date
) -> Answer:
    """Forecast the day on which the last unit will have finished.

    ``finished``: days on which units went live, up to ``today``; ``since``: the day from which
    the pace counts. Units that finished on an unknown day belong in neither list.
    """
    days_done = sorted(day for day in finished if day <= today)
    if not remaining:
        return Finished(days_done[-1] if days_done else None)
    since = min([since, *days_done[:1]])
    length = (today - since).days + 1
    if len(days_done) < FEWEST_UNITS or length < FEWEST_DAYS:
        return TooLittle(len(days_done), length, len(remaining))
    paces = _paces(days_done, since, today)
    bunch = _bunch(days_done, since, today)
    ends = sorted(_draw(place, paces, bunch, remaining) for place in range(DRAWS))
    least = max(work.least for work in remaining)
    p10, p50, p90 = (_day(ends, share, today) for share in (0.1, 0.5, 0.9))
    floor = today + timedelta(days=least)
    return Forecast(p10, p50, p90, len(remaining), paces, bunch, floor)


def _day(ends: Sequence[float], share: float, today: date) -> date | None:
    days = ends[min(int(share * len(ends)), len(ends) - 1)]
    return None if days > LONGEST else today + timedelta(days=math.ceil(days))


def _paces(done: Sequence[date], since: date, today: date) -> tuple[Pace, ...]:
    """The windows that the record fills, the whole record last."""
    length = (today - since).days + 1
    windows = [days for days in WINDOWS if days < length] + [length]
    return tuple(Pace(days, sum((today - day).days < days for day in done)) for days in windows)


def _bunch(done: Sequence[date], since: date, today: date) -> float:
    """How many units finish together: variance over mean per four weeks, drawn towards the usual."""
    periods = max(1, ((today - since).days + 1) // _PERIOD)
    counts = [0] * periods
    for day in done:
        place = (today - day).days // _PERIOD
        if place < periods:
            counts[place] += 1
    mean = sum(counts) / periods
    if not mean or periods < 2:
        return _USUAL_BUNCH
    spread = sum((count - mean) ** 2 for count in counts) / (periods - 1) / mean
    share = periods / (periods + 6)
    return min(max(DAMPING * (share * spread + (1 - share) * _USUAL_BUNCH), 0.4), 4.0)


def _draw(place: int, paces: Sequence[Pace], bunch: float, remaining: Sequence[Work]) -> float:
    """Days until the end in one draw."""
    z_rate, z_future, z_drift, u_window, u_work = _points()[place]
    pace = paces[min(int(u_window * len(paces)), len(paces) - 1)]
    rate = bunch * _gamma(pace.finished / bunch + 0.5, z_rate) / pace.days
    if rate <= 0:
        return math.inf
    ahead = bunch * _gamma(len(remaining) / bunch, z_future) / rate
    ahead *= math.exp(DRIFT * z_drift)
    floor = max(work.least + u_work * (work.most - work.least) for work in remaining)
    return max(ahead, floor)


def _gamma(shape: float, z: float) -> float:
    """Quantile of the gamma distribution for a standard normal ``z`` (Wilson and Hilferty)."""
    root = 1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape))
    return shape * root**3 if root > 0 else 0.0


@lru_cache(maxsize=1)
def _points() -> tuple[tuple[float, float, float, float, float], ...]:
    """Three standard normals and two uniforms per draw, evenly spread over the five dimensions."""
    golden = 1.0
    for _turn in range(60):
        golden = (1 + golden) ** (1 / 6)
    steps = [(1 / golden) ** power for power in range(1, 6)]
    normal = NormalDist()
    found = []
    for place in range(1, DRAWS + 1):
        u = [(0.5 + place * step) % 1 for step in steps]
        z = [normal.inv_cdf(min(max(x, 1e-6), 1 - 1e-6)) for x in u[:3]]
        found.append((z[0], z[1], z[2], u[3], u[4]))
    return tuple(found)
