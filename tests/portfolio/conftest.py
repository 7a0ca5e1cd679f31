"""Fixtures of the portfolio's tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.portfolio.making import make_project
from tests.portfolio.views import TODAY, build
from tests.scenes import scene


def on_the_day() -> dict[str, Any]:
    """Settings: it is 20 November 2026."""
    return {"CONFIG": replace(django_settings.CONFIG, today=TODAY)}


@pytest.fixture
def fixed_today(settings: Any) -> None:
    """It is 20 November 2026."""
    settings.CONFIG = on_the_day()["CONFIG"]


_world_scene, world = scene("world", build, "unit_tree", settings=on_the_day, besides="fixed_today")
"""Four projects, one of them strictly confidential."""


@pytest.fixture
def staff(client_of: Any) -> Any:
    """The digital unit: sees everything but what is strictly confidential."""
    return client_of("digital-unit")


@pytest.fixture
def unit(api_client: Any) -> Client:
    """The digital unit, which may write."""
    client: Client = api_client("digital-unit")
    return client


def dated_project(unit_tree: dict[str, Any]) -> Any:
    return make_project(
        unit_tree["10"], "Digitaler Bauantrag", need="Bauanträge liegen auf Papier.",
        start=date(2027, 1, 1), end=date(2027, 12, 31),
    )  # fmt: skip


_project_scene, project = scene("project", dated_project, "unit_tree")
"""A project with a need and a year, led by unit 10."""


@pytest.fixture
def head(unit_tree: dict[str, Any], client_of: Any) -> Client:
    return client_of("unit-head", unit_tree["10"])  # type: ignore[no-any-return]
