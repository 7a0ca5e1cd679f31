"""The only clock of the product; ``LEITSTAND_TODAY`` fixes the day in demo and tests."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """Return the present moment, aware, in UTC; never shifted by ``LEITSTAND_TODAY``."""
    return timezone.now()  # noqa: TID251 - this is the clock


def today() -> date:
    """Return the present day in the instance's time zone, or the fixed day."""
    fixed: date | None = settings.CONFIG.today
    return fixed or timezone.localdate()
