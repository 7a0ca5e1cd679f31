"""The error of everything that comes too late for a round."""

from __future__ import annotations

from leitstand.core.base.errors import DomainError


class RoundEnded(DomainError):
    """The round is not open (any more); ``text`` says what was not done."""

    code = "round-ended"
    status = 409
