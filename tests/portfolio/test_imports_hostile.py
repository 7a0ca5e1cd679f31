"""Hostile and broken files over HTTP: refused with place and remedy, nothing stored."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from openpyxl import Workbook

from leitstand.core.files.models import StoredFile
from leitstand.portfolio.models import ImportRow, ImportRun, Project
from tests.core.tables.files import ods, ods_row, ods_text, raw_xlsx, saved, xlsx, zipped
from tests.portfolio.importing import (
    errors,
    load,
    preview,
    run_at,
    send,
    table,
    text_of,
    verdicts,
    work,
)  # fmt: skip

ENTITIES = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
GOOD = table(("E-Akte", "Hauptamt", "läuft", None, None))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
HEAD = "<row>" + "".join(
    f'<c t="inlineStr"><is><t>{t}</t></is></c>' for t in ("Titel", "Federführung")
) + "</row>"  # fmt: skip

AT_THE_DOOR = {
    "program": (b"MZ\x90\x00" + b"\0" * 500, "Programm"),
    "program of linux": (b"\x7fELF\x02\x01\x01" + b"\0" * 500, "Programm"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "Bild"),
    "log-in page": (b"<!DOCTYPE html><html><body>Anmelden</body></html>", "Internetseite"),
    "old excel": (OLE, ".xls"),
    "excel with password": (OLE + "EncryptedPackage".encode("utf-16-le"), "Kennwort"),
    "text document": (zipped({"[Content_Types].xml": "x", "word/document.xml": "x"}), "Textdokument"),
    "other archive": (zipped({"a.txt": "x"}), "Archiv"),
    "truncated": (GOOD[:-200], "beschädigt"),
    "empty": (b"", "leer"),
    "noise": (bytes(range(1, 32)) * 40, "Tabelle"),
}  # fmt: skip
WHEN_READ = {
    "zip bomb": (
        zipped({
            "[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>" + " " * 60_000_000,
        }),
        "Tabellenprogramm",
    ),
    "entities in xlsx": (raw_xlsx("<row/>", prolog=ENTITIES), "Tabellenprogramm"),
    "entities in ods": (ods(ods_row(ods_text("Titel")), prolog=ENTITIES), "Tabellenprogramm"),
    "ods with password": (
        ods("", manifest="<manifest><file-entry><encryption-data/></file-entry></manifest>"),
        "Kennwort",
    ),
    "broken xml": (raw_xlsx("<row>"), "beschädigt"),
    "too many rows": (b"Titel;Amt\n" + b"x;y\n" * 20_001, "20.000 Zeilen"),
    "too many columns": (b";".join([b"x"] * 201), "200 Spalten"),
    "a cell without end": (b'Titel;Amt\nx;"' + b"y" * 40_000, "Anführungszeichen"),
    "wrong encoding": (b"Titel;Amt\nx\x00y;z\n" + b"a;b\n" * 50, "Null-Bytes"),
}  # fmt: skip


@pytest.fixture
def head(client_of: Callable[..., Client], unit_tree: dict[str, Any]) -> Client:
    """The head of the digital unit in her browser."""
    return client_of("digital-unit")


@pytest.mark.parametrize("kind", sorted(AT_THE_DOOR))
def test_what_is_no_table_is_refused_before_it_is_stored(head: Client, kind: str) -> None:
    content, word = AT_THE_DOOR[kind]
    answer = send(head, content, "liste.xlsx")
    assert answer.status_code == 422
    assert word in text_of(answer)
    assert not StoredFile.objects.exists()
    assert not ImportRun.objects.exists()
    left = (django_settings.CONFIG.data / "tmp").glob("*")
    assert not [path for path in left if path.is_file()]


@pytest.mark.parametrize("kind", sorted(WHEN_READ))
def test_what_turns_out_hostile_ends_with_a_reason(head: Client, kind: str) -> None:
    content, word = WHEN_READ[kind]
    answer = send(head, content, "liste.xlsx")
    if answer.status_code == 302:
        work()
        run = run_at(answer["Location"])
        assert run.state == "failed", run.state
        assert len(run.error.splitlines()) >= 2, "what is wrong and how to mend it"
        answer = head.get(answer["Location"])
        assert "Kein Vorhaben wurde geändert." in text_of(answer)
    assert word in text_of(answer)
    assert not ImportRow.objects.exists()
    assert not Project.objects.exists()


def test_a_formula_counts_by_its_result_and_without_one_is_empty(head: Client) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Titel", "Federführung"])
    sheet.append(['=HYPERLINK("https://example.org","E-Akte")', "Hauptamt"])
    run = preview(head, saved(book))
    assert verdicts(run) == {2: "error"}
    assert errors(run)[2] == "Titel (Zelle A2): Diese Angabe fehlt."
    assert "Formeln ohne gespeichertes Ergebnis" in text_of(head.get(f"/import/{run.pk}/"))


def test_text_that_looks_like_a_formula_stays_text_and_leaves_harmless(head: Client) -> None:
    from openpyxl import load_workbook

    evil = "=cmd|'/C calc'!A0"
    load(head, f'Titel;Federführung\n"{evil}";Hauptamt\n'.encode(), "liste.csv")
    assert Project.objects.get().title == evil
    csv = b"".join(head.get("/vorhaben/export.csv").streaming_content).decode("utf-8-sig")
    assert f";'{evil};" in csv
    xlsx_file = b"".join(head.get("/vorhaben/export.xlsx").streaming_content)
    cells = [c for row in load_workbook(io.BytesIO(xlsx_file)).worksheets[0] for c in row]
    assert next(cell for cell in cells if cell.value == evil).data_type == "s"


def test_markup_in_a_list_is_shown_as_text(head: Client) -> None:
    evil = "<script>alert(1)</script>"
    run = preview(
        head, xlsx((evil, "Titel", "Federführung"), ("x", evil, "Hauptamt"), ("y", "B", evil))
    )
    for query in ("", "?zuordnung"):
        html = head.get(f"/import/{run.pk}/{query}").content.decode()
        assert evil not in html
        assert "&lt;script&gt;" in html


def test_a_renamed_file_is_known_by_its_content(head: Client) -> None:
    run = preview(head, GOOD, "liste.exe")
    assert verdicts(run) == {2: "new"}
    csv = "Titel;Federführung\nA;Hauptamt\n".encode()
    assert verdicts(preview(head, csv, "../../etc/pass wd.xlsx")) == {2: "new"}
    assert "/" not in ImportRun.objects.latest("created_at").file.name


def test_no_file_at_all_is_said(head: Client) -> None:
    answer = head.post("/import/", {})
    assert answer.status_code == 422
    assert 'id="form-errors"' in answer.content.decode()
