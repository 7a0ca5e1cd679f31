"""The curve of a rollout and its table say the same; an import of offices takes nothing back."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection

from leitstand.portfolio.actions.rollouts import offices
from leitstand.portfolio.actions.rollouts.cells import CellsChanged
from leitstand.portfolio.models import CellState
from leitstand.portfolio.queries.rollouts.boards import board
from leitstand.portfolio.web.rollouts import progress
from tests.portfolio.rollouts.making import SYSTEM, TODAY, Rolling, build


def test_units_without_a_planned_day_are_not_drawn_as_planned(rolling: Rolling) -> None:
    rolling.set("10", planned_end=date(2027, 3, 1))
    curve = progress.picture(board(rolling.rollout))
    (planned,) = [line for line in curve.lines if line.dashed]
    assert [number for _day, number in planned.points] == [0, 1]


def test_a_long_rollout_shows_the_months_around_today(rolling: Rolling) -> None:
    rolling.set("10", actual_end=date(2017, 3, 1))
    rolling.set("11", planned_end=date(2027, 3, 1))
    months = progress._months(board(rolling.rollout))
    assert len(months) == 60
    assert months[-1] == date(2027, 3, 31)
    rolling.set("11", planned_end=date(2047, 3, 1))
    months = progress._months(board(rolling.rollout))
    assert (len(months), months[0] < TODAY < months[-1]) == (60, True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_step_that_is_done_meanwhile_stays_done(unit_tree: Any, monkeypatch: Any) -> None:
    here = build(unit_tree)
    plan, refused, threads = offices.plan_offices, [], []

    def head() -> None:
        try:
            here.set("10", state=CellState.DONE, actual_end=date(2026, 11, 1))
        except CellsChanged as error:
            refused.append(error)
        finally:
            connection.close()

    def planned(*args: Any, **values: Any) -> Any:
        found = plan(*args, **values)
        threads.append(threading.Thread(target=head))
        threads[0].start()
        threads[0].join(1)
        return found

    monkeypatch.setattr(offices, "plan_offices", planned)
    place = [step.kind for step in here.rollout.steps.all()].index("go_live") + 1
    offices.import_offices(
        here.rollout.pk, [(2, ["Hauptamt", "01.03.2027"])], actor=SYSTEM, mapping={0: "unit", 1: f"step_{place}"}
    )
    threads[0].join(10)
    assert refused or here.cell("10").state == CellState.DONE
