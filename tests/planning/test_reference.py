"""The planner on shared reference instances: foreign plans pass the checker, bounds stay below them."""

from __future__ import annotations

import csv
import json
import os
import tarfile
from pathlib import Path

import pytest

from leitstand.planning.domain import checker, questions, readers
from leitstand.planning.domain.model import Plan, half_post_years, outcome, total_lateness

DATA = Path(os.environ.get("LEITSTAND_REFERENCE_DATA", "")) / "portfolio"
pytestmark = pytest.mark.skipif(
    not (DATA / "synthetic").is_dir(), reason="needs LEITSTAND_REFERENCE_DATA"
)


def test_the_municipal_portfolio_and_the_plans_that_are_known_for_it() -> None:
    problem = readers.municipal(
        (DATA / "synthetic/municipal_portfolio_seed7.json").read_text("utf-8")
    )
    known = json.loads((DATA / "synthetic/certificates_seed7.json").read_text("utf-8"))
    base = known["base_staff_starts"]
    assert not checker.check(problem, Plan(base))
    assert total_lateness(outcome(problem, base)) == 3576
    asked = questions.extra_staff(problem, 0.5)
    assert not asked.violations
    assert asked.bound.value == 15
    for name in ("min_extra_staff", "best_found"):
        grant = {r: tuple(years) for r, years in known[name]["extra_half_fte_per_year"].items()}
        plan = Plan(known[name]["starts"], grant)
        assert not checker.check(problem, plan, dates=True)
        assert asked.bound.value <= half_post_years(grant)
        assert {v.kind for v in checker.check(problem, Plan(plan.starts))} == {"capacity"}
    assert questions.schedule(problem, 0.0).objective <= 2300


def test_no_bound_is_above_the_best_known_length() -> None:
    with (DATA / "psplib/best_known_rep1-5.csv").open(encoding="utf-8") as lines:
        best = {row["instance"]: int(row["upper_bound"]) for row in csv.DictReader(lines)}
    for kind in ("j30", "j120"):
        with tarfile.open(DATA / f"psplib/{kind}_rep1-5.tar.xz") as pack:
            for group in range(1, 48, 5):
                name = f"{kind}{group}_2"
                file = pack.extractfile(f"{kind}/{name}.sm")
                assert file is not None
                answer = questions.length(readers.rcpsp(file.read().decode()), 0.0)
                assert not answer.violations
                assert answer.bound.value <= best[name] <= answer.objective
