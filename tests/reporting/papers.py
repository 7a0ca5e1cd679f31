"""A document that holds every kind of block, and texts that must not harm it."""

from __future__ import annotations

import struct
import zlib
from datetime import date
from typing import Any

from leitstand.core.base.papers import (
    Bullets,
    Cell,
    Column,
    Document,
    Facts,
    Figure,
    Heading,
    Kind,
    Mark,
    Note,
    PageBreak,
    Paragraph,
    Part,
    Shares,
    Table,
    Tone,
)

HOSTILE = '#read("/etc/passwd") *fett* $x$ <script>alert(1)</script> = 1 {{ titel }} \\ @quelle'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><rect width="40" height="10"/></svg>'


def png() -> bytes:
    """A sound picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00\xff\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def table(rows: int = 3, text: str = HOSTILE) -> Table:
    columns = (
        Column("Vorhaben", weight=3), Column("Stand", weight=2), Column("Mittel", Kind.MONEY),
        Column("Anteil", Kind.PERCENT), Column("Ende", Kind.DATE),
    )  # fmt: skip
    body = tuple(
        (
            Cell(text, mark=Mark.CHANGED if n == 1 else Mark.NONE),
            Cell("im Zeitplan", tone=Tone.GREEN),
            Cell("1.234,50 €", 1234.5), Cell("50 %", 50), Cell("31.12.2026", "2026-12-31"),
        )
        for n in range(rows)
    )  # fmt: skip
    return Table("Vorhaben: Stand/Mittel", columns, body, note="Quelle: Leitstand")


def document(title: str = "Sachstandsbericht", **fields: Any) -> Document:
    blocks = (
        Heading("Auf einen Blick"),
        Paragraph("Zwei von drei Vorhaben laufen.", "lead"),
        Shares("Stand", (Part("erledigt", 2, Tone.GREEN), Part("geplant", 1, Tone.GREY))),
        Heading("Einzelheiten", 2),
        Paragraph(HOSTILE),
        Bullets(("eins", HOSTILE)),
        Bullets(("erstens", "zweitens"), numbered=True),
        table(),
        table(1, "zweite"),
        Facts((("Gremium", "Hauptausschuss"),)),
        Note("Hinweis", HOSTILE, Tone.RED),
        Figure(SVG, "Ein schwarzer Balken", "Bild 1"),
        Figure(png(), "Ein roter Punkt"),
        PageBreak(),
        Paragraph("Kleingedrucktes", "small"),
    )
    fields = {"sender": "Stadt Musterstadt", "kicker": "Mitteilungsvorlage", "state": "Entwurf",
              "cover": (("Vorlage Nr.", "2026/0214"),), "blocks": blocks, **fields}  # fmt: skip
    return Document(title, date(2026, 11, 20), **fields)
