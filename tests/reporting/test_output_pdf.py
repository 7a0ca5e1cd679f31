"""PDF: structure (PDF/UA-1, PDF/A-2a), hostile texts, fonts, pictures."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import translation
from PIL import Image

from leitstand.core.base.errors import Unavailable
from leitstand.core.base.papers import Cell, Column, Figure, Heading, Paragraph, Table
from leitstand.reporting.output import pdf
from leitstand.reporting.output.formats import FORMATS
from tests.reporting.papers import document, table
from tests.reporting.structure import check_structure, elements, opened


def test_structure_of_an_accessible_file() -> None:
    """Matterhorn protocol 1.1: what a program can check, of every kind of block."""
    written = FORMATS["pdf"].write(document())
    assert written.remarks == ()
    file = check_structure(written.data, "Sachstandsbericht")
    all_of_them = elements(file)
    kinds = [str(one.S) for one in all_of_them]
    assert {"/H1", "/H2", "/P", "/L", "/LI", "/Table", "/THead", "/TR", "/TH", "/TD", "/Figure",
            "/Caption"} <= set(kinds)  # fmt: skip
    heads = [one for one in all_of_them if str(one.S) == "/TH"]
    assert len(heads) == 10
    figures = [one for one in all_of_them if str(one.S) == "/Figure"]
    assert "Ein schwarzer Balken" in [str(one.Alt) for one in figures]


@pytest.mark.parametrize("title", ["", "Ä" * 300, "Digitalisierungs" * 18, "#panic[] *\n$ \x00"])
def test_any_title_makes_a_file(title: str) -> None:
    written = FORMATS["pdf"].write(document(title))
    assert opened(written.data).Root.MarkInfo.Marked


def test_characters_without_a_font_are_named() -> None:
    written = FORMATS["pdf"].write(document("Bericht 😀", blocks=(Paragraph("漢 Ж Ω ≤"),)))
    (remark,) = written.remarks
    assert "😀" in remark and "漢" in remark and "Ж" not in remark
    assert opened(written.data).Root.Lang


def test_broken_pictures_are_left_out_and_named() -> None:
    broken = (b"\x89PNG\r\n\x1a\nkaputt", b"kein Bild", b"", b"<svg><rect></svg>")
    blocks = tuple(Figure(data, f"Text {n}", f"Bild {n}") for n, data in enumerate(broken))
    for code, form in FORMATS.items():
        written = form.write(document(blocks=blocks))
        assert [f"Bild {n}" in remark for n, remark in enumerate(written.remarks)] == [True] * 4, (
            code
        )


def test_missing_fonts_say_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pdf._fonts.cache_clear()
    monkeypatch.setattr(pdf, "settings", SimpleNamespace(PACKAGE=tmp_path))
    with pytest.raises(Unavailable) as problem, translation.override("de"):
        pdf.write(document())
    assert "make assets" in problem.value.text
    pdf._fonts.cache_clear()


def test_a_long_table_goes_over_pages_with_its_head() -> None:
    plain = replace(document(), blocks=(table(200, "Einführung der elektronischen Akte"),))
    file = opened(FORMATS["pdf"].write(plain).data)
    assert len(file.pages) > 4
    assert sum(str(one.S) == "/Table" for one in elements(file)) == 1
    assert len(pdf.pictures(plain)) == len(file.pages)


def test_the_same_document_gives_the_same_bytes() -> None:
    assert FORMATS["pdf"].write(document()).data == FORMATS["pdf"].write(document()).data


def test_long_words_stay_within_their_columns() -> None:
    """No text begins beyond the right margin: every glyph's run lies on the page."""
    word = "D" * 300
    rows = ((Cell(word), Cell("https://www.beispielstadt.de/verwaltung/digitalisierung/berichte")),) * 2
    blocks = (
        Heading(word), Paragraph(word),
        Table(word, (Column("Name", weight=1), Column("Adresse", weight=1)), rows),
    )  # fmt: skip
    pages = pdf.pictures(document(word, blocks=blocks, sender=word[:200]), ppi=50)
    for data in pages:
        picture = Image.open(io.BytesIO(data)).convert("L")
        margin = picture.crop((picture.width * 193 // 210, 0, picture.width, picture.height))
        assert margin.getextrema()[0] > 200, "something is printed in the right margin"
