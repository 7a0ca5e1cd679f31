"""Creating and changing people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import authority, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.org.actions import units
from leitstand.core.org.actions.units import CHANGE
from leitstand.core.org.models import OrgUnit, Person
from leitstand.core.org.registry import departure_guards

_LENGTHS = {"given_name": 100, "family_name": 100, "email": 254, "function": 200}


@transaction.atomic
def create_person(
    *,
    actor: Actor,
    given_name: str,
    family_name: str,
    unit: OrgUnit,
    email: str = "",
    function: str = "",
) -> Person:
    """Create a person in ``unit`` (needs ``org.change`` there).

    Raises ``Invalid`` if the e-mail address is already in use or a value is wrong.
    """
    authority.require(actor, CHANGE, unit_id=unit.id)
    values: dict[str, Any] = {
        "given_name": given_name, "family_name": family_name, "unit": unit, "email": email,
        "function": function,
    }  # fmt: skip
    values = _checked(values, None)
    person = Person(**values)
    units.save(person, lambda: _check_email(person.email, None), insert=True)
    _note(person, "created", actor, {"unit": [None, unit.name]})
    return person


@transaction.atomic
def change_person(person: Person, *, actor: Actor, version: int, **values: Any) -> Person:
    """Change a person's fields; ``values`` may hold names, unit, email, function, active.

    Needs ``org.change`` in the person's unit and in the new one. Raises ``Conflict`` if
    ``version`` is not the stored one. The roles of a person who is not active have no effect.
    """
    authority.require(actor, CHANGE, unit_id=person.unit_id)
    person = Person.objects.select_for_update(of=("self",)).select_related("unit").get(pk=person.pk)
    old = {field: getattr(person, field) for field in values}
    units.check_version(person, version, old, values)
    unit = values.get("unit")
    if unit is not None and unit != person.unit:
        authority.require(actor, CHANGE, unit_id=unit.id)
    values = _checked(values, person)
    changed = {field: value for field, value in values.items() if old[field] != value}
    if not changed:
        return person
    for field, value in changed.items():
        setattr(person, field, value)
    if changed.get("active") is False:
        _ask_guards(person)
    units.bump(person, lambda: _check_email(person.email, person))
    _note(person, "changed", actor, {field: [None, None] for field in changed})
    return person


def _checked(values: dict[str, Any], person: Person | None) -> dict[str, Any]:
    """Return the values clean, checked against what is stored now."""
    unit: OrgUnit | None = values.get("unit")
    if unit is not None and (person is None or person.unit_id != unit.id):
        values = {**values, "unit": units.locked(unit)}  # it must not end while somebody joins it
    return clean(values, person, _is_taken)


def clean(
    values: dict[str, Any], person: Person | None, taken: Callable[[str, Person | None], bool]
) -> dict[str, Any]:
    """Return the values stripped; raises ``Invalid`` with a text per field.

    ``taken`` says whether somebody other than ``person`` has an e-mail address.
    """
    clean: dict[str, Any] = {k: v.strip() if isinstance(v, str) else v for k, v in values.items()}
    errors: dict[str, list[str]] = {}
    if not clean.get("family_name", "-"):
        errors["family_name"] = [_("A person needs a family name.")]
    for field, limit in _LENGTHS.items():
        if len(clean.get(field, "")) > limit:
            errors[field] = [_("At most %(limit)d characters are possible.") % {"limit": limit}]
    email = clean.get("email", "").lower()
    if email:
        clean["email"] = email
        if not units.is_email(email):
            errors["email"] = [_("This is not an e-mail address.")]
        elif taken(email, person):
            errors["email"] = [_("Another person already has this e-mail address.")]
    unit: OrgUnit | None = clean.get("unit")
    stays = person is not None and unit is not None and person.unit_id == unit.id
    if unit is not None and unit.active_to is not None and not stays:
        errors["unit"] = [_("%(unit)s no longer exists.") % {"unit": unit.name}]
    if errors:
        raise Invalid(errors)
    return clean


def _is_taken(email: str, person: Person | None) -> bool:
    others = Person.objects.exclude(pk=person.pk) if person else Person.objects.all()
    return others.filter(email__iexact=email).exists()


def _check_email(email: str, person: Person | None) -> None:
    clean({"email": email}, person, _is_taken)


def _ask_guards(person: Person) -> None:
    """Let higher layers object to a person's leaving."""
    for guard in departure_guards:
        if text := guard(person.id):
            raise Invalid(text, field="active")


def _note(person: Person, what: str, actor: Actor, changes: dict[str, Any]) -> None:
    events.record(
        events.Event(
            type=f"org.person.{what}",
            actor=actor,
            object_kind="person",
            object_id=person.id,
            changes=changes,
            personal={"name": str(person), "email": person.email},
            unit_id=person.unit_id,
        )
    )
