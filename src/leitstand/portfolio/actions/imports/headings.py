"""Headings between the projects of a list: no projects, but perhaps their programme or field."""

from __future__ import annotations

from bisect import bisect
from typing import Any

from leitstand.portfolio.actions.imports.parsing import Parsed
from leitstand.portfolio.actions.imports.references import References
from leitstand.portfolio.models import ImportRun

OPTION = "headings"
LENT = ("programme", "fields_of_action")
AS_ROWS = "rows"


class Headings:
    """Which rows of a run are headings, and what those below them take from them."""

    def __init__(self, run: ImportRun) -> None:
        found = [] if self._as_rows(run) else run.counts.get("headings", [])
        self.numbers = [int(number) for number, _text in found]
        self.texts = [str(text) for _number, text in found]
        self._known = set(self.numbers)
        option = run.options.get(OPTION, "")
        self.lent = option if option in LENT else ""

    @staticmethod
    def _as_rows(run: ImportRun) -> bool:
        return bool(run.options.get(OPTION) == AS_ROWS)

    def __contains__(self, number: int) -> bool:
        return number in self._known

    def lend(self, number: int, parsed: Parsed, references: References) -> None:
        """Put the heading above a row into its field, if the row says nothing itself."""
        above = bisect(self.numbers, number)
        if not self.lent or not above or self.lent in parsed.values:
            return
        text = self.texts[above - 1]
        value: Any = references.named(self.lent, text)
        if self.lent == "fields_of_action" and value is not None:
            value = [value]
        parsed.names.setdefault(self.lent, text)
        if value is None:
            parsed.left_out.setdefault(self.lent, text)
        else:
            parsed.values[self.lent] = value
