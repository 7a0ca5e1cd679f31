"""Makes rollouts for tests, through the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.portfolio.actions.rollouts import members, setup, templates
from leitstand.portfolio.actions.rollouts.cells import CellChange, set_cells
from leitstand.portfolio.models import Rollout, RolloutCell, RolloutTemplate, RolloutUnit

SYSTEM = Actor.system("test")
TODAY = date(2026, 11, 20)


@dataclass
class Rolling:
    """A rollout and its city."""

    units: dict[str, Any]
    rollout: Rollout

    def member(self, code: str) -> RolloutUnit:
        """The unit's row in the rollout."""
        return RolloutUnit.objects.get(rollout=self.rollout, unit__code=code)

    def cell(self, code: str, kind: str = "go_live") -> RolloutCell:
        """The unit's cell in the first step of a kind."""
        rows = RolloutCell.objects.filter(
            member__rollout=self.rollout, member__unit__code=code, step__kind=kind
        )
        return rows.order_by("step__position")[0]

    def set(self, code: str, kind: str = "go_live", actor: Actor = SYSTEM, **values: Any) -> int:
        """Set one cell."""
        cell = self.cell(code, kind)
        return set_cells(
            self.rollout.pk, actor=actor, changes={cell.pk: CellChange(cell.version, values)}
        )

    def url(self, more: str = "") -> str:
        """Address of a page of the rollout."""
        return f"/rollouts/{self.rollout.pk}/{more}"


def template(code: str = templates.E_FILE) -> RolloutTemplate:
    """A shipped template, also after the tables were emptied."""
    templates.install_shipped(actor=SYSTEM)
    return RolloutTemplate.objects.get(code=code)


def make_rollout(unit: Any, title: str = "E-Akte", **values: Any) -> Rollout:
    """A rollout with the steps of the E-Akte."""
    return setup.create_rollout(
        actor=SYSTEM, values={"title": title, "lead_unit": unit, **values},
        template_id=template().pk,
    )  # fmt: skip


def build(units: dict[str, Any]) -> Rolling:
    """Three departments take part."""
    rollout = make_rollout(units["10"])
    members.add_level(rollout.pk, actor=SYSTEM, kinds=["department"])
    return Rolling(units, rollout)


def cell_box(cell: RolloutCell) -> str:
    """What the box of a cell posts."""
    return f"{cell.pk}:{cell.version}"
