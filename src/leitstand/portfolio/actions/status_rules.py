"""Writer of the rules that propose traffic lights."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from leitstand.core.base.integrity import is_duplicate
from leitstand.core.policy import grants as policy_grants
from leitstand.portfolio import policy
from leitstand.portfolio.domain.lights import KINDS, Dimension, Rule, Unit
from leitstand.portfolio.models import StatusRule
from leitstand.portfolio.queries.lights import default_rule, unsaved

FIELDS = ("dimension", "active", "yellow", "red")
LOWEST, HIGHEST = -3650, 3650


@transaction.atomic
def save_rule(
    kind: str,
    *,
    actor: Actor,
    dimension: str,
    active: bool,
    yellow: int | None,
    red: int | None,
    version: int | None = None,
) -> StatusRule:
    """Change a rule; the first change of a kind departs from what is shipped (version 0).

    Raises ``NotFound`` for an unknown kind, ``NotAllowed``, ``Invalid``, or ``Conflict`` if
    ``version`` is given and outdated.
    """
    require(actor)
    if kind not in KINDS:
        raise NotFound
    row = StatusRule.objects.select_for_update().filter(kind=kind).first()
    row = row or unsaved(default_rule(kind))
    old = {name: getattr(row, name) for name in FIELDS}
    new = {"dimension": dimension, "active": active, "yellow": yellow, "red": red}
    if version is not None:
        versions.check_version(row, version, _conflict_text(), theirs=old, mine=new)
    check(kind, dimension=dimension, yellow=yellow, red=red)
    changed = versions.changed(old, new)
    if not changed:
        return row
    for name, (_old, value) in changed.items():
        setattr(row, name, value)
    row.version += 1
    _save(row)
    _record(actor, row, {name: list(pair) for name, pair in changed.items()})
    return row


@transaction.atomic
def reset_rule(kind: str, *, actor: Actor) -> None:
    """Let a rule hold as shipped again; nothing happens if it does."""
    require(actor)
    if kind not in KINDS:
        raise NotFound
    row = StatusRule.objects.select_for_update().filter(kind=kind).first()
    if row is None:
        return
    shipped = unsaved(default_rule(kind))
    pairs = {name: [getattr(row, name), getattr(shipped, name)] for name in FIELDS}
    _record(actor, row, {name: pair for name, pair in pairs.items() if pair[0] != pair[1]})
    row.delete()


def may_change(actor: Actor) -> bool:
    """Whether the actor may change rules."""
    return policy_grants.grants(actor, policy.STATUS_RULES).city_level >= 0


def require(actor: Actor) -> None:
    """Rules hold for all projects: a right in one unit is not enough (``NotAllowed``)."""
    policy_grants.require(actor, policy.STATUS_RULES)
    if not may_change(actor):
        raise NotAllowed(_("Rules hold for the whole city; your role covers single units only."))


def check(kind: str, *, dimension: str, yellow: int | None, red: int | None) -> Rule:
    """The rule of these values; raises ``Invalid`` with the fields' names."""
    errors: dict[str, list[Any]] = {}
    if dimension not in set(Dimension):
        errors["dimension"] = [_("Choose one of the five dimensions.")]
    unit = KINDS[kind].unit
    low, high = (1, 1) if unit is Unit.YES else (LOWEST, HIGHEST)
    for name, value in (("yellow", yellow), ("red", red)):
        if value is not None and not low <= value <= high:
            text = _("The threshold lies between %(low)d and %(high)d.")
            errors[name] = [text % {"low": low, "high": high}]
    if yellow is not None and red is not None and not errors and unit is not Unit.YES:
        if KINDS[kind].falling and red > yellow:
            errors["red"] = [
                _("Red must not come before yellow: choose at most %(n)d.") % {"n": yellow}
            ]
        if not KINDS[kind].falling and red < yellow:
            errors["red"] = [
                _("Red must not come before yellow: choose at least %(n)d.") % {"n": yellow}
            ]
    if errors:
        raise Invalid(errors)
    return Rule(kind, Dimension(dimension), yellow, red)


def _save(row: StatusRule) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=row._state.adding)
    except IntegrityError as problem:
        if not is_duplicate(problem):
            raise
        raise Conflict(_conflict_text(), theirs={}, mine={}, version=1) from None


def _conflict_text() -> str:
    return _("Somebody else has changed this rule in the meantime.")


def _record(actor: Actor, row: StatusRule, changes: dict[str, Any]) -> None:
    events.record(
        events.Event(
            type="portfolio.status_rule.changed",
            actor=actor,
            object_kind="status-rule",
            object_id=row.id,
            object_title=row.kind,
            changes=changes,
        )
    )
