"""DOCX: a document of its own in the neutral form."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from leitstand.core.base.papers import Document
from leitstand.reporting.output.word_blocks import Writer
from leitstand.reporting.output.written import Written, footer, prepared


def write(document: Document) -> Written:
    """The document as DOCX in the neutral form."""
    document, remarks = prepared(document)
    word = docx.Document()
    _page(word)
    _head(word, document)
    properties(word, document)
    Writer(word).add(document.blocks)
    foot = word.sections[0].footer.paragraphs[0]
    foot.text = footer(document)
    foot.runs[0].font.size = Pt(8)
    return Written(saved(word), remarks)


def _page(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(24), Mm(20)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    normal: Any = word.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)


def _head(word: Word, document: Document) -> None:
    if document.sender or document.kicker:
        line = word.add_paragraph(" · ".join(filter(None, [document.sender, document.kicker])))
        line.runs[0].font.bold = True
    word.add_heading(document.title, 0).alignment = WD_ALIGN_PARAGRAPH.LEFT
    Writer(word).facts(document.cover)


def properties(word: Word, document: Document) -> None:
    """Title, author and language, for screen readers and lists of files."""
    core = word.core_properties
    core.title, core.author = document.title[:255], document.sender[:255]
    core.language = document.language
    fonts = word.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if fonts is not None:
        language = fonts.find(qn("w:lang"))
        if language is None:
            language = OxmlElement("w:lang")
            fonts.append(language)
        language.set(qn("w:val"), "de-DE" if document.language == "de" else document.language)


def saved(book: Word) -> bytes:
    """The bytes of a document."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
