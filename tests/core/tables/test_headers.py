"""Where the header is, and which heading means which column."""

from __future__ import annotations

import io

import pytest
from django.utils.translation import gettext_lazy
from tests.core.tables.files import PROJECTS, xlsx

from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.core.tables.headers import (
    HeaderGuess,
    best_sheet,
    data_rows,
    find_header,
    is_total,
)
from leitstand.core.tables.mapping import PERIOD, digest, guess, scored
from leitstand.core.tables.reading import Sheet, read
from leitstand.core.tables.sheets import Row


def sheet_of(content: bytes | str) -> Sheet:
    return read(io.BytesIO(content.encode() if isinstance(content, str) else content), "x")[0]


def header_of(content: bytes | str) -> HeaderGuess:
    return find_header(sheet_of(content), PROJECTS)


DATA = ["P-1", "E-Akte einführen", "laufend", 5000]


def test_a_header_in_the_first_row() -> None:
    header = header_of(xlsx(["Kennung", "Titel", "Phase", "Kosten"], DATA))
    assert (header.row, header.first_row) == (1, 1)
    assert header.titles == ("Kennung", "Titel", "Phase", "Kosten")
    assert header.confidence > 0.6


def test_title_rows_and_empty_rows_above_and_empty_columns_before() -> None:
    header = header_of(
        xlsx(
            ["Vorhabenliste 2026"],
            ["Stand: 01.03.2026", None, None, "Amt 10"],
            [],
            [None, None, "Nr.", "Projektbezeichnung", "Status", "Kosten (€)"],
            [None, None, *DATA],
            [None, None, *DATA],
            merges=["A1:F1"],
        )
    )
    assert header.row == 4
    assert header.titles == ("", "", "Nr.", "Projektbezeichnung", "Status", "Kosten (€)")


def test_three_title_rows_in_a_csv_file() -> None:
    header = header_of(
        "Stadt Musterhausen;;;\r\nVorhaben;;;\r\n\r\nKennung;Titel;Phase;Kosten\r\n"
        "P-1;E-Akte;laufend;5000\r\nP-2;Portal;geplant;1.234,00 €\r\n"
    )
    assert header.row == 4


def test_a_two_row_header_with_merged_cells() -> None:
    sheet = sheet_of(
        xlsx(
            ["Titel", "Kosten", None, "Phase"],
            [None, 2026, 2027, None],
            ["E-Akte", 100, 200, "laufend"],
            ["Portal", 300, 400, "geplant"],
            merges=["A1:A2", "B1:C1", "D1:D2"],
        )
    )
    header = find_header(sheet, PROJECTS)
    assert (header.first_row, header.row) == (1, 2)
    assert header.titles == ("Titel", "Kosten 2026", "Kosten 2027", "Phase")
    assert guess(header.titles, PROJECTS) == {
        0: "title",
        1: "cost_2026",
        2: "cost_2027",
        3: "phase",
    }
    assert [row.number for row in data_rows(sheet, header)] == [3, 4]


def test_a_two_row_header_without_merged_cells() -> None:
    header = header_of(
        "Titel;Kosten;;Phase\n;2026;2027;\nE-Akte;100;200;laufend\nPortal;3;4;geplant\n"
    )
    assert (header.first_row, header.row) == (1, 2)
    assert header.titles == ("Titel", "Kosten 2026", "Kosten 2027", "Phase")


def test_a_title_over_all_columns_is_no_part_of_the_header() -> None:
    header = header_of(
        xlsx(
            ["Vorhaben", None, None, None],
            ["Kennung", "Titel", "Phase", "Kosten"],
            DATA,
            merges=["A1:D1"],
        )
    )
    assert (header.first_row, header.row) == (2, 2)
    assert header.titles[1] == "Titel"


def test_data_that_looks_like_text_is_not_taken_for_a_header() -> None:
    header = header_of(
        "Titel;Federführung;Phase\nTitel der Straße;Amt für Start;laufend\nKosten;Ende;geplant\n"
    )
    assert header.row == 1


def test_a_file_without_known_headings_still_finds_its_header() -> None:
    header = header_of("Bla;Blubb;Fasel\n1;2;3\n4;5;6\n")
    assert header.row == 1
    assert header.confidence < 0.5


def test_without_a_table_the_first_full_text_row_wins() -> None:
    sheet = sheet_of("Bericht;;\nAlpha;Beta;Gamma\n1;2;3\n4;5;6\n")
    assert find_header(sheet).row == 2
    with pytest.raises(ValueError, match="header"):
        find_header(Sheet("leer", ()))


def test_totals_and_repeated_headers_are_left_out_of_the_data() -> None:
    sheet = sheet_of(
        "Titel;Phase;Kosten\nA;laufend;1\nB;geplant;2\nZwischensumme;;3\nTitel;Phase;Kosten\n"
        "Gesamtstrategie Digitales;geplant;5\nSumme;;8,00 €\n\n\n"
    )
    numbers = [row.number for row in data_rows(sheet, find_header(sheet, PROJECTS))]
    assert numbers == [2, 3, 6]


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (("Summe", None, 5), True),
        ((None, "Gesamt:", "1.234,00 €"), True),
        (("Summe 2026", 5), True),
        (("Gesamt", "laufend", 5), False),
        (("Gesamtkonzept", 5), False),
        ((5, 6), False),
    ],
    ids=repr,
)
def test_totals(cells: tuple[str | int | None, ...], total: bool) -> None:
    assert is_total(Row(9, cells)) is total


def test_the_sheet_with_the_projects_is_chosen() -> None:
    from openpyxl import Workbook
    from tests.core.tables.files import saved

    book = Workbook()
    first = book.active
    assert first is not None
    first.append(["Hinweise zum Ausfüllen"])
    book.create_sheet("Listen").append(["Idee", "geplant"])
    projects = book.create_sheet("Projekte")
    projects.append(["Kennung", "Titel", "Phase", "Kosten"])
    projects.append(DATA)
    hidden = book.create_sheet("alt")
    hidden.append(["Kennung", "Titel", "Phase", "Kosten", "Start", "Ende"])
    hidden.sheet_state = "hidden"
    sheet, header = best_sheet(read(io.BytesIO(saved(book)), "x"), PROJECTS)
    assert (sheet.name, header.row) == ("Projekte", 1)


# which heading means which column

MEANT = {
    "Titel": "title",
    "TITEL ": "title",
    "Projektbezeichnung": "title",
    "Projekttitel": "title",
    "Name des Vorhabens": "title",
    "Vorhaben": "title",
    "Bezeichnung": "title",
    "Projekt-Nr.": "external_key",
    "lfd. Nr.": "external_key",
    "external_key": "external_key",
    "Federfuehrung": "lead_unit",
    "Federführende Dienststelle": "lead_unit",
    "Amt": "lead_unit",
    "Projektleiter/in": "lead",
    "Verantwortlich": "lead",
    "Beginn": "start",
    "Projektstart": "start",
    "Vorhabensbeginn": "start",
    "Geplanter Beginn": "start",
    "Startdatum": "start",
    "von": "start",
    "Ende (Plan)": "end",
    "Enddatum": "end",
    "Abschluss": "end",
    "Status": "phase",
    "Projektstatus": "phase",
    "Kosten in T€": "cost",
    "Kosten [TEUR]": "cost",
    "Budget": "cost",
    "Kosten 2026 (€)": "cost_2026",
    "Aufwand (PT)": "effort_days",
    "Fortschritt in %": "progress",
    "Kurz\xadbeschreibung": "summary",
    "Kurzbeschreibnug": "summary",
    "Beschreibung": "summary",
    "Handlungsfelder": "field",
    "Anzahl Arbeitsplaetze": "units",
    "Zeitraum": PERIOD,
    "Umsetzungszeitraum": PERIOD,
    "von – bis": PERIOD,
}


@pytest.mark.parametrize(("title", "name"), MEANT.items(), ids=list(MEANT))
def test_a_heading_is_understood(title: str, name: str) -> None:
    assert guess([title], PROJECTS) == {0: name}


@pytest.mark.parametrize(
    "title",
    [
        "",
        " ",
        "Kosten 2028",
        "Leistung",
        "Betrieb",
        "Sonstiges",
        "Nummer im System",
        "2026",
        "Rat",
        "x",
    ],
    ids=repr,
)
def test_a_heading_that_means_nothing_is_left_out(title: str) -> None:
    assert guess([title], PROJECTS) == {}


def test_no_column_is_used_twice_and_the_best_fit_wins() -> None:
    titles = ["Bezeichnung", "Titel", "Ende (Ist)", "Ende", None, 5, "Status", "Phase"]
    assert guess(titles, PROJECTS) == {1: "title", 3: "end", 7: "phase"}


def test_a_period_is_not_offered_beside_start_and_end() -> None:
    assert guess(["Zeitraum", "Start", "Ende"], PROJECTS) == {1: "start", 2: "end"}
    assert guess(["Zeitraum", "Start"], PROJECTS) == {0: PERIOD, 1: "start"}
    plain = Table("t", "T", "T", (Column("start", "Start", ColumnType.DATE),), key=())
    assert guess(["Zeitraum"], plain) == {}


def test_labels_are_known_in_both_languages_whatever_is_active() -> None:
    day = Table("t", "T", "T", (Column("d", gettext_lazy("Monday"), ColumnType.DATE),), key=())
    assert guess(["Montag"], day) == guess(["monday"], day) == {0: "d"}


def test_scores_tell_sure_from_unsure() -> None:
    found = scored(["Titel", "Kosten (T€)", "Geplanter Projektbeginn", "Federfürung"], PROJECTS)
    assert [found[index][1] for index in range(3)] == [1.0, 0.95, 0.88]
    assert 0.62 <= found[3][1] < 0.88


def test_the_digest_remembers_a_header() -> None:
    assert digest(["Titel", "Straße ", None]) == digest([" TITEL", "strasse", "", ""])
    assert digest(["Titel", "Amt"]) != digest(["Amt", "Titel"])
    assert digest(["Titel Amt"]) != digest(["Titel", "Amt"])
    assert len(digest([])) == 64
