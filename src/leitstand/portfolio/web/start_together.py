"""Sections of the start page: what waits for the reader."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.policy.grants import grants
from leitstand.portfolio import policy_intake
from leitstand.portfolio.queries import intake
from leitstand.portfolio.web import intake_words


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
