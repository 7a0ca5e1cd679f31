"""Writers of positions, roles' basis, costs, restrictions and the basis of the planning."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.policy.grants import require
from leitstand.planning import policy
from leitstand.planning.models import GradeCost, PlanningBasis, Position, Restriction, RoleBasis
from leitstand.portfolio.facade_planning import skills

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of entry: model, fields, what must hold."""

    model: type[Any]
    fields: tuple[str, ...]
    check: Callable[[Values], None]


def _check_position(values: Values) -> None:
    for name, text in (("number", _("Enter the number of the position.")),
                       ("title", _("Enter what the position is called."))):  # fmt: skip
        if not str(values.get(name) or "").strip():
            raise Invalid(text, field=name)
    share = values.get("share")
    if share is None or not 0 < share <= 1:
        text = _("The share must be more than 0 and at most 1. Enter one position per line.")
        raise Invalid(text, field="share")
    if not values.get("unit") or not values.get("skill_id"):
        raise Invalid(_("A position needs a unit and a role."), field="unit")
    _check_period(values)
    if values.get("fixed_term") and not values.get("end"):
        raise Invalid(_("Enter until when the fixed term lasts."), field="end")
    if values.get("filled_from") and not values.get("vacant"):
        raise Invalid(_("Only a vacant position is still to be filled."), field="filled_from")


def _check_period(values: Values) -> None:
    start, end = values.get("start"), values.get("end")
    if start and end and end < start:
        raise Invalid(_("The end lies before the start."), field="end")


def _check_grade(values: Values) -> None:
    if not str(values.get("grade") or "").strip():
        raise Invalid(_("Enter a grade such as EG 11 or A 12."), field="grade")


def _check_role(values: Values) -> None:
    if not values.get("skill_id"):
        raise Invalid(_("Choose a role."), field="skill_id")


KINDS: dict[str, Kind] = {
    "position": Kind(
        Position,
        ("number", "title", "unit", "skill_id", "grade", "share", "start", "end", "fixed_term",
         "vacant", "filled_from", "kw", "note"),
        _check_position,
    ),
    "role": Kind(RoleBasis, ("skill_id", "background_percent", "mix_percent", "grade"), _check_role),
    "cost": Kind(GradeCost, ("grade", "year", "amount"), _check_grade),
    "restriction": Kind(Restriction, ("kind", "start", "end", "note"), _check_period),
}  # fmt: skip
BASIS = ("state", "absence_percent", "filling_months", "years", "assumed_size")


def kind_of(code: str) -> Kind:
    """The kind of this code; raises ``NotFound``."""
    found = KINDS.get(code)
    if found is None:
        raise NotFound
    return found


def _record(what: str, code: str, row: Any, actor: Actor, changes: Mapping[str, Any]) -> None:
    """One event; roles stand in it by their names."""
    named = dict(changes)
    title = str(row)
    if code == "role" or "skill_id" in named:
        names = {str(skill.id): skill.name for skill in skills()}
        title = names.get(str(row.skill_id), "") if code == "role" else title
        if "skill_id" in named:
            named["skill"] = [names.get(str(value), value) for value in named.pop("skill_id")]
    events.record(
        events.Event(
            f"planning.supply.{what}", actor, f"supply-{code}", row.pk, title[:300],
            changes=named, level=1,
        )
    )  # fmt: skip


def _known(kind: Kind, values: Values) -> dict[str, Any]:
    refuse_unstorable(values)
    return {
        name: value.strip() if isinstance(value, str) else value
        for name, value in values.items()
        if name in kind.fields
    }


@transaction.atomic
def create_entry(code: str, *, actor: Actor, values: Values) -> Any:
    """Create a position, a role's basis, a cost or a restriction."""
    require(actor, policy.SUPPLY, citywide=True)
    kind = kind_of(code)
    given = _known(kind, values)
    row = kind.model(**given)
    kind.check({name: _plain(row, name) for name in kind.fields})
    records.create(row)
    _record("created", code, row, actor, records.first_values(given))
    return row


def _plain(row: Any, name: str) -> Any:
    """A field's value; of a unit its key, because a new row may have none yet."""
    return row.unit_id if name == "unit" else getattr(row, name)


@transaction.atomic
def change_entry(
    code: str, entry_id: uuid.UUID, *, actor: Actor, version: int, values: Values
) -> Any:
    """Change an entry; ``Conflict`` with both versions if somebody was faster."""
    require(actor, policy.SUPPLY, citywide=True)
    kind = kind_of(code)
    row = versions.locked(kind.model, entry_id)
    given = _known(kind, values)
    kind.check({**{name: _plain(row, name) for name in kind.fields}, **given})
    changes = records.apply(row, version, given)
    if changes:
        _record("changed", code, row, actor, changes)
    return row


@transaction.atomic
def remove_entry(code: str, entry_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Remove an entry; ``Conflict`` if it has changed since."""
    require(actor, policy.SUPPLY, citywide=True)
    row = versions.locked(kind_of(code).model, entry_id)
    versions.check_version(row, version, _conflict())
    _record("removed", code, row, actor, {})
    row.delete()


@transaction.atomic
def change_basis(*, actor: Actor, version: int, values: Values) -> PlanningBasis:
    """Change the basis of the planning; the first change departs from what is shipped."""
    require(actor, policy.SUPPLY, citywide=True)
    row = PlanningBasis.objects.select_for_update().first() or PlanningBasis(version=0)
    new = {name: value for name, value in values.items() if name in BASIS}
    old = {name: getattr(row, name) for name in new}
    versions.check_version(row, version, _conflict(), theirs=old, mine=new)
    changed = versions.changed(old, new)
    if not changed:
        return row
    for name, (_old, value) in changed.items():
        setattr(row, name, value)
    row.version += 1
    records.check(row)
    try:
        with transaction.atomic():
            row.save(force_insert=row._state.adding)
    except IntegrityError:
        raise Conflict(_conflict(), theirs={}, mine={}, version=1) from None
    _record("changed", "basis", row, actor, {name: list(pair) for name, pair in changed.items()})
    return row


def _conflict() -> str:
    return _("Somebody else has changed this entry in the meantime.")
