"""A small office to plan with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from leitstand.planning.actions.supply import create_entry
from leitstand.planning.models import Position
from leitstand.portfolio.models import Skill
from tests.portfolio.making import SYSTEM, make_item, make_project
from tests.portfolio.views import World


@dataclass
class Office:
    """Objects by short names."""

    world: World
    lead: Skill
    craft: Skill
    position: Position
    sized: Any
    bare: Any


def build(world: World) -> Office:
    """Project lead (one post, one vacant), craft (half a post until mid-2027)."""
    lead = Skill.objects.create(code="PL", name="Projektleitung")
    craft = Skill.objects.create(code="FACH", name="Facharbeit")

    def post(number: str, skill: Skill, unit: str, **values: Any) -> Any:
        return create_entry("position", actor=SYSTEM, values={
            "number": number, "title": "Stelle", "unit": world.units[unit], "skill_id": skill.pk,
            "grade": "EG 11", "share": Decimal(1), **values})  # fmt: skip

    position = post("S-1", lead, "10")
    post("S-2", lead, "10", vacant=True, filled_from=date(2027, 2, 15))
    post("S-3", craft, "20", share=Decimal("0.5"), end=date(2027, 6, 30), fixed_term=True)
    values = {"background_percent": 50, "mix_percent": 0, "grade": "EG 11"}
    create_entry("role", actor=SYSTEM, values={"skill_id": lead.pk, **values})
    create_entry("restriction", actor=SYSTEM, values={
        "kind": "interim", "start": date(2027, 1, 1), "end": date(2027, 3, 31), "note": ""})  # fmt: skip
    make_item("effort", world.open, skill=lead, effort_days=100)
    make_item("effort", world.secret, skill=craft, effort_days=5000)
    sized = make_project(world.units["11"], "Personalakte", phase="planned", size="S",
                         start=date(2027, 1, 1), end=date(2027, 3, 31))  # fmt: skip
    bare = make_project(world.units["11"], "Ohne alles", phase="planned")
    return Office(world, lead, craft, position, sized, bare)
