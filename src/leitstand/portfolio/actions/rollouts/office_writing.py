"""Writes the rows of a plan of offices inside the import's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio.actions.imports.creating import new_unit, root_unit
from leitstand.portfolio.actions.imports.references import fold
from leitstand.portfolio.actions.rollouts import cells as cell_actions
from leitstand.portfolio.actions.rollouts.cells import CellChange
from leitstand.portfolio.actions.rollouts.members import change_member, create_members
from leitstand.portfolio.actions.rollouts.office_rows import OfficeRow
from leitstand.portfolio.actions.rollouts.parts import add_part
from leitstand.portfolio.models import Rollout, RolloutCell, RolloutUnit, Wave


class Writer:
    """One import: missing units and waves first, then members, then all cells at once."""

    def __init__(self, rollout: Rollout, actor: Actor) -> None:
        self.rollout, self.actor = rollout, actor
        self.waves = {fold(wave.title): wave for wave in Wave.objects.filter(rollout=rollout)}

    def write(self, rows: Sequence[OfficeRow]) -> None:
        """Write rows whose verdict is created, added or changed."""
        self._units(rows)
        known = set(
            RolloutUnit.objects.filter(rollout=self.rollout).values_list("unit_id", flat=True)
        )
        fresh = {row.unit.pk: row.unit for row in rows if row.unit and row.unit.pk not in known}
        create_members(self.rollout, list(fresh.values()), self.actor)
        found = RolloutUnit.objects.filter(rollout=self.rollout).select_related("unit")
        members = {member.unit_id: member for member in found}
        for row in rows:
            self._member(members[row.unit.pk], row)  # type: ignore[union-attr]
        self._cells(members, rows)

    def _units(self, rows: Sequence[OfficeRow]) -> None:
        missing = [row for row in rows if row.unit is None]
        if not missing:
            return
        root = root_unit(self.actor)
        taken = {code.casefold() for code in OrgUnit.objects.values_list("code", flat=True)}
        for row in missing:
            try:
                row.unit = new_unit(row.name, taken, root, self.actor)
            except NotAllowed as problem:
                raise Invalid({"": [f"{row.name}: {problem.text}"]}) from None

    def _member(self, member: RolloutUnit, row: OfficeRow) -> None:
        values = dict(row.values)
        if row.wave:
            key = fold(row.wave)
            if key not in self.waves:
                made: Any = add_part(
                    "wave", self.rollout.pk, actor=self.actor, values={"title": row.wave}
                )
                self.waves[key] = made
            values["wave"] = self.waves[key]
        if values:
            change_member(
                self.rollout.pk, member.pk, actor=self.actor, version=member.version, values=values
            )

    def _cells(self, members: Mapping[uuid.UUID, RolloutUnit], rows: Sequence[OfficeRow]) -> None:
        wanted = {
            (members[row.unit.pk].pk, step): values  # type: ignore[union-attr]
            for row in rows
            for step, values in row.states.items()
        }
        cells = RolloutCell.objects.filter(member__rollout=self.rollout)
        found = {
            (cell.member_id, cell.step_id): cell
            for cell in cells.select_related("member__unit", "step")
        }
        rows_ = [found[key] for key in wanted if key in found]
        changes = {
            found[key].pk: CellChange(found[key].version, values)
            for key, values in wanted.items()
            if key in found
        }
        cell_actions.write_cells(self.rollout, rows_, changes, self.actor)
