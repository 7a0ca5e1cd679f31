"""Who acts: every action takes an :class:`Actor` as keyword argument."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Actor:
    """The acting party of one request, command or job.

    ``scopes`` limits a token (``None`` = not limited); ``request_id`` ties log lines and audit
    events together; ``address`` is the client's network address, kept only in the audit trail's
    side table.
    """

    kind: Literal["user", "token", "system", "anonymous"]
    name: str
    account_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    scopes: frozenset[str] | None = None
    request_id: str = ""
    address: str = ""

    @classmethod
    def system(cls, name: str) -> Actor:
        """Return the actor of a command or of the product itself; it may do everything."""
        return cls(kind="system", name=name)

    @classmethod
    def anonymous(cls, request_id: str = "") -> Actor:
        """Return the actor of a visitor without log-in; it may see what is published."""
        return cls(kind="anonymous", name="", request_id=request_id)

    @property
    def is_system(self) -> bool:
        """Whether the product itself acts."""
        return self.kind == "system"
