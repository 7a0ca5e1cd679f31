"""Every figure equals the list that it opens, in every view."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from leitstand.core.accounts.identity import of_account
from leitstand.core.tables.query import read
from leitstand.portfolio.models import Phase
from leitstand.portfolio.queries.projects import PROJECT_LIST
from leitstand.portfolio.queries.projects import listed as projects_listed
from tests.portfolio.conftest import on_the_day
from tests.portfolio.making import make_item, make_project
from tests.portfolio.views import World, page, words
from tests.scenes import scene


def _city(world: World) -> World:
    """Every phase several times, over units, programmes, fields, years and sizes."""
    units = [world.units[code] for code in ("0", "1", "10", "10.1", "10.2", "11", "2", "20")]
    for number in range(42):
        made = make_project(
            units[number % 8], f"Vorhaben {number}", phase=Phase.values[number % 7],
            programme=world.programme if number % 3 else None,
            fields_of_action=[world.field, world.other_field][number % 2 :: 1 + number % 3],
            goals=[world.goal] if number % 4 else [], size=["", "S", "XL"][number % 3],
            due=date(2026, 6, 1) if number % 6 == 0 else None,
            due_kind="law" if number % 6 == 0 else "", confidentiality=number % 4,
        )  # fmt: skip
        if number % 2:
            make_item("budget", made, year=2026 + number % 3, kind="investment", planned=1000)
            make_item("budget", made, year=2026, kind="operating", planned=Decimal("0.5"), spent=7)
    return world


_city_scene, city = scene("city", _city, "world", settings=on_the_day)


def linked(html: str) -> list[tuple[str, int]]:
    """(address, number) of every link to the list whose text is or ends with a number."""
    found = []
    for url, text in re.findall(
        r'<a [^>]*href="(/vorhaben/\?[^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL
    ):
        number = re.findall(r"(\d+)\s*$", words(text))
        if number:
            found.append((url.replace("&amp;", "&"), int(number[0])))
    return found


def listed(client: Any, url: str) -> int:
    """How many projects the list at the address holds for the client's account."""
    query = read(PROJECT_LIST, dict(QueryDict(url.partition("?")[2]).lists()))
    assert query.problems == ()
    return projects_listed(query, of_account(client.account)).count()


@pytest.mark.parametrize("role", ["digital-unit", "unit-head", "councillor"])
@pytest.mark.parametrize(
    "path",
    ["/kennzahlen/", "/kennzahlen/?q=vorhaben+1", "/kennzahlen/?phase=running&phase=done",
     "/kennzahlen/?lead_unit={unit}&fields_of_action={field}", "/kennzahlen/?budget_year_from=2027",
     "/kennzahlen/?programme=-&size=S", "/ziele/", "/einheiten/{unit}/", "/ziele/{goal}/",
     "/handlungsfelder/{field}/", "/programme/{programme}/"],
)  # fmt: skip
def test_figures_equal_their_lists(client_of: Any, city: World, role: str, path: str) -> None:
    client = client_of(role, None if role != "unit-head" else city.units["10"])
    url = path.format(
        unit=city.units["1"].id, field=city.field.id, goal=city.goal.id, programme=city.programme.id
    )
    pairs = linked(page(client, url))
    assert len(pairs) >= 3
    for address, number in dict.fromkeys(pairs):
        assert listed(client, address) == number, (url, address)


def test_tiles_board_and_tabs_count_the_same(staff: Any, city: World) -> None:
    board = dict(
        re.findall(
            r'id="lane-(\w+)">.*?<span class="ls-count">(\d+)<', page(staff, "/board/"), re.DOTALL
        )
    )
    tabs = re.findall(
        r'href="/vorhaben/\?phase=(\w+)"[^>]*>[^<]*<span class="ls-count">(\d+)<',
        page(staff, "/vorhaben/"),
    )
    assert board == dict(tabs)
    text = words(page(staff, "/kennzahlen/"))
    started = int(board["running"]) + int(board["paused"])
    assert re.search(rf"begonnen {started} ", text)
    planned = int(board["requested"]) + int(board["planned"])
    assert re.search(rf"geplant {planned} ", text)
    assert f"Ideen: {board['idea']}" in text
    assert f"abgebrochen: {board['cancelled']}" in text
    assert text.count("Nicht mitgezählt") == 1


def test_money_sums_the_visible_projects_alone(staff: Any, city: World) -> None:
    make_item("budget", city.secret, year=2033, kind="operating", planned=777)
    text = words(page(staff, "/kennzahlen/"))
    assert "2033" not in text
    assert "777" not in text


def test_dates_by_law_at_risk(staff: Any, world: World) -> None:
    unit = world.units["11"]
    law = {"due_kind": "law", "phase": "running"}
    make_project(
        unit, "gehalten", due=date(2027, 5, 1), start=date(2026, 1, 1), end=date(2027, 4, 1), **law
    )
    make_project(unit, "nach der Frist", due=date(2027, 5, 1), end=date(2027, 6, 1), **law)
    make_project(unit, "ohne Ende", due=date(2027, 5, 1), **law)
    make_project(unit, "abgelaufen", due=date(2026, 11, 19), end=date(2026, 11, 19), **law)
    make_project(unit, "selbst gesetzt", due=date(2026, 1, 1), due_kind="self_set", phase="running")
    make_project(unit, "fertig", due=date(2026, 1, 1), due_kind="law", phase="done")
    text = words(page(staff, "/vorhaben/?law_at_risk=yes"))
    assert "3 Vorhaben gefunden" in text
    for title in ("nach der Frist", "ohne Ende", "abgelaufen"):
        assert title in text


def test_no_projects_no_division_by_zero(staff: Any, unit_tree: Any) -> None:
    text = words(page(staff, "/kennzahlen/"))
    assert "– von 0 gezählten Vorhaben" in text
    assert "Keine Mittel geplant" in text
