"""States of e-mails: claimed, sent, refused, unclear, come back; each in a step of its own."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from leitstand.core.base import actions as instance
from leitstand.core.base import authority, clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.jobs import lives
from leitstand.core.notify.actions.sending import ask_for_sending
from leitstand.core.notify.models import Mail, Notification

OUTBOX = "notify.outbox"
PAUSE = "notify.pause"
PAUSES_MIN = (1, 2, 5, 10, 30, 60)
MAX_ATTEMPTS = 12
_LOST_AFTER = timedelta(minutes=15)
KEPT_DAYS = 90
AGAIN = frozenset(
    {
        Mail.State.UNCERTAIN, Mail.State.REJECTED, Mail.State.BOUNCED, Mail.State.FAILED,
        Mail.State.SKIPPED,
    }
)  # fmt: skip


def due() -> Any:
    """Return the e-mails that may be sent now, the oldest first."""
    waiting = Mail.objects.filter(state=Mail.State.WAITING)
    return waiting.filter(Q(next_at=None) | Q(next_at__lte=clock.now())).order_by("pk")


def claim(mail_id: uuid.UUID) -> Mail | None:
    """Take an e-mail for sending; ``None`` if another worker has it or it has lost its meaning."""
    moment = clock.now()
    mine = Mail.objects.filter(pk=mail_id, state=Mail.State.WAITING)
    late = mine.filter(expires__lt=moment)
    if late.update(state=Mail.State.SKIPPED, cause=Mail.Cause.EXPIRED, body="", updated_at=moment):
        return None
    if not mine.update(
        state=Mail.State.SENDING, worker=lives.own_name(), claimed_at=moment, updated_at=moment
    ):
        return None
    return Mail.objects.get(pk=mail_id)


def settle(
    mail: Mail, state: str, *, cause: str = "", said: str = "", next_at: datetime | None = None
) -> None:
    """Note what became of a claimed e-mail; ``next_at`` is when a waiting one is tried again."""
    moment = clock.now()
    values: dict[str, Any] = {
        "state": state, "cause": cause, "said": said[:500], "updated_at": moment, "worker": "",
        "attempts": mail.attempts + 1,
    }  # fmt: skip
    if next_at is not None:
        values["next_at"] = next_at
    if state == Mail.State.SENT:
        values["sent_at"] = moment
        if mail.sensitive:
            values["body"] = ""
    Mail.objects.filter(pk=mail.pk, state=Mail.State.SENDING).update(**values)


def try_later(mail: Mail, *, cause: str, said: str) -> None:
    """Let a claimed e-mail wait for its next attempt; after the last one it is given up."""
    if mail.attempts + 1 >= MAX_ATTEMPTS:
        settle(mail, Mail.State.FAILED, cause=cause, said=said)
        return
    pause = timedelta(minutes=PAUSES_MIN[min(mail.attempts, len(PAUSES_MIN) - 1)])
    settle(mail, Mail.State.WAITING, cause=cause, said=said, next_at=clock.now() + pause)


def put_back(mail: Mail) -> None:
    """Let a claimed e-mail wait as before: the server could not be reached at all."""
    Mail.objects.filter(pk=mail.pk, state=Mail.State.SENDING).update(
        state=Mail.State.WAITING, worker="", updated_at=clock.now()
    )


def find_lost() -> int:
    """Mark as unclear what a worker was sending when it ended; never sent again by itself."""
    count = 0
    for mail in Mail.objects.filter(state=Mail.State.SENDING):
        old = mail.claimed_at is None or mail.claimed_at < clock.now() - _LOST_AFTER
        if old or lives.has_ended(mail.worker):
            settle(mail, Mail.State.UNCERTAIN, cause=Mail.Cause.KILLED)
            count += 1
    return count


def pause_all(said: str) -> None:
    """Let the whole outbox rest: the server cannot be reached. Pauses grow up to an hour."""
    failures = paused().get("failures", 0)
    until = clock.now() + timedelta(minutes=PAUSES_MIN[min(failures, len(PAUSES_MIN) - 1)])
    note = {"failures": failures + 1, "until": until.isoformat(), "said": said[:300]}
    instance.remember(PAUSE, json.dumps(note))


def go_on() -> None:
    """Forget a pause: the server answers, or somebody wants it tried at once."""
    if instance.recall(PAUSE):
        instance.remember(PAUSE, "")


def paused() -> dict[str, Any]:
    """Return ``failures``, ``until`` and ``said`` of the present pause, or nothing."""
    try:
        note = json.loads(instance.recall(PAUSE) or "{}")
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}


def is_resting() -> bool:
    """Whether the outbox rests now because the server could not be reached."""
    until = paused().get("until")
    return bool(until) and datetime.fromisoformat(str(until)) > clock.now()


def tidy() -> None:
    """The round every minute: find what was lost, ask for sending, forget what is old."""
    if find_lost() or (due().exists() and not is_resting()):
        ask_for_sending()
    expired = Mail.objects.filter(expires__lt=clock.now()).exclude(body="")
    expired.filter(sensitive=True).exclude(state=Mail.State.SENDING).update(body="")


@transaction.atomic
def put_off(prefix: str, until: datetime) -> None:
    """Let notices whose key begins so hold until another moment, and their waiting e-mails."""
    Notification.objects.filter(key__startswith=prefix).update(expires=until)
    waiting = Mail.objects.filter(key__startswith=prefix, state=Mail.State.WAITING)
    waiting.update(expires=until)


@transaction.atomic
def withdraw(prefix: str) -> int:
    """Take back what has lost its meaning: notices whose key begins so are shown no longer, their
    waiting e-mails not sent, the texts of the others erased; returns how many were not sent."""
    moment = clock.now()
    told = Notification.objects.filter(key__startswith=prefix)
    told.filter(Q(expires=None) | Q(expires__gt=moment)).update(expires=moment)
    mails = Mail.objects.filter(key__startswith=prefix)
    number: int = mails.filter(state=Mail.State.WAITING).update(
        state=Mail.State.SKIPPED, cause=Mail.Cause.EXPIRED, body="", updated_at=moment
    )
    mails.filter(sensitive=True).exclude(state=Mail.State.SENDING).exclude(body="").update(body="")
    return number


@transaction.atomic
def take_back(keys: Collection[str]) -> int:
    """Take back notices that somebody has settled meanwhile, and their waiting e-mails; returns
    how many e-mails are not sent."""
    moment = clock.now()
    told = Notification.objects.filter(key__in=keys)
    told.filter(Q(expires=None) | Q(expires__gt=moment)).update(expires=moment)
    waiting = Mail.objects.filter(key__in=keys, state=Mail.State.WAITING)
    number: int = waiting.update(
        state=Mail.State.SKIPPED, cause=Mail.Cause.EXPIRED, body="", updated_at=moment
    )
    return number


@transaction.atomic
def resend(mail_id: uuid.UUID, *, actor: Actor) -> Mail:
    """Send an e-mail again although it was sent, refused or perhaps sent before.

    A person decides that, never the product; refused if its text is no longer there.
    """
    authority.require(actor, OUTBOX, citywide=True)
    mail = Mail.objects.select_for_update().filter(pk=mail_id).first()
    if mail is None:
        raise NotFound
    _check_again(mail)
    before = mail.state
    mail.state, mail.cause, mail.said, mail.attempts = Mail.State.WAITING, "", "", 0
    mail.next_at = clock.now()
    mail.save(update_fields=["state", "cause", "said", "attempts", "next_at", "updated_at"])
    events.record(
        events.Event(
            type="notify.mail.resent", actor=actor, object_kind="mail", object_id=mail.pk,
            changes={"state": [before, mail.state]}, personal={"address": mail.address},
        )
    )  # fmt: skip
    ask_for_sending()
    return mail


def _check_again(mail: Mail) -> None:
    if mail.state not in AGAIN:
        raise Invalid(_("Only an e-mail that did not surely arrive can be sent again."))
    if not mail.body:
        raise Invalid(_("The text of this e-mail is no longer stored, so it cannot be sent again."))
    if mail.expires and mail.expires < clock.now():
        raise Invalid(_("This e-mail has lost its meaning, so it is not sent again."))
    if not mail.address or mail.cause == Mail.Cause.BAD_ADDRESS:
        raise Invalid(_("There is no usable e-mail address. Correct it at the person first."))
    if not settings.CONFIG.smtp_url:
        raise Invalid(_("No mail server is set. Set LEITSTAND_SMTP_URL first."))


@transaction.atomic
def bounce(mail_id: uuid.UUID, said: str, *, actor: Actor) -> bool:
    """Note that an e-mail came back; False if there is none of this number that was sent."""
    found = Mail.objects.select_for_update().filter(
        pk=mail_id, state__in=(Mail.State.SENT, Mail.State.UNCERTAIN)
    )
    mail = found.first()
    if mail is None:
        return False
    found.update(state=Mail.State.BOUNCED, cause="", said=said[:500], updated_at=clock.now())
    events.record(
        events.Event(
            type="notify.mail.bounced", actor=actor, object_kind="mail", object_id=mail.pk,
            personal={"address": mail.address},
        )
    )  # fmt: skip
    return True
