"""What an actor may do by import: the same rules as for single projects, in bulk and in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.org.models import OrgUnit
from leitstand.core.policy.grants import Grant, grants
from leitstand.portfolio import policy
from leitstand.portfolio.models import ProjectPerson

ORG = "org.change"
_PERMISSIONS = (policy.VIEW, policy.CREATE, policy.CHANGE, policy.PUBLISH, policy.STRATEGY, ORG)


def may_create_units(actor: Actor) -> bool:
    """Whether the actor may hang new units below the root, and put people into them."""
    root = OrgUnit.objects.filter(active_to=None, parent=None).order_by("code").first()
    grant = grants(actor, ORG)
    return grant.city_level >= 0 or (root is not None and grant.level_in(root.id) >= 0)


def may_create_strategy(actor: Actor) -> bool:
    """Whether the actor keeps the strategy, which is the whole city's."""
    return grants(actor, policy.STRATEGY).city_level >= 0


def digest(actor: Actor) -> str:
    """Return a text that changes when the actor's rights change."""
    held = [grants(actor, name) for name in _PERMISSIONS]
    return repr(
        [(g.city_level, sorted((u.hex, n) for u, n in g.unit_levels.items())) for g in held]
    )


class Rights:
    """Judges rows; loaded once per import."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.view = grants(actor, policy.VIEW)
        self.create = grants(actor, policy.CREATE)
        self.publish = grants(actor, policy.PUBLISH)
        self.change = grants(actor, policy.CHANGE)
        self.changeable = set(policy.changeable(actor).values_list("pk", flat=True))
        self._deputy: set[uuid.UUID] = set()
        if actor.person_id:
            links = ProjectPerson.objects.filter(person_id=actor.person_id, role="deputy")
            self._deputy = set(links.values_list("project_id", flat=True))

    def objections(
        self, project: uuid.UUID | None, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Iterable[tuple[str, str]]:
        """Yield (field, reason) for what the actor may not do; ``new`` are the changed values."""
        if self.actor.is_system:
            return
        if project is not None and project not in self.changeable:
            yield "", _("You may not change this project.")
            return
        merged = {**old, **new}
        unit, level = _unit(merged["lead_unit"]), int(merged["confidentiality"])
        moved = project is None or ("lead_unit" in new and new["lead_unit"] != old["lead_unit"])
        if moved and self.create.level_in(unit) < min(level, Level.INTERNAL):
            yield "lead_unit", _("You may not create projects in this unit.")
        if project is not None and level < int(old["confidentiality"]):
            reach = self.change.level_in(_unit(old["lead_unit"]))
            if reach < int(old["confidentiality"]):
                yield "confidentiality", _("You may not lower this project's level.")
        shown_or_hidden = bool(merged.get("published")) != bool(old.get("published"))
        rewritten = bool(old.get("published")) and bool(policy.PUBLIC_TEXTS & new.keys())
        if (shown_or_hidden or rewritten) and self.publish.level_in(unit) < Level.PUBLIC:
            yield "published", _("You may not publish projects or withdraw them.")
        if not self._keeps_sight(project, merged, unit, level):
            yield (
                "confidentiality",
                _(
                    "With this unit and this confidentiality level you would no longer see the "
                    "project."
                ),
            )

    def _keeps_sight(
        self,
        project: uuid.UUID | None,
        merged: Mapping[str, Any],
        unit: uuid.UUID | None,
        level: int,
    ) -> bool:
        units = [unit, *(_unit(ref) for ref in merged.get("participating_units") or ())]
        if max(_reach(self.view, units)) >= level:
            return True
        own = str(self.actor.person_id)
        leads = [(merged.get(role) or {}).get("id") for role in ("lead", "sponsor")]
        return bool(self.view) and (own in leads or project in self._deputy)


def _reach(grant: Grant, units: Iterable[uuid.UUID | None]) -> list[int]:
    return [grant.city_level, *(grant.level_in(unit) for unit in units)]


def _unit(ref: Mapping[str, str]) -> uuid.UUID | None:
    """Return the unit's id; ``None`` for one that the import would create."""
    return uuid.UUID(ref["id"]) if "id" in ref else None
