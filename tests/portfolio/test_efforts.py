"""Effort by size: who changes it, two people, what a profile shows; money above the plan."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from leitstand.core.audit.models import AuditEvent
from leitstand.portfolio.domain.money import excess
from leitstand.portfolio.models import SizeEfforts
from tests.portfolio.making import form_of, make_item, make_project, send
from tests.portfolio.views import World, page, words

URL = "/verwaltung/aufwand/"


def test_who_opens_the_page(client_of: Any, world: World) -> None:
    for role in ("digital-unit", "admin", "unit-head", "member", "councillor", "", "anonymous"):
        client = Client() if role == "anonymous" else client_of(role)
        may = role == "digital-unit"
        assert client.get(URL).status_code == (200 if may else 403), role
        assert client.post(URL, {}).status_code == (422 if may else 403), role
    assert client_of("digital-unit", world.units["10"]).get(URL).status_code == 403


def test_a_profile_estimates_by_what_the_city_says(staff: Any, world: World) -> None:
    project = make_project(world.units["10"], "Glasfaser", size="M")
    profile = f"/vorhaben/{project.pk}/"
    assert "80 PT (Schätzwert aus Größe)" in words(page(staff, profile))
    assert "Ausgeliefert: 80 Personentage." in words(page(staff, URL))
    assert send(staff, URL, {"m": "62,5"}).status_code == 302
    assert "62,5 PT (Schätzwert aus Größe)" in words(page(staff, profile))
    event = AuditEvent.objects.get(type="portfolio.size_efforts.changed")
    assert event.changes == {"m": ["80", "62.5"]}
    make_item("effort", project, skill=_skill(), effort_days=7)
    assert "7 PT" in words(page(staff, profile))


def _skill() -> Any:
    from leitstand.portfolio.models import Skill

    return Skill.objects.create(code="S1", name="Entwicklung")


def test_wrong_numbers_and_two_people(staff: Any, world: World) -> None:
    mine = form_of(page(staff, URL))
    for values in ({"m": "-1"}, {"m": ""}, {"m": "viel"}, {"m": "19"}, {"xl": "99999999"}):
        assert send(staff, URL, values).status_code == 422, values
    assert not SizeEfforts.objects.exists()
    send(staff, URL, {"s": "25"})
    late = staff.post(URL, {**mine, "s": ["30"]})
    assert late.status_code == 409
    assert {"25", "30"} <= set(words(late.content.decode()).split())
    assert SizeEfforts.objects.get().s == 25


def test_api(api_client: Any, world: World) -> None:
    client, url = api_client("digital-unit"), "/api/v1/size-efforts"
    assert client.get(url).json() == {"version": 0, "s": 20, "m": 80, "l": 250, "xl": 700}
    body = {"s": 10, "m": 50, "l": 200, "xl": 900.5}

    def put(version: int, values: Any) -> Any:
        return client.put(
            url, values, content_type="application/json", headers={"if-match": f'"{version}"'}
        )

    assert put(0, {**body, "m": 5}).status_code == 422
    assert put(0, body).json() == {"version": 1, **body}
    assert put(0, body).status_code == 412
    assert SizeEfforts.objects.count() == 1


@pytest.mark.parametrize(
    ("planned", "committed", "spent", "over"),
    [(100, 50, 100, None), (100, 120, 90, (20, False)), (100, 130, 110, (10, True)),
     (0, 0, 5, (5, True)), (0, 0, 0, None)],
)  # fmt: skip
def test_excess(planned: int, committed: int, spent: int, over: Any) -> None:
    found = excess(Decimal(planned), Decimal(committed), Decimal(spent))
    assert (found and (found.amount, found.spent)) == over


def test_money_above_the_plan_is_told(staff: Any, world: World) -> None:
    line = {"kind": "operating", "planned": 1000, "committed": 0}
    make_item("budget", world.open, year=2026, spent=1500, **line)
    make_item("budget", world.open, year=2027, spent=900, **line)
    profile = words(page(staff, f"/vorhaben/{world.open.pk}/"))
    assert profile.count("500 € mehr ausgegeben als geplant") == 2, "by year and at the line"
    assert "im Plan" in profile
    assert "mehr ausgegeben als geplant" in words(page(staff, "/kennzahlen/"))
