"""Writers of scenarios."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed, NotFound
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.jobs import actions as jobs
from leitstand.core.policy.grants import require
from leitstand.planning import policy
from leitstand.planning.models import Scenario, ScenarioChange
from leitstand.portfolio.facade_planning import adopt_periods, plan_facts

COMPUTE = "planning.compute"
FIELDS = ("title", "description", "confidentiality", "shared", "ideas", "paused", "seconds")
Kind = ScenarioChange.Kind


def _record(
    what: str, row: Scenario, actor: Actor, changes: Mapping[str, Any], reason: str = ""
) -> None:
    events.record(
        events.Event(
            f"planning.scenario.{what}", actor, "scenario", row.pk, row.title[:300],
            changes=changes, level=max(1, row.confidentiality), reason=reason,
        )
    )  # fmt: skip


def _check(actor: Actor, values: Mapping[str, Any]) -> None:
    refuse_unstorable(values)
    if "title" in values and not str(values["title"]).strip():
        raise Invalid(_("Enter a title."), field="title")
    if int(values.get("confidentiality", 0)) > policy.level(actor):
        text = _("You may plan only up to the level that you hold for the whole city.")
        raise Invalid(text, field="confidentiality")


def own(actor: Actor, scenario_id: uuid.UUID) -> Scenario:
    """The scenario, locked, if the actor may change it; raises ``NotFound`` or ``NotAllowed``."""
    require(actor, policy.SCENARIO, citywide=True)
    if not policy.visible(actor).filter(pk=scenario_id).exists():
        raise NotFound
    row = versions.locked(Scenario, scenario_id)
    if not actor.is_system and row.owner_id != actor.account_id:
        raise NotAllowed(_("Only who made a scenario changes it. Make a copy of your own."))
    return row


@transaction.atomic
def create_scenario(*, actor: Actor, values: Mapping[str, Any]) -> Scenario:
    """Make a scenario; it belongs to the actor."""
    require(actor, policy.SCENARIO, citywide=True)
    given = {name: values[name] for name in FIELDS if name in values}
    _check(actor, {"title": "", **given})
    row = Scenario(owner_id=actor.account_id, **given)
    records.create(row)
    _record("created", row, actor, records.first_values(given))
    return row


@transaction.atomic
def change_scenario(
    scenario_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> Scenario:
    """Change a scenario; a result stays until it is computed anew."""
    row = own(actor, scenario_id)
    given = {name: value for name, value in values.items() if name in FIELDS}
    _check(actor, given)
    changes = records.apply(row, version, given)
    if changes:
        if "confidentiality" in changes:
            _forget(row)
        _record("changed", row, actor, changes)
    return row


def _forget(row: Scenario) -> None:
    """A result for another level must not stay."""
    row.result, row.state, row.computed_at = {}, {}, None
    row.save()


@transaction.atomic
def copy_scenario(scenario_id: uuid.UUID, *, actor: Actor) -> Scenario:
    """A copy with the same changes, for the actor alone."""
    require(actor, policy.SCENARIO, citywide=True)
    old = policy.visible(actor).filter(pk=scenario_id).first()
    if old is None:
        raise NotFound
    values = {name: getattr(old, name) for name in FIELDS}
    title = _("Copy of %(title)s") % {"title": old.title}
    row = create_scenario(actor=actor, values={**values, "title": title[:200], "shared": False})
    for one in old.changes.all():
        records.create(ScenarioChange(
            scenario=row, kind=one.kind, project=one.project, day=one.day, number=one.number
        ))  # fmt: skip
    return row


@transaction.atomic
def remove_scenario(scenario_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Remove a scenario with its result."""
    row = own(actor, scenario_id)
    text = _("Somebody else has changed this entry in the meantime.")
    versions.check_version(row, version, text)
    _record("removed", row, actor, {})
    row.delete()


@transaction.atomic
def add_change(
    scenario_id: uuid.UUID, *, actor: Actor, values: Mapping[str, Any]
) -> ScenarioChange:
    """Add a "what if"; the same kind for the same project is replaced."""
    row = own(actor, scenario_id)
    kind, project = str(values.get("kind")), str(values.get("project"))
    if project not in {one.number for one in plan_facts(row.confidentiality).projects}:
        raise Invalid(_("There is no open project with this number here."), field="project")
    if kind in (Kind.MOVE, Kind.PAUSE, Kind.DUE) and values.get("day") is None:
        raise Invalid(_("Enter a day."), field="day")
    if kind == Kind.WEIGHT and not 1 <= (values.get("number") or 0) <= 20:
        raise Invalid(_("Enter a priority from 1 to 20."), field="number")
    row.changes.filter(kind=kind, project=project).delete()
    needs_day = kind in (Kind.MOVE, Kind.PAUSE, Kind.DUE)
    change = ScenarioChange(
        scenario=row, kind=kind, project=project, day=values.get("day") if needs_day else None,
        number=values.get("number") if kind == Kind.WEIGHT else None,
    )  # fmt: skip
    records.create(change)
    _record("changed", row, actor, {"change": [None, str(change)]})
    return change


@transaction.atomic
def remove_change(scenario_id: uuid.UUID, change_id: uuid.UUID, *, actor: Actor) -> None:
    """Take a "what if" back; twice is once."""
    row = own(actor, scenario_id)
    change = row.changes.filter(pk=change_id).first()
    if change:
        _record("changed", row, actor, {"change": [str(change), None]})
        change.delete()


@transaction.atomic
def start(scenario_id: uuid.UUID, *, actor: Actor) -> Scenario:
    """Have the scenario computed in the background; twice is once."""
    row = own(actor, scenario_id)
    if row.job is not None and not row.job.is_finished:
        return row
    url = reverse("planning:scenario", args=[row.pk])
    row.job = jobs.enqueue(COMPUTE, actor=actor, next_url=url, scenario=str(row.pk))
    row.save()
    return row


@transaction.atomic
def keep_result(
    scenario_id: uuid.UUID,
    job_id: uuid.UUID,
    *,
    result: Mapping[str, Any],
    state: Mapping[str, str],
) -> bool:
    """Store what a job has computed, unless the scenario waits for another one."""
    row = Scenario.objects.select_for_update().filter(pk=scenario_id, job_id=job_id).first()
    if row is None:
        return False
    row.result, row.state, row.computed_at = dict(result), dict(state), clock.now()
    row.save()
    return True


@transaction.atomic
def adopt(scenario_id: uuid.UUID, *, actor: Actor, version: int, reason: str) -> int:
    """Make the plan the periods of its projects and freeze them as baselines, all or none.

    The actor needs the right to change each project and freeze its plan. Returns how many.
    """
    from leitstand.planning.queries.results import periods_of

    row = own(actor, scenario_id)
    versions.check_version(row, version, _("Somebody else has changed this entry in the meantime."))
    if not row.result:
        raise Invalid(_("Compute the scenario first."))
    if not reason.strip():
        raise Invalid(
            _("Say why the plan is adopted, such as the decision it follows."), field="reason"
        )
    periods = periods_of(row)
    count = adopt_periods(actor, periods, f"{row.title}: {reason.strip()}"[:500])
    row.adopted_on = clock.today()
    row.version += 1
    row.save()
    _record("adopted", row, actor, {"projects": [None, count]}, reason.strip())
    return count
