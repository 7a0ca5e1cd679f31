"""PDF: structure (PDF/UA-1, PDF/A-2a), hostile texts, fonts, pictures."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
from django.utils import translation

from leitstand.core.base.errors import Unavailable
from leitstand.core.base.papers import Figure, Paragraph
from leitstand.reporting.output import pdf
from leitstand.reporting.output.formats import FORMATS
from tests.reporting.papers import document, table


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def elements(file: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """All structure elements, in reading order."""
    found, waiting = [], [file.Root.StructTreeRoot.K]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, pikepdf.Array):
            waiting = list(item) + waiting
        elif isinstance(item, pikepdf.Dictionary) and "/S" in item:
            found.append(item)
            waiting = [item.K, *waiting] if "/K" in item else waiting
    return found


def scopes(cell: pikepdf.Dictionary) -> set[str]:
    held = cell.get("/A", pikepdf.Array())
    held = held if isinstance(held, pikepdf.Array) else [held]
    return {str(one.Scope) for one in held if "/Scope" in one}


def test_structure_of_an_accessible_file() -> None:
    """Matterhorn protocol 1.1: what a program can check, of every kind of block."""
    written = FORMATS["pdf"].write(document())
    assert written.remarks == ()
    file = opened(written.data)
    assert bool(file.Root.MarkInfo.Marked)
    assert str(file.Root.Lang).startswith("de")
    assert bool(file.Root.ViewerPreferences.DisplayDocTitle)
    with file.open_metadata() as xmp:
        assert xmp["dc:title"] == "Sachstandsbericht"
        assert xmp["pdfuaid:part"] == "1"
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("2", "A")
    all_of_them = elements(file)
    kinds = [str(one.S) for one in all_of_them]
    assert {"/H1", "/H2", "/P", "/L", "/LI", "/Table", "/THead", "/TR", "/TH", "/TD", "/Figure",
            "/Caption"} <= set(kinds)  # fmt: skip
    heads = [one for one in all_of_them if str(one.S) == "/TH"]
    assert len(heads) == 10
    assert all(scopes(one) == {"/Column"} for one in heads)
    figures = [one for one in all_of_them if str(one.S) == "/Figure"]
    assert "Ein schwarzer Balken" in [str(one.Alt) for one in figures]
    assert all(str(one.Alt) for one in figures)
    for page in file.pages:
        assert str(page.get("/Tabs", "/S")) == "/S"
        for font in page.Resources.get("/Font", {}).values():
            descendant = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())


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
