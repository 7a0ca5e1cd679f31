"""What a project's profile shows of the needs behind it and the tasks for it."""

from __future__ import annotations

from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.portfolio import policy_groups
from leitstand.portfolio.models import ActionItem, Project
from leitstand.portfolio.queries import intake, meetings
from leitstand.portfolio.web import meeting_words

_MOST = 20


def project(actor: Actor, found: Project) -> dict[str, Any]:
    """Visible needs and open tasks of a visible project; soon ones first."""
    opened = policy_groups.visible_tasks(actor).filter(
        project=found, state=ActionItem.State.OPEN
    )
    tasks = meetings.soon_first(opened).select_related("responsible")[:_MOST]
    return {
        "needs_of": intake.of_project(actor, found),
        "tasks_of": [(task, meeting_words.task_badge(task)) for task in tasks],
        "may_give_task": policy_groups.may_create_tasks(actor),
    }
