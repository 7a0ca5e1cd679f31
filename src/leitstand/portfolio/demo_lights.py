"""Demo data of indicators, loaded through the importers."""

from __future__ import annotations

import csv
from pathlib import Path

from leitstand.core.base.actor import Actor
from leitstand.portfolio.actions.indicator_import import import_indicators, import_values


class DemoProblem(Exception):
    """The demo files do not fit the importers: a programming error, told in full."""


def load(folder: Path, actor: Actor) -> None:
    """Load indicators and their values."""
    for name, load_rows in (
        ("indicators.csv", import_indicators),
        ("indicator_values.csv", import_values),
    ):
        result = load_rows(_rows(folder / name), actor=actor)
        if result.errors:
            raise DemoProblem(f"{name}: {result.errors[:3]}")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter=";"))
