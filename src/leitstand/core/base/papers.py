"""The model of a paper: what a committee reads, before it becomes HTML, PDF, DOCX or XLSX.

Every feature may contribute blocks; the writers stand in :mod:`leitstand.reporting.output`.
Texts are plain: no markup of any kind is ever read out of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Tone(StrEnum):
    """Colour of a text; the text itself always says the same."""

    NONE = ""
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


class Mark(StrEnum):
    """How a row or cell differs from the edition before."""

    NONE = ""
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


class Kind(StrEnum):
    """What a column holds; all but text stand at the right edge."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title; levels begin with 1 and skip none."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``style`` is empty, ``lead`` (a summary) or ``small`` (a remark)."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``weight`` is its share of the width."""

    title: str
    kind: Kind = Kind.TEXT
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; ``value`` is the number or ISO day behind the text, for spreadsheets."""

    text: str
    value: float | str | None = None
    tone: Tone = Tone.NONE
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption and one header row; ``total`` marks the last row as a sum."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole."""

    label: str
    value: float
    tone: Tone = Tone.NONE


@dataclass(frozen=True, slots=True)
class Shares:
    """A bar that shows parts of a whole; every part is written out beside it."""

    caption: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture (PNG, JPEG or SVG) with the text that stands for it."""

    data: bytes
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of name and text, such as the fields of a cover sheet."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in a box."""

    title: str
    text: str
    tone: Tone = Tone.NONE


@dataclass(frozen=True, slots=True)
class Words:
    """A place for an editor's own words; ``label`` says what belongs there."""

    slot: str
    label: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = (
    Heading | Paragraph | Bullets | Table | Shares | Figure | Facts | Note | Words | PageBreak
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A whole paper. ``day`` is the date of its figures, ``state`` stands in the footer
    (a draft says so on every page), ``sender`` is who issues it."""

    title: str
    day: date
    blocks: tuple[Block, ...]
    language: str = "de"
    kicker: str = ""
    sender: str = ""
    state: str = ""
    cover: tuple[tuple[str, str], ...] = ()
