"""The only clock of the product; ``LEITSTAND_TODAY`` fixes the day in demo and tests.

While a past day is being read (``core.history``), ``today()`` is that day: what was late then
is shown as late.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

_past: ContextVar[date | None] = ContextVar("past", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC; never shifted by ``LEITSTAND_TODAY``."""
    return timezone.now()  # noqa: TID251 - this is the clock


def today() -> date:
    """Return the day that is being read: the present day, unless a past one is looked at."""
    return _past.get() or present_day()


def present_day() -> date:
    """Return the present day in the instance's time zone, or the fixed day."""
    fixed: date | None = settings.CONFIG.today
    return fixed or timezone.localdate()


def past_day() -> date | None:
    """Return the past day that is being looked at; None for the present."""
    return _past.get()


@contextmanager
def standing_at(day: date | None) -> Iterator[None]:
    """Let ``today()`` be ``day``; None means the present day."""
    token = _past.set(day)
    try:
        yield
    finally:
        _past.reset(token)
