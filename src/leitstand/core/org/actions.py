"""The only writers of units and people: one function per business event."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import authority, clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.org.models import OrgChange, OrgUnit, OrgUnitPeriod, Person, UnitKind
from leitstand.core.org.registry import dissolution_guards

CHANGE = "org.change"


def _path(unit: OrgUnit, parent: OrgUnit | None) -> str:
    return f"{parent.path if parent else '/'}{unit.id.hex}/"


def _open_period(unit: OrgUnit, on: date) -> None:
    """Close the period that holds on ``on`` and begin the next with the unit's present facts."""
    unit.periods.filter(valid_from=on).delete()
    unit.periods.filter(valid_to=None).update(valid_to=on)
    OrgUnitPeriod.objects.create(
        unit=unit,
        name=unit.name,
        short_name=unit.short_name,
        kind=unit.kind,
        parent=unit.parent,
        valid_from=on,
    )


def _note(
    unit: OrgUnit,
    kind: OrgChange.Kind,
    actor: Actor,
    on: date,
    reason: str,
    changes: dict[str, Any],
    target: OrgUnit | None = None,
) -> None:
    OrgChange.objects.create(unit=unit, kind=kind, target=target, on=on, reason=reason)
    events.record(
        events.Event(
            type=f"org.unit.{kind}",
            actor=actor,
            object_kind="org-unit",
            object_id=unit.id,
            object_title=unit.name,
            changes=changes,
            reason=reason,
            unit_id=unit.id,
        )
    )


def _check_day(unit: OrgUnit, on: date) -> None:
    last = unit.periods.order_by("-valid_from").values_list("valid_from", flat=True).first()
    if last and on < last:
        raise Invalid(
            _("The last change of %(unit)s was on %(day)s; a later one cannot lie before it.")
            % {"unit": unit.name, "day": last.strftime("%d.%m.%Y")},
            field="on",
        )


def _check_living(unit: OrgUnit) -> None:
    if unit.active_to is not None:
        raise Invalid(_("%(unit)s no longer exists.") % {"unit": unit.name})


@transaction.atomic
def create_unit(
    *,
    actor: Actor,
    kind: str,
    code: str,
    name: str,
    parent: OrgUnit | None = None,
    short_name: str = "",
    email: str = "",
    active_from: date | None = None,
) -> OrgUnit:
    """Create a unit below ``parent``; raises ``Invalid`` for a taken code or a dissolved parent."""
    authority.require(actor, CHANGE)
    if not code.strip() or not name.strip():
        raise Invalid(_("A unit needs a code and a name."), field="name")
    if OrgUnit.objects.filter(code=code).exists():
        raise Invalid(_("The code %(code)s is already taken.") % {"code": code}, field="code")
    if kind not in UnitKind.values:
        raise Invalid(_("Unknown kind of unit: %(kind)s.") % {"kind": kind}, field="kind")
    if parent:
        _check_living(parent)
    on = active_from or clock.today()
    unit = OrgUnit(
        kind=kind, code=code.strip(), name=name.strip(), short_name=short_name.strip(),
        parent=parent, email=email.strip(), active_from=on,
    )  # fmt: skip
    unit.path = _path(unit, parent)
    unit.save(force_insert=True)
    _open_period(unit, on)
    _note(unit, OrgChange.Kind.CREATED, actor, on, "", {"name": [None, unit.name]})
    return unit


@transaction.atomic
def rename_unit(
    unit: OrgUnit,
    *,
    actor: Actor,
    version: int,
    name: str,
    short_name: str = "",
    kind: str = "",
    email: str = "",
    on: date | None = None,
    reason: str = "",
) -> OrgUnit:
    """Give the unit another name, short name, kind or e-mail from ``on`` (default today)."""
    authority.require(actor, CHANGE)
    unit = _locked(unit)
    new = {
        "name": name.strip(),
        "short_name": short_name.strip(),
        "kind": kind or unit.kind,
        "email": email.strip(),
    }
    old = {field: getattr(unit, field) for field in new}
    _check_version(unit, version, old, new)
    day = on or clock.today()
    _check_living(unit)
    _check_day(unit, day)
    if not new["name"]:
        raise Invalid(_("A unit needs a name."), field="name")
    changes = {field: [old[field], value] for field, value in new.items() if old[field] != value}
    if not changes:
        return unit
    for field, value in new.items():
        setattr(unit, field, value)
    _bump(unit)
    _open_period(unit, day)
    _note(unit, OrgChange.Kind.RENAMED, actor, day, reason, changes)
    return unit


@transaction.atomic
def move_unit(
    unit: OrgUnit, *, actor: Actor, parent: OrgUnit | None, on: date | None = None, reason: str = ""
) -> OrgUnit:
    """Hang the unit with its sub-tree below ``parent``; refuses a place below itself."""
    authority.require(actor, CHANGE)
    unit = _locked(unit)
    day = on or clock.today()
    _check_living(unit)
    _check_day(unit, day)
    if parent:
        parent = OrgUnit.objects.get(pk=parent.pk)
        _check_living(parent)
        if parent.path.startswith(unit.path):
            raise Invalid(
                _("%(unit)s cannot be moved below itself or one of its own sub-units.")
                % {"unit": unit.name},
                field="parent",
            )
    old_parent = unit.parent
    if old_parent == parent:
        return unit
    _rebase(unit, parent)
    _open_period(unit, day)
    changes = {"parent": [old_parent and old_parent.name, parent and parent.name]}
    _note(unit, OrgChange.Kind.MOVED, actor, day, reason, changes, target=parent)
    return unit


def _rebase(unit: OrgUnit, parent: OrgUnit | None) -> None:
    """Write the new parent and the paths of the whole sub-tree."""
    old_path = unit.path
    unit.parent = parent
    unit.path = _path(unit, parent)
    _bump(unit)
    below = list(OrgUnit.objects.filter(path__startswith=old_path).exclude(pk=unit.pk))
    for descendant in below:
        descendant.path = unit.path + descendant.path[len(old_path) :]
    OrgUnit.objects.bulk_update(below, ["path"], batch_size=500)


@transaction.atomic
def merge_units(
    unit: OrgUnit, *, actor: Actor, into: OrgUnit, on: date | None = None, reason: str = ""
) -> OrgUnit:
    """Merge ``unit`` into another: children and people move, the unit ends, history stays.

    Objects of features keep their reference; guards may object or move them.
    """
    authority.require(actor, CHANGE)
    unit, into = _locked(unit), OrgUnit.objects.get(pk=into.pk)
    day = on or clock.today()
    _check_living(unit)
    _check_living(into)
    _check_day(unit, day)
    if into.path.startswith(unit.path):
        raise Invalid(
            _("%(unit)s cannot be merged into itself or one of its own sub-units.")
            % {"unit": unit.name},
            field="into",
        )
    for child in unit.children.filter(active_to=None):
        move_unit(child, actor=actor, parent=into, on=day, reason=reason)
    Person.objects.filter(unit=unit).update(unit=into)
    for guard in dissolution_guards:
        guard.move(unit.id, into.id, actor)
    _end(unit, day, successor=into)
    _note(unit, OrgChange.Kind.MERGED, actor, day, reason, {"into": [None, into.name]}, target=into)
    return unit


@transaction.atomic
def dissolve_unit(
    unit: OrgUnit, *, actor: Actor, on: date | None = None, reason: str = ""
) -> OrgUnit:
    """End a unit; refused while it has living children, people or open objects of a feature."""
    authority.require(actor, CHANGE)
    unit = _locked(unit)
    day = on or clock.today()
    _check_living(unit)
    _check_day(unit, day)
    obstacles = []
    if count := unit.children.filter(active_to=None).count():
        obstacles.append(_("%(count)d sub-units") % {"count": count})
    if count := unit.people.filter(active=True).count():
        obstacles.append(_("%(count)d people") % {"count": count})
    obstacles += [text for guard in dissolution_guards if (text := guard.objection(unit.id))]
    if obstacles:
        raise Invalid(
            _("%(unit)s still has %(what)s. Move them first or merge the unit into another.")
            % {"unit": unit.name, "what": ", ".join(str(text) for text in obstacles)}
        )
    _end(unit, day, successor=None)
    _note(unit, OrgChange.Kind.DISSOLVED, actor, day, reason, {"active_to": [None, str(day)]})
    return unit


def _end(unit: OrgUnit, day: date, successor: OrgUnit | None) -> None:
    unit.active_to = max(day, unit.active_from)
    unit.successor = successor
    _bump(unit)
    unit.periods.filter(valid_to=None).update(valid_to=day)


def _locked(unit: OrgUnit) -> OrgUnit:
    return OrgUnit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)


def _bump(row: OrgUnit | Person) -> None:
    row.version += 1
    row.save()


def _check_version(
    row: OrgUnit | Person, version: int, theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    if row.version != version:
        raise Conflict(
            _("Somebody else has changed %(name)s in the meantime.") % {"name": row},
            theirs=theirs,
            mine=mine,
            version=row.version,
        )


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
    """Create a person; raises ``Invalid`` if the e-mail address is already in use."""
    authority.require(actor, CHANGE)
    _check_email(email, None)
    person = Person.objects.create(
        given_name=given_name.strip(), family_name=family_name.strip(), unit=unit,
        email=email.strip().lower(), function=function.strip(),
    )  # fmt: skip
    _note_person(person, "created", actor, {"unit": [None, unit.name]})
    return person


@transaction.atomic
def change_person(person: Person, *, actor: Actor, version: int, **values: Any) -> Person:
    """Change a person's fields; ``values`` may hold names, unit, email, function, active."""
    authority.require(actor, CHANGE)
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    old = {field: getattr(person, field) for field in values}
    _check_version(person, version, old, values)
    if "email" in values:
        _check_email(values["email"], person)
    changed = {field: value for field, value in values.items() if old[field] != value}
    if not changed:
        return person
    for field, value in changed.items():
        setattr(person, field, value)
    _bump(person)
    _note_person(person, "changed", actor, {field: [None, None] for field in changed})
    return person


def _check_email(email: str, person: Person | None) -> None:
    taken = Person.objects.filter(email__iexact=email.strip())
    if person:
        taken = taken.exclude(pk=person.pk)
    if email.strip() and taken.exists():
        raise Invalid(_("Another person already has this e-mail address."), field="email")


def _note_person(person: Person, what: str, actor: Actor, changes: dict[str, Any]) -> None:
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
