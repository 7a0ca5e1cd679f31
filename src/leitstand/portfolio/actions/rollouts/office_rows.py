"""What an import of offices would do, row by row."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from leitstand.core.org.models import OrgUnit


@dataclass
class OfficeRow:
    """What one row would do.

    ``verdict``: created (a new unit), added (a known unit), changed, same, skipped, undecided
    (an unknown office with ``proposals``), error. ``hints`` are said, but stop nothing.
    """

    number: int
    name: str
    verdict: str = "same"
    unit: OrgUnit | None = None
    states: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    wave: str = ""
    problems: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    proposals: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class OfficePlan:
    """All rows of a list, and how many have which verdict."""

    rows: list[OfficeRow]

    def count(self, *verdicts: str) -> int:
        """How many rows have one of the verdicts."""
        return sum(row.verdict in verdicts for row in self.rows)

    @property
    def wrong(self) -> list[OfficeRow]:
        """Rows that stop the import."""
        return [row for row in self.rows if row.verdict in ("error", "undecided")]
