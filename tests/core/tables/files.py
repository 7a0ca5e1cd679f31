"""Tables and files for the tests of the tables mechanism, good ones and hostile ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

import pytest
from django.utils.translation import override
from openpyxl import Workbook

from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.core.tables.problems import Refused
from leitstand.core.tables.reading import DEFAULT_LIMITS, Limits, read

PHASES = (
    ("idea", "Idee"),
    ("planned", "geplant"),
    ("running", "laufend"),
    ("done", "abgeschlossen"),
)

PROJECTS = Table(
    kind="project",
    label="Vorhaben",
    label_plural="Vorhaben",
    columns=(
        Column("external_key", "Kennung", ColumnType.TEXT, max_length=60),
        Column(
            "title", "Titel", ColumnType.TEXT, required=True, max_length=200, aliases=("Vorhaben",)
        ),
        Column("summary", "Kurzbeschreibung", ColumnType.LONGTEXT),
        Column(
            "phase",
            "Phase",
            ColumnType.CHOICE,
            choices=PHASES,
            choice_aliases=(("in Umsetzung", "running"),),
        ),
        Column("lead_unit", "Federführung", ColumnType.UNIT),
        Column("lead", "Projektleitung", ColumnType.PERSON),
        Column("goals", "Strategische Ziele", ColumnType.REFERENCES),
        Column("field", "Handlungsfeld", ColumnType.REFERENCE),
        Column("start", "Start", ColumnType.DATE, aliases=("Beginn",)),
        Column("end", "Ende", ColumnType.DATE),
        Column("progress", "Fortschritt", ColumnType.PERCENT, unit="%", minimum=0, maximum=100),
        Column("effort_days", "Aufwand", ColumnType.DECIMAL, unit="PT", minimum=0),
        Column("cost", "Kosten", ColumnType.MONEY),
        Column("cost_2026", "Kosten 2026", ColumnType.MONEY),
        Column("cost_2027", "Kosten 2027", ColumnType.MONEY),
        Column("units", "Anzahl Arbeitsplätze", ColumnType.INTEGER),
        Column("published", "Öffentlich", ColumnType.BOOLEAN),
        Column("number", "Nummer im System", ColumnType.TEXT, importable=False),
    ),
    period=("start", "end"),
)

ROW = {
    "external_key": "0815",
    "title": '=HYPERLINK("https://example.org";"E-Akte")',
    "summary": 'Zeile 1\nZeile 2; mit Semikolon, Komma und "Anführung"',
    "phase": "running",
    "lead_unit": "Amt für Bildung, Jugend und Sport",
    "goals": ("Bildung, Jugend", "Effizienz"),
    "progress": Decimal("33.5"),
    "effort_days": Decimal("1234.25"),
    "cost": Decimal("-1234567.89"),
    "units": 48,
    "published": True,
}


def xlsx(*rows: Sequence[object], merges: Sequence[str] = (), title: str = "Tabelle1") -> bytes:
    """A workbook of one sheet, written by openpyxl."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(parts: dict[str, bytes | str], *, packed: bool = True) -> bytes:
    out = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def raw_xlsx(sheet: str, *, strings: str = "", workbook: str = "", prolog: str = "") -> bytes:
    """A workbook put together from XML, for what no library writes."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}">{workbook}<sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": "<Relationships>"
            f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
            f'<Relationship Id="r3" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
            "xl/sharedStrings.xml": f"<sst {_MAIN}>{strings}</sst>",
            "xl/styles.xml": f'<styleSheet {_MAIN}><cellXfs><xf numFmtId="0"/>'
            '<xf numFmtId="14"/></cellXfs></styleSheet>',
            "xl/worksheets/sheet1.xml": f"{prolog}<worksheet {_MAIN}><sheetData>{sheet}"
            "</sheetData></worksheet>",
        }
    )


_ODS_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"))
)


def ods(table: str, *, manifest: str = "<manifest/>", prolog: str = "") -> bytes:
    """An OpenDocument spreadsheet of one table "T" from the XML of its rows."""
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": f"{prolog}<office:document-content {_ODS_NAMES}><office:body>"
            f'<office:spreadsheet><table:table table:name="T">{table}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def ods_row(*cells: str, repeat: int = 1) -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{repeat}">{"".join(cells)}</table:table-row>'
    )


def ods_text(text: str, **attributes: object) -> str:
    return ods_cell("string", f"<text:p>{escape(text)}</text:p>", **attributes)


def ods_cell(kind: str, content: str = "", **attributes: object) -> str:
    written = " ".join(
        f"{_ods_name(name)}={quoteattr(str(value))}" for name, value in attributes.items()
    )
    return f'<table:table-cell office:value-type="{kind}" {written}>{content}</table:table-cell>'


def _ods_name(name: str) -> str:
    prefix = "office" if name.endswith("value") else "table"
    return f"{prefix}:{name.replace('_', '-')}"


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def refusal(content: bytes, limits: Limits = DEFAULT_LIMITS) -> Refused:
    with pytest.raises(Refused) as caught:
        read(io.BytesIO(content), "liste.xlsx", limits)
    with override("de"):
        assert str(caught.value.remedy), "a refusal says how to mend it"
    return caught.value
