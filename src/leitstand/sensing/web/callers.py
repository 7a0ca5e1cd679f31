"""Who calls the interface: a station's token, an account's token, a session, or nobody."""

from __future__ import annotations

import base64
import binascii

from django.http import HttpRequest

from leitstand.core.accounts import identity
from leitstand.core.accounts.actions import digest
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.models import StationToken
from leitstand.sensing.policy import Caller

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def caller_of(request: HttpRequest) -> Caller:
    """Return the caller; raises 401 for a token that is unknown or over.

    Tokens come as ``Bearer``, or as password of ``Basic`` for devices that know nothing else. A
    session only reads: no other site can make a browser write.
    """
    header = request.headers.get("Authorization", "")
    if header:
        return of_text(token_in(header), request)
    actor = identity.actor_of(request)
    if request.method not in SAFE:
        actor = Actor.anonymous(actor.request_id)
    return Caller(actor)


def token_in(header: str) -> str:
    """Return the token of an ``Authorization`` header, or an empty text."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            rest = base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            rest = ""
    elif scheme.lower() != "bearer":
        rest = ""
    return rest.strip()


def _is_valid(token: StationToken) -> bool:
    if token.revoked_at is not None:
        return False
    return token.expires_at is None or token.expires_at > clock.now()


def of_text(text: str, request: HttpRequest | None = None) -> Caller:
    """Return the caller whom a token belongs to; without a request it is about writing."""
    if text.startswith("ms_"):
        token = StationToken.objects.select_related("thing").filter(digest=digest(text)).first()
        if token is not None and _is_valid(token):
            actor = Actor(kind="token", name=token.thing.name, scopes=frozenset())
            return Caller(actor, token.thing_id, token.scope == StationToken.Scope.WRITE)
    elif text and (known := identity.of_token(text, request)) is not None:
        if (request is not None and request.method in SAFE) or "write" in (known.scopes or ()):
            return Caller(known)
        raise RequestError("this access token may only read", status=403)
    raise RequestError("a valid access token is needed", status=401)
