"""Measures the planner against the limits it promises and against bare OR-Tools in the same run.

`python -m benchmarks planning` prints one table and writes `bench.json`. The instances are read
from `LEITSTAND_REFERENCE_DATA`. Every plan, of the solver too, is checked by the independent
checker; a bound above a checked plan ends the run with an error. Sizes by environment variables:

LEITSTAND_BENCH_PLAN_FULL      1 = all of it (about nine minutes; default: a subset, under four)
LEITSTAND_BENCH_PLAN_SEEDS     draws per short measurement (3; long ones use one in the subset)
LEITSTAND_BENCH_PLAN_SECONDS   per library instance (10)
LEITSTAND_BENCH_PLAN_PARTS     of rcpsp,multi,municipal,risk,history (default: all)
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import mean

from leitstand.planning.adapters.cp_sat import CpSat, available
from leitstand.planning.domain import (
    bounds,
    checker,
    compact,
    outside_view,
    questions,
    readers,
    risk,
    whatif,
)
from leitstand.planning.domain.improver import Run
from leitstand.planning.domain.model import Answer, Change, Plan, Problem, half_post_years
from leitstand.planning.domain.search import first_length

FULL = os.environ.get("LEITSTAND_BENCH_PLAN_FULL") == "1"
SEEDS = range(1, 1 + int(os.environ.get("LEITSTAND_BENCH_PLAN_SEEDS", "3")))
SECONDS = float(os.environ.get("LEITSTAND_BENCH_PLAN_SECONDS", "10"))
PARTS = os.environ.get("LEITSTAND_BENCH_PLAN_PARTS", "rcpsp,multi,municipal,risk,history").split(
    ","
)
SOLVER = CpSat() if available() else None


class Table:
    """Rows of what, limit, measured, ratio to the limit, the bare solver's figure."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def add(
        self, what: str, limit: float | None, got: float, unit: str = "", bare: float | None = None,
        at_least: bool = False, note: str = "",
    ) -> None:  # fmt: skip
        ratio = None
        if limit:
            ratio = limit / got if at_least and got else got / limit
        held = limit is None or (got >= limit if at_least else got <= limit)
        self.rows.append({"what": what, "limit": limit, "got": got, "unit": unit, "ratio": ratio,
                          "bare": bare, "held": held, "note": note, "at_least": at_least})  # fmt: skip
        print(self.line(self.rows[-1]), flush=True)

    def line(self, row: dict[str, object]) -> str:
        def shown(value: object) -> str:
            return "" if value is None else f"{value:.4g}{row['unit']}"

        sign = "≥" if row["at_least"] else "≤"
        limit = "" if row["limit"] is None else f"{sign} {shown(row['limit'])}"
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        missed = "" if row["held"] else " **missed**"
        return (f"| {row['what']} | {limit} | {shown(row['got'])}{missed} | {ratio} "
                f"| {shown(row['bare'])} | {row['note']} |")  # fmt: skip


def sound(problem: Problem, answer: Answer) -> Answer:
    """The answer, checked once more; a bound above it is an error."""
    if answer.violations or checker.check(problem, answer.plan):
        raise SystemExit("the checker refuted a plan")
    if answer.bound.value > answer.objective:
        raise SystemExit(f"bound {answer.bound} above a checked plan of {answer.objective}")
    return answer


def bare(problem: Problem, measure: str, seconds: float) -> tuple[float | None, int]:
    """What CP-SAT alone finds (checked, None = no plan) and its bound."""
    net = compact.compact(problem)
    start = first_length(net) if measure == "length" else questions.first_plan(problem, {})[3]
    begun = time.perf_counter()
    run = Run(problem, net, measure, start, {}, bounds.length(problem, net), begun + seconds)
    found = CpSat(bare=True).start(run).finish(begun + seconds + 0.5)
    if not found.starts:
        return None, found.bound or 0
    plan = Plan(dict(zip(net.ids, found.starts, strict=False)))
    if checker.check(problem, plan):
        raise SystemExit("the checker refuted a plan of bare CP-SAT")
    return run.value([*found.starts, *[0] * (len(net.ids) - len(found.starts))]), found.bound or 0


def instances(data: Path, kind: str) -> Iterator[tuple[str, Problem, int]]:
    """Replicate 1 of groups: name, problem, best known length."""
    with (data / "psplib/best_known_rep1-5.csv").open(encoding="utf-8") as lines:
        best = {row["instance"]: int(row["upper_bound"]) for row in csv.DictReader(lines)}
    step = {"j30": 1 if FULL else 6, "j60": 3 if FULL else 8, "j120": 5 if FULL else 15}[kind]
    groups = range(1, (60 if kind == "j120" else 48) + 1, step)
    with tarfile.open(data / f"psplib/{kind}_rep1-5.tar.xz") as pack:
        for group in groups:
            name = f"{kind}{group}_1"
            file = pack.extractfile(f"{kind}/{name}.sm")
            if file is not None:
                yield name, readers.rcpsp(file.read().decode()), best[name]


def rcpsp(data: Path, table: Table) -> None:
    """PSPLIB: own scheduler alone, with the solver, the solver alone."""
    for kind in ("j30", "j60", "j120"):
        first, own, both, alone, slowest, proved = [], [], [], [], 0.0, 0
        for _name, problem, best in instances(data, kind):
            at_once = sound(problem, questions.length(problem, 0.0))
            slowest = max(slowest, at_once.seconds)
            first.append(at_once.objective / best - 1)
            own += [sound(problem, questions.length(problem, 1.0, seed=s)).objective / best - 1
                    for s in (SEEDS if FULL and kind == "j120" else (1,))]  # fmt: skip
            if SOLVER:
                answer = sound(problem, questions.length(problem, SECONDS, improver=SOLVER))
                both.append(answer.objective / best - 1)
                proved += answer.objective == answer.bound.value
                found, bound = bare(problem, "length", SECONDS)
                if bound > answer.objective:
                    raise SystemExit("bare CP-SAT's bound is above a checked plan")
                if found is not None:
                    alone.append(found / best - 1)
        count = len(first)
        table.add(f"{kind} ({count}): first checked plan, slowest", 0.1, slowest, " s",
                  note=f"mean gap {mean(first):.1%}")  # fmt: skip
        table.add(f"{kind}: own scheduler alone in 1 s, mean gap", 6.0 if kind == "j120" else None,
                  100 * mean(own), " %")  # fmt: skip
        if both:
            limit = {"j30": 0.0, "j60": 0.4, "j120": 4.0}[kind]
            note = f"{sum(gap <= 0 for gap in both)} of {count} at best known, {proved} proved"
            if len(alone) < count:
                note += f"; bare: no plan for {count - len(alone)}"
            table.add(f"{kind}: {SECONDS:g} s with CP-SAT, mean gap", limit, 100 * mean(both), " %",
                      100 * mean(alone) if alone else None, note=note)  # fmt: skip


def multi(data: Path, table: Table) -> None:
    """MPLIB1: all projects of an instance together."""
    with (data / "mplib1_set3/best_known.csv").open(encoding="utf-8") as lines:
        best = {row["instance"]: int(row["best_known"]) for row in csv.DictReader(lines)}
    both, alone, none = [], [], 0
    with tarfile.open(data / "mplib1_set3/instances.tar.xz") as pack:
        for name in list(best)[: 5 if FULL else 2]:
            file = pack.extractfile(name)
            if file is None:
                raise SystemExit(f"{name} is missing")
            problem = readers.multi(file.read().decode())
            answer = sound(problem, questions.length(problem, SECONDS, improver=SOLVER))
            both.append(answer.objective / best[name] - 1)
            if SOLVER:
                found, _ = bare(problem, "length", SECONDS)
                none += found is None
                alone += [] if found is None else [found / best[name] - 1]
    table.add(f"MPLIB1 set 3 ({len(both)}): {SECONDS:g} s, mean gap to published best", 0.0,
              100 * mean(both), " %", 100 * mean(alone) if alone else None,
              note=f"checked plan for every one; bare: no plan for {none}")  # fmt: skip


def timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def municipal(data: Path, table: Table) -> None:
    """853 tasks: posts, lateness, curve, what if."""
    text = (data / "synthetic/municipal_portfolio_seed7.json").read_text("utf-8")
    problem = readers.municipal(text)
    short = [sound(problem, questions.extra_staff(problem, 1.0, seed=s)) for s in SEEDS]
    table.add("extra staff in 1 s, half-post years", 28, mean(a.objective for a in short),
              note="each: " + ", ".join(str(a.objective) for a in short))  # fmt: skip
    table.add(
        "extra staff, proven lower bound", 15, min(a.bound.value for a in short), at_least=True
    )
    long = [sound(problem, questions.extra_staff(problem, 60.0 if FULL else 15.0, seed=s))
            for s in SEEDS[:1]]  # fmt: skip
    table.add(f"extra staff in {60 if FULL else 15} s", 22, mean(a.objective for a in long),
              note=f"{long[0].plan.grant}")  # fmt: skip
    at_once = [sound(problem, questions.schedule(problem, 0.08, seed=s)) for s in SEEDS]
    table.add("fixed staff, lateness in 0.1 s, weeks", 2300, mean(a.objective for a in at_once),
              note=f"slowest {max(a.seconds for a in at_once):.3f} s")  # fmt: skip
    later = [sound(problem, questions.schedule(problem, 10.0, improver=SOLVER, seed=s))
             for s in (SEEDS if FULL else SEEDS[:1])]  # fmt: skip
    found = bare(problem, "lateness", 10.0)[0] if SOLVER else None
    table.add("fixed staff, lateness in 10 s, weeks", 1700, mean(a.objective for a in later),
              bare=found, note="each: " + ", ".join(str(a.objective) for a in later))  # fmt: skip
    grant, known = long[0].plan.grant, long[0].plan
    curve = [timed(lambda: questions.partial(problem, grant, known=known)) for _ in range(5)]
    table.add("five-point curve", 0.1, mean(curve), " s")
    base = later[0].plan
    name = problem.projects[7].id
    what = [timed(lambda: whatif.what_if(problem, (Change("move", project=name, to=20),), base))
            for _ in range(5)]  # fmt: skip
    table.add("what if, engine alone (browser limit 0.3 s)", 0.3, mean(what), " s")
    if half_post_years(grant) < long[0].bound.value:
        raise SystemExit("a bound above a checked plan")


def chances(data: Path, table: Table) -> None:
    """1,000 runs with resources."""
    text = (data / "synthetic/municipal_portfolio_seed7.json").read_text("utf-8")
    problem = readers.municipal(text)
    plan = questions.schedule(problem, 0.1).plan
    took = [risk.risk(problem, plan, outside_view.BORROWED, samples=1000, seed=s).seconds
            for s in SEEDS]  # fmt: skip
    table.add("1,000 Monte-Carlo runs with resources", 3.0, mean(took), " s")


def history(data: Path, table: Table) -> None:
    """Rolling back-test on the UK's major projects."""
    years = outside_view.rolling(project_years(data / "gmpp/gmpp_2014_2020.csv"))
    cases = sum(year.cases for year in years)
    covered = sum(year.cases * year.covered for year in years) / cases
    loss = sum(year.cases * year.loss for year in years) / cases
    flat = sum(year.cases * year.constant_loss for year in years) / cases
    each = ", ".join(f"{year.year}: {year.covered:.0%}" for year in years)
    table.add("GMPP: P80's distance from 80 % coverage, pooled", 4.0, abs(100 * covered - 80), " pp",
              note=f"{covered:.1%} of {cases}; {each}")  # fmt: skip
    each = ", ".join(f"{year.year}: {1 - year.loss / year.constant_loss:.0%}" for year in years)
    table.add("GMPP: pinball loss below the constant quantile", 5.0, 100 * (1 - loss / flat), " %",
              at_least=True, note=each)  # fmt: skip


def project_years(path: Path) -> list[outside_view.ProjectYear]:
    """Pairs of reports of one project, joined by normalised name."""
    seen: dict[str, dict[int, tuple[date, bool]]] = {}
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            try:
                start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
            except ValueError:
                continue
            if end > start:
                name = re.sub(r"\(.*?\)", "", row["name"].lower())
                name = re.sub(r"[^a-z0-9]+", " ", name).strip()
                red = row["rag"] in ("Amber/Red", "Red")
                seen.setdefault(name, {}).setdefault(int(row["year"]), (end, red))
    return [
        outside_view.ProjectYear(
            year + 1, (end - date(year, 3, 31)).days, red, (years[year + 1][0] - end).days
        )
        for years in seen.values()
        for year, (end, red) in years.items()
        if year + 1 in years
    ]


def main() -> int:
    """Measure and print."""
    argparse.ArgumentParser(
        prog="benchmarks planning", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()  # fmt: skip
    root = os.environ.get("LEITSTAND_REFERENCE_DATA")
    if not root or not (Path(root) / "portfolio").is_dir():
        print("LEITSTAND_REFERENCE_DATA names no folder with portfolio/", file=sys.stderr)
        return 3
    if SOLVER is None:
        print(
            "OR-Tools is not installed (extra [optimise]): its rows are left out", file=sys.stderr
        )
    data, table, begun = Path(root) / "portfolio", Table(), time.perf_counter()
    print("| what | limit | measured | ratio to limit | bare CP-SAT | |\n|---|---|---|---|---|---|")
    for name, part in (("rcpsp", rcpsp), ("multi", multi), ("municipal", municipal),
                       ("risk", chances), ("history", history)):  # fmt: skip
        if name in PARTS:
            part(data, table)
    took = time.perf_counter() - begun
    print(
        f"\n{took:.0f} s, {os.cpu_count()} cores, CP-SAT with 2 workers, load {os.getloadavg()[0]:.1f}"
    )
    Path("bench.json").write_text(json.dumps({"planning": table.rows, "seconds": took}, indent=1))
    return 0 if all(row["held"] for row in table.rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
