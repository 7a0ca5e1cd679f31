"""Tables that cities and governments published, read and mapped as they are."""

from __future__ import annotations

import os
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.core.tables.files import PROJECTS

from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.headers import data_rows, find_header
from leitstand.core.tables.mapping import guess
from leitstand.core.tables.numbers import Style, style_of
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.reading import Sheet, read
from leitstand.core.tables.values import parse

REFERENCE = os.environ.get("LEITSTAND_REFERENCE_DATA", "")
pytestmark = pytest.mark.skipif(
    not REFERENCE, reason="LEITSTAND_REFERENCE_DATA does not name the folder of the reference data"
)


def sheet_of(name: str) -> Sheet:
    path = Path(REFERENCE) / "portfolio" / name
    return read(path, path.name)[0]


def test_a_city_s_digital_agenda() -> None:
    sheet = sheet_of("karlsruhe/digitale_agenda_2022.csv")
    header = find_header(sheet, PROJECTS)
    names = guess(header.titles, PROJECTS)
    assert (names[0], names[1]) == ("field", "title")
    rows = list(data_rows(sheet, header))
    assert len(rows) == 30
    assert len({row.cell(0) for row in rows}) == 7
    assert all(isinstance(parse(PROJECTS["title"], row.cell(1)), str) for row in rows)


def test_a_city_s_rollout_of_electronic_files() -> None:
    sheet = sheet_of("karlsruhe/eakte_2025-0657.csv")
    table = Table(
        "rollout",
        "Einführung",
        "Einführungen",
        (
            Column("unit", "Dienststelle", ColumnType.UNIT),
            Column("connected", "Technische Anbindung", ColumnType.BOOLEAN),
            Column(
                "state",
                "E-Akte",
                ColumnType.CHOICE,
                choices=(("live", "eingeführt"), ("planned", "in Planung")),
            ),
        ),
        key=("unit",),
    )
    header = find_header(sheet, table)
    names = guess(header.titles, table)
    assert {index: names[index] for index in (0, 1, 2)} == {0: "unit", 1: "connected", 2: "state"}
    states = [parse(table["state"], row.cell(2)) for row in data_rows(sheet, header)]
    assert (states.count("live"), states.count("planned")) == (36, 12)


def test_seven_years_of_government_projects() -> None:
    sheet = sheet_of("gmpp/gmpp_2014_2020.csv")
    header = find_header(sheet)
    rows = list(data_rows(sheet, header))
    assert (header.row, len(rows)) == (1, 1064)
    start, end = Column("start", "Start", ColumnType.DATE), Column("end", "End", ColumnType.DATE)
    first = rows[0]
    assert parse(start, first.cell(5)) == PartialDate(date(2010, 5, 31))
    both = sum(
        parse(start, row.cell(5)) is not None and parse(end, row.cell(6)) is not None
        for row in rows
    )
    assert both == 1026
    costs = [row.cell(7) for row in rows]
    style = style_of(costs)
    assert style is Style.ENGLISH
    cost = Column("wlc", "Whole life cost", ColumnType.DECIMAL)
    assert parse(cost, first.cell(7), style=style) == Decimal("5609.46")
    plain = [raw for raw in costs if isinstance(raw, str) and re.fullmatch(r"\d+(\.\d+)?", raw)]
    assert len(plain) > 150
    assert [parse(cost, raw, style=style) for raw in plain] == [Decimal(raw) for raw in plain]
    pounds = [raw for raw in costs if isinstance(raw, str) and raw.startswith("£")]
    assert len(pounds) > 700
    assert not any(_is_number(cost, raw, style) for raw in pounds), "another currency is no number"


def _is_number(column: Column, raw: object, style: Style) -> bool:
    try:
        return parse(column, raw, style=style) is not None  # type: ignore[arg-type]
    except ValueProblem:
        return False
