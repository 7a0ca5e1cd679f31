"""What an adapter hands to the importer."""

from __future__ import annotations

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


def refuse_missing(path: Path, needed: Iterable[str], found: Iterable[str]) -> None:
    """Raise ``Refused`` naming the columns that the file lacks."""
    missing = [name for name in needed if name not in set(found)]
    if missing:
        raise Refused(
            _("The file lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)},
            where=path.name,
            remedy=_("Use the file as it was published."),
        )
