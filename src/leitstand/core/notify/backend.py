"""Django's way to the outbox: what libraries send by ``send_mail`` goes there as well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from leitstand.core.base import ids
from leitstand.core.notify.actions.sending import post


class EmailBackend(BaseEmailBackend):
    """Puts every e-mail into the outbox, one per receiver; its text is not kept once sent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the e-mails; returns their number."""
        for message in email_messages:
            for address in message.recipients():
                post(
                    key=f"library:{ids.uuid7().hex}",
                    kind="notify.library",
                    address=address,
                    subject=str(message.subject),
                    body=str(message.body),
                    sensitive=True,
                    expires=_ends(message),
                )
        return len(email_messages)


def _ends(message: EmailMessage) -> datetime | None:
    """Return when the e-mail loses its meaning, if it says so (RFC 4021, ``Expires``)."""
    text = str(message.extra_headers.get("Expires", ""))
    return parsedate_to_datetime(text) if text else None
