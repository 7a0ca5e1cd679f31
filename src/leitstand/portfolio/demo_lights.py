"""Demo data of indicators and early warnings, loaded through importers and actions."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio.actions.indicator_import import import_indicators
from leitstand.portfolio.actions.indicator_values_import import import_values
from leitstand.portfolio.actions.warnings import create_warning
from leitstand.portfolio.models import Project


class DemoProblem(Exception):
    """The demo files do not fit the importers: a programming error, told in full."""


def load(folder: Path, actor: Actor) -> None:
    """Load indicators with their values, and early warnings."""
    for name, load_rows in (
        ("indicators.csv", import_indicators),
        ("indicator_values.csv", import_values),
    ):
        result = load_rows(_rows(folder / name), actor=actor)
        if result.errors:
            raise DemoProblem(f"{name}: {result.errors[:3]}")
    _warnings(_rows(folder / "early_warnings.csv"), actor)


def _warnings(rows: list[dict[str, str]], actor: Actor) -> None:
    units = {row.code: row for row in OrgUnit.objects.all()}
    numbers = dict(Project.objects.values_list("title", "number"))
    for row in rows:
        titles, touched = row.pop("projects"), row.pop("units")
        projects = [numbers[title.strip()] for title in titles.split(", ") if title.strip()]
        values: dict[str, Any] = {
            **row, "day": date.fromisoformat(row["day"]), "unit": units[row["unit"]],
            "lead_days": int(row["lead_days"]), "confidentiality": int(row["confidentiality"]),
        }  # fmt: skip
        create_warning(actor=actor, values=values, projects=", ".join(projects), units=touched)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter=";"))
