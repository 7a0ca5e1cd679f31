"""What a feature says when it wants somebody to be told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class About:
    """The object whose level protects what a notice says, and the title that it says.

    When the level is raised to confidential, the title goes from the notice.
    """

    kind: str
    id: uuid.UUID
    title: str


@dataclass(frozen=True)
class Notice:
    """One thing to tell one person.

    ``key`` names the cause and the receiver; the same key never makes a second notice or e-mail.
    The receiver is an account, a person (with her account, if any) or a bare ``address``, which
    also wins over the others' address. ``url`` is a path of ours. ``mail_text`` replaces the text
    in the e-mail alone; it may hold a signed link and is erased once it was sent. ``urgent`` goes
    by e-mail whatever the receiver has chosen. After ``expires`` it is neither sent nor shown.
    """

    key: str
    kind: str
    subject: str
    text: str
    url: str = ""
    account_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    address: str = ""
    mail: bool = True
    mail_text: str = ""
    urgent: bool = False
    expires: datetime | None = None
    about: About | None = None
