"""A rollout in the small city: three offices, the shipped template."""

from __future__ import annotations

from typing import Any

from leitstand.portfolio.models import RolloutObstacle, Wave
from tests.portfolio.conftest import on_the_day
from tests.portfolio.rollouts.making import Rolling, build, make_rollout
from tests.scenes import scene

SECRET = "Geheimsache Turmfalke"

_rolling_scene, rolling = scene(
    "rolling", build, "unit_tree", settings=on_the_day, besides="fixed_today"
)
"""E-Akte led by unit 10, internal; units 10, 11 and 20 take part."""


def _hidden(unit_tree: Any) -> Rolling:
    """A strictly confidential rollout led by 2; only unit 20 takes part."""
    from leitstand.portfolio.actions.rollouts.members import add_units
    from tests.portfolio.rollouts.making import SYSTEM

    rollout = make_rollout(unit_tree["2"], SECRET, confidentiality=3)
    add_units(rollout.pk, actor=SYSTEM, unit_ids=[unit_tree["20"].pk])
    found = Rolling(unit_tree, rollout)
    Wave.objects.create(rollout=rollout, title=SECRET)
    RolloutObstacle.objects.create(member=found.member("20"), kind="network", title=SECRET)
    return found


_hidden_scene, hidden = scene(
    "hidden", _hidden, "unit_tree", settings=on_the_day, besides="fixed_today"
)
