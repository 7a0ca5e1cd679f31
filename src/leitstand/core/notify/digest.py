"""The daily e-mail: what came since the last one, once every working morning."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.accounts.models import Account
from leitstand.core.base import actions as instance
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.jobs.actions import enqueue
from leitstand.core.jobs.running import JobRun
from leitstand.core.notify import message, queries
from leitstand.core.notify.actions import sending
from leitstand.core.notify.models import Mail, Notification

DIGEST = "notify.digest"
KIND = "notify.digest"
_MOST = 100


def ask_when_due() -> None:
    """The round every minute: ask for the daily e-mail once its time has come, once a day.

    Compared on the city's wall clock: at the change to summer time nothing is left out, at the
    change back nothing comes twice.
    """
    here = timezone.localtime(clock.now())
    when = queries.schedule()
    if str(here.isoweekday()) not in when.daily_days or here.time() < when.daily_at:
        return
    day = here.date().isoformat()
    with transaction.atomic():
        if instance.recall(DIGEST) == day:
            return
        instance.remember(DIGEST, day)
        if Notification.objects.filter(digest_due=True).exists():
            enqueue(DIGEST, actor=Actor.system("notify"), day=day)


def send_all(run: JobRun) -> dict[str, Any]:
    """Put the day's e-mail of everybody into the outbox, each in a transaction of its own."""
    day = datetime.date.fromisoformat(run.args["day"])
    waiting = Notification.objects.filter(digest_due=True, account__is_active=True)
    ids = sorted(set(waiting.values_list("account_id", flat=True)))
    sent = 0
    for number, account_id in enumerate(ids, 1):
        run.step(number, len(ids))
        if account_id is not None:
            sent += _send(account_id, day)
    return {"sent": sent}


@transaction.atomic
def _send(account_id: uuid.UUID, day: datetime.date) -> bool:
    account = Account.objects.select_for_update(of=("self",)).get(pk=account_id)
    key = f"digest:{account.pk}:{day.isoformat()}"
    if Mail.objects.filter(key=key).exists():
        return False  # before a kill; what has come in since waits for the next day
    due = Notification.objects.filter(account=account, digest_due=True)
    ids = list(due.values_list("pk", flat=True))
    unread = queries.notices_of(account.pk).filter(pk__in=ids, read_at=None)
    rows = list(unread.order_by("id")[: _MOST + 1])
    Notification.objects.filter(pk__in=ids).update(digest_due=False)
    if not rows or not account.email:
        return False
    with translation.override(account.language):
        return sending.post(
            key=key,
            kind=KIND,
            address=account.email,
            subject=_subject(len(ids), day),
            body=_body(rows),
            account=account,
        )


def _subject(count: int, day: datetime.date) -> str:
    from django.utils.formats import date_format

    text = ngettext("One notice, %(day)s", "%(count)d notices, %(day)s", count)
    return text % {"count": count, "day": date_format(day, "SHORT_DATE_FORMAT")}


def _body(rows: list[Notification]) -> str:
    parts = [_("Since the last e-mail, this has come in for you:")]
    for row in rows[:_MOST]:
        lines = [f"* {row.subject}", message.body_of(row.text, row.url)]
        parts.append("\n".join(line for line in lines if line))
    if len(rows) > _MOST:
        parts.append(_("There is more on the page “Notices”."))
    return "\n\n".join(parts)
