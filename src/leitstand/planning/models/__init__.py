"""Tables of planning."""

from leitstand.planning.models.scenario import Scenario, ScenarioChange
from leitstand.planning.models.supply import (
    GradeCost,
    PlanningBasis,
    Position,
    Restriction,
    RoleBasis,
)

__all__ = [
    "GradeCost", "PlanningBasis", "Position", "Restriction", "RoleBasis", "Scenario",
    "ScenarioChange",
]  # fmt: skip
