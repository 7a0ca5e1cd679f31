"""Back-test of the rollout forecast on synthetic rollouts: how often does the true end lie inside?

A rollout is drawn from one of several worlds: a central team with a capacity per wave, step durations
of the E-Akte, waves that slip, a pace that drifts, hard units at the end, standstills. At 25, 40, 55
and 75 % of the units the forecast is asked for the end and compared with the truth. Peer: the
naive straight line (remaining units divided by the pace so far) as a point, and as a span the
plain bootstrap of weekly counts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from leitstand.portfolio.domain.forecast import Forecast, Work, forecast

START = date(2024, 1, 8)
SHARES = (0.25, 0.40, 0.55, 0.75)
STEPS = {"S": (58, 65), "M": (86, 93), "L": (114, 121)}  # days of all steps before the go-live
World = Callable[[random.Random, int], list[date]]


def waves(rng: random.Random, units: int, *, drift: float = 0.0, tail: float = 0.0) -> list[date]:
    """Waves of 3 to 9 units; each goes live over some weeks, slips, and starts after a pause."""
    days, now, size = [], START, rng.randint(3, 9)
    speed = 1.0
    while len(days) < units:
        share = len(days) / units
        number = min(max(1, round(rng.gauss(size, 1))), units - len(days))
        length = rng.uniform(60, 130) * speed * (1 + tail * max(0.0, share - 0.7) / 0.3)
        begin = now + timedelta(days=length * 0.5)
        for place in range(number):
            slip = max(0.0, rng.gauss(6, 14))
            days.append(begin + timedelta(days=length * 0.5 * (place + 1) / number + slip))
        now = max(days[-number:]) + timedelta(days=rng.uniform(0, 30))
        speed *= 1 + rng.gauss(drift, 0.08)
    return sorted(days)


def steady(rng: random.Random, units: int) -> list[date]:
    """Units one by one from a team with parallel places; durations by size."""
    places = [START + timedelta(days=rng.uniform(0, 40)) for _ in range(rng.randint(2, 5))]
    days = []
    for _unit in range(units):
        slot = min(range(len(places)), key=lambda i: places[i])
        least, most = STEPS[rng.choice("SMMML")]
        places[slot] += timedelta(days=rng.uniform(least, most) * rng.lognormvariate(0.1, 0.25))
        days.append(places[slot])
    return sorted(days)


def standstill(rng: random.Random, units: int) -> list[date]:
    """Steady work with one stop of three to nine months somewhere."""
    days = steady(rng, units)
    stop = days[int(rng.uniform(0.15, 0.9) * units)]
    gap = timedelta(days=rng.uniform(90, 270))
    return [day + gap if day >= stop else day for day in days]


WORLDS: dict[str, World] = {
    "steady team": steady,
    "waves": waves,
    "waves, getting slower": lambda rng, units: waves(rng, units, drift=0.07),
    "waves, getting faster": lambda rng, units: waves(rng, units, drift=-0.07),
    "waves, hard units last": lambda rng, units: waves(rng, units, tail=1.0),
    "one standstill": standstill,
}


@dataclass
class Result:
    """One question asked: where the truth lay."""

    inside: bool
    early: bool
    width: int
    error: int
    naive: int
    boot_inside: bool
    ahead: int


def ask(days: Sequence[date], share: float, rng: random.Random) -> Result | None:
    """Stand at the day on which ``share`` of the units had gone live; None if too little."""
    today = days[int(share * len(days))] + timedelta(days=rng.randint(0, 30))
    done = [day for day in days if day <= today]
    remaining = [Work(*STEPS[rng.choice("SMMML")]) for _ in days[len(done) :]]
    if not remaining:
        return None
    started = min(len(remaining), 5)  # the next ones are under way
    remaining = [
        Work(w.least // 2, w.most // 2) if i < started else w for i, w in enumerate(remaining)
    ]
    if len(remaining) <= started:
        remaining = [Work(5, w.most) for w in remaining]
    found = forecast(done, remaining, since=START, today=today)
    if not isinstance(found, Forecast) or not (found.p10 and found.p50 and found.p90):
        return None
    end = days[-1]
    pace = len(done) / (today - START).days
    line = today + timedelta(days=len(remaining) / pace)
    low, high = bootstrap(done, len(remaining), today, rng)
    return Result(
        found.p10 <= end <= found.p90,
        end < found.p10,
        (found.p90 - found.p10).days,
        abs((found.p50 - end).days),
        abs((line - end).days),
        low <= end <= high,
        (end - today).days,
    )


def bootstrap(
    done: Sequence[date], remaining: int, today: date, rng: random.Random
) -> tuple[date, date]:
    """Peer: weekly counts drawn with replacement until nothing remains."""
    weeks = max(1, (today - START).days // 7)
    counts = [0] * weeks
    for day in done:
        counts[min((today - day).days // 7, weeks - 1)] += 1
    ends = []
    for _draw in range(200):
        left, week = remaining, 0
        while left > 0 and week < 1500:
            left -= rng.choice(counts)
            week += 1
        ends.append(week)
    ends.sort()
    return today + timedelta(weeks=ends[20]), today + timedelta(weeks=ends[180])


def main() -> int:
    """Print the table, write bench.json."""
    parser = argparse.ArgumentParser(
        prog="bench rollouts", description=__doc__,
        epilog="Environment: LEITSTAND_BENCH_ROLLOUTS (200 per world). Writes bench.json.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.parse_args()
    number = int(os.environ.get("LEITSTAND_BENCH_ROLLOUTS", "200"))
    rng, rows, everything = random.Random(7), [], []
    print(f"{'world':28} {'asked':>6} {'inside 80 %':>12} {'earlier':>8} {'later':>7} "
          f"{'width / time ahead':>19} {'error P50':>10} {'line':>6} {'bootstrap inside':>17}")  # fmt: skip
    for name, world in WORLDS.items():
        found = []
        for _turn in range(number):
            days = world(rng, rng.randint(16, 60))
            found += [r for share in SHARES if (r := ask(days, share, rng))]
        rows.append(line(name, found))
        everything += found
    rows.append(line("all", everything))
    Path("bench.json").write_text(json.dumps({"benchmark": "rollouts", "rows": rows}, indent=1))
    return 0


def line(name: str, found: Sequence[Result]) -> dict[str, object]:
    """One row of the table."""
    size = len(found)
    row: dict[str, object] = {
        "world": name, "asked": size,
        "inside": round(100 * sum(r.inside for r in found) / size, 1),
        "earlier": round(100 * sum(r.early for r in found) / size, 1),
        "later": round(100 * sum(not r.inside and not r.early for r in found) / size, 1),
        "width": round(median(r.width / max(r.ahead, 1) for r in found), 2),
        "error_days": median(r.error for r in found),
        "line_error_days": median(r.naive for r in found),
        "bootstrap_inside": round(100 * sum(r.boot_inside for r in found) / size, 1),
    }  # fmt: skip
    print(f"{name:28} {size:6} {row['inside']:>10} % {row['earlier']:>6} % {row['later']:>5} % "
          f"{row['width']:>19} {row['error_days']:>8} d {row['line_error_days']:>4} d "
          f"{row['bootstrap_inside']:>15} %")  # fmt: skip
    return row


if __name__ == "__main__":
    raise SystemExit(main())
