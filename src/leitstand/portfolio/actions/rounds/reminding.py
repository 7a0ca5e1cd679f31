"""Reminders: who has not answered is told again, at most once a day, by itself or by a button."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from leitstand.core.base import clock, versions
from leitstand.core.base.actor import Actor
from leitstand.core.jobs.actions import enqueue
from leitstand.core.notify.queries import state_of
from leitstand.portfolio.actions.rounds.ended import RoundEnded
from leitstand.portfolio.actions.rounds.sending import Step, hour_now, invite, link_keys
from leitstand.portfolio.actions.rounds.setup import record, require
from leitstand.portfolio.domain import reminders
from leitstand.portfolio.models import RoundLink, RoundReminder, StatusRequest, StatusRound

REMIND = "portfolio.round.remind"


@transaction.atomic
def remind(round_id: uuid.UUID, *, actor: Actor) -> StatusRound:
    """Queue a reminder to everybody with an unanswered request; a second one a day sends none."""
    require(actor)
    row = versions.locked(StatusRound, round_id)
    if row.state != StatusRound.State.OPEN:
        raise RoundEnded(_("Only an open round can be reminded of."))
    _queue(row, actor, planned=False)
    return row


def remind_due() -> int:
    """Queue the reminders whose day has come; called every minute, also after a downtime.

    From the hour of the round on, by the city's clock. Returns how many rounds remind.
    """
    rows = StatusRound.objects.filter(
        state=StatusRound.State.OPEN, due_on__gte=clock.today(), mail_hour__lte=hour_now()
    )
    found = rows.exclude(reminder_days="").prefetch_related("reminders")
    return sum(_remind_planned(row.pk) for row in found if is_due(row))


def is_due(row: StatusRound) -> bool:
    """Whether a planned day has come since which nobody was reminded."""
    done = [reminder.day for reminder in row.reminders.all()]
    return reminders.due(planned_days(row), done, clock.today()) is not None


def planned_days(row: StatusRound) -> list[date]:
    """The days on which the round reminds by itself."""
    opened = timezone.localdate(row.opened_at) if row.opened_at else row.opens_on
    return reminders.planned(row.due_on, reminders.parse(row.reminder_days), opened)


@transaction.atomic
def _remind_planned(round_id: uuid.UUID) -> bool:
    row = versions.locked(StatusRound, round_id)
    if row.state != StatusRound.State.OPEN or not is_due(row):
        return False  # another worker was faster
    return _queue(row, Actor.system("round"), planned=True)


def _queue(row: StatusRound, actor: Actor, *, planned: bool) -> bool:
    """Note and queue today's reminder; False if there is one already."""
    today = clock.today()
    _row, new = RoundReminder.objects.get_or_create(
        round=row, day=today, defaults={"planned": planned}
    )
    if new:
        record("reminded", row, actor, {})
        enqueue(REMIND, actor=Actor.system("round"), round=str(row.pk), day=today.isoformat())
    return new


def send_reminder(round_id: uuid.UUID, day: str, step: Step) -> dict[str, int]:
    """Write to everybody who has not answered by now; may be repeated, nobody gets it twice."""
    row = StatusRound.objects.get(pk=round_id)
    if row.state != StatusRound.State.OPEN:
        return {}
    counts = invite(row, step, tail=f":{day}")
    RoundReminder.objects.filter(round=row, day=date.fromisoformat(day)).update(
        people=counts["people"]
    )
    return counts


def mail_states(row: StatusRound, lines: Iterable[StatusRequest]) -> dict[uuid.UUID, str]:
    """Person → state of her latest e-mail, the invitation or a reminder, in words."""
    people = {line.person_id for line in lines if line.person_id}
    links = dict(
        RoundLink.objects.filter(
            round=row, person_id__in=people, answers_for_id=F("person_id")
        ).values_list("pk", "person_id")
    )
    keys = {key: links[link] for key, link in link_keys(row, links).items()}  # the latest wins
    states = state_of(list(keys))
    return {
        person: f"{state.label}. {state.reason}".strip() if state.reason else state.label
        for key, person in keys.items()
        if (state := states.get(key))
    }
