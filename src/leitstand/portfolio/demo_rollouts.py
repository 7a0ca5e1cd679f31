"""Demo rollouts, loaded through the product's own actions."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.core.tables.columns import Table
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.values import parse
from leitstand.portfolio.actions.rollouts import members, parts, setup, templates
from leitstand.portfolio.actions.rollouts.cells import CellChange, set_cells
from leitstand.portfolio.models import (
    Project,
    Rollout,
    RolloutCell,
    RolloutTemplate,
    RolloutUnit,
    Wave,
)
from leitstand.portfolio.tables import rollouts as tables

ROLLOUT = {
    "confidentiality": "Vertraulichkeit", "start": "Beginn", "due": "Fertig bis",
    "due_kind": "Art des Termins", "description": "Beschreibung",
}  # fmt: skip
WAVE = {"title": "Welle", "start": "Beginn", "go_live": "Stichtag", "capacity": "Kapazität"}
MEMBER = {"size": "Größe", "affected": "Nimmt teil", "reason": "Grund", "note": "Notiz"}
CELL = {
    "state": "Stand", "planned_start": "Geplanter Beginn", "planned_end": "Geplantes Ende",
    "actual_start": "Tatsächlicher Beginn", "actual_end": "Tatsächliches Ende",
}  # fmt: skip
OBSTACLE = {"kind": "Art", "title": "Titel", "since": "Seit", "resolved_on": "Behoben am"}


def load(folder: Path, actor: Actor) -> None:
    """Load rollouts with waves, units, states and obstacles from ``folder``."""
    templates.install_shipped(actor=actor)
    units = {unit.code: unit for unit in OrgUnit.objects.all()}
    found = {row["Rollout"]: _rollout(row, units, actor) for row in _rows(folder, "rollouts")}
    for row in _rows(folder, "rollout_waves"):
        values = _values(tables.WAVES, row, WAVE)
        parts.add_part("wave", found[row["Rollout"]].pk, actor=actor, values=values)
    for title, rollout in found.items():
        own = [row for row in _rows(folder, "rollout_units") if row["Rollout"] == title]
        _members(rollout, own, units, actor)
        _cells(rollout, [r for r in _rows(folder, "rollout_cells") if r["Rollout"] == title], actor)
    for row in _rows(folder, "rollout_obstacles"):
        rollout = found[row["Rollout"]]
        member = RolloutUnit.objects.get(rollout=rollout, unit__code=row["Einheit"])
        values = _values(tables.OBSTACLES, row, OBSTACLE)
        parts.add_part("obstacle", rollout.pk, actor=actor, values=values, member_id=member.pk)


def _rollout(row: dict[str, str], units: dict[str, OrgUnit], actor: Actor) -> Rollout:
    values = _values(tables.ROLLOUTS, row, ROLLOUT)
    values["confidentiality"] = int(values["confidentiality"])
    project = Project.objects.filter(external_key=row["Projekt"]).first()
    lead = units[row["Federführung"]]
    return setup.create_rollout(
        actor=actor,
        values={"title": row["Rollout"], "project": project, "lead_unit": lead, **values},
        template_id=RolloutTemplate.objects.get(name=row["Vorlage"]).pk,
    )


def _members(
    rollout: Rollout, rows: Iterable[dict[str, str]], units: dict[str, OrgUnit], actor: Actor
) -> None:
    waves = {wave.title: wave for wave in Wave.objects.filter(rollout=rollout)}
    wanted = {units[row["Einheit"]].pk: row for row in rows}
    for member in members.add_units(rollout.pk, actor=actor, unit_ids=wanted):
        row = wanted[member.unit_id]
        values = {**_values(tables.MEMBERS, row, MEMBER), "wave": waves.get(row["Welle"])}
        members.change_member(
            rollout.pk, member.pk, actor=actor, version=member.version, values=values
        )


def _cells(rollout: Rollout, rows: Iterable[dict[str, str]], actor: Actor) -> None:
    known: dict[tuple[str, str], tuple[uuid.UUID, int]] = {
        (code, title): (key, version)
        for key, version, code, title in RolloutCell.objects.filter(
            member__rollout=rollout
        ).values_list("pk", "version", "member__unit__code", "step__title")
    }
    changes = {}
    for row in rows:
        key, version = known[row["Einheit"], row["Schritt"]]
        changes[key] = CellChange(version, _values(tables.CELLS, row, CELL))
    set_cells(rollout.pk, actor=actor, changes=changes)


def _values(table: Table, row: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    """Model values of a row's columns; empty cells are left out."""
    found: dict[str, Any] = {}
    for name, heading in names.items():
        value = parse(table[name], row[heading])
        if value is not None:
            found[name] = value.last if isinstance(value, PartialDate) else value
    return found


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter=";"))
