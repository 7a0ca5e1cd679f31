"""Status rounds on the start page: what one owes, and how far the open rounds are."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.policy.grants import grants
from leitstand.portfolio import policy
from leitstand.portfolio.models import StatusRound
from leitstand.portfolio.queries import rounds as queries
from leitstand.portfolio.web.rounds import wording
from leitstand.portfolio.web.warnings import left

MOST = 5


def owed(actor: Actor) -> dict[str, Any] | None:
    """What the person owes, or None."""
    number = queries.number_open(actor)
    if not number:
        return None
    return {"number": number, "url": reverse("portfolio:reports_mine"), "title": _("Status round")}


def progress(actor: Actor) -> dict[str, Any] | None:
    """The open rounds, the next due first: answered of asked, and until when."""
    if not grants(actor, policy.VIEW):
        return None
    opened = StatusRound.objects.filter(state=StatusRound.State.OPEN).order_by("due_on", "title")
    rounds = list(opened[:MOST])
    found = queries.progress(rounds, actor) if rounds else {}
    lines = [
        {
            "title": row.title, "url": reverse("portfolio:round", args=[row.pk]),
            "due": row.due_on, "left": left(row.due_on), "answered": found[row.pk][0],
            "asked": found[row.pk][1], "share": wording.share(*found[row.pk]),
        }
        for row in rounds
        if row.pk in found
    ]  # fmt: skip
    return {"id": "rounds", "lines": lines} if lines else None
