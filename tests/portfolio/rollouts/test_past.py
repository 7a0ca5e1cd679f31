"""A rollout as it was on a past day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.portfolio.rollouts.making import Rolling, build
from tests.portfolio.talking import call
from tests.portfolio.test_past import on
from tests.portfolio.views import page, words


@pytest.fixture
def story(unit_tree: Any, fixed_today: None) -> Rolling:
    """Begun on 1 March; 10 planned on 1 April, live on 1 September 2026."""
    from tests.portfolio.making import make_project

    with on("2026-01-01"):
        make_project(unit_tree["10"], "Erstes")
    with on("2026-03-01"):
        rolling = build(unit_tree)
    with on("2026-04-01"):
        rolling.set("10", state="planned", planned_end=date(2026, 8, 31))
    with on("2026-09-01"):
        rolling.set("10", state="done", actual_end=date(2026, 9, 1))
    return rolling


def test_states_and_planned_days_as_of_a_day(staff: Any, story: Rolling) -> None:
    now, then = words(page(staff, story.url())), words(page(staff, story.url("?stand=2026-05-01")))
    assert "1 von 3" in now
    assert "0 von 3" in then
    assert "31.08.2026" in then
    late = words(page(staff, story.url("?stand=2026-08-31")))
    assert "geplant" in late
    assert "Stände ändern" not in then, "the past is read only"


def test_overview_unit_progress_and_export(staff: Any, story: Rolling) -> None:
    assert "0 von 3" in words(page(staff, "/rollouts/?stand=2026-05-01"))
    unit = story.url(f"einheiten/{story.member('10').pk}/?stand=2026-05-01")
    assert "01.09.2026" not in words(page(staff, unit))
    assert "Zu wenige Daten" in words(page(staff, story.url("verlauf/?stand=2026-05-01")))
    assert b"geplant" in b"".join(
        staff.get(story.url("export.csv?stand=2026-05-01")).streaming_content
    )


def test_before_it_began_there_is_none(staff: Any, story: Rolling) -> None:
    """Then their record begins on that day: nothing is said of the days before."""
    for url in (story.url("?stand=2026-02-01"), "/rollouts/?stand=2026-02-01"):
        answer = staff.get(url)
        assert answer.status_code == 422
        text = words(answer.content.decode())
        assert "1. März 2026" in text and "E-Akte" not in text


def test_the_api_answers_as_of_a_day(api_client: Any, story: Rolling) -> None:
    client = api_client("digital-unit")
    url = f"/rollouts/{story.rollout.pk}"
    assert call(client, "GET", url).json()["live"] == 1
    assert call(client, "GET", f"{url}?as_of=2026-05-01").json()["live"] == 0
