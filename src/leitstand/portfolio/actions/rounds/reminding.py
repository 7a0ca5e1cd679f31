"""Reminders: who has not answered is told again, at most once a day."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, versions
from leitstand.core.base.actor import Actor
from leitstand.core.jobs.actions import enqueue
from leitstand.core.notify.queries import state_of
from leitstand.portfolio.actions.rounds.ended import RoundEnded
from leitstand.portfolio.actions.rounds.setup import record, require
from leitstand.portfolio.models import RoundLink, StatusRequest, StatusRound

REMIND = "portfolio.round.remind"


@transaction.atomic
def remind(round_id: uuid.UUID, *, actor: Actor) -> StatusRound:
    """Queue a reminder to everybody with an unanswered request; a second one a day sends none."""
    require(actor)
    row = versions.locked(StatusRound, round_id)
    if row.state != StatusRound.State.OPEN:
        raise RoundEnded(_("Only an open round can be reminded of."))
    record("reminded", row, actor, {})
    day = clock.today().isoformat()
    enqueue(REMIND, actor=Actor.system("round"), round=str(row.pk), day=day)
    return row


def mail_states(row: StatusRound, lines: Iterable[StatusRequest]) -> dict[uuid.UUID, str]:
    """Person → state of her invitation in words; two queries."""
    people = {line.person_id for line in lines if line.person_id}
    keys = {
        f"round:{row.pk.hex}:{link.hex}": person
        for link, person in RoundLink.objects.filter(
            round=row, person_id__in=people, answers_for_id__in=people
        ).values_list("pk", "person_id")
    }
    return {
        keys[key]: f"{state.label}. {state.reason}".strip() if state.reason else state.label
        for key, state in state_of(list(keys)).items()
    }
