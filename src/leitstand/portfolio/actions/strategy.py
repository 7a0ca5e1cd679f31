"""Writers of the strategy: fields of action, goals, programmes, skills.

They differ in their columns only; ``STRATEGY_KINDS`` lists them once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.base.figures import indicator_sources
from leitstand.core.base.records import plain
from leitstand.core.base.registry import Registry
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.policy import grants as policy_grants
from leitstand.core.tables.columns import Table
from leitstand.portfolio import policy
from leitstand.portfolio.models import FieldOfAction, Goal, Indicator, Programme, Skill
from leitstand.portfolio.tables.indicators import INDICATORS
from leitstand.portfolio.tables.strategy import FIELDS, GOALS, PROGRAMMES, SKILLS


@dataclass(frozen=True)
class StrategyKind:
    """A kind of strategy entry: its model, its columns, the relations that use it."""

    code: str
    model: type[models.Model]
    table: Table
    used_by: tuple[str, ...] = ()
    check: Callable[[Any], None] | None = None


def _check_indicator(row: Any) -> None:
    """A known source, a goal or a programme at most, days in order, a target unlike the start."""
    errors: dict[str, list[Any]] = {}
    if row.source and row.source not in indicator_sources:
        errors["source"] = [_("There is no such source.")]
    if row.goal_id and row.programme_id:
        errors["programme"] = [_("Choose a goal or a programme, not both.")]
    if row.baseline_date and row.target_date and row.target_date <= row.baseline_date:
        errors["target_date"] = [_("The target date must lie after the day of the beginning.")]
    if row.target_value is not None and row.target_value == row.baseline_value:
        errors["target_value"] = [_("The target must differ from the value at the beginning.")]
    if errors:
        raise Invalid(errors)


STRATEGY_KINDS: Registry[StrategyKind] = Registry("kind of strategy entry")
for _kind in (
    StrategyKind("field-of-action", FieldOfAction, FIELDS, ("projects", "goal_set")),
    StrategyKind("goal", Goal, GOALS, ("projects", "indicators")),
    StrategyKind("programme", Programme, PROGRAMMES, ("projects", "indicators")),
    StrategyKind("skill", Skill, SKILLS),
    StrategyKind("indicator", Indicator, INDICATORS, ("measured",), _check_indicator),
):
    STRATEGY_KINDS.add(_kind.code, _kind)


@transaction.atomic
def create_entry(kind: str, *, actor: Actor, values: Mapping[str, Any]) -> models.Model:
    """Create a strategy entry from model field values; raises ``NotAllowed`` or ``Invalid``."""
    require(actor)
    refuse_unstorable(values)
    strategy_kind = STRATEGY_KINDS[kind]
    row = strategy_kind.model(**dict(values))
    _check(row, strategy_kind)
    row.save(force_insert=True)
    changes = {name: [None, plain(value)] for name, value in values.items()}
    _record("created", strategy_kind, row, actor, changes)
    return row


@transaction.atomic
def change_entry(
    kind: str, entry_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> models.Model:
    """Change the given fields; raises ``Conflict`` with both versions if somebody was faster."""
    require(actor)
    strategy_kind = STRATEGY_KINDS[kind]
    row: Any = versions.locked(strategy_kind.model, entry_id)
    refuse_unstorable(values)
    old = {name: getattr(row, name) for name in values}
    text = _("Somebody else has changed this entry in the meantime.")
    versions.check_version(row, version, text, theirs=old, mine=values)
    changed = versions.changed(old, values)
    if not changed:
        return row  # type: ignore[no-any-return]
    for name, (_old, value) in changed.items():
        setattr(row, name, value)
    row.version += 1
    _check(row, strategy_kind)
    row.save()
    changes = {name: [plain(before), plain(after)] for name, (before, after) in changed.items()}
    _record("changed", strategy_kind, row, actor, changes)
    return row  # type: ignore[no-any-return]


@transaction.atomic
def delete_entry(kind: str, entry_id: uuid.UUID, *, actor: Actor) -> None:
    """Delete an entry that nothing uses; otherwise raises ``Invalid`` without saying what."""
    require(actor)
    strategy_kind = STRATEGY_KINDS[kind]
    row: Any = versions.locked(strategy_kind.model, entry_id)
    in_use = Invalid(_("“%(name)s” is still in use and cannot be deleted.") % {"name": row})
    if any(getattr(row, relation).exists() for relation in strategy_kind.used_by):
        raise in_use
    _record("deleted", strategy_kind, row, actor, {"code": [row.code, None]})
    try:
        row.delete()
    except ProtectedError:
        raise in_use from None


def require(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor keeps the strategy, which is the whole city's."""
    policy_grants.require(actor, policy.STRATEGY)
    if policy_grants.grants(actor, policy.STRATEGY).city_level < 0:
        raise NotAllowed(_("The strategy is the whole city's; your role covers single units only."))


def keeps(actor: Actor) -> bool:
    """Whether the actor keeps the strategy."""
    try:
        require(actor)
    except NotAllowed:
        return False
    return True


def _check(row: models.Model, kind: StrategyKind) -> None:
    try:
        row.full_clean(validate_constraints=False)
        row.validate_constraints(exclude=["id"])
    except ValidationError as problem:
        raise Invalid(_in_words(row, problem)) from None
    if kind.check:
        kind.check(row)


def _in_words(row: Any, problem: ValidationError) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = dict(problem.message_dict)
    start, end = getattr(row, "start", None), getattr(row, "end", None)
    if errors.pop("__all__", None) and start and end and end < start:
        errors["end"] = [_("The end lies before the start.")]
    if "code" in errors and row.code:
        same = type(row)._default_manager.filter(code=row.code).exclude(pk=row.pk)
        if same.exists():
            errors["code"] = [_("The code %(code)s is already taken.") % {"code": row.code}]
    return errors


def _record(
    what: str, kind: StrategyKind, row: models.Model, actor: Actor, changes: dict[str, Any]
) -> None:
    events.record(
        events.Event(
            type=f"portfolio.strategy.{what}",
            actor=actor,
            object_kind=kind.code,
            object_id=row.pk,
            object_title=str(row),
            changes=changes,
        )
    )
