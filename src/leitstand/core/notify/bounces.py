"""Reading delivery status notifications (RFC 3464), as a mail server passes them on."""

from __future__ import annotations

import email
import uuid
from dataclasses import dataclass
from email.message import Message

from leitstand.core.notify import message

MAX_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class Bounce:
    """Which of our e-mails came back, and what the server said."""

    mail_id: uuid.UUID
    said: str
    final: bool


def read(data: bytes) -> Bounce | None:
    """Return what the notification says; ``None`` if it is none or not about an e-mail of ours."""
    parsed = email.message_from_bytes(data[:MAX_BYTES])
    status: list[Message] = []
    number = ""
    for part in parsed.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            payload = part.get_payload()
            status += (
                [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []
            )
        elif kind in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            number = number or _number(part)
    receivers = [block for block in status if block.get("Action")]
    if not number or not receivers:
        return None
    failed = [b for b in receivers if str(b.get("Action", "")).strip().lower() == "failed"]
    return Bounce(uuid.UUID(number), _said((failed or receivers)[0]), bool(failed))


def _number(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):  # the e-mail itself, parsed
        first = payload[0] if payload else None
        return message.number_in(str(first.get("Message-ID"))) if isinstance(first, Message) else ""
    return message.number_in(str(payload))


def _said(block: Message) -> str:
    status = message.one_line(str(block.get("Status", "")))
    text = message.one_line(str(block.get("Diagnostic-Code", "")))
    return " ".join(word for word in (status, text.partition(";")[2].strip() or text) if word)[:500]
