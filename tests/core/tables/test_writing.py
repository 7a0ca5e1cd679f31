"""Rows out and back in: what is written is read as the same values; text is never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import orjson
import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.tables.files import PHASES, PROJECTS, ROW

from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.tables.headers import data_rows, find_header
from leitstand.core.tables.mapping import guess
from leitstand.core.tables.problems import Refused
from leitstand.core.tables.reading import read
from leitstand.core.tables.values import parse
from leitstand.core.tables.writing import (
    csv_chunks,
    heading,
    json_chunks,
    write_csv,
    write_json,
    write_xlsx,
)

COLUMNS = [column for column in PROJECTS.columns if column.importable]
FULL = {
    **ROW,
    "start": PartialDate(date(2026, 4, 1)),
    "end": PartialDate(date(2027, 4, 1), Precision.QUARTER),
}


def workbook(rows: Any, columns: Any = COLUMNS, **options: Any) -> bytes:
    out = io.BytesIO()
    write_xlsx(out, columns, rows, title="Vorhaben", **options)
    return out.getvalue()


def text(rows: Any, columns: Any = COLUMNS) -> bytes:
    return b"".join(csv_chunks(columns, rows))


def read_back(content: bytes) -> list[dict[str, Any]]:
    sheet = read(io.BytesIO(content), "export")[0]
    header = find_header(sheet, PROJECTS)
    names = guess(header.titles, PROJECTS)
    assert len(names) == len(header.titles), "every heading of an export is understood"
    return [
        {name: parse(PROJECTS[name], row.cell(index)) for index, name in names.items()}
        for row in data_rows(sheet, header)
    ]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("write", [text, workbook], ids=["csv", "xlsx"])
def test_an_export_is_read_back_as_the_same_values(write: Any, language: str) -> None:
    with override(language):
        rows = read_back(
            write(
                [
                    FULL,
                    {"title": "B"},
                    {"title": "C", "start": PartialDate(date(2027, 1, 1), Precision.YEAR)},
                ]
            )
        )
    empty = dict.fromkeys((column.name for column in COLUMNS), None)
    assert rows[0] == {**empty, **FULL}
    assert rows[1] == {**empty, "title": "B"}
    assert rows[2]["start"] == PartialDate(date(2027, 1, 1), Precision.YEAR)


DANGEROUS = st.builds(
    str.__add__,
    st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'", "'=", "", " =", "\n="]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "title": DANGEROUS,
            "summary": DANGEROUS,
            "lead_unit": DANGEROUS,
            "cost": st.decimals(-(10**10), 10**10, places=2),
            "progress": st.decimals(0, 100, places=1),
            "effort_days": st.decimals(0, 10**6, places=3),
            "units": st.integers(-(10**9), 10**9),
            "published": st.booleans(),
            "phase": st.sampled_from([value for value, _label in PHASES]),
            "start": st.builds(
                PartialDate,
                st.dates(date(1900, 3, 1), date(2199, 12, 31)),
                st.sampled_from(Precision),
            ),
        }
    ),
    min_size=1,
    max_size=4,
)
FIELDS = [PROJECTS[name] for name in ("title", "summary", "lead_unit", "cost", "progress")] + [
    PROJECTS[name] for name in ("effort_days", "units", "published", "phase", "start")
]


def tidied(row: dict[str, Any]) -> dict[str, Any]:
    """What the application stores: text as `parse` leaves it."""
    return {
        name: parse(PROJECTS[name], value) if isinstance(value, str) and name != "phase" else value
        for name, value in row.items()
    }


def storable(row: dict[str, Any]) -> bool:
    return not any(
        isinstance(value, str) and value.strip().startswith("#") for value in row.values()
    )


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_any_text_and_number_survives_csv_and_xlsx(rows: list[dict[str, Any]]) -> None:
    stored = [
        tidied({**row, "title": f"{row['title']}x", "lead_unit": f"{row['lead_unit']}y"})
        for row in rows
        if storable(row)
    ]
    if not stored:
        return
    for content in (text(stored, FIELDS), workbook(stored, FIELDS)):
        sheet = read(io.BytesIO(content), "export")[0]
        back = [
            {column.name: parse(column, row.cell(index)) for index, column in enumerate(FIELDS)}
            for row in sheet.rows[1:]
        ]
        assert back == stored


@settings(deadline=None, max_examples=100)
@given(st.lists(DANGEROUS, min_size=1, max_size=5))
def test_no_csv_field_of_text_can_start_a_formula(texts: list[str]) -> None:
    column = Column("x", "=Titel", ColumnType.LONGTEXT)
    content = text([{"x": value} for value in texts], [column]).decode("utf-8-sig")
    for line in csv.reader(io.StringIO(content, newline=""), delimiter=";"):
        assert not line or not line[0] or line[0][0] not in "=+-@\t\r"


def test_csv_has_the_form_that_excel_opens_in_germany() -> None:
    columns = [
        PROJECTS[name] for name in ("title", "cost", "progress", "units", "start", "published")
    ]
    row = {"title": 'A;"B"', "cost": Decimal("-1234.5"), "progress": Decimal("45.5"), "units": -3}
    with override("de"):
        content = text([{**row, "start": date(2026, 12, 31), "published": True}], columns)
    assert (
        content
        == (
            "\N{BOM}Titel;Kosten (€);Fortschritt (%);Anzahl Arbeitsplätze;Start;Öffentlich\r\n"
            '"A;""B""";-1.234,50;45,5 %;-3;31.12.2026;ja\r\n'
        ).encode()
    )


def test_xlsx_holds_real_numbers_days_and_lists() -> None:
    with override("de"):
        content = workbook([FULL], hints=["Bitte die Kennung nicht ändern.", "=1+1"])
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Vorhaben", "Auswahl", "Hinweise"]
    sheet = book["Vorhaben"]
    by_title = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert by_title["Kosten (€)"].value == -1234567.89
    assert by_title["Kosten (€)"].number_format == '#,##0.00\\ "€"'
    assert by_title["Start"].is_date
    assert by_title["Start"].number_format == "dd.mm.yyyy"
    assert by_title["Ende"].value == "Q2 2027"
    assert by_title["Fortschritt (%)"].value == pytest.approx(0.335)
    assert by_title["Kennung"].value == "0815"
    assert by_title["Titel"].data_type == "s"
    assert by_title["Titel"].value == ROW["title"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:Q2"
    assert sheet["A1"].font.bold
    assert book["Auswahl"].sheet_state == "hidden"
    assert [cell.value for cell in book["Auswahl"]["A"]] == [label for _value, label in PHASES]
    rule = sheet.data_validations.dataValidation[0]
    assert rule.formula1 == "'Auswahl'!$A$1:$A$4"
    assert "D2" in rule.sqref
    assert book["Hinweise"]["A2"].data_type == "s"


def test_a_formula_in_any_text_cell_stays_text() -> None:
    columns = [Column("a", "=A", ColumnType.TEXT), Column("b", "B", ColumnType.UNIT)]
    values = ["=1+1", "+1", "-1", "@x", "\t=1", "#N/A", "=cmd|' /C calc'!A0"]
    content = workbook([{"a": value, "b": value} for value in values], columns)
    for line in openpyxl.load_workbook(io.BytesIO(content))["Vorhaben"].iter_rows():
        for cell in line:
            assert cell.data_type in {"s", "inlineStr"}


def test_json_is_an_array_of_machine_values() -> None:
    content = b"".join(json_chunks(COLUMNS, [FULL, {"title": "B"}]))
    first, second = orjson.loads(content)
    assert first["cost"] == -1234567.89
    assert (first["start"], first["end"]) == ("2026-04-01", "2027-Q2")
    assert first["goals"] == ["Bildung, Jugend", "Effizienz"]
    assert first["phase"] == "running"
    assert list(second) == [column.name for column in COLUMNS]
    assert second["cost"] is None
    assert orjson.loads(b"".join(json_chunks(COLUMNS, []))) == []


def test_an_export_of_nothing_still_has_its_headings() -> None:
    assert text([]).startswith(b"\xef\xbb\xbfKennung;Titel;")
    assert read(io.BytesIO(workbook([])), "x")[0].rows[0].cells[:2] == ("Kennung", "Titel")


def test_rows_are_streamed() -> None:
    drawn = 0

    def rows() -> Iterator[dict[str, str]]:
        nonlocal drawn
        for _ in range(100_000):
            drawn += 1
            yield {"title": "Vorhaben " * 5}

    chunks = csv_chunks(COLUMNS, rows())
    next(chunks)
    assert drawn < 5_000
    lines = json_chunks(COLUMNS, rows())
    next(lines)
    next(lines)
    assert drawn < 5_000


def test_files_get_the_same_as_the_chunks() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    write_csv(first, COLUMNS, [FULL])
    write_json(second, COLUMNS, [FULL])
    assert first.getvalue() == text([FULL])
    assert second.getvalue() == b"".join(json_chunks(COLUMNS, [FULL]))


def test_what_excel_cannot_hold_is_refused_or_left_out() -> None:
    column = Column("x", "X", ColumnType.LONGTEXT)
    with override("de"), pytest.raises(Refused) as caught:
        workbook([{"x": "a"}, {"x": "y" * 32_768}], [column])
    assert caught.value.code == "cell_too_long"
    with override("de"):
        assert str(caught.value.where) == "Spalte „X“, Zeile 3"
    content = workbook([{"x": "a\x07b\ud800c"}], [column])
    assert read(io.BytesIO(content), "x")[0].rows[1].cells == ("abc",)


def test_headings_carry_the_unit() -> None:
    assert [heading(PROJECTS[name]) for name in ("cost", "effort_days", "title")] == [
        "Kosten (€)",
        "Aufwand (PT)",
        "Titel",
    ]
