"""Who may see capacity and scenarios, and who keeps positions.

Capacity and demand are shown per role for the whole city, so what a reader may see follows from
the level that her role has city-wide: projects above it are not counted, scenarios above it are
hidden. Positions carry grades and are seen by those who keep them.
"""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.policy import registry
from leitstand.core.policy.grants import grants, why
from leitstand.core.policy.registry import Permission
from leitstand.planning.models import Scenario

VIEW = "planning.view"
SUPPLY = "planning.supply.change"
SCENARIO = "planning.scenario.change"


def register() -> None:
    """Register permissions and their holders."""
    registry.register(
        [
            Permission(
                VIEW, _("See the planning"),
                _("Sees demand and capacity per role, up to the level held for the whole city."),
                "read",
            ),
            Permission(
                SUPPLY, _("Keep positions"),
                _("Keeps positions with grades, costs and the basis of the planning."),
                citywide=True,
            ),
            Permission(
                SCENARIO, _("Make scenarios"),
                _("Makes scenarios of the whole portfolio and adopts their plans."), citywide=True,
            ),
        ],
        {
            "admin": [VIEW], "digital-unit": [VIEW, SUPPLY, SCENARIO], "unit-head": [VIEW],
            "project-lead": [VIEW], "member": [VIEW], "auditor": [VIEW],
        },
    )  # fmt: skip


def level(actor: Actor) -> int:
    """Up to which level projects count for the actor; raises ``NotAllowed`` if none does."""
    found = grants(actor, VIEW).city_level
    if found < 0:
        raise NotAllowed(why(actor, VIEW, citywide=True).text)
    return found


def may_keep(actor: Actor) -> bool:
    """Whether the actor keeps positions."""
    return grants(actor, SUPPLY).city_level >= 0


def visible(actor: Actor) -> QuerySet[Scenario]:
    """Return the scenarios that the actor may see; the only read path.

    Shared ones and her own, up to the level that she holds for the whole city.
    """
    rows = Scenario.objects.all()
    if actor.is_system:
        return rows
    reach = grants(actor, VIEW).city_level
    return rows.filter(Q(shared=True) | Q(owner_id=actor.account_id), confidentiality__lte=reach)


def get_scenario(actor: Actor, scenario_id: uuid.UUID) -> Scenario:
    """Return the scenario or raise ``NotFound``, whether it is missing or hidden."""
    level(actor)
    row = visible(actor).select_related("owner__person", "job").filter(pk=scenario_id).first()
    if row is None:
        raise NotFound
    return row


def may_plan(actor: Actor) -> bool:
    """Whether the actor makes scenarios."""
    return grants(actor, SCENARIO).city_level >= 0
