"""Blocks of a paper as parts of a DOCX document."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from docx.document import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from leitstand.core.base.papers import (
    Block,
    Bullets,
    Cell,
    Facts,
    Figure,
    Heading,
    Kind,
    Mark,
    Note,
    PageBreak,
    Paragraph,
    Shares,
    Table,
    Tone,
)
from leitstand.reporting.output.written import as_png, image_format, mark_words, part_text

_TONES = {
    Tone.GREEN: "1A7F4B", Tone.YELLOW: "E0A100", Tone.RED: "B3261E", Tone.GREY: "8792A1",
    Tone.NONE: "0B4F8A",
}  # fmt: skip
_WIDTH = Mm(166)


class Writer:
    """Adds blocks at the end of a document, or before a paragraph of it."""

    def __init__(self, word: Word, before: Any | None = None) -> None:
        self.word = word
        self._before = before
        self._known = {style.name.casefold() for style in word.styles if style.name}

    def add(self, blocks: Iterable[Block]) -> None:
        """Add all blocks."""
        writers: dict[type, Callable[[Any], None]] = {
            Heading: self._heading, Paragraph: self._text, Bullets: self._bullets,
            Table: self._table, Shares: self._shares, Figure: self._figure, Note: self._note,
            Facts: lambda block: self.facts(block.pairs), PageBreak: self._break,
        }  # fmt: skip
        for block in blocks:
            if type(block) in writers:
                writers[type(block)](block)

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Name and text, a line each."""
        for name, text in pairs:
            line = self._paragraph("")
            line.add_run(f"{name}: ").bold = True
            line.add_run(text)
            line.paragraph_format.space_after = Pt(2)

    def _paragraph(self, text: str, style: str = "") -> Any:
        named = style if style.casefold() in self._known else None
        if self._before is not None:
            made = self._before.insert_paragraph_before(text, named)
        else:
            made = self.word.add_paragraph(text, named)
        if style.startswith("Heading") and named is None and made.runs:
            made.runs[0].bold = True
        return made

    def _heading(self, block: Heading) -> None:
        self._paragraph(block.text, f"Heading {block.level}")

    def _text(self, block: Paragraph) -> None:
        line = self._paragraph(block.text)
        for run in line.runs:
            if block.style == "lead":
                run.bold = True
            elif block.style == "small":
                run.font.size = Pt(8.5)

    def _bullets(self, block: Bullets) -> None:
        style = "List Number" if block.numbered else "List Bullet"
        for number, item in enumerate(block.items, 1):
            known = style.casefold() in self._known
            sign = "" if known else f"{number}. " if block.numbered else "• "
            self._paragraph(sign + item, style)

    def _table(self, block: Table) -> None:
        caption = self._paragraph(block.caption)
        for run in caption.runs:
            run.bold = True
        caption.paragraph_format.keep_with_next = True
        table = self.word.add_table(len(block.rows) + 1, len(block.columns))
        table.style = "Table Grid" if "table grid" in self._known else None
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        self._describe(table, block)
        cells = list(table._cells)
        count = len(block.columns)
        for place, column in enumerate(block.columns):
            _fill(cells[place], Cell(column.title), column.kind, bold=True)
            _shade(cells[place], "F1F4F8")
        for number, row in enumerate(block.rows, 1):
            bold = block.total and number == len(block.rows)
            for place, cell in enumerate(row):
                _fill(cells[number * count + place], cell, block.columns[place].kind, bold=bold)
        if self._before is not None:
            self._before._p.addprevious(table._tbl)
        self._text(Paragraph(block.note, "small"))

    def _describe(self, table: Any, block: Table) -> None:
        """Widths, the header row that repeats, and the name that screen readers say."""
        total = sum(column.weight for column in block.columns) or 1
        for place, column in enumerate(block.columns):
            table.columns[place].width = int(_WIDTH * column.weight / total)
        head = table.rows[0]._tr.get_or_add_trPr()
        head.append(OxmlElement("w:tblHeader"))
        for row in table._tbl.tr_lst:
            row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        name = OxmlElement("w:tblCaption")
        name.set(qn("w:val"), block.caption[:250])
        table._tbl.tblPr.append(name)

    def _shares(self, block: Shares) -> None:
        caption = self._paragraph(block.caption)
        for run in caption.runs:
            run.bold = True
        for part in block.parts:
            line = self._paragraph("")
            square = line.add_run("■ ")
            square.font.color.rgb = RGBColor.from_string(_TONES[part.tone])
            line.add_run(part_text(block, part))
            line.paragraph_format.space_after = Pt(2)

    def _figure(self, block: Figure) -> None:
        drawn = block.data if image_format(block.data) in ("png", "jpg") else as_png(block.data)
        line = self._paragraph("")
        shape = line.add_run().add_picture(io.BytesIO(drawn), width=_WIDTH)
        shape._inline.docPr.set("descr", block.alt)
        if block.caption:
            self._text(Paragraph(block.caption, "small"))

    def _note(self, block: Note) -> None:
        line = self._paragraph("")
        if block.title:
            line.add_run(f"{block.title}\n").bold = True
        line.add_run(block.text)
        properties = line._p.get_or_add_pPr()
        properties.append(
            parse_xml(
                f"<w:pBdr {nsdecls('w')}><w:left w:val='single' w:sz='24' w:space='6' "
                f"w:color='{_TONES[block.tone]}'/></w:pBdr>"
            )
        )

    def _break(self, _block: PageBreak) -> None:
        self._paragraph("").add_run().add_break(WD_BREAK.PAGE)


def _fill(target: Any, cell: Cell, kind: Kind, *, bold: bool) -> None:
    line = target.paragraphs[0]
    if kind is not Kind.TEXT:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    line.paragraph_format.space_after = Pt(0)
    if cell.tone:
        dot = line.add_run("● ")
        dot.font.size, dot.font.color.rgb = Pt(8), RGBColor.from_string(_TONES[cell.tone])
    text = line.add_run(cell.text)
    text.bold, text.font.size, text.font.strike = bold or None, Pt(8.5), cell.mark is Mark.GONE
    if cell.mark is not Mark.NONE:
        mark = line.add_run(f" {mark_words()[cell.mark]}")
        mark.bold, mark.font.size = True, Pt(7)
        _shade(target, "FFF6DA")


def _shade(cell: Any, colour: str) -> None:
    cell._tc.get_or_add_tcPr().append(
        parse_xml(f"<w:shd {nsdecls('w')} w:val='clear' w:color='auto' w:fill='{colour}'/>")
    )
