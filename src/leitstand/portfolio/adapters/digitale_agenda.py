"""A city's published digital agenda: ``handlungsfeld;projekt;unterstuetzt``, semicolons, UTF-8.

The list names no units; the caller gives the one that leads.
"""

from __future__ import annotations

import csv
from pathlib import Path

from leitstand.portfolio.adapters.rows import ForeignList, refuse_missing

COLUMNS = ("handlungsfeld", "projekt", "unterstuetzt")


def read(path: Path) -> ForeignList:
    """Return the list; raises the kernel's ``Refused`` if a column is missing."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        reader = csv.DictReader(source, delimiter=";")
        refuse_missing(path, COLUMNS, reader.fieldnames or ())
        rows = [
            [row["projekt"], row["handlungsfeld"], _goals(row["unterstuetzt"]), "running", str(n)]
            for n, row in enumerate(reader, start=1)
        ]
    mapping = ("title", "fields_of_action", "goals", "phase", "external_key")
    return ForeignList(mapping, rows)


def _goals(text: str | None) -> str:
    """Goals are parted by commas; the importer parts lists at semicolons."""
    return "; ".join(part.strip() for part in (text or "").split(",") if part.strip())
