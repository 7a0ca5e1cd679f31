"""Writer of baselines: they are frozen once and never changed (a database trigger sees to it)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.texts import refuse_unstorable
from leitstand.portfolio import policy
from leitstand.portfolio.actions.locking import one_at_a_time
from leitstand.portfolio.actions.projects import event
from leitstand.portfolio.models import Baseline, BaselineMilestone


@transaction.atomic
def freeze_baseline(
    project_id: uuid.UUID, *, actor: Actor, reason: str, name: str = ""
) -> Baseline:
    """Freeze period and milestones of the project as its next baseline; numbers count from 1.

    Raises ``Invalid`` without a reason or without anything to freeze.
    """
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.BASELINE, project)
    one_at_a_time(f"portfolio.baseline.{project_id}")
    refuse_unstorable({"reason": reason, "name": name})
    project.refresh_from_db()
    milestones = list(project.milestones.all())
    _check(reason, name, has_plan=bool(project.start or project.end or milestones))
    last = project.baselines.aggregate(last=Max("number"))["last"] or 0
    number = last + 1
    baseline = Baseline.objects.create(
        project=project,
        number=number,
        name=name.strip() or _("Baseline %(number)d") % {"number": number},
        frozen_on=clock.today(),
        start=project.start,
        end=project.end,
        reason=reason.strip(),
    )
    BaselineMilestone.objects.bulk_create(
        BaselineMilestone(baseline=baseline, milestone_id=row.pk, title=row.title, due=row.due)
        for row in milestones
    )
    changes = {"baseline": [None, baseline.name], "end": [None, str(project.end or "")]}
    events.record(event("portfolio.baseline.frozen", project, actor, changes, baseline.reason))
    return baseline


def _check(reason: str, name: str, *, has_plan: bool) -> None:
    errors: dict[str, list[str]] = {}
    if not reason.strip():
        errors["reason"] = [_("State why the plan is frozen now.")]
    elif len(reason.strip()) > 500:
        errors["reason"] = [_("The reason is limited to 500 characters.")]
    if len(name.strip()) > 120:
        errors["name"] = [_("The name is limited to 120 characters.")]
    if not has_plan:
        errors[""] = [_("There is nothing to freeze yet: enter a period or milestones first.")]
    if errors:
        raise Invalid(errors)
