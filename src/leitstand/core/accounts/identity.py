"""Who is acting: the :class:`Actor` of a session or a bearer token."""

from __future__ import annotations

import time

from django.conf import settings
from django.http import HttpRequest

from leitstand.core.accounts.actions import digest, scopes_of
from leitstand.core.accounts.models import Account, ApiToken
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor

_SEEN_EVERY = 300.0
_last_seen: dict[str, float] = {}


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of the request; set by the middleware, else worked out from the session."""
    actor = getattr(request, "actor", None)
    if isinstance(actor, Actor):
        return actor
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return of_account(user, request)
    return Actor.anonymous(getattr(request, "request_id", ""))


def of_account(account: Account, request: HttpRequest | None = None) -> Actor:
    """Return the actor of an account that is logged in."""
    return Actor(
        kind="user",
        name=account.display_name,
        account_id=account.id,
        person_id=account.person_id,
        request_id=getattr(request, "request_id", ""),
        address=request.META.get("REMOTE_ADDR", "") if request else "",
    )


def of_token(text: str, request: HttpRequest | None = None) -> Actor | None:
    """Return the actor of a bearer token, or ``None`` if it is unknown, expired or revoked."""
    token = (
        ApiToken.objects.select_related("account__person")
        .filter(digest=digest(text), revoked_at=None, account__is_active=True)
        .first()
    )
    if token is None or token.expires_at <= clock.now():
        return None
    _note_use(token)
    account = token.account
    return Actor(
        kind="token",
        name=account.display_name,
        account_id=account.id,
        person_id=account.person_id,
        scopes=scopes_of(token),
        request_id=getattr(request, "request_id", ""),
        address=request.META.get("REMOTE_ADDR", "") if request else "",
    )


def _note_use(token: ApiToken) -> None:
    """Remember the day of use; at most one write per token and day."""
    today = clock.present_day()
    moment = time.monotonic()
    if token.last_used_on == today or moment - _last_seen.get(token.digest, -1e9) < _SEEN_EVERY:
        return
    _last_seen[token.digest] = moment
    if not getattr(settings, "READ_ONLY", False):
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
