"""DOCX (neutral and into a city's template), XLSX and HTML."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import docx
import pytest
from django.utils import translation
from docx.oxml.ns import qn
from openpyxl import load_workbook

from leitstand.core.base.errors import Refused
from leitstand.core.base.papers import Paragraph
from leitstand.reporting.output import html, word_template
from leitstand.reporting.output.formats import FORMATS
from tests.reporting.papers import HOSTILE, document


def saved(made: Any) -> bytes:
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def template(*texts: str) -> bytes:
    made = docx.Document()
    for text in texts:
        made.add_paragraph(text)
    return saved(made)


def test_word_has_headings_table_heads_language_and_alternative_texts() -> None:
    made = docx.Document(io.BytesIO(FORMATS["docx"].write(document()).data))
    assert (made.core_properties.title, made.core_properties.language) == (
        "Sachstandsbericht",
        "de",
    )
    styles = [p.style.name for p in made.paragraphs]
    assert {"Title", "Heading 1", "Heading 2", "List Bullet", "List Number"} <= set(styles)
    assert made.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert made.tables[0].cell(1, 0).text.startswith(HOSTILE)
    described = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert described == ["Ein schwarzer Balken", "Ein roter Punkt"]
    assert made.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "de-DE"


def test_a_city_template_is_filled_where_it_says_so() -> None:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "{{ Absender }}"
    torn = made.add_paragraph()
    for piece in ("Betreff: {{ ti", "tel }", "} – {{vorlage nr.}}"):
        torn.add_run(piece)
    made.add_table(1, 1).cell(0, 0).text = "Stand {{stand}}"
    made.add_paragraph("{{ inhalt }}")
    made.add_paragraph("Unterschrift")
    result = docx.Document(io.BytesIO(word_template.into_template(document(), saved(made)).data))
    texts = [p.text for p in result.paragraphs]
    assert texts[0] == "Betreff: Sachstandsbericht – 2026/0214"
    assert texts.index("Auf einen Blick") < texts.index("Unterschrift")
    assert result.sections[0].header.paragraphs[0].text == "Stadt Musterstadt"
    assert result.tables[0].cell(0, 0).text == "Stand 20.11.2026"
    assert [len(t.columns) for t in result.tables] == [1, 5, 5]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        pytest.param(template("{{ tietel }} {{ inhalt }}x", "{{Datum}}"), "Datum, tietel", id="unknown fields"),
        pytest.param(template("{{ titel }}"), "inhalt", id="no place for the paper"),
        pytest.param(template("{{ inhalt }}", "{{ inhalt }}"), "inhalt", id="two places"),
        pytest.param(template("vor {{ inhalt }} nach"), "inhalt", id="not alone"),
        pytest.param(b"PK\x03\x04 kaputt", "Word", id="no archive"),
        pytest.param(b"%PDF-1.7", "Word", id="other file"),
    ],
)  # fmt: skip
def test_a_template_that_does_not_fit_is_refused(data: bytes, named: str) -> None:
    with translation.override("de"), pytest.raises(Refused) as problem:
        word_template.into_template(document(), data)
    assert named in problem.value.text
    assert problem.value.remedy


def test_a_template_with_macros_or_too_large_is_refused() -> None:
    for name, content in (("word/vbaProject.bin", b"x"), ("word/media/a", b"\0" * (51 << 20))):
        target = io.BytesIO(template("{{ inhalt }}"))
        with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(name, content)
        with pytest.raises(Refused):
            word_template.into_template(document(), target.getvalue())


def test_spreadsheet_holds_numbers_and_no_formulas() -> None:
    book = load_workbook(io.BytesIO(FORMATS["xlsx"].write(document()).data))
    assert book.sheetnames == ["Inhalt", "Vorhaben Stand Mittel", "Vorhaben Stand Mittel 2"]
    sheet = book.worksheets[1]
    row = [cell.value for cell in sheet[2]]
    assert row == [HOSTILE, "im Zeitplan", 1234.5, 0.5, datetime.datetime(2026, 12, 31)]
    assert sheet["A3"].value == f"{HOSTILE} (geändert)"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:E4")
    evil = FORMATS["xlsx"].write(document('=HYPERLINK("http://x")', sender="@SUM(1)")).data
    first = load_workbook(io.BytesIO(evil)).worksheets[0]
    assert {cell.data_type for row in first.iter_rows() for cell in row if cell.value} == {"s"}


def test_html_stands_alone_and_escapes() -> None:
    page = FORMATS["html"].write(document(f"Titel {HOSTILE}")).data.decode()
    assert '<html lang="de">' in page
    assert "<script" not in page.replace("&lt;script", "")
    assert page.count('scope="col"') == 10
    assert 'alt="Ein schwarzer Balken"' in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "Stand 20.11.2026 · Entwurf" in page
    inside = html.body(document())
    assert inside.index("<h2") < inside.index("<h3")


def test_control_characters_harm_no_format() -> None:
    wild = document("a\x00\x0b\ud800b", blocks=(Paragraph("x\x1f\r\ny\u2028z"),))
    for form in FORMATS.values():
        assert form.write(wild).data
