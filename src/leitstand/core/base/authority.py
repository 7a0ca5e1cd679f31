"""Port to the policy: lower layers ask here, :mod:`leitstand.core.policy` answers."""

from __future__ import annotations

import uuid
from typing import Protocol

from leitstand.core.base.actor import Actor


class Answer(Protocol):
    """The policy's answer: raises ``NotAllowed`` with the reason."""

    def __call__(
        self, actor: Actor, permission: str, unit_id: uuid.UUID | None, *, citywide: bool
    ) -> None:
        """Raise ``NotAllowed`` unless the actor may."""


_answer: Answer | None = None


def install(answer: Answer) -> None:
    """Install the policy's answer."""
    global _answer
    _answer = answer


def require(
    actor: Actor, permission: str, *, unit_id: uuid.UUID | None = None, citywide: bool = False
) -> None:
    """Raise ``NotAllowed`` unless the actor holds ``permission``.

    In the unit if one is given; for the whole city if ``citywide``; else anywhere.
    """
    if _answer is None:
        raise RuntimeError("the policy is not installed")
    _answer(actor, permission, unit_id, citywide=citywide)
