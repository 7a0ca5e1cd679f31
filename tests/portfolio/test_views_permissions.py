"""Who may open which view, and that a hidden project shows nowhere, not even as a number."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from leitstand.portfolio.queries.exports import SOURCES
from leitstand.portfolio.web import urls_views
from tests.portfolio.views import SECRET, World, body, hide, page, words


def addresses(world: World) -> dict[str, str]:
    """A GET address for every name of the views; ``{}`` is a project."""
    unit, programme = world.units["20"].id, world.programme.id
    return {
        "list": "/vorhaben/",
        "bulk": "/vorhaben/aendern/",
        "cell": "/vorhaben/{}/feld/phase/",
        "move": "/vorhaben/{}/phase/",
        "project_calendar": "/vorhaben/{}/meilensteine.ics",
        "downloads": "/vorhaben/herunterladen/",
        "export": "/vorhaben/export.csv",
        "export_part": "/vorhaben/export/milestone.csv",
        "calendar": "/meilensteine.ics",
        "changes": "/aenderungen/",
        "changes_download": "/aenderungen/export.csv",
        "changes_more": "/aenderungen/weitere/",
        "changes_more_download": "/aenderungen/weitere/export.csv",
        "roadmap": "/roadmap/",
        "board": "/board/",
        "matrix": "/prioritaeten/",
        "score": "/prioritaeten/{}/00000000-0000-0000-0000-000000000000/",
        "assess": "/prioritaeten/{}/",
        "criterion_add": "/prioritaeten/kriterien/neu/",
        "criterion_edit": f"/prioritaeten/kriterien/{NOBODY}/",
        "criterion_delete": f"/prioritaeten/kriterien/{NOBODY}/loeschen/",
        "indicators": "/kennzahlen/",
        "goals": "/ziele/",
        "goal": f"/ziele/{world.goal.id}/",
        "field": f"/handlungsfelder/{world.field.id}/",
        "programme": f"/programme/{programme}/",
        "unit": f"/einheiten/{unit}/",
    }


NOBODY = "00000000-0000-0000-0000-000000000000"
POST_ONLY = {"bulk", "move"}
CRITERIA = {"criterion_add", "criterion_edit", "criterion_delete"}
NAMES = [str(pattern.name) for pattern in urls_views.urlpatterns]


def test_every_address_is_covered(world: World) -> None:
    assert set(NAMES) == set(addresses(world))
    known = get_resolver().reverse_dict
    assert known is not None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", ["anonymous", "no role"])
def test_without_a_role_nothing_opens(client_of: Any, world: World, name: str, who: str) -> None:
    client = Client() if who == "anonymous" else client_of("")
    url = addresses(world)[name].format(world.open.id)
    response = client.post(url, {}) if name in POST_ONLY else client.get(url)
    assert response.status_code == 403
    assert "E-Akte" not in response.content.decode()


def test_those_who_may_see_it_see_it_everywhere(client_of: Any, world: World) -> None:
    head = client_of("unit-head", world.units["20"])
    for name in ("list", "roadmap", "board", "programme", "field", "goal", "unit", "export"):
        assert SECRET in body(head.get(addresses(world)[name])).decode(), name


def test_participation_opens_and_leading_opens(client_of: Any, world: World) -> None:
    from tests.portfolio.making import make_item

    head = client_of("unit-head", world.units["11"])
    assert SECRET not in page(head, "/vorhaben/")
    make_item("participation", world.secret, unit=world.units["11"])
    assert SECRET in page(head, "/vorhaben/")
    leader = client_of("member", world.units["10"], person=world.person)
    assert SECRET not in page(leader, "/vorhaben/")
    make_item("person", world.secret, person=world.person, role="lead")
    assert SECRET in page(leader, "/vorhaben/")
    assert "/feld/" in page(leader, "/vorhaben/?q=turmfalke")


def test_counts_differ_by_what_one_may_see(client_of: Any, world: World) -> None:
    seen = {
        role: words(page(client_of(role, unit), "/kennzahlen/"))
        for role, unit in (
            ("councillor", None),
            ("member", world.units["10"]),
            ("unit-head", world.units["20"]),
        )
    }
    assert "1 Vorhaben Kennzahlen" not in seen["member"]
    assert " 1 Vorhaben " in seen["councillor"]
    assert " 3 Vorhaben " in seen["member"]
    assert " 4 Vorhaben " in seen["unit-head"]


def test_a_read_token_reads_and_never_writes(api_client: Any, world: World) -> None:
    client = api_client("digital-unit", scope="read")
    assert "E-Akte" in body(client.get("/vorhaben/export.csv")).decode()
    assert "BEGIN:VEVENT" in body(client.get("/meilensteine.ics")).decode()
    response = client.post(f"/vorhaben/{world.open.id}/phase/", {"phase": "done", "version": "1"})
    assert response.status_code == 403
    world.open.refresh_from_db()
    assert world.open.phase == "running"
    stranger = Client(headers={"authorization": "Bearer lst_nonsense"})
    assert stranger.get("/vorhaben/export.csv").status_code == 403


@pytest.mark.parametrize("kind", SOURCES)
def test_exports_need_a_role(client_of: Any, world: World, kind: str) -> None:
    url = "/vorhaben/export.json" if kind == "projects" else f"/vorhaben/export/{kind}.json"
    assert client_of("").get(url).status_code == 403
    assert json.loads(body(client_of("councillor").get(url))) is not None


def test_names_of_staff_are_not_for_councillors(client_of: Any, world: World) -> None:
    url = f"/einheiten/{world.units['10.1'].id}/"
    assert "Özlem Ähre" in page(client_of("member", world.units["20"]), url)
    councillor = page(client_of("councillor"), url)
    assert "Leitet Vorhaben" not in councillor


def test_the_start_page_speaks_of_visible_projects_alone(client_of: Any, world: World) -> None:
    hide(world)
    for role, unit in (("digital-unit", None), ("member", world.units["20"]), ("councillor", None)):
        assert "Turmfalke" not in page(client_of(role, unit), "/")
    late = words(page(client_of("unit-head", world.units["20"]), "/"))
    assert SECRET in late
    assert "Stelle unbesetzt" in late


@pytest.mark.parametrize("name", sorted(CRITERIA))
def test_criteria_are_kept_city_wide(client_of: Any, world: World, name: str) -> None:
    url = addresses(world)[name]
    for role, unit in (
        ("member", "20"),
        ("unit-head", "10"),
        ("councillor", None),
        ("digital-unit", "10"),
    ):
        client = client_of(role, world.units[unit] if unit else None)
        assert client.get(url).status_code == 403, role
        assert client.post(url, {"name": "Nutzen"}).status_code == 403, role
    found = client_of("digital-unit").get(url).status_code
    assert found == (200 if name == "criterion_add" else 404)
