"""A hidden project shows in no view, not even as a number."""

from __future__ import annotations

import re
from typing import Any

import pytest

from leitstand.portfolio.models import Dependency
from tests.portfolio.conftest import on_the_day
from tests.portfolio.test_views_permissions import CRITERIA, NAMES, POST_ONLY, addresses
from tests.portfolio.views import World, body, hide, page, words
from tests.scenes import scene

_IDENTIFIER = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


def _hidden(world: World) -> World:
    hide(world)
    Dependency.objects.create(predecessor=world.secret, successor=world.open)
    return world


_hidden_scene, hidden = scene("hidden", _hidden, "world", settings=on_the_day)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in POST_ONLY | CRITERIA])
@pytest.mark.parametrize(
    ("role", "unit"),
    [("digital-unit", None), ("admin", None), ("unit-head", "10"), ("project-lead", "20"),
     ("member", "20"), ("auditor", None), ("councillor", None), ("emergency", None)],
)  # fmt: skip
def test_a_hidden_project_shows_nowhere(
    client_of: Any, hidden: World, name: str, role: str, unit: str | None
) -> None:
    client = client_of(role, hidden.units[unit] if unit else None)
    response = client.get(addresses(hidden)[name].format(hidden.secret.id))
    per_project = "{}" in addresses(hidden)[name]
    text = body(response).decode()
    plain = _IDENTIFIER.sub("", text)  # random, so it may hold any digits
    assert response.status_code == (404 if per_project else 200)
    for trace in ("Turmfalke", hidden.secret.number, "987.654", "987654", "2031"):
        assert trace not in plain, (name, trace)
    if not per_project:
        assert str(hidden.secret.id) not in text


@pytest.mark.parametrize("name", ["list", "roadmap", "board", "matrix", "indicators"])
def test_searching_for_a_hidden_project_finds_nothing(staff: Any, hidden: World, name: str) -> None:
    url = addresses(hidden)[name]
    for query in (
        "q=turmfalke",
        "due_kind=law",
        "law_at_risk=yes",
        "budget_year_from=2031",
        "confidentiality=3",
    ):
        text = words(page(staff, f"{url}?{query}"))
        assert "Geheimsache" not in text
        assert "0 Vorhaben" in text or "Kein Vorhaben" in text, query


def test_filters_offer_no_people_of_hidden_projects(staff: Any, hidden: World) -> None:
    person = hidden.secret.people.get(person__family_name="Falke")
    person.role = "lead"
    person.save()
    assert "Falke" not in page(staff, "/vorhaben/")
    assert "Kein Vorhaben" in page(staff, "/vorhaben/?lead_name=Falke")
