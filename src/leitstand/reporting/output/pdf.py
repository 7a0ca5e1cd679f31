"""PDF by typst: tagged, PDF/UA-1 and PDF/A-2a in one file.

The look is ``paper.typ`` beside this module. The document goes into it as JSON, so that no text
is ever read as markup. Row headers carry no scope: typst can tag only header rows (0.15).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Unavailable
from leitstand.core.base.papers import Block, Document, Figure, Shares, Table
from leitstand.reporting.output.written import (
    Written,
    cut,
    footer,
    image_format,
    mark_words,
    part_text,
    prepared,
    short_title,
)

TEMPLATE = Path(__file__).with_name("paper.typ")
STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]
FAMILIES = ["Fira Sans", "Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern Math"]
UNKNOWN = "□"
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_WIDE, _MANY = 5, 7
"""From so many columns on, a table is set smaller."""


def write(document: Document) -> Written:
    """The document as PDF; raises ``Unavailable`` if the fonts are missing.

    Characters that no font has become a box; a remark names them.
    """
    document, remarks = prepared(document)
    paper = json.dumps(_paper(document), ensure_ascii=False)
    try:
        return Written(_compile(paper, document), remarks)
    except typst.TypstError as problem:
        missing = sorted(set("".join(_MISSING.findall(problem.diagnostic))))
        if not missing:
            raise
    for character in missing:
        paper = paper.replace(character, UNKNOWN)
    text = _("These characters are in no font and are shown as %(box)s: %(characters)s")
    remark = text % {"box": UNKNOWN, "characters": " ".join(missing)}
    return Written(_compile(paper, document), (*remarks, remark))


def pictures(document: Document, ppi: int = 90) -> list[bytes]:
    """The pages as PNG, to look at."""
    paper = json.dumps(_paper(prepared(document)[0]), ensure_ascii=False)
    made: Any = typst.compile(  # a list as soon as there are several pages
        TEMPLATE, font_paths=_fonts(), sys_inputs={"paper": paper}, format="png", ppi=ppi
    )
    return made if isinstance(made, list) else [made]


def pages(document: Document) -> int | None:
    """How many pages the document has; None if that cannot be told for want of fonts."""
    try:
        _fonts()
    except Unavailable:
        return None
    return _pages(json.dumps(_paper(prepared(document)[0]), ensure_ascii=False))


@lru_cache(maxsize=64)
def _pages(paper: str) -> int:
    source = TEMPLATE.read_bytes() + b"\n#context [#metadata(here().page()) <last>]"
    found = typst.query(
        source, "<last>", field="value", one=True, font_paths=_fonts(), sys_inputs={"paper": paper}
    )
    return int(json.loads(found))


def _compile(paper: str, document: Document) -> bytes:
    return typst.compile(
        TEMPLATE, font_paths=_fonts(), sys_inputs={"paper": paper}, pdf_standards=STANDARDS,
        timestamp=datetime.combine(document.day, time(), UTC),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folder = next(iter(sorted((settings.PACKAGE / "static" / "vendor").glob("fira-sans@*"))), None)
    if folder is not None:
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])
        if FAMILIES[0] in fonts.families():
            return fonts
    raise Unavailable(
        _(
            "The fonts of the papers are not installed, so no PDF can be made. The administrator "
            "fetches them with “make assets”; the other formats work without them."
        )
    )


def _paper(document: Document) -> dict[str, Any]:
    """The document as the template reads it."""
    day = document.day
    return {
        "title": document.title or "–",
        "language": document.language,
        "sender": document.sender,
        "kicker": document.kicker,
        "short": short_title(document),
        "running": cut(document.sender, 60),
        "footer": footer(document),
        "day": [day.year, day.month, day.day],
        "fonts": FAMILIES,
        "cover": document.cover,
        "words": {"page": _("Page {page} of {pages}"), **mark_words()},
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    name = type(block).__name__.lower()
    if isinstance(block, Figure):
        return {
            "block": name, "data": list(block.data), "format": image_format(block.data),
            "alt": block.alt, "caption": block.caption,
        }  # fmt: skip
    found = {"block": name, **asdict(block)}
    if isinstance(block, Shares):
        texts = [part_text(block, part) for part in block.parts]
        found["alt"] = f"{block.caption}: {'; '.join(texts)}"
        for part, text in zip(found["parts"], texts, strict=True):
            part["text"] = text
    if isinstance(block, Table):
        count = len(block.columns)
        found["size"] = 9 if count < _WIDE else 8.5 if count < _MANY else 7.5
    return found
