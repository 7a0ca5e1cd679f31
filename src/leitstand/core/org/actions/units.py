"""Creating and renaming units; what every change of a unit has in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import authority, clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.org.models import OrgChange, OrgUnit, OrgUnitPeriod, Person, UnitKind

CHANGE = "org.change"
_LENGTHS = {"code": 40, "name": 200, "short_name": 40, "email": 254, "reason": 500}


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
    reason: str = "",
) -> OrgUnit:
    """Create a unit below ``parent`` (needs ``org.change`` there, city-wide for a root).

    Raises ``Invalid`` for a taken code, a wrong value or a parent that has ended.
    """
    authority.require(actor, CHANGE, unit_id=parent.id if parent else None, citywide=parent is None)
    _check_free(code.strip())
    if parent:
        parent = locked(parent)  # the caller's may be stale, and its path becomes part of ours
    unit = prepared(
        kind=kind, code=code, name=name, parent=parent, short_name=short_name, email=email,
        active_from=active_from, reason=reason,
    )  # fmt: skip
    on = unit.active_from
    save(unit, lambda: _check_free(unit.code), insert=True)
    open_period(unit, on)
    note(unit, OrgChange.Kind.CREATED, actor, on, reason, {"name": [None, unit.name]})
    return unit


def prepared(
    *,
    kind: str,
    code: str,
    name: str,
    parent: OrgUnit | None,
    short_name: str,
    email: str,
    active_from: date | None,
    reason: str = "",
) -> OrgUnit:
    """Return a new unit, not yet stored; raises ``Invalid`` for all that needs no look-up."""
    values = {
        "code": code.strip(), "name": name.strip(), "short_name": short_name.strip(),
        "email": email.strip().lower(),
    }  # fmt: skip
    check_values({**values, "reason": reason})
    check_kind(kind)
    if parent:
        check_living(parent)
    on = check_day(None, active_from)
    if parent and parent.active_from > on:
        raise Invalid(
            _("%(unit)s exists from %(day)s on; the new unit cannot begin before it.")
            % {"unit": parent.name, "day": german(parent.active_from)},
            field="active_from",
        )
    unit = OrgUnit(kind=kind, parent=parent, active_from=on, **values)
    unit.path = path_below(unit, parent)
    return unit


def _check_free(code: str) -> None:
    """Raise ``Invalid`` if a unit has this code."""
    if OrgUnit.objects.filter(code__iexact=code).exists():
        text = _("The unit code %(code)s is already taken.") % {"code": code}
        raise Invalid(text, field="code")


def save(row: OrgUnit | Person, check: Callable[[], None], *, insert: bool = False) -> None:
    """Save a row; if somebody else was faster with a unique value, ``check`` says so again."""
    try:
        with transaction.atomic():
            row.save(force_insert=insert)
    except IntegrityError:
        check()
        raise


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
    """Give the unit another name, short name, kind or e-mail from ``on`` (default today).

    Raises ``Conflict`` if ``version`` is not the stored one.
    """
    authority.require(actor, CHANGE, unit_id=unit.id)
    unit = locked(unit)
    new, changes = renamed(
        unit, name=name, short_name=short_name, kind=kind, email=email, reason=reason
    )
    check_version(unit, version, {field: getattr(unit, field) for field in new}, new)
    day = check_day(unit, on)
    if not changes:
        return unit
    for field, value in new.items():
        setattr(unit, field, value)
    bump(unit)
    if changes.keys() - {"email"}:
        open_period(unit, day)
    note(unit, OrgChange.Kind.RENAMED, actor, day, reason, changes)
    return unit


def renamed(
    unit: OrgUnit, *, name: str, short_name: str, kind: str, email: str, reason: str = ""
) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the unit's new values and what they change; raises ``Invalid`` for wrong ones."""
    new = {
        "name": name.strip(),
        "short_name": short_name.strip(),
        "kind": kind or unit.kind,
        "email": email.strip().lower(),
    }
    check_living(unit)
    check_values({**new, "reason": reason})
    check_kind(new["kind"])
    old = {field: getattr(unit, field) for field in new}
    return new, {field: [old[field], value] for field, value in new.items() if old[field] != value}


def german(day: date) -> str:
    """Return a day as DD.MM.YYYY."""
    return day.strftime("%d.%m.%Y")


def path_below(unit: OrgUnit, parent: OrgUnit | None) -> str:
    """Return the unit's path; raises ``Invalid`` if the tree would become too deep."""
    path = f"{parent.path if parent else '/'}{unit.id.hex}/"
    check_path(path)
    return path


def check_path(path: str) -> None:
    """Raise ``Invalid`` if the path is longer than its column."""
    if len(path) > 600:
        raise Invalid(_("The tree of units may have at most 18 levels."), field="parent")


def open_period(unit: OrgUnit, on: date) -> None:
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


def note(
    unit: OrgUnit,
    kind: OrgChange.Kind,
    actor: Actor,
    on: date,
    reason: str,
    changes: dict[str, Any],
    target: OrgUnit | None = None,
) -> None:
    """Write the event into the unit's history and the trail."""
    OrgChange.objects.create(unit=unit, kind=kind, target=target, on=on, reason=reason.strip())
    events.record(
        events.Event(
            type=f"org.unit.{kind}",
            actor=actor,
            object_kind="org-unit",
            object_id=unit.id,
            object_title=unit.name,
            changes=changes,
            reason=reason.strip(),
            unit_id=unit.id,
        )
    )


def check_values(values: dict[str, str]) -> None:
    """Raise ``Invalid`` for empty or too long texts and for a malformed e-mail address."""
    errors: dict[str, list[str]] = {}
    for field, value in values.items():
        if field in {"code", "name"} and not value:
            errors[field] = [
                _("A unit needs a code.") if field == "code" else _("A unit needs a name.")
            ]
        limit = _LENGTHS.get(field)
        if limit and len(value) > limit:
            errors[field] = [_("At most %(limit)d characters are possible.") % {"limit": limit}]
    if values.get("email") and not is_email(values["email"]):
        errors["email"] = [_("This is not an e-mail address.")]
    if errors:
        raise Invalid(errors)


def is_email(text: str) -> bool:
    """Whether the text is a well-formed e-mail address."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def check_kind(kind: str) -> None:
    """Raise ``Invalid`` for an unknown kind of unit."""
    if kind not in UnitKind.values:
        raise Invalid(_("Unknown kind of unit: %(kind)s.") % {"kind": kind}, field="kind")


def check_day(unit: OrgUnit | None, on: date | None) -> date:
    """Return the day of a change; raises ``Invalid`` if it lies ahead or before the last one.

    The unit's row always shows the present, so a change can be recorded only once it holds.
    """
    today = clock.today()
    if on and on > today:
        raise Invalid(
            _("A change can be recorded from the day on which it takes effect, %(day)s.")
            % {"day": german(on)},
            field="on" if unit else "active_from",
        )
    if unit is None:
        return on or today
    last = unit.periods.order_by("-valid_from").values_list("valid_from", flat=True).first()
    check_order(unit, on or today, last)
    return on or today


def check_order(unit: OrgUnit, day: date, last: date | None) -> None:
    """Raise ``Invalid`` if the day lies before the unit's last change."""
    if last and day < last:
        raise Invalid(
            _("The last change of %(unit)s was on %(day)s; a later one cannot lie before it.")
            % {"unit": unit.name, "day": german(last)},
            field="on",
        )


def check_living(unit: OrgUnit) -> None:
    """Raise ``Invalid`` if the unit has ended."""
    if unit.active_to is not None:
        raise Invalid(_("%(unit)s no longer exists.") % {"unit": unit.name})


def locked(unit: OrgUnit) -> OrgUnit:
    """Return the unit's row, locked for this transaction."""
    return OrgUnit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)


def bump(row: OrgUnit | Person, check: Callable[[], None] = lambda: None) -> None:
    """Save the row as its next version; for ``check`` see :func:`save`."""
    row.version += 1
    save(row, check)


def check_version(
    row: OrgUnit | Person, version: int, theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    """Raise ``Conflict`` with both versions if somebody else has saved in the meantime."""
    if row.version != version:
        raise Conflict(
            _("Somebody else has changed %(name)s in the meantime.") % {"name": row},
            theirs=theirs,
            mine=mine,
            version=row.version,
        )
