"""What a program can check of an accessible PDF (Matterhorn protocol 1.1; PDF/UA-1, PDF/A-2a)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise

import pikepdf


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


def kind(element: pikepdf.Dictionary) -> str:
    return str(element.S)


def scopes(cell: pikepdf.Dictionary) -> set[str]:
    held = cell.get("/A", pikepdf.Array())
    held = held if isinstance(held, pikepdf.Array) else [held]
    return {str(one.Scope) for one in held if "/Scope" in one}


def children(element: pikepdf.Dictionary) -> Iterator[pikepdf.Dictionary]:
    held = element.get("/K", pikepdf.Array())
    for one in held if isinstance(held, pikepdf.Array) else [held]:
        if isinstance(one, pikepdf.Dictionary) and "/S" in one:
            yield one


def check_structure(data: bytes, title: str) -> pikepdf.Pdf:
    """Identification, language, title, tags, headings, tables, figures, fonts."""
    file = opened(data)
    assert bool(file.Root.MarkInfo.Marked)
    assert str(file.Root.Lang).startswith("de")
    assert bool(file.Root.ViewerPreferences.DisplayDocTitle)
    with file.open_metadata() as xmp:
        assert xmp["dc:title"] == title
        assert xmp["pdfuaid:part"] == "1"
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("2", "A")
    found = elements(file)
    _check_headings(found)
    _check_tables(found)
    for one in found:
        if kind(one) == "/Figure":
            assert str(one.get("/Alt", "")).strip(), "a figure without alternative text"
    for page in file.pages:
        assert "/StructParents" in page
        assert str(page.get("/Tabs", "/S")) == "/S"
        for font in page.Resources.get("/Font", {}).values():
            descendant = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())
            assert "/ToUnicode" in font
    return file


def _check_headings(found: list[pikepdf.Dictionary]) -> None:
    """Levels begin with 1 and skip none."""
    levels = [int(kind(one)[2:]) for one in found if kind(one)[:2] == "/H" and kind(one)[2:].isdigit()]
    assert levels and levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def _check_tables(found: list[pikepdf.Dictionary]) -> None:
    """Every table has a head whose cells say that they are for their column, and even rows."""
    for table in (one for one in found if kind(one) == "/Table"):
        parts = list(children(table))
        heads = [part for part in parts if kind(part) == "/THead"]
        assert len(heads) == 1
        rows = [row for part in parts for row in children(part) if kind(row) == "/TR"]
        widths = {len(list(children(row))) for row in rows}
        assert len(widths) == 1, "rows of different lengths"
        cells = [cell for row in children(heads[0]) for cell in children(row)]
        assert cells and all(kind(c) == "/TH" and scopes(c) == {"/Column"} for c in cells)
