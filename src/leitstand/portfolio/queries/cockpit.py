"""Whose projects the start page tells a person about, and what has changed since the last visit."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.actor import Actor
from leitstand.core.base.events import event_types
from leitstand.core.policy.grants import grants
from leitstand.portfolio import policy
from leitstand.portfolio.models import Participation, Project
from leitstand.portfolio.queries import changes as changes_of
from leitstand.portfolio.queries.projects import is_mine
from leitstand.portfolio.tables import PROJECTS

SHORT = 6
MOST_LINES = 3
MOST_EVENTS = 150


@dataclass(frozen=True)
class Changed:
    """A project and, in words, what happened to it since the last visit."""

    id: uuid.UUID
    number: str
    title: str
    phase: str
    is_new: bool
    lines: Sequence[str]
    more: int


def is_narrowed(actor: Actor) -> bool:
    """Whether the start page keeps to the person's units and projects.

    So for everybody with roles in units alone; the digital unit answers for the whole city, and
    whoever has neither unit nor person (a councillor) reads all that is open to her.
    """
    if actor.is_system or grants(actor, policy.STRATEGY).city_level >= 0:
        return False
    return bool(grants(actor, policy.VIEW).unit_levels)


def in_scope(actor: Actor, projects: QuerySet[Project] | None = None) -> QuerySet[Project]:
    """The visible projects that the start page is about; of ``projects`` if they are given."""
    found = policy.visible(actor) if projects is None else projects
    if not is_narrowed(actor):
        return found
    units = list(grants(actor, policy.VIEW).unit_levels)
    joined = Participation.objects.filter(project=OuterRef("pk"), unit_id__in=units)
    return found.filter(Q(lead_unit_id__in=units) | Q(Exists(joined)) | is_mine(actor))


def changed_since(actor: Actor, since: datetime) -> tuple[list[Changed], int]:
    """Projects changed after ``since``, the newest first, and their number: three queries."""
    found = in_scope(actor).filter(updated_at__gt=since)
    fields = ("id", "number", "title", "phase", "created_at")
    rows = list(found.order_by("-updated_at", "number").values_list(*fields)[:SHORT])
    said = _said([row[0] for row in rows], since)
    return [
        Changed(
            key, number, title, phase, created > since,
            said[key][:MOST_LINES], max(0, len(said[key]) - MOST_LINES),
        )
        for key, number, title, phase, created in rows
    ], found.count()  # fmt: skip


def _said(ids: Sequence[uuid.UUID], since: datetime) -> dict[uuid.UUID, list[str]]:
    """What the trail says about the projects, each sentence once.

    Only events up to the level that the project has now, so that nothing shows that was more
    confidential when it happened.
    """
    level = Project.objects.filter(pk=OuterRef("object_id")).values("confidentiality")[:1]
    events = (
        AuditEvent.objects.filter(object_id__in=ids, at__gt=since)
        .annotate(now=level)
        .filter(level__lte=F("now"))
        .order_by("-id")
        .values_list("object_id", "type", "changes")[:MOST_EVENTS]
    )
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for key, type_, changes in events:
        if key is None:
            continue
        for line in _lines(type_, changes):
            if line not in found[key]:
                found[key].append(line)
    return found


def _lines(type_: str, changes: dict[str, Any]) -> list[str]:
    label = str(event_types[type_].label) if type_ in event_types else type_
    part = changes_of.table_of(changes)
    if part is not None:
        return [f"{label}: {part.label}"]
    if type_ != "portfolio.project.changed":
        return [label]
    return [_line(*line) for line in changes_of.lines(PROJECTS, changes)] or [label]


def _line(label: Any, old: str, new: str) -> str:
    if len(old) + len(new) > 60:
        return _("%(field)s: changed") % {"field": label}
    if not old:
        return f"{label}: {new}"
    return _("%(field)s: %(old)s → %(new)s") % {
        "field": label,
        "old": old,
        "new": new or _("empty"),
    }
