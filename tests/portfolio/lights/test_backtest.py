"""The measurement of the rules: cases, scores, and that the page holds what the code measures."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from benchmarks import lights as benchmark

from leitstand.core.base.errors import Refused
from leitstand.portfolio.adapters import gmpp
from leitstand.portfolio.domain.backtest import Case, Report, cases, proposed, score
from leitstand.portfolio.domain.facts import ProjectFacts
from leitstand.portfolio.domain.lights import DEFAULTS

REFERENCE = os.environ.get("LEITSTAND_REFERENCE_DATA", "")


def report(
    year: int, end: date | None, light: str = "green", key: str = "a", cost: float = 1
) -> Report:
    return Report(key, year, date(year, 3, 31), light, date(2010, 1, 1), end, cost)


def test_a_case_needs_both_ends_the_next_year_and_a_light() -> None:
    end = date(2020, 1, 1)
    assert not cases([report(2015, end)])
    assert not cases([report(2015, end), report(2017, end)])
    assert not cases([report(2015, None), report(2016, end)])
    assert not cases([report(2015, end, "grey"), report(2016, end)])
    assert not cases([report(2015, end), report(2016, end, key="b")])
    found = cases([report(2016, date(2020, 4, 10)), report(2015, end)])
    assert [(case.year, case.slipped, case.facts.baseline) for case in found] == [(2015, 100, None)]


def test_the_rules_know_the_past_only() -> None:
    end, later = date(2020, 1, 1), date(2021, 1, 1)
    found = cases([report(2015, end, cost=10), report(2016, later, cost=20), report(2017, later)])
    second = found[1].facts
    assert second.baseline is not None
    assert (second.on, second.baseline.end, second.end) == (date(2016, 3, 31), end, later)
    assert second.money is not None
    assert (second.money.planned, second.money.committed) == (10, 20)
    assert found[0].facts.money is None
    assert proposed(found[1], DEFAULTS) == "red"
    assert proposed(found[0], DEFAULTS) == "green"


def test_scores() -> None:
    facts = ProjectFacts(on=date(2020, 1, 1), phase="running")
    found = [
        Case(2015, facts, light, slipped)
        for light, slipped in (
            ("red", 200),
            ("yellow", 10),
            ("yellow", 0),
            ("green", 300),
            ("green", -5),
        )
    ]
    near = score(found, lambda case: case.official, 0)
    assert (near.cases, near.flagged, near.recall) == (5, 0.6, pytest.approx(2 / 3))
    assert (near.precision, near.base) == (pytest.approx(2 / 3), 0.6)
    assert near.rank == pytest.approx(4 / 6)
    far = score(found, lambda case: case.official, 180, frozenset({"red"}))
    assert (far.recall, far.precision) == (0.5, 1)
    nothing = score([], lambda case: case.official, 0)
    assert (nothing.cases, nothing.rank, nothing.precision) == (0, 0, 0)


def test_the_reader_takes_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "gmpp.csv"
    path.write_text(
        "year,id,name,dept,rag,start,end,wlc\n"
        "2014,,Crossrail (East),DfT,Amber/Red,2010-01-01,2018-12-01,753\n"
        "2015,,crossrail,DfT,Reset,01/02/2010,withheld,£753.00m\n2015,,,DfT,Red,,,n/a\n",
        encoding="utf-8",
    )
    first, second = gmpp.history(path)
    assert (first.key, first.light, first.cost) == ("crossrail", "red", 753)
    assert (second.light, second.start, second.end, second.cost) == ("grey", None, None, 753)
    path.write_text("year;name\n", encoding="utf-8")
    with pytest.raises(Refused):
        gmpp.history(path)


@pytest.mark.skipif(not REFERENCE, reason="LEITSTAND_REFERENCE_DATA is not set")
def test_the_page_holds_what_is_measured() -> None:
    page = benchmark.PAGE.read_text(encoding="utf-8")
    assert benchmark.put(page, benchmark.table(Path(REFERENCE) / benchmark.FILE)) == page
