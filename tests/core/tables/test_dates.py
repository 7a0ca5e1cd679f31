"""Dates and periods as people write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.utils.translation import override

from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.tables.dates import PartialDate, Precision, from_serial
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.values import parse, parse_period

WHEN = Column("when", "Wann", ColumnType.DATE)


DATES = {
    "31.12.2026": "2026-12-31",
    "1.1.27": "2027-01-01",
    "31. 12. 2026": "2026-12-31",
    "31. Dezember 2026": "2026-12-31",
    "Do., 31.12.2026": "2026-12-31",
    "31.12.2026 14:30 Uhr": "2026-12-31",
    "2026-12-31": "2026-12-31",
    "2026-12-31T00:00:00Z": "2026-12-31",
    "20261231": "2026-12-31",
    "03/04/2026": "2026-04-03",
    "12/31/2026": "2026-12-31",
    "December 31, 2026": "2026-12-31",
    "46387": "2026-12-31",
    "12/2026": "2026-12",
    "12.2026": "2026-12",
    "2026-12": "2026-12",
    "Dez. 2026": "2026-12",
    "März 27": "2027-03",
    "Ende März 2027": "2027-03",
    "Q2 2027": "2027-Q2",
    "Q2/2027": "2027-Q2",
    "2. Quartal 2027": "2027-Q2",
    "II/2027": "2027-Q2",
    "IV. Quartal 2027": "2027-Q4",
    "2027-Q2": "2027-Q2",
    "Anfang 2027": "2027-Q1",
    "Frühjahr 2027": "2027-Q2",
    "Mitte 2027": "2027-Q2",
    "Sommer 2027": "2027-Q3",
    "Herbst 2027": "2027-Q4",
    "Ende 2027": "2027-Q4",
    "end of 2027": "2027-Q4",
    "Winter 2026/27": "2027-Q1",
    "1. Halbjahr 2027": "2027-Q2",
    "H2 2027": "2027-Q4",
    "KW 7/2027": "2027-02-15",
    "2027": "2027",
    "Haushaltsjahr 2027": "2027",
    "voraussichtlich 2027": "2027",
}


@pytest.mark.parametrize(("raw", "iso"), DATES.items(), ids=DATES)
def test_dates(raw: str, iso: str) -> None:
    value = parse(WHEN, raw)
    assert isinstance(value, PartialDate)
    assert value.iso() == iso


def test_dates_from_spreadsheet_cells() -> None:
    day = PartialDate(date(2026, 12, 31))
    assert parse(WHEN, datetime(2026, 12, 31, 8, 0)) == day
    assert parse(WHEN, date(2026, 12, 31)) == day
    assert parse(WHEN, 46387) == day
    assert parse(WHEN, 46387.25) == day
    assert parse(WHEN, 2027) == PartialDate(date(2027, 1, 1), Precision.YEAR)


@pytest.mark.parametrize(
    "raw",
    [
        *("31.02.2026", "13/2026", "gestern", "Foo 2027", "5. Quartal 2027", 5, 76131, True),
        *("76131", "00.00.0000", "1.1.0027", "31.12.", "x" * 500, "Winter 2026/29"),
    ],
    ids=repr,
)
def test_what_is_no_date_is_refused_with_what_is_accepted(raw: Any) -> None:
    with override("de"), pytest.raises(ValueProblem, match=r"Möglich sind: 31\.12\.2026"):
        parse(WHEN, raw)


@pytest.mark.parametrize(
    ("precision", "last"),
    [
        ("day", "2027-04-01"),
        ("month", "2027-04-30"),
        ("quarter", "2027-06-30"),
        ("year", "2027-12-31"),
    ],
)
def test_a_partial_date_knows_its_ends(precision: str, last: str) -> None:
    value = PartialDate(date(2027, 4, 1), Precision(precision))
    assert value.last == date.fromisoformat(last)
    assert value.first <= date(2027, 4, 1)


PERIODS = {
    "01/2026 – 12/2027": ("2026-01", "2027-12"),
    "01/2026-12/2027": ("2026-01", "2027-12"),
    "1.1.2026 bis 31.12.2027": ("2026-01-01", "2027-12-31"),
    "2026-01-01 - 2026-12-31": ("2026-01-01", "2026-12-31"),
    "1.3.–31.5.2027": ("2027-03-01", "2027-05-31"),
    "2026-2028": ("2026", "2028"),
    "2026/2027": ("2026", "2027"),
    "2025/26": ("2025", "2026"),
    "Q1–Q3 2027": ("2027-Q1", "2027-Q3"),
    "III/2026 bis I/2028": ("2026-Q3", "2028-Q1"),
    "Jan–März 2027": ("2027-01", "2027-03"),
    "Mai 2026 to June 2027": ("2026-05", "2027-06"),
    "1. Halbjahr 2027": ("2027-Q1", "2027-Q2"),
    "2027": ("2027", "2027"),
    "ab 2027": ("2027", None),
    "seit 03/2024": ("2024-03", None),
    "2026 ff.": ("2026", None),
    "bis Ende 2027": (None, "2027-Q4"),
}


@pytest.mark.parametrize(("raw", "ends"), PERIODS.items(), ids=PERIODS)
def test_periods(raw: str, ends: tuple[str | None, str | None]) -> None:
    period = parse_period(raw)
    assert (period.start and period.start.iso(), period.end and period.end.iso()) == ends


@pytest.mark.parametrize(
    "raw", ["", "laufend", "12/2027 – 01/2026", "x" * 900, "2028-2026", "- - -"]
)
def test_what_is_no_period_is_refused(raw: str) -> None:
    with pytest.raises(ValueProblem):
        parse_period(raw)


def test_serial_dates_of_both_systems() -> None:
    assert from_serial(1).date() == date(1900, 1, 1)
    assert from_serial(59).date() == date(1900, 2, 28)
    assert from_serial(61).date() == date(1900, 3, 1)
    assert from_serial(0, epoch_1904=True).date() == date(1904, 1, 1)
    assert from_serial(44925, epoch_1904=True) == from_serial(46387)
    assert from_serial(46387.5) == datetime(2026, 12, 31, 12)
    with pytest.raises(ValueError, match="range"):
        from_serial(-1)
