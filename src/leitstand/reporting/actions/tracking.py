"""Writers of what becomes of resolutions: state, progress, next report, projects."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed, NotFound
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.policy.grants import grants
from leitstand.portfolio import facade_council as portfolio
from leitstand.reporting import policy_council
from leitstand.reporting.actions import telling_council
from leitstand.reporting.models import ResolutionTracking, TrackedProject, TrackingStep

FIELDS = (
    "resolution", "decided_on", "state", "progress", "next_report", "unit", "responsible",
)  # fmt: skip
# The person responsible says how far it is; who does it is decided by those who track.
OF_RESPONSIBLE = ("state", "progress", "next_report")
_PERSONAL = frozenset({"responsible"})
State = ResolutionTracking.State
CLOSED = (State.DONE, State.REJECTED, State.DROPPED)


def event(
    type_: str, tracking: ResolutionTracking, actor: Actor, changes: Mapping[str, Any],
    *, level: int = 0, unit_id: uuid.UUID | None = None,
) -> events.Event:  # fmt: skip
    """The audit event of a tracked resolution; who is in charge stands in the personal part."""
    return events.Event(
        type=type_, actor=actor, object_kind="resolution", object_id=tracking.pk,
        object_title=str(tracking.paper)[:300],
        changes={name: pair for name, pair in changes.items() if name not in _PERSONAL},
        personal={name: pair for name, pair in changes.items() if name in _PERSONAL},
        level=max(level, tracking.paper.confidentiality), unit_id=unit_id or tracking.unit_id,
    )  # fmt: skip


def _may_begin(actor: Actor, unit: Any) -> None:
    if policy_council.may_assign(actor, unit.pk if unit is not None else None):
        return
    grant = grants(actor, policy_council.TRACK)
    text = _("Name your own unit as the one that carries the resolution out.")
    raise Invalid(text, field="unit") if grant else NotAllowed(
        _("Your roles do not include tracking resolutions.")
    )


@transaction.atomic
def begin(paper_id: uuid.UUID, *, actor: Actor, values: Mapping[str, Any]) -> ResolutionTracking:
    """Begin to track what becomes of a paper."""
    paper = policy_council.get_paper(actor, paper_id)
    fields = {name: values[name] for name in FIELDS if values.get(name) not in (None, "")}
    refuse_unstorable(fields)
    _may_begin(actor, fields.get("unit"))
    if ResolutionTracking.objects.filter(paper=paper).exists():
        raise Invalid(_("This paper is tracked already."))
    tracking = ResolutionTracking(paper=paper, **fields)
    records.create(tracking)
    _step(tracking)
    changes = records.first_values(fields)
    events.record(event("reporting.tracking.begun", tracking, actor, changes))
    telling_council.changed(tracking, actor, began=True)
    return tracking


def _step(tracking: ResolutionTracking) -> None:
    records.create(
        TrackingStep(
            tracking=tracking, on=clock.today(), state=tracking.state, progress=tracking.progress
        )
    )


@transaction.atomic
def change(
    tracking_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> ResolutionTracking:
    """Change a tracked resolution; state and progress are kept as a step, followers are told."""
    known = policy_council.get_tracking(actor, tracking_id)
    policy_council.require_track(actor, known)
    tracking = versions.locked(ResolutionTracking, tracking_id)
    new = {name: value for name, value in values.items() if name in FIELDS}
    really = versions.changed({name: getattr(tracking, name) for name in new}, new)
    if not set(really) <= set(OF_RESPONSIBLE):
        _may_begin(actor, tracking.unit)
        _may_begin(actor, new.get("unit", tracking.unit))
    changes = records.apply(tracking, version, new)
    if not changes:
        return tracking
    if {"state", "progress"} & set(changes):
        _step(tracking)
    events.record(event("reporting.tracking.changed", tracking, actor, changes))
    telling_council.changed(tracking, actor, handed="responsible" in changes)
    return tracking


@transaction.atomic
def tell_course(
    tracking: ResolutionTracking, course: Sequence[tuple[date, str, str]]
) -> None:
    """Replace the steps of a resolution by a course (day, state, progress) known from elsewhere."""
    TrackingStep.objects.filter(tracking=tracking).delete()
    for day, state, progress in course:
        records.create(TrackingStep(tracking=tracking, on=day, state=state, progress=progress))


@transaction.atomic
def tie(tracking_id: uuid.UUID, *, actor: Actor, project: str) -> TrackedProject:
    """Tie a project, named by its identifier, that the actor sees."""
    tracking = policy_council.get_tracking(actor, tracking_id)
    policy_council.require_track(actor, tracking)
    found = portfolio.find(actor, project)
    if found is None:
        text = _("There is no project “%(name)s” that you may see.")
        raise Invalid(text % {"name": project[:60]}, field="project")
    if TrackedProject.objects.filter(tracking=tracking, project_id=found.id).exists():
        raise Invalid(_("This project is tied already."), field="project")
    row = TrackedProject(tracking=tracking, project_id=found.id)
    records.create(row)
    changes = {"project": [None, f"{found.number} {found.title}"]}
    events.record(
        event("reporting.tracking.tied", tracking, actor, changes, level=found.level,
               unit_id=found.unit_id)
    )  # fmt: skip
    return row


@transaction.atomic
def untie(link_id: uuid.UUID, *, actor: Actor) -> None:
    """Take a project off; one that the actor does not see is not there."""
    row = TrackedProject.objects.filter(pk=link_id).select_related("tracking__paper").first()
    found = portfolio.seen(actor, [row.project_id]) if row else {}
    if row is None or row.project_id not in found:
        raise NotFound
    tracking = policy_council.get_tracking(actor, row.tracking_id)
    policy_council.require_track(actor, tracking)
    project = found[row.project_id]
    changes = {"project": [f"{project.number} {project.title}", None]}
    events.record(
        event("reporting.tracking.untied", tracking, actor, changes, level=project.level,
               unit_id=project.unit_id)
    )  # fmt: skip
    row.delete()
