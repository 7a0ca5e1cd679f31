"""Telling people, inside the transaction of the action that causes it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.jobs.actions import enqueue
from leitstand.core.jobs.models import Job
from leitstand.core.notify import message
from leitstand.core.notify.kinds import DIGEST, MAIL, kinds
from leitstand.core.notify.models import Mail, Notification, Preference
from leitstand.core.notify.notices import Notice
from leitstand.core.org.models import Person

SEND = "notify.send"
_BATCH = 500


@dataclass(frozen=True)
class _Receiver:
    """Who gets a notice, and where her e-mail goes."""

    account: Account | None
    person_id: uuid.UUID | None
    address: str


@transaction.atomic
def send(*notices: Notice) -> int:
    """Tell people; returns how many of the notices are new.

    Writes in the caller's transaction with a number of queries that does not grow with the
    notices; e-mails leave by a job after the commit. An unknown kind raises ``LookupError``.
    """
    first = {notice.key: notice for notice in reversed(notices)}
    for notice in first.values():
        kinds[notice.kind]
    receivers = _receivers(first.values())
    channels = _channels(receivers)
    rows, mails = [], []
    for notice, receiver in receivers:
        row, mail = _rows(notice, receiver, channels)
        rows.append(row)
        mails.append(mail)
    new = _store(rows)
    outgoing = [m for r, m in zip(rows, mails, strict=True) if m is not None and r.pk in new]
    Mail.objects.bulk_create(outgoing, batch_size=_BATCH)
    if any(mail.state == Mail.State.WAITING for mail in outgoing):
        ask_for_sending()
    return len(new)


def _store(rows: Sequence[Notification]) -> set[uuid.UUID]:
    """Store what has no row yet; returns the ids of those that are new."""
    Notification.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    ids = [row.pk for row in rows]
    found: set[uuid.UUID] = set()
    for start in range(0, len(ids), _BATCH):
        part = Notification.objects.filter(pk__in=ids[start : start + _BATCH])
        found.update(part.values_list("pk", flat=True))
    return found


def _receivers(notices: Iterable[Notice]) -> list[tuple[Notice, _Receiver]]:
    notices = list(notices)
    account_ids = {n.account_id for n in notices if n.account_id}
    person_ids = {n.person_id for n in notices if n.person_id}
    accounts = {a.pk: a for a in _in_parts(Account, "pk__in", account_ids)}
    people = {p.pk: p for p in _in_parts(Person, "pk__in", person_ids)}
    of_person = {a.person_id: a for a in _in_parts(Account, "person_id__in", person_ids)}
    found = []
    for notice in notices:
        account = accounts.get(notice.account_id) if notice.account_id else None
        account = account or (of_person.get(notice.person_id) if notice.person_id else None)
        if account is not None and not account.is_active:
            account = None
        person = people.get(notice.person_id) if notice.person_id else None
        address = notice.address or (account.email if account else "")
        if not address and person is not None and person.active:
            address = person.email
        person_id = notice.person_id or (account.person_id if account else None)
        found.append((notice, _Receiver(account, person_id, address.strip())))
    return found


def _in_parts(model: type, name: str, values: Iterable[uuid.UUID]) -> list:  # type: ignore[type-arg]
    ordered = sorted(values)
    found: list = []  # type: ignore[type-arg]
    for start in range(0, len(ordered), _BATCH):
        part = {name: ordered[start : start + _BATCH]}
        found.extend(model.objects.filter(**part))  # type: ignore[attr-defined]
    return found


def _channels(pairs: Iterable[tuple[Notice, _Receiver]]) -> dict[tuple[uuid.UUID, str], str]:
    ids = {receiver.account.pk for _n, receiver in pairs if receiver.account}
    return {
        (row.account_id, row.kind): row.channel
        for row in _in_parts(Preference, "account_id__in", ids)
    }


def _rows(
    notice: Notice, receiver: _Receiver, channels: dict[tuple[uuid.UUID, str], str]
) -> tuple[Notification, Mail | None]:
    account = receiver.account
    channel = kinds[notice.kind].default if account else MAIL
    if account is not None:
        channel = channels.get((account.pk, notice.kind), channel)
    if notice.urgent:
        channel = MAIL
    row = Notification(
        key=notice.key,
        kind=notice.kind,
        account=account,
        person_id=receiver.person_id,
        subject=message.one_line(notice.subject),
        text=notice.text,
        url=notice.url,
        urgent=notice.urgent,
        expires=notice.expires,
        wants_mail=notice.mail and channel == MAIL,
        digest_due=notice.mail and channel == DIGEST,
    )
    if notice.about is not None:
        row.about_kind, row.about_id = notice.about.kind, notice.about.id
        row.about_title = notice.about.title[:300]
    if not row.wants_mail:
        return row, None
    mail = _mail(
        key=notice.key,
        kind=notice.kind,
        address=receiver.address,
        subject=notice.subject,
        body=notice.mail_text or message.body_of(notice.text, notice.url),
    )
    mail.notification, mail.account, mail.expires = row, account, notice.expires
    mail.sensitive = bool(notice.mail_text)
    return row, mail


def _mail(*, key: str, kind: str, address: str, subject: str, body: str) -> Mail:
    mail = Mail(
        key=key, kind=kind, address=address[:254], subject=message.one_line(subject), body=body
    )
    mail.next_at = clock.now()
    cause = Mail.Cause.NONE
    if not address:
        cause = Mail.Cause.NO_ADDRESS
    elif not message.is_sendable(address):
        cause = Mail.Cause.BAD_ADDRESS
    elif not settings.CONFIG.smtp_url:
        cause = Mail.Cause.NO_SERVER
    if cause:
        mail.state, mail.cause = Mail.State.SKIPPED, cause
    return mail


@transaction.atomic
def post(
    *,
    key: str,
    kind: str,
    address: str,
    subject: str,
    body: str,
    account: Account | None = None,
    sensitive: bool = False,
    expires: datetime | None = None,
) -> bool:
    """Put a bare e-mail into the outbox, without a notice on the page; False if it is there."""
    mail = _mail(key=key, kind=kind, address=address, subject=subject, body=body)
    mail.account, mail.sensitive, mail.expires = account, sensitive, expires
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
    if not Mail.objects.filter(pk=mail.pk).exists():
        return False
    if mail.state == Mail.State.WAITING:
        ask_for_sending()
    return True


def ask_for_sending() -> None:
    """Have the outbox worked off; one waiting job is enough for all."""
    if not Job.objects.filter(kind=SEND, state=Job.State.QUEUED).exists():
        enqueue(SEND, actor=Actor.system("notify"))
