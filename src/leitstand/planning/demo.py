"""Demo data of planning: positions, roles, costs, times without new staff, a scenario."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from leitstand.core.accounts.models import Account
from leitstand.core.base.actor import Actor
from leitstand.planning.actions.position_import import import_positions
from leitstand.planning.actions.scenarios import add_change, create_scenario
from leitstand.planning.actions.supply import create_entry
from leitstand.portfolio.facade_planning import plan_facts, skills


class DemoProblem(Exception):
    """The demo files do not fit the importers: a programming error, told in full."""


def load(folder: Path, actor: Actor) -> None:
    """Load positions through the importer, the rest through the actions."""
    by_code = {one.code: one.id for one in skills()}
    plan = import_positions(_rows(folder / "positions.csv"), actor=actor)
    if plan.errors:
        raise DemoProblem(f"positions.csv: {plan.errors[:3]}")
    for row in _rows(folder / "position_roles.csv"):
        values = {
            "skill_id": by_code[row["role"]], "background_percent": int(row["background_percent"]),
            "mix_percent": int(row["mix_percent"]), "grade": row["grade"],
        }  # fmt: skip
        create_entry("role", actor=actor, values=values)
    for row in _rows(folder / "position_costs.csv"):
        cost = {"grade": row["grade"], "year": int(row["year"]), "amount": Decimal(row["amount"])}
        create_entry("cost", actor=actor, values=cost)
    for row in _rows(folder / "position_freezes.csv"):
        days = {name: date.fromisoformat(row[name]) for name in ("start", "end")}
        create_entry("restriction", actor=actor, values={**row, **days})
    _scenario()


def _scenario() -> None:
    """A scenario of the digital unit, shared, with one "what if"; computing it is left to the reader."""
    owner = Account.objects.get(username="digitalisierung")
    actor = Actor(kind="user", name=owner.display_name, account_id=owner.pk)
    values = {
        "title": "Haushalt 2027: mit dem vorhandenen Personal", "shared": True, "seconds": 10,
        "description": "Was wird bis 2030 fertig, was verspätet sich, was würden mehr Stellen ändern?",
    }  # fmt: skip
    row = create_scenario(actor=actor, values=values)
    first = plan_facts(row.confidentiality).projects[0]
    change = {"kind": "weight", "project": first.number, "number": 5}
    add_change(row.pk, actor=actor, values=change)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter=";"))
