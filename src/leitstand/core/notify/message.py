"""What an e-mail of ours looks like: plain text, headers that nothing can be slipped into."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.notify.models import Mail
from leitstand.core.org.actions.units import is_email

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@leitstand\.[^<>@\s]{1,253}>", re.IGNORECASE)
_LONGEST = 300
_ID_AT = "leitstand."


def one_line(text: str) -> str:
    """Return the text in one line without control characters, fit for a header."""
    return " ".join(_CONTROL.sub(" ", text).split())[:_LONGEST]


def is_sendable(address: str) -> bool:
    """Whether an e-mail can be sent to the address."""
    return bool(is_email(address)) and address.isascii() and not _CONTROL.search(address)


def absolute(url: str) -> str:
    """Return the full address of a path of ours."""
    return f"{settings.CONFIG.base_url}{url}" if url.startswith("/") else url


def body_of(text: str, url: str) -> str:
    """Return the text of an e-mail that says a notice and where to read on."""
    return f"{text.strip()}\n\n{absolute(url)}" if url else text.strip()


def sender() -> tuple[str, str]:
    """Return name and address of the sender."""
    name, address = parseaddr(settings.CONFIG.mail_from)
    if not address:
        host = urlsplit(settings.CONFIG.base_url).hostname or "localhost"
        address = f"leitstand@{host if '.' in host and host.isascii() else 'localhost'}"
    return name or "Leitstand", address


def build(mail: Mail) -> EmailMessage:
    """Return the e-mail as it goes to the server; its Message-ID is always the same."""
    name, address = sender()
    built = EmailMessage(policy=SMTP)
    built["From"] = Address(one_line(name), addr_spec=address)
    built["To"] = Address(addr_spec=mail.address)
    built["Subject"] = one_line(mail.subject)
    built["Date"] = format_datetime(timezone.localtime(clock.now()))
    built["Message-ID"] = f"<{mail.pk.hex}@{_ID_AT}{address.rpartition('@')[2]}>"
    built["Auto-Submitted"] = "auto-generated"
    built["X-Auto-Response-Suppress"] = "All"  # no notes of absence from Exchange
    built.set_content(_with_footer(mail), charset="utf-8", cte="quoted-printable")
    return built


def _with_footer(mail: Mail) -> str:
    lines = [mail.body.strip(), "", "-- ", _("This e-mail was sent by Leitstand automatically.")]
    if mail.account_id:
        where = absolute(reverse("administration:notice_preferences"))
        lines += [_("Which e-mails you get can be changed here:"), where]
    return "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n") + "\n"


def number_in(text: str) -> str:
    """Return the number of our e-mail whose Message-ID stands in the text, else ``""``."""
    found = _MESSAGE_ID.search(text)
    return found[1].lower() if found else ""
