"""The history of a project in words that people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from leitstand.core.audit.models import AuditEvent
from leitstand.core.audit.queries import history
from leitstand.core.base.actor import Actor
from leitstand.core.base.events import event_types
from leitstand.core.history import past
from leitstand.core.policy.grants import grants, predicate
from leitstand.core.ui.components import HistoryEntry
from leitstand.portfolio import policy
from leitstand.portfolio.models import Project
from leitstand.portfolio.queries import changes as changes_of
from leitstand.portfolio.tables import PROJECTS


@dataclass(frozen=True)
class ProjectHistory:
    """What a reader sees of a project's events; ``hidden`` counts those closed to her."""

    entries: list[HistoryEntry]
    hidden: int


def of_project(
    actor: Actor, project: Project, *, limit: int = 200, shorten: int = 0
) -> ProjectHistory:
    """The newest events of a visible project, with labels and German values.

    An event stays as confidential as the project was then, also when its level is lowered later.
    ``shorten`` cuts long texts to so many characters (0 = never).
    """
    open_to = _open_to(actor, project) & _until_the_day_shown()
    rows = history(project.pk, limit=limit, open_to=open_to)
    names = _names(actor, rows)
    known = AuditEvent.objects.filter(_until_the_day_shown(), object_id=project.pk)
    closed = known.exclude(open_to) if open_to else None
    return ProjectHistory(
        entries=[_entry(row, names, shorten) for row in rows],
        hidden=closed.count() if closed is not None else 0,
    )


def _until_the_day_shown() -> Q:
    until = past.moment()
    return Q(at__lt=until) if until else Q()


def _open_to(actor: Actor, project: Project) -> Q:
    """Predicate over the events: everything for insiders, else what the level then allows."""
    if actor.is_system or policy.is_insider(actor, project):
        return Q()
    reach = predicate(grants(actor, policy.VIEW), unit="unit_id", level="level")
    return Q(level__lte=project.confidentiality) | reach


def _names(actor: Actor, rows: Iterable[AuditEvent]) -> dict[str, str]:
    """Titles of the other projects of dependencies, as far as the actor may see them."""
    ids = {
        side
        for row in rows
        for name in changes_of.SIDES
        for side in changes_of.pair(row.changes.get(name))
        if isinstance(side, str)
    }
    if not ids:
        return {}
    found = policy.visible(actor).filter(pk__in=ids).values_list("pk", "number", "title")
    return {str(pk): f"{number} {title}" for pk, number, title in found}


def _entry(row: AuditEvent, names: Mapping[str, str], shorten: int) -> HistoryEntry:
    details = row.personal.details if isinstance(row.personal.details, dict) else {}
    changes: dict[str, Any] = {**row.changes, **details}
    part = changes_of.table_of(row.changes)
    label: Any = event_types[row.type].label if row.type in event_types else row.type
    shown = [
        (label_, _cut(old, shorten), _cut(new, shorten))
        for label_, old, new in changes_of.lines(part or PROJECTS, changes, names)
    ]
    return HistoryEntry(
        at=row.at,
        who=row.personal.actor_name or _("deleted"),
        text=f"{label}: {part.label}" if part else str(label),
        reason=row.reason,
        changes=shown,
    )


def _cut(text: str, limit: int) -> str:
    return text if not limit or len(text) <= limit else text[:limit].rstrip() + " …"
