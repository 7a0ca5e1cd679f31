"""Permissions and roles as data; features register theirs in ``AppConfig.ready()``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Level
from leitstand.core.base.registry import Registry


@dataclass(frozen=True)
class Permission:
    """Something one may do; ``help`` explains it to the person who assigns roles.

    ``scope`` is the least token scope that a bearer token needs for it. ``citywide``: it counts
    only if its role is held for the whole city, because what it opens has no unit.
    """

    code: str
    label: Any
    help: Any
    scope: str = "write"
    citywide: bool = False


@dataclass(frozen=True)
class Role:
    """A role; ``level`` is the highest level it opens in its unit, ``city_level`` elsewhere.

    -1 means nothing at all.
    """

    code: str
    label: Any
    help: Any
    level: int
    city_level: int


permissions: Registry[Permission] = Registry("permission")
roles: Registry[Role] = Registry("role")
_holders: dict[str, set[str]] = {}


def register(new: Iterable[Permission], holders: Mapping[str, Iterable[str]]) -> None:
    """Register permissions and which role holds them: ``{role: [permission codes]}``."""
    for permission in new:
        permissions.add(permission.code, permission)
    for role, codes in holders.items():
        roles[role]
        for code in codes:
            permissions[code]
            _holders.setdefault(code, set()).add(role)


def roles_with(permission: str) -> frozenset[str]:
    """Return the codes of the roles that hold the permission; unknown names raise."""
    permissions[permission]
    return frozenset(_holders.get(permission, ()))


def permissions_of(role: str) -> list[Permission]:
    """Return the permissions of a role in the order of registration."""
    roles[role]
    return [permission for permission in permissions if role in _holders.get(permission.code, ())]


def _role(code: str, label: Any, help_: Any, level: int, city_level: int) -> None:
    roles.add(code, Role(code, label, help_, level, city_level))


_role(
    "admin",
    _("Administration of Leitstand"),
    _("Runs accounts, roles, the organisation tree and the instance; no confidential content."),
    Level.INTERNAL,
    Level.INTERNAL,
)
_role(
    "digital-unit",
    _("Digital unit"),
    _("Steers the whole portfolio: strategy, projects, import, publication, priorities."),
    Level.CONFIDENTIAL,
    Level.CONFIDENTIAL,
)
_role(
    "project-lead",
    _("Project lead"),
    _("Sketches projects and changes those that she leads."),
    Level.INTERNAL,
    Level.INTERNAL,
)
_role(
    "unit-head",
    _("Head of unit"),
    _("Sees everything of the own unit and changes its projects."),
    Level.STRICT,
    Level.INTERNAL,
)
_role("member", _("Employee"), _("Reads internal content and sketches projects."), 1, 1)
_role(
    "auditor",
    _("Data protection and audit"),
    _("Reads the audit trail for a stated purpose."),
    Level.INTERNAL,
    Level.INTERNAL,
)
_role("councillor", _("Councillor"), _("Reads what is marked public."), -1, Level.PUBLIC)
_role("emergency", _("Emergency services"), _("Reads internal content."), -1, Level.INTERNAL)
