"""Looking at notices and at the outbox."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.notify.actions import outbox as resting
from leitstand.core.notify.kinds import kinds
from leitstand.core.notify.models import Mail, Notification, Preference, Schedule

_BATCH = 500


@dataclass(frozen=True)
class DeliveryState:
    """What became of the e-mail of a notice; ``reason`` says why, in the reader's language."""

    state: str
    at: datetime | None = None
    reason: str = ""

    @property
    def label(self) -> str:
        """The state in words."""
        return str(Mail.State(self.state).label)


def state_of(keys: Iterable[str]) -> dict[str, DeliveryState]:
    """Return the state of each e-mail by the key of its notice; unknown keys are left out."""
    wanted = list(keys)
    states: dict[str, DeliveryState] = {}
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        told = Notification.objects.filter(key__in=part).only("key", "wants_mail", "digest_due")
        for row in told:
            states[row.key] = _without_mail(row)
        for mail in Mail.objects.filter(key__in=part).defer("body"):
            states[mail.key] = DeliveryState(mail.state, mail.updated_at, reason_of(mail))
    return _with_the_pause(states)


def _with_the_pause(states: dict[str, DeliveryState]) -> dict[str, DeliveryState]:
    """Say of e-mails that wait without a reason of their own why the whole outbox rests."""
    waiting = [key for key, one in states.items() if one.state == Mail.State.WAITING and not one.reason]
    note = resting.paused() if waiting else {}
    if note:
        text = _("The mail server cannot be reached; the next attempt follows by itself.")
        reason = f"{text} {note.get('said', '')}".strip()
        states.update({key: replace(states[key], reason=reason) for key in waiting})
    return states


def known_keys(keys: Iterable[str]) -> set[str]:
    """Those of the keys of which somebody has been told already."""
    wanted, found = list(keys), set[str]()
    for start in range(0, len(wanted), _BATCH):
        rows = Notification.objects.filter(key__in=wanted[start : start + _BATCH])
        found.update(rows.values_list("key", flat=True))
    return found


def _without_mail(row: Notification) -> DeliveryState:
    if row.wants_mail:  # the outbox is in no backup
        text = _("The outbox was not kept; the e-mail may have arrived.")
        return DeliveryState(Mail.State.UNCERTAIN, None, text)
    return DeliveryState(Mail.State.SKIPPED, None, _("No e-mail at once was asked for."))


def reason_of(mail: Mail) -> str:
    """Return why an e-mail is in its state: our words, then the server's."""
    ours = str(Mail.Cause(mail.cause).label) if mail.cause in Mail.Cause.values else ""
    return " ".join(part for part in (ours, mail.said) if part)


def notices_of(account_id: uuid.UUID | None) -> QuerySet[Notification]:
    """Return the account's notices that still hold, the newest first."""
    mine = Notification.objects.filter(account_id=account_id) if account_id else None
    if mine is None:
        return Notification.objects.none()
    return mine.filter(Q(expires=None) | Q(expires__gt=clock.now())).order_by("-id")


def unread_count(account_id: uuid.UUID | None) -> int:
    """Return how many notices of the account are unread: one indexed query."""
    return notices_of(account_id).filter(read_at=None).count() if account_id else 0


def channels_of(account_id: uuid.UUID | None) -> dict[str, str]:
    """Return the channel of each registered kind for the account."""
    chosen = dict(
        Preference.objects.filter(account_id=account_id).values_list("kind", "channel")
        if account_id
        else ()
    )
    return {kind.code: chosen.get(kind.code, kind.default) for kind in kinds}


def outbox(state: str = "") -> QuerySet[Mail]:
    """Return e-mails without their texts, the newest first; of one state if it is given."""
    found = Mail.objects.select_related("account__person").defer("body").order_by("-id")
    return found.filter(state=state) if state else found


def counts_by_state() -> dict[str, int]:
    """Return how many e-mails are in each state."""
    rows = Mail.objects.order_by().values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows}


def schedule() -> Schedule:
    """Return when the daily e-mail leaves."""
    return Schedule.objects.order_by("pk").first() or Schedule()
