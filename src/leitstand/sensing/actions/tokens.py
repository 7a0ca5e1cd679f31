"""Makes and revokes the access tokens of stations."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from leitstand.core.accounts.actions import digest
from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.sensing.models import StationToken, Thing
from leitstand.sensing.policy import Caller, require_change


@transaction.atomic
def create_token(
    thing: Thing, *, actor: Actor, name: str, scope: str = "write", expires_at: datetime | None = None
) -> tuple[StationToken, str]:
    """Make a token of a station; returns it and its text, which is never shown again."""
    require_change(Caller(actor), [thing])
    text = f"ms_{secrets.token_urlsafe(24)}"
    token = StationToken(
        thing=thing, name=name[:100], digest=digest(text), scope=scope, expires_at=expires_at
    )
    token.save()
    _record("created", actor, token)
    return token, text


@transaction.atomic
def revoke_token(token: StationToken, *, actor: Actor) -> None:
    """End a token at once."""
    require_change(Caller(actor), [token.thing])
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save()
        _record("revoked", actor, token)


def _record(what: str, actor: Actor, token: StationToken) -> None:
    thing = token.thing
    events.record(
        events.Event(
            f"sensing.token.{what}", actor, "thing", thing.uid, thing.name[:200],
            changes={"name": [None, token.name]}, level=thing.confidentiality, unit_id=thing.unit_id,
        )
    )  # fmt: skip
