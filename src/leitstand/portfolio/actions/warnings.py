"""Writers of early warnings."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio import policy, policy_warnings
from leitstand.portfolio.models import EarlyWarning, Project

FIELDS = (
    "kind", "title", "day", "lead_days", "description", "source_text", "source_url", "unit",
    "confidentiality",
)  # fmt: skip
Named = str | Collection[uuid.UUID]
"""Identifiers or codes, separated by commas; or ids."""
_HTTP = re.compile(r"https?://\S+")


@transaction.atomic
def create_warning(
    *, actor: Actor, values: Mapping[str, Any], projects: Named = "", units: Named = ""
) -> EarlyWarning:
    """Enter a warning; ``projects`` by identifiers and ``units`` by codes, or both by ids.

    Raises ``NotAllowed`` unless the actor keeps warnings of this level in the unit, or ``Invalid``.
    """
    refuse_unstorable(values)
    row = EarlyWarning(**values)
    _check(row, actor)
    named = _named(actor, projects, units)
    records.create(row)
    _tie(row, actor, *named)
    ties = {name: [None, text] for name, text in touched(row, actor).items() if text}
    changes = {**records.first_values(values), **ties}
    _record("created", row, actor, changes)
    return row


@transaction.atomic
def change_warning(
    warning_id: uuid.UUID,
    *,
    actor: Actor,
    version: int,
    values: Mapping[str, Any],
    projects: Named | None = None,
    units: Named | None = None,
) -> EarlyWarning:
    """Change the given fields; ``None`` leaves what is touched as it is.

    What the actor does not see stays touched. Raises ``Conflict`` if somebody was faster.
    """
    row = _locked(warning_id, actor)
    level, unit = row.confidentiality, row.unit_id
    text = _("Somebody else has changed this entry in the meantime.")
    old = {name: getattr(row, name) for name in values}
    versions.check_version(row, version, text, theirs=old, mine=values)
    for name, value in values.items():
        setattr(row, name, value)
    if (row.confidentiality, row.unit_id) != (level, unit):
        _check(row, actor)
    for name, value in old.items():
        setattr(row, name, value)
    tied = _retie(row, actor, projects, units)
    changes = {**records.apply(row, version, values), **tied}
    if tied and not (set(changes) - set(tied)):
        row.version += 1
        records.save(row)
    if changes:
        _record("changed", row, actor, changes, level)
    return row


@transaction.atomic
def settle_warning(warning_id: uuid.UUID, *, actor: Actor, settled: bool = True) -> EarlyWarning:
    """Mark a warning as settled today, or open it again."""
    row = _locked(warning_id, actor)
    day = clock.today() if settled else None
    if (row.settled_on is None) == (day is None):
        return row
    changes = records.set_values(row, {"settled_on": day})
    _record("changed", row, actor, changes)
    return row


@transaction.atomic
def delete_warning(warning_id: uuid.UUID, *, actor: Actor) -> None:
    """Delete a warning; the trail keeps that it was there."""
    row = _locked(warning_id, actor)
    _record("deleted", row, actor, {"title": [row.title, None]})
    row.delete()


def _locked(warning_id: uuid.UUID, actor: Actor) -> EarlyWarning:
    row = versions.locked(EarlyWarning, warning_id)
    policy_warnings.require_change(actor, row)
    return row


def _check(row: EarlyWarning, actor: Actor) -> None:
    if row.unit_id is None:
        raise Invalid(_("Name the unit that watches this date."), field="unit")
    if row.source_url and not _HTTP.fullmatch(row.source_url):
        text = _("Give a whole address that begins with https://.")
        raise Invalid(text, field="source_url")
    policy.require_level(actor, policy_warnings.CHANGE, row.unit_id, row.confidentiality)


def _retie(
    row: EarlyWarning, actor: Actor, projects: Named | None, units: Named | None
) -> records.Changes:
    """Replace what the actor sees of the things touched; returns what changed."""
    if projects is None and units is None:
        return {}
    before = touched(row, actor)
    new_projects, new_units = _named(actor, projects or "", units or "", list(row.units.all()))
    if projects is None:
        new_projects = list(policy.visible(actor, row.projects.all()))
    if units is None:
        new_units = list(row.units.all())
    _tie(row, actor, new_projects, new_units)
    after = touched(row, actor)
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def _tie(row: EarlyWarning, actor: Actor, projects: list[Project], units: list[OrgUnit]) -> None:
    seen = policy.visible(actor, row.projects.all()).values("pk")
    hidden = row.projects.exclude(pk__in=seen)
    row.projects.set([*hidden, *projects])
    row.units.set(units)


def touched(row: EarlyWarning, actor: Actor) -> dict[str, str]:
    """Identifiers of the visible projects and codes of the units that the warning touches."""
    projects = policy.visible(actor, row.projects.all()).order_by("number")
    return {
        "projects": ", ".join(projects.values_list("number", flat=True)),
        "units": ", ".join(row.units.order_by("code").values_list("code", flat=True)),
    }


def _named(
    actor: Actor, projects: Named, units: Named, kept: Collection[OrgUnit] = ()
) -> tuple[list[Project], list[OrgUnit]]:
    """The objects; units that have ended count only if they are ``kept``."""
    living = OrgUnit.objects.filter(
        models.Q(active_to=None) | models.Q(pk__in=[unit.pk for unit in kept])
    )
    errors: dict[str, list[Any]] = {}
    found: list[list[Any]] = []
    sources: tuple[tuple[str, Named, models.QuerySet[Any], str], ...] = (
        ("projects", projects, policy.visible(actor), "number"),
        ("units", units, living, "code"),
    )
    for name, given, rows, key in sources:
        wanted, path = _keys(given, key)
        known = {getattr(row, path): row for row in rows.filter(**{f"{path}__in": wanted})}
        missing = [str(part) for part in wanted if part not in known]
        if missing:
            errors[name] = [_("Unknown: %(names)s.") % {"names": ", ".join(missing)}]
        found.append([known[part] for part in dict.fromkeys(wanted) if part in known])
    if errors:
        raise Invalid(errors)
    return found[0], found[1]


def _keys(given: Named, key: str) -> tuple[list[Any], str]:
    """What was named, and the field that it is looked up by."""
    if not isinstance(given, str):
        return list(given), "pk"
    return [part.strip() for part in re.split(r"[,;]", given) if part.strip()], key


def _record(
    what: str, row: EarlyWarning, actor: Actor, changes: records.Changes, level: int = 0
) -> None:
    events.record(
        events.Event(
            type=f"portfolio.warning.{what}",
            actor=actor,
            object_kind="early-warning",
            object_id=row.pk,
            object_title=row.title,
            changes=changes,
            level=max(level, row.confidentiality),
            unit_id=row.unit_id,
        )
    )
