"""It is the same day in all tests of status rounds, in the same city; e-mails stay here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.portfolio.rounds.making import TODAY, City, build


@pytest.fixture(autouse=True)
def _fixed_day(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from leitstand.core.base import clock

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(clock, "today", lambda: TODAY)


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``at(day, hour)`` sets the city's clock."""
    from leitstand.core.base import clock

    def set_to(day: date, hour: int = 8, minute: int = 0, *, fold: int = 0) -> None:
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN, fold=fold)
        monkeypatch.setattr(clock, "now", lambda: moment.astimezone(UTC))
        monkeypatch.setattr(clock, "today", lambda: day)

    return set_to


@pytest.fixture
def city(unit_tree: dict[str, Any]) -> City:
    """Three projects of Anna Berg, one of nobody, one strictly confidential."""
    return build(unit_tree)
