"""Sections of the start page: what waits for the reader."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.policy.grants import grants
from leitstand.portfolio import policy_intake
from leitstand.portfolio.queries import intake, meetings
from leitstand.portfolio.web import intake_words
from leitstand.portfolio.web import tasks as task_pages

_SHORT = 8


def tasks(actor: Actor) -> dict[str, Any] | None:
    """The person's own open tasks, soon ones first."""
    own = meetings.own_tasks(actor).filter(state="open")
    first = task_pages.lines(actor, meetings.soon_first(own)[:_SHORT])
    if not first:
        return None
    return {"title": _("My tasks"), "id": "my-tasks", "entries": first, "number": own.count()}


def needs(actor: Actor) -> dict[str, Any] | None:
    """Needs that wait for this person."""
    if not grants(actor, policy_intake.VIEW):
        return None
    lines, number = intake.waiting_for(actor)
    if not lines:
        return None
    return {
        "title": _("Needs that wait for you"),
        "id": "needs-waiting",
        "lines": [
            {
                "need": line,
                "url": reverse("portfolio:need", args=[line.id]),
                "badge": intake_words.state_badge(line.state),
                "age": intake_words.age(line.days),
            }
            for line in lines
        ],
        "number": number,
        "all_url": reverse("portfolio:needs") + "?open=yes",
    }
