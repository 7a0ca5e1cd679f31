"""It is the same day in all tests of status rounds, in the same city; e-mails stay here."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portfolio.rounds.making import TODAY, City, build


@pytest.fixture(autouse=True)
def _fixed_day(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from leitstand.core.base import clock

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def city(unit_tree: dict[str, Any]) -> City:
    """Three projects of Anna Berg, one of nobody, one strictly confidential."""
    return build(unit_tree)
