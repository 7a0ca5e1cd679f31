"""A city's published digital agenda: ``handlungsfeld;projekt;unterstuetzt``, semicolons, UTF-8.

The list names no units; the caller gives the one that leads.
"""

from __future__ import annotations

from pathlib import Path

from leitstand.portfolio.adapters.rows import ForeignList, read_rows

COLUMNS = ("handlungsfeld", "projekt", "unterstuetzt")


def read(path: Path) -> ForeignList:
    """Return the list; raises the kernel's ``Refused`` if a column is missing."""
    rows: list[list[str]] = [
        [row["projekt"], row["handlungsfeld"], _goals(row["unterstuetzt"]), "running", str(number)]
        for number, row in enumerate(read_rows(path, COLUMNS, ";"), start=1)
    ]
    mapping = ("title", "fields_of_action", "goals", "phase", "external_key")
    return ForeignList(mapping, rows)


def _goals(text: str) -> str:
    """Goals are parted by commas; the importer parts lists at semicolons."""
    return "; ".join(part.strip() for part in text.split(",") if part.strip())
