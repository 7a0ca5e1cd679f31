"""The board: phases as columns, moved by select and button."""

from __future__ import annotations

import re
from typing import Any

from leitstand.core.audit.models import AuditEvent
from leitstand.portfolio.models import Project
from leitstand.portfolio.queries.board import MOST_CARDS
from tests.portfolio.making import form_of, make_project
from tests.portfolio.views import SECRET, World, page, words


def lane(html: str, phase: str) -> str:
    start = html.index(f'aria-labelledby="lane-{phase}"')
    return html[start : html.index("</section>", start)]


def move(project: Project) -> str:
    return f"/vorhaben/{project.pk}/phase/"


def test_every_phase_is_there_with_its_number(staff: Any, world: World) -> None:
    html = page(staff, "/board/")
    assert "Übergabe der E-Akte" in lane(html, "running")
    assert "verspätet" in lane(html, "running")
    assert '<span class="ls-count">1</span>' in lane(html, "running")
    assert '<span class="ls-count">0</span>' in lane(html, "paused")
    assert SECRET not in html


def test_a_card_moves_with_select_and_button(staff: Any, world: World) -> None:
    html = page(staff, "/board/?phase=running")
    values = form_of(html) | {"phase": "paused"}
    response = staff.post(move(world.open), values)
    assert response["Location"] == "/board/?phase=running"
    world.open.refresh_from_db()
    assert world.open.phase == "paused"
    assert AuditEvent.objects.filter(
        type="portfolio.project.changed", object_id=world.open.pk
    ).exists()
    assert "ist jetzt: pausiert" in words(page(staff, "/board/"))


def test_two_people_move_one_card(staff: Any, world: World) -> None:
    mine = form_of(page(staff, "/board/?phase=running"))
    Project.objects.filter(pk=world.open.pk).update(phase="paused", version=7)
    response = staff.post(move(world.open), mine | {"phase": "done"})
    assert response.status_code == 409
    assert "pausiert" in words(response.content.decode()) or "paused" in response.content.decode()
    world.open.refresh_from_db()
    assert world.open.phase == "paused"


def test_nonsense_and_foreign_cards_are_refused(client_of: Any, staff: Any, world: World) -> None:
    assert staff.post(move(world.open), {"phase": "flying", "version": "1"}).status_code == 422
    assert staff.post(move(world.open), {"phase": "done", "version": "x" * 99}).status_code == 409
    assert staff.get(move(world.open)).status_code == 405
    reader = client_of("member", world.units["20"])
    assert f'action="{move(world.open)}"' not in page(reader, "/board/")
    assert reader.post(move(world.open), {"phase": "done", "version": "1"}).status_code == 403
    assert reader.post(move(world.secret), {"phase": "done", "version": "1"}).status_code == 404
    back = {"phase": "done", "version": world.open.version, "back": "//evil.example/"}
    assert staff.post(move(world.open), back)["Location"] == "/board/"


def test_long_lanes_lead_on_to_the_table(staff: Any, world: World) -> None:
    for number in range(MOST_CARDS + 3):
        make_project(world.units["11"], f"Antrag {number}", phase="requested")
    part = lane(page(staff, "/board/"), "requested")
    assert part.count('<li class="pf-card') == MOST_CARDS
    assert "3 weitere in der Tabelle" in words(part)
    link = re.findall(r'href="(/vorhaben/[^"]*phase=requested[^"]*)"', part)[0]
    assert f"{MOST_CARDS + 3} Vorhaben gefunden" in words(page(staff, link.replace("&amp;", "&")))
