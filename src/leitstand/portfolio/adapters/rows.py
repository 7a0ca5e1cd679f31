"""What an adapter hands to the importer."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.base.errors import Refused


@dataclass
class ForeignList:
    """Rows in the order of ``mapping`` (field names of the project table)."""

    mapping: Sequence[str]
    rows: list[list[Any]]
    notes: list[str] = field(default_factory=list)


def read_rows(path: Path, columns: Iterable[str], delimiter: str) -> list[dict[str, str]]:
    """Return the rows of a UTF-8 CSV file; raises ``Refused`` if it is none or lacks columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source, delimiter=delimiter, restval="")
            _refuse_missing(path, columns, reader.fieldnames or ())
            return list(reader)
    except (UnicodeDecodeError, csv.Error):
        raise Refused(
            _("The file is not a table that can be read here."),
            where=path.name,
            remedy=_("Use the file as it was published."),
        ) from None


def _refuse_missing(path: Path, needed: Iterable[str], found: Iterable[str]) -> None:
    missing = [name for name in needed if name not in set(found)]
    if missing:
        raise Refused(
            _("The file lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)},
            where=path.name,
            remedy=_("Use the file as it was published."),
        )
