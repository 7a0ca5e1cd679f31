"""Files in: good ones as their users see them, bad ones refused with place and remedy."""

from __future__ import annotations

import codecs
import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from django.utils.translation import override
from openpyxl import Workbook
from tests.core.tables.files import (
    ods,
    ods_cell,
    ods_row,
    ods_text,
    raw_xlsx,
    refusal,
    saved,
    unzipped,
    xlsx,
    zipped,
)

from leitstand.core.tables.problems import Refused
from leitstand.core.tables.reading import DEFAULT_LIMITS, Limits, Sheet, read


def reading(
    content: bytes, name: str = "liste.xlsx", limits: Limits = DEFAULT_LIMITS
) -> list[Sheet]:
    return read(io.BytesIO(content), name, limits)


def rows(content: bytes) -> list[tuple[object, ...]]:
    return [tuple(row.cells) for row in reading(content)[0].rows]


# CSV


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("cp1252", b""),
        ("cp850", b""),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16-le", "utf-16-be", "windows", "dos"],
)
def test_csv_encodings(encoding: str, mark: bytes) -> None:
    text = "Titel;Amt\r\nÜberörtliche Straßen;Amt für Müll\r\n"
    assert rows(mark + text.encode(encoding)) == [
        ("Titel", "Amt"),
        ("Überörtliche Straßen", "Amt für Müll"),
    ]


def test_csv_in_windows_encoding_says_so_and_knows_the_euro_sign() -> None:
    sheet = reading("Titel;Kosten\nStraße „A“;5 €\n".encode("cp1252"))[0]
    assert sheet.rows[1].cells == ("Straße „A“", "5 €")
    with override("de"):
        assert [str(note) for note in sheet.notes] == [
            "Der Text wurde als Windows-Text (Windows-1252) gelesen."
        ]


@pytest.mark.parametrize(
    "delimiter", [";", ",", "\t", "|"], ids=["semicolon", "comma", "tab", "bar"]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_csv_delimiters_and_line_ends(delimiter: str, ending: str) -> None:
    lines = ["Titel|Kosten|Text", 'A|"1,5; x"|"b|c"', "B|2|d"]
    text = ending.join(line.replace("|", delimiter) for line in lines)
    assert rows(text.encode()) == [
        ("Titel", "Kosten", "Text"),
        ("A", f"1,5{delimiter if delimiter == '|' else ';'} x".replace("|", ";"), f"b{delimiter}c"),
        ("B", "2", "d"),
    ]


def test_csv_line_breaks_quotes_and_semicolons_inside_cells() -> None:
    text = 'Titel;Text\r\nA;"Zeile 1\r\nZeile 2; ""so"""\r\nB;x\r\n'
    sheet = reading(text.encode())[0]
    assert sheet.rows[1].cells == ("A", 'Zeile 1\r\nZeile 2; "so"')
    assert sheet.rows[2].number == 3, "one record is one row, as in the spreadsheet program"


def test_csv_mixed_line_ends_ragged_and_empty_rows_keep_their_numbers() -> None:
    sheet = reading(b"a;b;c\r\n1;2\n\n;;\r1;2;3;4\r\n;;;\n\n")[0]
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, ("a", "b", "c")),
        (2, ("1", "2")),
        (5, ("1", "2", "3", "4")),
    ]
    assert sheet.width == 4


def test_csv_decimal_commas_do_not_part_cells() -> None:
    text = "Titel;Kosten\n" + "".join(f"V{n};{n},50\n" for n in range(50))
    assert rows(text.encode())[7] == ("V6", "6,50")


def test_csv_of_one_column_and_with_declared_delimiter() -> None:
    assert rows(b"Titel\nA\nB\n") == [("Titel",), ("A",), ("B",)]
    sheet = reading(b"sep=|\r\nTitel|x;y;z\r\nA|1;2;3\r\n")[0]
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, ("Titel", "x;y;z")),
        (2, ("A", "1;2;3")),
    ]


def test_csv_beyond_the_sample_is_read_whole() -> None:
    text = "".join(f"Vorhaben {n} äöü;{n}\r\n" for n in range(20_000))
    sheet = reading(text.encode())[0]
    assert len(sheet.rows) == 20_000
    assert all(row.cells == (f"Vorhaben {n} äöü", str(n)) for n, row in enumerate(sheet.rows))


def test_csv_with_one_broken_character_is_refused_with_its_line() -> None:
    good = "".join(f"Straße {n};Müll\n" for n in range(9_000)).encode()
    problem = refusal(good + b"kaputt \xe4 hier;x\n" + good)
    assert problem.code == "file_encoding"
    with override("de"):
        assert str(problem.where) == "Zeile 9001"


def test_csv_with_an_open_quotation_mark_is_refused_with_its_row() -> None:
    problem = refusal(b'a;b\n1;2\n3;"offen\n4;5\n')
    with override("de"):
        assert "Zeile 3" in str(problem.where)


def test_csv_takes_the_apostrophe_of_neutralised_text_off_again() -> None:
    assert rows(b"Titel;x\n'=1+1;'-5 Grad\n'Tis;''=x\n")[1:] == [
        ("=1+1", "-5 Grad"),
        ("'Tis", "'=x"),
    ]


# XLSX


def test_xlsx_values_as_their_user_sees_them() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Text", 5, 2.5, True, date(2026, 12, 31), datetime(2026, 12, 31, 8, 30), "  x "])
    formats = {"A": (0.455, "0.0%"), "B": (date(2026, 12, 1), "mmm yy"), "C": (1, "0%")}
    for letter, (value, number_format) in formats.items():
        sheet[f"{letter}3"] = value
        sheet[f"{letter}3"].number_format = number_format
    sheet["D3"] = date(2027, 1, 1)
    sheet["D3"].number_format = "yyyy"
    sheet["E3"] = 46387
    sheet["E3"].number_format = '#,##0.00\\ "Tage";[Red]-0'
    sheet.row_dimensions[3].hidden = True
    read_back = reading(saved(book))[0]
    assert [(row.number, row.cells) for row in read_back.rows] == [
        (1, ("Text", 5, 2.5, True, datetime(2026, 12, 31), datetime(2026, 12, 31, 8, 30), "  x ")),
        (3, ("45,5 %", "12/2026", "100 %", "2027", 46387)),
    ]


def test_xlsx_agrees_with_openpyxl_on_a_large_sheet() -> None:
    made = [
        [f"Straße & <{n}>", n / 7, n, n % 2 == 0, date(2020, 1, 1 + n % 28), None, "ü" * (n % 50)]
        for n in range(500)
    ]
    content = xlsx(*made)
    peer = openpyxl.load_workbook(io.BytesIO(content)).active
    assert peer is not None
    expected = [list(line) for line in peer.iter_rows(values_only=True)]
    for row, line in zip(reading(content)[0].rows, expected, strict=True):
        assert [row.cell(index) for index in range(len(line))] == line


def test_xlsx_sheets_hidden_ones_marked_empty_ones_left_out() -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "leer"
    book.create_sheet("Projekte & mehr").append(["a"])
    hidden = book.create_sheet("alt")
    hidden.append(["b"])
    hidden.sheet_state = "hidden"
    book.create_chartsheet("Bild")
    assert [(sheet.name, sheet.hidden) for sheet in reading(saved(book))] == [
        ("Projekte & mehr", False),
        ("alt", True),
    ]


def test_xlsx_of_the_1904_date_system() -> None:
    cell = '<row r="1"><c r="A1" s="1"><v>44925</v></c></row>'
    assert rows(raw_xlsx(cell, workbook='<workbookPr date1904="1"/>')) == [
        (datetime(2026, 12, 31),)
    ]
    assert rows(raw_xlsx(cell)) == [(datetime(2022, 12, 30),)]


def test_xlsx_vertical_merges_are_filled_horizontal_ones_kept() -> None:
    sheet = reading(
        xlsx(
            ["Liste", None, None],
            ["Feld", "Titel", "Amt"],
            ["Verwaltung", "A", "x"],
            [None, "B", "x"],
            [None, "C", "x"],
            ["Zwischentitel", None, None],
            merges=["A1:C1", "A3:A5", "A6:C6"],
        )
    )[0]
    assert [row.cells for row in sheet.rows] == [
        ("Liste",),
        ("Feld", "Titel", "Amt"),
        ("Verwaltung", "A", "x"),
        ("Verwaltung", "B", "x"),
        ("Verwaltung", "C", "x"),
        ("Zwischentitel",),
    ]


def test_xlsx_formulas_give_their_stored_result_or_a_note() -> None:
    sheet = reading(
        raw_xlsx(
            '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>NOW()</f></c>'
            '<c r="C1" t="str"><f>A1&amp;"x"</f><v>2x</v></c><c r="D1" t="e"><f>1/0</f>'
            "<v>#DIV/0!</v></c></row>"
        )
    )[0]
    assert sheet.rows[0].cells == (2, None, "2x", "#DIV/0!")
    with override("de"):
        assert "1 (B1)" in str(sheet.notes[0])


def test_xlsx_text_in_pieces_with_escapes_phonetics_and_inline() -> None:
    content = raw_xlsx(
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c>'
        '<c r="D1" t="inlineStr"><is><t>in</t></is></c></row>',
        strings="<si><r><t>An</t></r><r><t>fang</t></r><rPh><t>x</t></rPh></si>"
        '<si><t xml:space="preserve">a_x000A_b_x005F_x0041_</t></si>',
    )
    assert rows(content) == [("Anfang", "a\nb_x0041_", None, "in")]


def test_xlsx_with_prefixed_names_and_strict_namespaces() -> None:
    content = raw_xlsx('<row r="2"><c r="C2"><v>7</v></c></row>')
    assert [(row.number, row.cells) for row in reading(content)[0].rows] == [(2, (None, None, 7))]


def test_xlsx_links_to_other_files_are_noted_not_followed() -> None:
    book = {"xl/externalLinks/externalLink1.xml": "<externalLink/>"}
    parts = unzipped(xlsx(["a"])) | {name: text.encode() for name, text in book.items()}
    sheet = reading(zipped(dict(parts)))[0]
    assert sheet.rows[0].cells == ("a",)
    assert len(sheet.notes) == 1


def test_formatted_but_empty_rows_to_the_sheet_s_end_do_not_count() -> None:
    empty = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2, 150_000))
    assert rows(raw_xlsx(f'<row r="1"><c r="A1"><v>1</v></c></row>{empty}')) == [(1,)]


# ODS


def test_ods_values_repetitions_and_merges() -> None:
    content = ods(
        ods_row('<table:table-cell table:number-columns-repeated="2"/>', ods_text("Titel"))
        + ods_row(repeat=3)
        + ods_row(
            ods_cell("float", "<text:p>2,50</text:p>", value="2.5"),
            ods_cell("currency", value="1234.00"),
            ods_cell("percentage", value="0.455"),
            ods_cell("date", "<text:p>31.12.26</text:p>", date_value="2026-12-31"),
            ods_cell("date", "<text:p>Dez. 2026</text:p>", date_value="2026-12-01"),
            ods_cell("boolean", boolean_value="true"),
            ods_text("y", number_columns_repeated=2),
            '<table:table-cell table:number-columns-repeated="16376"/>',
        )
        + ods_row(ods_text("Feld", number_rows_spanned=2), ods_text("A"))
        + ods_row("<table:covered-table-cell/>", ods_text("B"))
        + ods_row(ods_text("z"), repeat=2)
        + ods_row("<table:table-cell/>", repeat=1_048_000)
    )
    sheet = reading(content)[0]
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, (None, None, "Titel")),
        (5, (2.5, 1234, "45,5 %", date(2026, 12, 31), "Dez. 2026", True, "y", "y")),
        (6, ("Feld", "A")),
        (7, ("Feld", "B")),
        (8, ("z",)),
        (9, ("z",)),
    ]


def test_ods_white_space_comments_and_formulas() -> None:
    paragraph = (
        "<office:annotation><text:p>Kommentar</text:p></office:annotation><text:p>a<text:s "
        'text:c="3"/>b<text:line-break/>c</text:p><text:p><text:span>d</text:span></text:p>'
    )
    content = ods(
        ods_row(ods_cell("string", paragraph), '<table:table-cell table:formula="of:=NOW()"/>')
    )
    sheet = reading(content)[0]
    assert sheet.rows[0].cells == ("a   b\nc\nd",)
    assert len(sheet.notes) == 1


def test_paths_files_and_streams_are_read_alike(tmp_path: Path) -> None:
    content = xlsx(["a", 1])
    path = tmp_path / "liste.csv"
    path.write_bytes(content)
    expected = reading(content)
    assert read(path, "liste") == read(str(path), "liste") == expected

    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self.rest = io.BytesIO(content)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            return self.rest.readinto(buffer)

    assert read(io.BufferedReader(Stream()), "liste") == expected  # type: ignore[arg-type]
    with pytest.raises(Refused):
        read(io.BufferedReader(Stream()), "liste", Limits(bytes=100))  # type: ignore[arg-type]


def test_the_given_file_stays_open() -> None:
    for content in (b"a;b\n", xlsx(["a"]), ods(ods_row(ods_text("a")))):
        file = io.BytesIO(content)
        read(file, "x")
        assert not file.closed
