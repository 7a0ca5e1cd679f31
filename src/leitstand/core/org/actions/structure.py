"""Moving, merging and dissolving units; the history of each is kept."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base import authority, clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.org.actions import units
from leitstand.core.org.actions.units import CHANGE
from leitstand.core.org.models import OrgChange, OrgUnit, Person
from leitstand.core.org.registry import dissolution_guards


@transaction.atomic
def move_unit(
    unit: OrgUnit, *, actor: Actor, parent: OrgUnit | None, on: date | None = None, reason: str = ""
) -> OrgUnit:
    """Hang the unit with its sub-tree below ``parent``; refuses a place below itself."""
    authority.require(actor, CHANGE, unit_id=unit.id)
    authority.require(actor, CHANGE, unit_id=parent.id if parent else None, citywide=parent is None)
    _lock_tree()
    unit = units.locked(unit)
    units.check_values({"reason": reason})
    units.check_living(unit)
    day = units.check_day(unit, on)
    if parent:
        parent = OrgUnit.objects.get(pk=parent.pk)
        if parent.path.startswith(unit.path):
            raise circle(unit)
        check_place(parent, day)
    old_parent = unit.parent
    if old_parent == parent:
        return unit
    _rebase(unit, parent)
    units.open_period(unit, day)
    changes = {"parent": [old_parent and old_parent.name, parent and parent.name]}
    units.note(unit, OrgChange.Kind.MOVED, actor, day, reason, changes, target=parent)
    return unit


def _lock_tree() -> None:
    """Lock all units, so that two moves at once cannot hang each below the other."""
    list(OrgUnit.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def check_place(parent: OrgUnit, day: date) -> None:
    """Raise ``Invalid`` unless a unit can hang below ``parent`` from ``day`` on."""
    units.check_living(parent)
    if parent.active_from > day:
        raise Invalid(
            _("%(unit)s exists only from %(day)s on.")
            % {"unit": parent.name, "day": units.german(parent.active_from)},
            field="on",
        )


def circle(unit: OrgUnit) -> Invalid:
    """Return the refusal to hang a unit below itself."""
    return Invalid(
        _("%(unit)s cannot be moved below itself or one of its own sub-units.")
        % {"unit": unit.name},
        field="parent",
    )


def _rebase(unit: OrgUnit, parent: OrgUnit | None) -> None:
    """Write the new parent and the paths of the whole sub-tree."""
    old_path = unit.path
    unit.parent = parent
    unit.path = units.path_below(unit, parent)
    below = list(OrgUnit.objects.filter(path__startswith=old_path).exclude(pk=unit.pk))
    for descendant in below:
        descendant.path = unit.path + descendant.path[len(old_path) :]
        units.check_path(descendant.path)
    units.bump(unit)
    OrgUnit.objects.bulk_update(below, ["path"], batch_size=500)


@transaction.atomic
def merge_units(
    unit: OrgUnit, *, actor: Actor, into: OrgUnit, on: date | None = None, reason: str = ""
) -> OrgUnit:
    """Merge ``unit`` into another: children and people move, the unit ends, history stays.

    What features hold of the unit is handed over by their dissolution guards. Roles on the
    merged unit are not handed over: rights to the other unit's data must be given anew.
    """
    authority.require(actor, CHANGE, unit_id=unit.id)
    authority.require(actor, CHANGE, unit_id=into.id)
    _lock_tree()
    unit, into = units.locked(unit), OrgUnit.objects.get(pk=into.pk)
    units.check_values({"reason": reason})
    units.check_living(unit)
    units.check_living(into)
    day = units.check_day(unit, on)
    if into.path.startswith(unit.path):
        raise Invalid(
            _("%(unit)s cannot be merged into itself or one of its own sub-units.")
            % {"unit": unit.name},
            field="into",
        )
    for child in unit.children.filter(active_to=None):
        move_unit(child, actor=actor, parent=into, on=day, reason=reason)
    people = Person.objects.filter(unit=unit).update(
        unit=into, version=F("version") + 1, updated_at=clock.now()
    )
    for guard in dissolution_guards:
        guard.move(unit.id, into.id, actor)
    _end(unit, day, successor=into)
    changes = {"into": [None, into.name], "people": [None, people]}
    units.note(unit, OrgChange.Kind.MERGED, actor, day, reason, changes, target=into)
    return unit


@transaction.atomic
def dissolve_unit(
    unit: OrgUnit, *, actor: Actor, on: date | None = None, reason: str = ""
) -> OrgUnit:
    """End a unit; refused while it has living children, people or open objects of a feature."""
    authority.require(actor, CHANGE, unit_id=unit.id)
    unit = units.locked(unit)
    units.check_values({"reason": reason})
    units.check_living(unit)
    day = units.check_day(unit, on)
    obstacles = obstacles_to_end(unit)
    if obstacles:
        raise Invalid(
            _("%(unit)s still has %(what)s. Move them first or merge the unit into another.")
            % {"unit": unit.name, "what": ", ".join(obstacles)}
        )
    _end(unit, day, successor=None)
    units.note(unit, OrgChange.Kind.DISSOLVED, actor, day, reason, {"active_to": [None, str(day)]})
    return unit


def obstacles_to_end(unit: OrgUnit) -> list[str]:
    """Return in words what keeps a unit from being dissolved; empty if nothing does."""
    found = []
    if count := unit.children.filter(active_to=None).count():
        found.append(
            ngettext("%(count)d sub-unit", "%(count)d sub-units", count) % {"count": count}
        )
    if count := unit.people.filter(active=True).count():
        found.append(ngettext("%(count)d person", "%(count)d people", count) % {"count": count})
    return found + [str(text) for guard in dissolution_guards if (text := guard.objection(unit.id))]


def _end(unit: OrgUnit, day: date, successor: OrgUnit | None) -> None:
    unit.active_to = day
    unit.successor = successor
    units.bump(unit)
    unit.periods.filter(valid_to=None).update(valid_to=day)
