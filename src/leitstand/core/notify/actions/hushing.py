"""Titles go from notices when what they are about becomes confidential."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from leitstand.core.base.events import Event
from leitstand.core.base.models import Level
from leitstand.core.notify.models import Mail, Notification


def hear(written: Sequence[Event]) -> None:
    """Hush what is told of objects whose level was raised (listens to the port of events)."""
    for event in written:
        if event.object_id is not None and _is_raised(event):
            hush(event.object_kind, event.object_id)


def _is_raised(event: Event) -> bool:
    change = event.changes.get("confidentiality")
    if not isinstance(change, list | tuple) or len(change) != 2:
        return False
    before, after = (int(str(side)) if str(side).isdecimal() else -1 for side in change)
    return after > before and after >= Level.CONFIDENTIAL


@transaction.atomic
def hush(kind: str, object_id: uuid.UUID) -> int:
    """Take the title from notices about an object and from e-mails that still wait; how many."""
    rows = Notification.objects.filter(about_kind=kind, about_id=object_id).exclude(about_title="")
    found = list(rows.select_related("account"))
    waiting = {
        mail.notification_id: mail
        for mail in Mail.objects.filter(notification__in=found, state=Mail.State.WAITING)
    }
    for row in found:
        with translation.override(row.account.language if row.account else "de"):
            instead = str(_("(confidential)"))
        row.subject = _without(row.subject, row.about_title, instead)
        row.text = _without(row.text, row.about_title, instead)
        mail = waiting.get(row.pk)
        if mail is not None:
            mail.subject = _without(mail.subject, row.about_title, instead)
            mail.body = _without(mail.body, row.about_title, instead)
        row.about_title = ""
    Notification.objects.bulk_update(found, ["subject", "text", "about_title"], batch_size=500)
    Mail.objects.bulk_update(waiting.values(), ["subject", "body"], batch_size=500)
    return len(found)


def _without(text: str, title: str, instead: str) -> str:
    for said in (f"„{title}“", f"“{title}”", title):
        text = text.replace(said, instead)
    return text
