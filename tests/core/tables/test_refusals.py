"""Files that are no tables, damaged, protected, hostile or too large: refused with a remedy."""

from __future__ import annotations

import io
import warnings
import zipfile

import pytest
from django.utils.translation import override
from tests.core.tables.files import (
    ods,
    ods_row,
    ods_text,
    raw_xlsx,
    refusal,
    unzipped,
    xlsx,
    zipped,
)

from leitstand.core.tables.reading import Limits

BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {c} "{"&" + b + ";" * 1}">' for b, c in ("ab", "bc", "cd"))
    + "]>"
)
ENCRYPTED_OLE = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
)
ENCRYPTED_ODS = "<manifest><file-entry><encryption-data/></file-entry></manifest>"

REFUSED = {
    "empty": (b"", "file_empty"),
    "only line breaks": (b"\r\n\r\n", "file_empty"),
    "empty workbook": (xlsx(), "file_empty"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_type"),
    "excel with password": (ENCRYPTED_OLE, "file_protected"),
    "ods with password": (ods("", manifest=ENCRYPTED_ODS), "file_protected"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "file_type"),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "file_type"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "file_type"),
    "rtf": (b"{\\rtf1 x}", "file_type"),
    "program": (b"\x7fELF\x02\x01", "file_type"),
    "web page": (b"\xef\xbb\xbf\n <!DOCTYPE html><html><table>", "file_type"),
    "excel 2003 xml": (b'<?xml version="1.0"?><Workbook/>', "file_type"),
    "other zip": (zipped({"a.txt": "x"}), "file_type"),
    "word": (zipped({"[Content_Types].xml": "x", "word/document.xml": "x"}), "file_type"),
    "writer": (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "file_type"),
    "xlsb": (zipped({"[Content_Types].xml": "x", "xl/workbook.bin": "x"}), "file_type"),
    "noise": (bytes(range(1, 32)) * 40, "file_type"),
    "nul bytes": (b"a;b\nc\0;d\n" + b"x;y\n" * 99, "file_damaged"),
    "cut off xlsx": (xlsx(["a"])[:-200], "file_damaged"),
    "cut off head": (b"PK\x03\x04abc", "file_damaged"),
    "no sheet part": (zipped({"[Content_Types].xml": "<Types/>"}), "file_damaged"),
    "broken xml": (raw_xlsx("<row>"), "file_damaged"),
    "string that is not there": (raw_xlsx('<row><c t="s"><v>9</v></c></row>'), "file_damaged"),
    "xlsx with entities": (raw_xlsx("<row/>", prolog=BILLION_LAUGHS), "file_hostile"),
    "ods with entities": (ods("", prolog=BILLION_LAUGHS), "file_hostile"),
    "ods with external dtd": (
        ods("", prolog='<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
        "file_hostile",
    ),
    "column beyond the last": (raw_xlsx('<row><c r="ZZZZ1"><v>1</v></c></row>'), "file_hostile"),
    "rows backwards": (raw_xlsx('<row r="5"/><row r="4"/>'), "file_hostile"),
    "cells backwards": (raw_xlsx('<row><c r="B1"/><c r="A1"/></row>'), "file_hostile"),
    "deep nesting": (raw_xlsx("<a>" * 500 + "</a>" * 500), "file_hostile"),
    "ods repeated beyond sense": (ods(ods_row(ods_text("x"), repeat=10**8)), "file_hostile"),
    "ods wide repetition": (
        ods(ods_row(ods_text("x", number_columns_repeated=501))),
        "too_many_columns",
    ),
    "ods tall repetition": (ods(ods_row(ods_text("x"), repeat=100_001)), "too_many_rows"),
    "xlsx too wide": (raw_xlsx('<row><c r="SG1"><v>1</v></c></row>'), "too_many_columns"),
    "csv too wide": (b";".join([b"x"] * 501), "too_many_columns"),
    "csv too long": (b"x;y\n" * 100_001, "too_many_rows"),
    "csv long cell": (b"a;b\nx;" + b"y" * 40_000, "cell_too_long"),
    "xlsx long cell": (
        raw_xlsx(f'<row><c t="inlineStr"><is><t>{"y" * 40_000}</t></is></c></row>'),
        "cell_too_long",
    ),
    "ods long cell": (ods(ods_row(ods_text("y" * 40_000))), "cell_too_long"),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED)
def test_refused_whatever_the_file_is_called(content: bytes, code: str) -> None:
    assert refusal(content).code == code


def test_a_zip_bomb_is_refused_while_unpacking() -> None:
    bomb = b"<worksheet><sheetData>" + b" " * 40_000_000
    content = zipped(unzipped(xlsx(["a"])) | {"xl/worksheets/sheet1.xml": bomb})
    assert len(content) < 60_000
    assert refusal(content).code == "file_hostile"


def test_many_moderate_parts_count_together() -> None:
    part = b"<worksheet>" + b"0123456789 abcdefghijklmnop" * 40_000 + b"</worksheet>"
    content = zipped(unzipped(xlsx(["a"])) | {"xl/worksheets/sheet1.xml": part})
    assert refusal(content, Limits(unpacked=900_000)).code == "file_hostile"


def test_too_many_entries_are_refused_before_they_are_listed() -> None:
    content = zipped({f"{n}": b"" for n in range(2_001)}, packed=False)
    assert refusal(content).code == "file_hostile"
    long_names = zipped({f"{n}" + "x" * 60_000: b"" for n in range(30)}, packed=False)
    assert refusal(long_names).code == "file_hostile"


def test_huge_shared_strings_are_refused() -> None:
    strings = "<si><t>" + "abcdefghij" * 3_000 + "</t></si>"
    content = raw_xlsx("<row/>", strings=strings * 2_500)
    assert refusal(content).code == "file_hostile"


def test_one_endless_token_is_refused() -> None:
    content = raw_xlsx(f'<row a="{"x" * 9_000_000}"/>')
    assert refusal(content).code == "file_hostile"


def test_an_entry_twice_and_zip_encryption_are_refused() -> None:
    out = io.BytesIO(xlsx(["a"]))
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal(out.getvalue()).code == "file_hostile"
    locked = bytearray(xlsx(["a"]))
    position = 0
    while (position := locked.find(b"PK\x01\x02", position)) >= 0:
        locked[position + 8] |= 1
        position += 4
    assert refusal(bytes(locked)).code == "file_protected"


def test_a_damaged_checksum_is_refused() -> None:
    content = bytearray(zipped(unzipped(xlsx(["Titel des Vorhabens"])), packed=False))
    position = content.index(b"Titel des")
    content[position : position + 5] = b"Titre"
    assert refusal(bytes(content)).code == "file_damaged"


def test_limits_name_the_place_in_german() -> None:
    problem = refusal(b"a;b\n" + b"x;y\n" * 9, Limits(rows=5))
    with override("de"):
        assert str(problem.text) == "Die Tabelle hat mehr als 5 Zeilen."
        assert str(problem.where) == "Tabellenblatt „liste.xlsx“, Zeile 6"
        assert str(problem) == (
            "Die Tabelle hat mehr als 5 Zeilen. (Tabellenblatt „liste.xlsx“, Zeile 6) "
            "Teilen Sie die Datei in mehrere auf."
        )
    assert refusal(b"a;b\n" * 9, Limits(cells=10)).code == "too_many_cells"
    assert refusal(b"a;b\n" * 9, Limits(bytes=10)).code == "file_too_large"
