"""Who may open and change which page of a rollout; a hidden one is like a missing one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from leitstand.portfolio.models import Wave
from leitstand.portfolio.web import urls_rollouts
from tests.portfolio.conftest import on_the_day
from tests.portfolio.rollouts.making import Rolling, template
from tests.portfolio.views import body
from tests.scenes import scene

OPEN = {"rollouts", "rollout_new", "rollout_templates", "rollout_template"}
READ = {
    "rollout", "rollout_unit", "rollout_waves", "rollout_steps", "rollout_progress",
    "rollout_obstacles", "rollout_difference", "rollout_export",
}  # fmt: skip
OWN = {"rollout_cells", "rollout_unit_edit", "rollout_obstacle_add", "rollout_cell"}
"""Also for those who may set the state of this unit alone."""
CHANGE = {
    "rollout_settings", "rollout_delete", "rollout_units", "rollout_unit_remove", "rollout_import",
    "rollout_part_add", "rollout_part_edit", "rollout_part_remove", "rollout_wave_plan",
}  # fmt: skip
KEEP = {"rollout_keep"}
NAMES = [str(pattern.name) for pattern in urls_rollouts.urlpatterns]


def addresses(rolling: Rolling) -> dict[str, str]:
    """An address for every name; the unit is 20."""
    member, wave = rolling.member("20"), Wave.objects.filter(rollout=rolling.rollout).first()
    assert wave
    one, unit = rolling.url(), rolling.url(f"einheiten/{member.pk}/")
    return {
        "rollouts": "/rollouts/", "rollout_new": "/rollouts/neu/",
        "rollout_templates": "/rollouts/vorlagen/",
        "rollout_template": f"/rollouts/vorlagen/{template().pk}/",
        "rollout": one, "rollout_cells": one + "felder/", "rollout_settings": one + "einstellungen/",
        "rollout_delete": one + "loeschen/", "rollout_keep": one + "als-vorlage/",
        "rollout_units": one + "einheiten/", "rollout_unit": unit,
        "rollout_unit_edit": unit + "bearbeiten/", "rollout_unit_remove": unit + "entfernen/",
        "rollout_obstacle_add": unit + "hemmnis/",
        "rollout_cell": f"{unit}{rolling.cell('20').pk}/",
        "rollout_waves": one + "wellen/", "rollout_wave_plan": f"{one}wellen/{wave.pk}/planen/",
        "rollout_steps": one + "schritte/", "rollout_progress": one + "verlauf/",
        "rollout_obstacles": one + "hemmnisse/", "rollout_difference": one + "vergleich/",
        "rollout_import": one + "import/", "rollout_export": one + "export.json",
        "rollout_part_add": one + "wave/neu/", "rollout_part_edit": f"{one}wave/{wave.pk}/",
        "rollout_part_remove": f"{one}wave/{wave.pk}/entfernen/",
    }  # fmt: skip


def _with_wave(rolling: Rolling) -> Rolling:
    Wave.objects.create(rollout=rolling.rollout, title="Welle 1")
    return rolling


_place_scene, place = scene("place", _with_wave, "rolling", settings=on_the_day)


def ask(client: Client, name: str, url: str) -> Any:
    return client.post(url) if name == "rollout_wave_plan" else client.get(url)


def test_every_address_is_covered(place: Rolling) -> None:
    assert set(NAMES) == set(addresses(place)) == OPEN | READ | OWN | CHANGE | KEEP


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", ["anonymous", "no role"])
def test_without_a_role_nothing_opens(client_of: Any, place: Rolling, name: str, who: str) -> None:
    client = Client() if who == "anonymous" else client_of("")
    response = ask(client, name, addresses(place)[name])
    assert response.status_code in (302, 403)
    if response.status_code == 302:
        assert "/konto/anmelden/" in response.url
    assert b"Stichtag" not in body(response)


# role, unit, may change everything, may set unit 20
ROLES = [
    ("digital-unit", None, True, True), ("unit-head", "10", True, True),
    ("unit-head", "20", False, True), ("unit-head", "11", False, False),
    ("member", "20", False, False), ("project-lead", "10", False, False),
    ("admin", None, False, False), ("auditor", None, False, False), ("emergency", None, False, False),
]  # fmt: skip


@pytest.mark.parametrize("name", sorted(READ | OWN | CHANGE))
@pytest.mark.parametrize(("role", "unit", "all_of_it", "own"), ROLES)
def test_who_may_what(
    client_of: Any,
    place: Rolling,
    name: str,
    role: str,
    unit: str | None,
    all_of_it: bool,
    own: bool,
) -> None:
    client = client_of(role, place.units[unit] if unit else None)
    url = addresses(place)[name]
    allowed = name in READ or all_of_it or (own and name in OWN)
    if name == "rollout_cells" and unit == "11" and role == "unit-head":
        allowed = True  # its own row
    expected = {302} if allowed and name == "rollout_wave_plan" else {200} if allowed else {403}
    assert ask(client, name, url).status_code in expected, (role, unit)
    if not allowed and name != "rollout_wave_plan":
        assert client.post(url, {"version": "1", "reason": "x"}).status_code == 403


def test_raising_and_lowering_the_level(client_of: Any, rolling: Rolling) -> None:
    from tests.portfolio.making import send

    head = client_of("unit-head", rolling.units["10"])
    url = rolling.url("einstellungen/")
    assert send(head, url, {"confidentiality": "3"}).status_code == 302
    staff = client_of("digital-unit")
    assert staff.get(url).status_code == 404
    assert send(head, url, {"confidentiality": "1"}).status_code == 302


@pytest.mark.parametrize("role", ["unit-head", "member", "admin", "councillor"])
def test_templates_are_kept_by_those_who_keep_the_strategy(
    client_of: Any, place: Rolling, role: str
) -> None:
    client = client_of(role, place.units["10"] if role != "admin" else None)
    assert client.get("/rollouts/vorlagen/").status_code == 200
    for name in ("rollout_template", "rollout_keep"):
        url = addresses(place)[name]
        expected = 404 if role == "councillor" and name == "rollout_keep" else 403
        assert client.get(url).status_code == expected
        assert client.post(url, {"name": "x"}).status_code == expected
