"""Port to the policy: lower layers ask here, :mod:`leitstand.core.policy` answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from leitstand.core.base.actor import Actor

_answer: Callable[[Actor, str, uuid.UUID | None], None] | None = None


def install(answer: Callable[[Actor, str, uuid.UUID | None], None]) -> None:
    """Install the policy's answer; it raises ``NotAllowed`` with the reason."""
    global _answer
    _answer = answer


def require(actor: Actor, permission: str, *, unit_id: uuid.UUID | None = None) -> None:
    """Raise ``NotAllowed`` unless the actor holds ``permission`` (in the unit, if one is given)."""
    if _answer is None:
        raise RuntimeError("the policy is not installed")
    _answer(actor, permission, unit_id)
