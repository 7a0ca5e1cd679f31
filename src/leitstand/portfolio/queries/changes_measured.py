"""How the trail words the events of indicators and of their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leitstand.core.base.changes import Line
from leitstand.portfolio.queries import changes as words
from leitstand.portfolio.tables.indicators import INDICATORS, VALUES


def of_indicator(changes: Mapping[str, Any]) -> list[Line]:
    """Lines of an indicator's event; a value's event tells day, value and note."""
    measured = "day" in changes
    return words.lines(VALUES if measured else INDICATORS, changes)
