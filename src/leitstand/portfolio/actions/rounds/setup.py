"""Writers of the round itself: planned, changed, opened, extended, cancelled."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.records import plain
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.jobs.actions import enqueue
from leitstand.core.notify.actions.outbox import put_off, withdraw
from leitstand.core.policy import grants
from leitstand.portfolio import policy
from leitstand.portfolio.actions.rounds import links
from leitstand.portfolio.actions.rounds.ended import RoundEnded
from leitstand.portfolio.actions.rounds.sending import hour_now, notice_keys
from leitstand.portfolio.domain import reminders
from leitstand.portfolio.models import StatusRound

FIELDS = (
    "title", "as_of", "opens_on", "due_on", "programme", "unit", "reminder_days", "mail_hour",
    "message",
)  # fmt: skip
LATE = frozenset({"title", "due_on", "reminder_days", "mail_hour", "message"})
"""What can be changed while the round is open."""
State = StatusRound.State
_YEARS = range(1990, 2200)
SEND = "portfolio.round.send"


def require(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor manages rounds, city-wide."""
    grants.require(actor, policy.ROUNDS, citywide=True)


@transaction.atomic
def create_round(*, actor: Actor, values: Mapping[str, Any]) -> StatusRound:
    """Plan a round; it opens by itself on its day. Raises ``Invalid`` or ``NotAllowed``."""
    require(actor)
    refuse_unstorable(values)
    row = StatusRound(**{name: values[name] for name in FIELDS if name in values})
    _check(row)
    row.save(force_insert=True)
    record("created", row, actor, {n: [None, plain(v)] for n, v in values.items() if v})
    return row


@transaction.atomic
def change_round(
    round_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> StatusRound:
    """Change a round; once it is open only what ``LATE`` names.

    Raises ``Conflict`` with both versions if somebody was faster, ``Invalid`` for a round that
    has ended or a field that is fixed by now.
    """
    require(actor)
    refuse_unstorable(values)
    row = versions.locked(StatusRound, round_id)
    old = {name: getattr(row, name) for name in values}
    text = _("Somebody else has changed this round in the meantime.")
    versions.check_version(row, version, text, theirs=old, mine=values)
    changed = versions.changed(old, values)
    if not changed:
        return row
    fixed = set(changed) - LATE
    if row.state in (State.CLOSED, State.CANCELLED) or (row.state == State.OPEN and fixed):
        raise Invalid(_("This cannot be changed any more, the round has begun."),
                      field=min(fixed, default="title"))  # fmt: skip
    for name, (_old, value) in changed.items():
        setattr(row, name, value)
    row.version += 1
    _check(row)
    row.save()
    if row.state == State.OPEN and "due_on" in changed:
        links.extend(row)
        put_off(notice_keys(row), links.expiry(row))
    record("changed", row, actor, {n: [plain(a), plain(b)] for n, (a, b) in changed.items()})
    return row


@transaction.atomic
def open_round(round_id: uuid.UUID, *, actor: Actor) -> StatusRound:
    """Open a planned round now; its requests and e-mails are made in the background.

    Opening twice is no error and asks nobody twice.
    """
    require(actor)
    row = versions.locked(StatusRound, round_id)
    if row.state == State.OPEN:
        return row
    if row.state != State.PLANNED:
        raise RoundEnded(_("This round has ended; plan a new one."))
    row.state, row.opened_at = State.OPEN, clock.now()
    row.version += 1
    row.save()
    record("opened", row, actor, {})
    enqueue(SEND, actor=Actor.system("round"), round=str(row.pk))
    return row


@transaction.atomic
def cancel_round(round_id: uuid.UUID, *, actor: Actor, reason: str) -> StatusRound:
    """Cancel a round: its links stop working, reports that were given stay."""
    require(actor)
    row = versions.locked(StatusRound, round_id)
    if row.state in (State.CLOSED, State.CANCELLED):
        raise RoundEnded(_("This round has ended already."))
    row.state, row.closed_at = State.CANCELLED, clock.now()
    row.version += 1
    row.save()
    record("cancelled", row, actor, {}, reason)
    withdraw(notice_keys(row))
    return row


def open_due() -> int:
    """Open the rounds whose day and hour have come; called every minute, also after a downtime."""
    today = clock.today()
    planned = StatusRound.objects.filter(
        state=State.PLANNED, opens_on__lte=today, mail_hour__lte=hour_now()
    )
    due = list(planned.filter(due_on__gte=today).values_list("pk", flat=True))
    for round_id in due:
        open_round(round_id, actor=Actor.system("round"))
    return len(due)


def record(
    what: str, row: StatusRound, actor: Actor, changes: Mapping[str, Any], reason: str = ""
) -> None:
    """Write an event of the round into the trail."""
    events.record(
        events.Event(
            type=f"portfolio.round.{what}", actor=actor, object_kind="status-round",
            object_id=row.pk, object_title=row.title, changes=changes, reason=reason,
        )
    )  # fmt: skip


def _check(row: StatusRound) -> None:
    row.title = str(row.title or "").strip()
    errors: dict[str, list[Any]] = {}
    if not row.title:
        errors["title"] = [_("The round needs a title.")]
    elif len(row.title) > 200:
        errors["title"] = [_("At most 200 characters.")]
    for name in ("as_of", "opens_on", "due_on"):
        day = getattr(row, name)
        if not isinstance(day, date):
            errors[name] = [_("Give a date.")]
        elif day.year not in _YEARS:
            errors[name] = [_("Give a date between 1990 and 2199.")]
    if not errors and row.due_on < row.opens_on:
        errors["due_on"] = [_("The answers cannot be due before the round opens.")]
    try:
        row.reminder_days = reminders.written(reminders.parse(str(row.reminder_days or "")))
    except ValueError:
        text = _("At most five whole numbers from 0 to 60, with commas between, such as 7, 2.")
        errors["reminder_days"] = [text]
    if row.mail_hour not in range(reminders.EARLIEST, reminders.LATEST + 1):
        values = {"first": reminders.EARLIEST, "last": reminders.LATEST}
        errors["mail_hour"] = [_("A whole hour between %(first)d and %(last)d.") % values]
    if errors:
        raise Invalid(errors)
