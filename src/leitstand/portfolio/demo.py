"""Demo data of the portfolio, loaded through the product's own importers."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.demo.loading import BEGAN
from leitstand.core.history.actions import told_before
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio import demo_rounds
from leitstand.portfolio.actions.imports import direct, plans
from leitstand.portfolio.actions.imports.parts import import_parts
from leitstand.portfolio.actions.strategy import create_entry
from leitstand.portfolio.demo_past import Past
from leitstand.portfolio.models import FieldOfAction, Goal, Programme, Project, Skill

PARTS = (
    ("milestones.csv", "milestone"),
    ("work_packages.csv", "work-package"),
    ("efforts.csv", "effort"),
    ("budget.csv", "budget"),
    ("funding.csv", "funding"),
    ("consultations.csv", "consultation"),
    ("waiting.csv", "waiting"),
    ("risks.csv", "risk"),
    ("obstacles.csv", "obstacle"),
    ("decisions.csv", "decision"),
    ("partners.csv", "partner"),
    ("team.csv", "person"),
)


class DemoProblem(Exception):
    """The demo files do not fit the importers: a programming error, told in full."""


def load(folder: Path, actor: Actor) -> None:
    """Load strategy, projects, their parts, ties, baselines and priorities from ``folder``."""
    _strategy(folder, actor)
    run = direct.import_file(
        folder / "projects.csv", actor=actor, options={"missing_units": "error"}
    )
    if run.counts.get("error"):
        raise DemoProblem(f"projects.csv: {run.counts['error']} rows have errors")
    for name, kind in PARTS:
        result = import_parts(kind, folder / name, actor=actor)
        if result.errors:
            raise DemoProblem(f"{name}: {result.errors[:3]}")
    plans.import_dependencies(folder / "dependencies.csv", actor=actor)
    plans.import_baselines(folder / "baselines.csv", actor=actor)
    plans.import_criteria(folder / "criteria.csv", actor=actor)
    plans.import_scores(folder / "scores.csv", actor=actor)


def load_history(folder: Path, actor: Actor) -> None:
    """What was known before: each line of ``history.csv`` says a project's value up to a day;
    the rest is told when its own days say so."""
    found = {row.external_key: row.pk for row in Project.objects.exclude(external_key="")}
    rows = sorted(_rows(folder / "history.csv"), key=lambda row: row["until"], reverse=True)
    for row in rows:
        day = date.fromisoformat(row["until"])
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        field: Any = Project._meta.get_field(row["field"])
        value = field.to_python(row["before"] or None) if field.null else row["before"]
        told_before(Project, found[row["project"]], moment, {row["field"]: value})
    demo_rounds.close_first(actor)
    Past(BEGAN).load()


def is_loaded() -> bool:
    """Whether there are projects already."""
    return Project.objects.exists()


def _strategy(folder: Path, actor: Actor) -> None:
    for row in _rows(folder / "fields.csv"):
        values: dict[str, Any] = {**row, "position": int(row["position"])}
        _create("field-of-action", FieldOfAction, values, actor)
    fields = {row.code: row for row in FieldOfAction.objects.all()}
    for row in _rows(folder / "goals.csv"):
        tied = {"field_of_action": fields[row["field_of_action"]]}
        _create("goal", Goal, {**row, **tied, "target_date": _day(row["target_date"])}, actor)
    units = {row.code: row for row in OrgUnit.objects.all()}
    for row in _rows(folder / "programmes.csv"):
        dates = {name: _day(row[name]) for name in ("start", "end")}
        _create(
            "programme", Programme, {**row, **dates, "lead_unit": units[row["lead_unit"]]}, actor
        )
    for row in _rows(folder / "skills.csv"):
        _create("skill", Skill, dict(row), actor)


def _create(kind: str, model: type[Any], values: dict[str, Any], actor: Actor) -> None:
    if not model.objects.filter(code=values["code"]).exists():
        create_entry(kind, actor=actor, values=values)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter=";"))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
