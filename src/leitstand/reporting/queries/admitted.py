"""What a report may hold of the portfolio: read once per report, shared by its sections."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from leitstand.core.base import clock
from leitstand.core.base.report_sections import ReportFrame
from leitstand.core.history import past
from leitstand.portfolio import facade
from leitstand.portfolio.facade import ProjectState, RolloutState

USUAL_SPAN = timedelta(days=182)
"""How far a first report looks back: half a year."""


def projects(frame: ReportFrame) -> dict[uuid.UUID, ProjectState]:
    """The projects of the report by id, ideas and cancelled ones included."""
    return frame.kept("projects", lambda: _admitted(frame, frame.day))


def read_projects(frame: ReportFrame) -> dict[uuid.UUID, ProjectState]:
    """The same, read anew: as of the day that is being read."""
    return _admitted(frame, clock.today())


def counted(frame: ReportFrame) -> list[ProjectState]:
    """The projects that are done, started or planned."""
    return [one for one in projects(frame).values() if one.group]


def before(frame: ReportFrame) -> dict[uuid.UUID, ProjectState] | None:
    """The same projects as of the report before; None if there is none or its day is not known.

    A project that might not have been in a report of this level then is left out.
    """
    return frame.kept("before", lambda: _before(frame))


def rollouts(frame: ReportFrame) -> list[RolloutState]:
    """The rollouts of the report."""
    return frame.kept("rollouts", lambda: _rollouts(frame))


def begins(frame: ReportFrame) -> date:
    """From when the report tells: the day after the one before, else half a year back."""
    return frame.since or frame.day - USUAL_SPAN


def _admitted(frame: ReportFrame, day: date) -> dict[uuid.UUID, ProjectState]:
    ids = facade.projects_seen(frame.actor, frame.selection)
    found = facade.project_states(ids, day)
    return {key: one for key, one in found.items() if frame.admits(one.level, one.unit_id)}


def _before(frame: ReportFrame) -> dict[uuid.UUID, ProjectState] | None:
    since = frame.since
    if since is None or since >= clock.present_day():
        return None
    with past.present():
        begun = facade.history_begins()
    if begun is None or since < begun:
        return None
    with past.as_of(since):
        found = facade.project_states(list(projects(frame)), since)
    return {key: one for key, one in found.items() if frame.admits(one.level, one.unit_id)}


def _rollouts(frame: ReportFrame) -> list[RolloutState]:
    found = facade.rollout_states(facade.rollouts_seen(frame.actor))
    return [one for one in found if frame.admits(one.level, one.unit_id)]
