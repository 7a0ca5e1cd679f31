"""Signed personal links: made for the e-mail, read when somebody comes by one.

The signature covers the link's id; whether it still works is written in the database. A link is
no log-in: it opens the requests of one person in one round and nothing else.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.portfolio.models import RoundLink, StatusRound

_SIGNER = "leitstand.round-link"
GRACE = timedelta(days=14)
LOOKS_S = 60 * 60
"""For how long looks by one link from one address count as one in the trail."""


@dataclass(frozen=True)
class Visit:
    """Somebody who came by a link; ``actor`` carries the receiver's name into the trail."""

    link: RoundLink
    actor: Actor

    @property
    def is_expired(self) -> bool:
        """Whether the link's time is over."""
        return self.link.expires_at < clock.now()


def address(link: RoundLink) -> str:
    """The whole address for the e-mail."""
    path = reverse("portfolio:round_link", args=[token(link)])
    return f"{settings.CONFIG.base_url.rstrip('/')}{path}"


def token(link: RoundLink) -> str:
    """What the address ends with."""
    return _signer().sign(link.pk.hex)


def expiry(row: StatusRound) -> datetime:
    """The end of the city's day, two weeks after the answers are due."""
    return timezone.make_aware(datetime.combine(row.due_on + GRACE, time(23, 59, 59)))


def extend(row: StatusRound) -> None:
    """Let the links of a round live as long as its new due date says."""
    RoundLink.objects.filter(round=row).update(
        expires_at=expiry(row), version=F("version") + 1, updated_at=clock.now()
    )


def visit(text: str, *, request_id: str = "", address_of_client: str = "") -> Visit:
    """Return who comes by this token; ``NotFound`` for a wrong signature or a link that is gone."""
    try:
        key = uuid.UUID(_signer().unsign(text))
    except (BadSignature, ValueError):
        raise NotFound from None
    row = RoundLink.objects.select_related("round", "person", "answers_for").filter(pk=key).first()
    if row is None or not row.person.active:
        raise NotFound
    actor = Actor(
        kind="user", name=f"{row.person} (Link)", person_id=row.person_id,
        request_id=request_id, address=address_of_client,
    )  # fmt: skip
    return Visit(row, actor)


@transaction.atomic
def record_use(came: Visit) -> None:
    """Write into the trail that somebody has come by the link, once an hour from each address.

    Nothing else changes; every answer is an event of its own.
    """
    asked = came.link.round
    if not cache.add(f"round-link:{came.link.pk.hex}:{came.actor.address}", 1, LOOKS_S):
        return
    events.record(
        events.Event(
            type="portfolio.round.link_used", actor=came.actor, object_kind="status-round",
            object_id=asked.pk, object_title=asked.title,
        )
    )  # fmt: skip


def _signer() -> Signer:
    return Signer(salt=_SIGNER, sep=".")
