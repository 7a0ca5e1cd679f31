"""Last days for papers: working days, also around holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstand.reporting.domain.deadlines import easter, holidays, submission


@pytest.mark.parametrize(
    ("meeting", "days", "last"),
    [
        (date(2026, 12, 15), 13, date(2026, 12, 2)),
        (date(2027, 1, 28), 34, date(2026, 12, 24)),  # Christmas Day
        (date(2027, 1, 28), 32, date(2026, 12, 24)),  # Sunday, Boxing Day, Christmas Day
        (date(2026, 4, 20), 14, date(2026, 4, 2)),  # Easter Monday to Maundy Thursday
        (date(2027, 1, 14), 13, date(2026, 12, 31)),  # New Year's Day
    ],
)
def test_a_last_day_is_a_working_day(meeting: date, days: int, last: date) -> None:
    assert submission(meeting, days) == last


def test_easter() -> None:
    days = {2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2038: (4, 25), 2285: (3, 22)}
    assert {year: (easter(year).month, easter(year).day) for year in days} == days


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.integers(0, 365))
def test_never_later_never_on_a_free_day(meeting: date, days: int) -> None:
    found = submission(meeting, days)
    assert timedelta(0) <= (meeting - timedelta(days=days)) - found <= timedelta(days=5)
    assert found.weekday() < 5 and found not in holidays(found.year)
