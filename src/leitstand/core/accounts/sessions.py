"""Sessions that have run out are removed once a day: they name people and addresses."""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from leitstand.core.base import actions, clock

_CLEARED = "sessions.cleared"


def clear_daily() -> int:
    """Remove what has run out, at most once a day; returns the number of sessions removed."""
    today = clock.today().isoformat()
    if actions.recall(_CLEARED) == today:
        return 0
    count, _by_model = Session.objects.filter(expire_date__lt=clock.now()).delete()
    # The entry in the person's list of sessions is younger than its session by moments only.
    settled = UserSession.objects.filter(created_at__lt=clock.now() - timedelta(days=1))
    settled.exclude(session_key__in=Session.objects.values("session_key")).delete()
    actions.remember(_CLEARED, today)
    return count
