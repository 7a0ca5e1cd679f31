"""What an actor may see and do: grants, the one SQL predicate, and the reasons.

The same predicate serves pages, API, counts, search and export, so that a list can never show
more than a single look-up would.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed
from leitstand.core.base.events import Event
from leitstand.core.base.models import Level
from leitstand.core.history import past
from leitstand.core.org.queries import subtrees
from leitstand.core.policy import registry
from leitstand.core.policy.models import RoleAssignment

CACHE_SECONDS = 5.0


@dataclass(frozen=True)
class Grant:
    """Highest confidentiality level city-wide (-1 = none) and per unit."""

    city_level: int = -1
    unit_levels: Mapping[uuid.UUID, int] = field(default_factory=dict)

    def level_in(self, unit_id: uuid.UUID | None) -> int:
        """Return the highest level that the actor may handle in the unit."""
        return max(self.city_level, self.unit_levels.get(unit_id, -1) if unit_id else -1)

    def units_at(self, level: int) -> list[uuid.UUID]:
        """Return the units in which the grant reaches ``level``."""
        return [unit for unit, highest in self.unit_levels.items() if highest >= level]

    def __bool__(self) -> bool:
        return self.city_level >= 0 or bool(self.unit_levels)


EVERYTHING = Grant(city_level=Level.STRICT)
NOTHING = Grant()


@dataclass(frozen=True)
class _Held:
    """A role held in a scope; ``units`` is ``None`` for the whole city."""

    role: str
    units: frozenset[uuid.UUID] | None


_cache: dict[uuid.UUID, tuple[float, tuple[_Held, ...]]] = {}


def forget(account_id: uuid.UUID | None = None) -> None:
    """Drop cached roles of one account or of all; called when roles or the tree change."""
    if account_id is None:
        _cache.clear()
    else:
        _cache.pop(account_id, None)


def _held_by(account_id: uuid.UUID) -> tuple[_Held, ...]:
    cached = _cache.get(account_id)
    if cached and time.monotonic() - cached[0] < CACHE_SECONDS:
        return cached[1]
    with past.present():  # today's roles in today's tree decide, whatever day is looked at
        held = _read(account_id)
    if len(_cache) > 5000:
        _cache.clear()
    _cache[account_id] = (time.monotonic(), held)
    return held


def _read(account_id: uuid.UUID) -> tuple[_Held, ...]:
    today = clock.today()
    rows = RoleAssignment.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=today),
        Q(valid_until=None) | Q(valid_until__gte=today),
        Q(account__person=None) | Q(account__person__active=True),
        account_id=account_id,
        account__is_active=True,
    ).values_list("role", "unit_id", "with_subunits")
    return _with_scopes(list(rows))


def _with_scopes(rows: list[tuple[str, uuid.UUID | None, bool]]) -> tuple[_Held, ...]:
    """Resolve the units of all assignments; two queries for any number of them."""
    below = subtrees([unit for _, unit, with_subunits in rows if unit and with_subunits])
    return tuple(
        _Held(role, None if unit is None else frozenset({unit}) | below.get(unit, frozenset()))
        for role, unit, _ in rows
    )


def hear(written: Sequence[Event]) -> None:
    """Drop all cached roles when the tree or a person changes (listens to the port of events)."""
    if any(event.type.startswith(("org.unit.", "org.person.")) for event in written):
        forget()
        transaction.on_commit(forget)


def roles_of(actor: Actor) -> frozenset[str]:
    """Return the codes of all roles that the actor holds today."""
    if actor.account_id is None:
        return frozenset()
    return frozenset(held.role for held in _held_by(actor.account_id))


def grants(actor: Actor, permission: str) -> Grant:
    """Return the actor's grant for ``permission``; unknown permissions raise ``LookupError``.

    While a past day is looked at, nobody may do anything but read.
    """
    holders = registry.roles_with(permission)
    if actor.is_system:
        return EVERYTHING
    if actor.account_id is None or not _scope_allows(actor, permission) or _too_late(permission):
        return NOTHING
    city_level = -1
    unit_levels: dict[uuid.UUID, int] = {}
    for held in _held_by(actor.account_id):
        if held.role not in holders or not _counts(held, permission):
            continue
        role = registry.roles[held.role]
        if held.units is None:
            city_level = max(city_level, role.level, role.city_level)
            continue
        for unit in held.units if role.level >= 0 else ():
            unit_levels[unit] = max(unit_levels.get(unit, -1), role.level)
        if registry.permissions[permission].scope == "read":
            city_level = max(city_level, role.city_level)
    return Grant(city_level, unit_levels)


def _counts(held: _Held, permission: str) -> bool:
    """Whether a role held in this scope gives the permission at all."""
    return held.units is None or not registry.permissions[permission].citywide


def _too_late(permission: str) -> bool:
    """Whether a past day is looked at and the permission is for more than reading."""
    return past.is_past() and registry.permissions[permission].scope != "read"


def _scope_allows(actor: Actor, permission: str) -> bool:
    return actor.scopes is None or registry.permissions[permission].scope in actor.scopes


def predicate(grant: Grant, *, unit: str = "unit_id", level: str = "confidentiality") -> Q:
    """Return the SQL predicate of a grant over an object's unit and level columns."""
    clause = Q(**{f"{level}__lte": grant.city_level}) if grant.city_level >= 0 else Q(pk__in=[])
    for value in sorted(set(grant.unit_levels.values())):
        if value > grant.city_level:
            clause |= Q(**{f"{level}__lte": value, f"{unit}__in": grant.units_at(value)})
    return clause


@dataclass(frozen=True)
class Reason:
    """Answer to "may I, and why": ``text`` names the rule, never the hidden thing."""

    allowed: bool
    text: str


def why(
    actor: Actor,
    permission: str,
    *,
    unit_id: uuid.UUID | None = None,
    level: int = 0,
    citywide: bool = False,
) -> Reason:
    """Say whether the actor may do ``permission`` and by which rule.

    In the unit at the level; without unit, at the level anywhere, or ``citywide`` for the whole
    city.
    """
    label = registry.permissions[permission].label
    if actor.is_system:
        return Reason(True, _("The product itself acts."))
    if actor.account_id is None:
        return Reason(False, _("“%(what)s” needs a log-in.") % {"what": label})
    if not _scope_allows(actor, permission):
        return Reason(
            False,
            _("The access token lacks the scope “%(scope)s”, which “%(what)s” needs.")
            % {"scope": registry.permissions[permission].scope, "what": label},
        )
    if _too_late(permission):
        return Reason(False, str(past.READ_ONLY))
    grant = grants(actor, permission)
    if not grant:
        return Reason(False, _missing_role(actor, permission, label))
    return _reason_of_reach(grant, unit_id, level, citywide, label)


def _missing_role(actor: Actor, permission: str, label: Any) -> str:
    holders = registry.roles_with(permission)
    if roles_of(actor) & holders:
        text = _("“%(what)s” counts only if the role is held for the whole city. Yours is not.")
        return text % {"what": label}
    names = ", ".join(str(role.label) for role in registry.roles if role.code in holders)
    return _("“%(what)s” needs one of these roles: %(roles)s. You hold none of them.") % {
        "what": label,
        "roles": names,
    }


def _reason_of_reach(
    grant: Grant, unit_id: uuid.UUID | None, level: int, citywide: bool, label: Any
) -> Reason:
    if citywide:
        reached, somewhere = grant.city_level, -1
    elif unit_id is None:
        reached, somewhere = max(grant.city_level, *grant.unit_levels.values(), -1), -1
    else:
        reached = somewhere = grant.level_in(unit_id)
    if reached >= level:
        return Reason(True, _("Your role allows “%(what)s”.") % {"what": label})
    if citywide:
        text = _("Your role allows “%(what)s” in some units only, not for the whole city.")
    elif somewhere < 0 and unit_id is not None:
        text = _("Your role allows “%(what)s” in other units only.")
    else:
        text = _("Your role allows “%(what)s” here, but not at this confidentiality level.")
    return Reason(False, text % {"what": label})


def require(
    actor: Actor,
    permission: str,
    unit_id: uuid.UUID | None = None,
    level: int = 0,
    *,
    citywide: bool = False,
) -> None:
    """Raise ``NotAllowed`` with the reason unless the actor may."""
    reason = why(actor, permission, unit_id=unit_id, level=level, citywide=citywide)
    if not reason.allowed:
        raise NotAllowed(reason.text)
