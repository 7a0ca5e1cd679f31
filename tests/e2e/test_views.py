"""Work in the views by keyboard: values in place, many at once, the board, the filters."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.city import City


@pytest.fixture
def page(new_page: Callable[..., Page], demo_city: City) -> Page:
    """A tab of the digital unit."""
    tab = new_page(demo_city)
    demo_city.log_in(tab, "digital-unit")
    return tab


def test_a_value_changes_in_its_cell_and_escape_goes_back(page: Page) -> None:
    page.goto("/vorhaben/?q=P-00005")
    progress = page.locator("#projects td[data-label='Fortschritt']").first
    before = progress.locator(".ls-edit").inner_text()
    progress.locator(".ls-edit").press("Enter")
    field = progress.locator("input[name=progress]")
    expect(field).to_be_focused()
    field.fill("kein Wert")
    field.press("Enter")
    expect(progress.locator(".kern-error")).to_be_visible()
    field.press("Escape")
    expect(progress.locator(".ls-edit")).to_have_text(before)
    progress.locator(".ls-edit").press("Enter")
    expect(field).to_be_focused()
    field.fill("47 %")
    field.press("Enter")
    expect(progress.locator(".ls-edit")).to_contain_text("47 %")
    page.reload()
    expect(progress).to_contain_text("47 %")


def test_two_people_change_one_cell(
    page: Page, new_page: Callable[..., Page], demo_city: City
) -> None:
    other = new_page(demo_city)
    demo_city.log_in(other, "digital-unit")
    cells = []
    for tab in (page, other):
        tab.goto("/vorhaben/?q=P-00006")
        found = tab.locator("#projects td[data-label='Ampel']").first
        found.locator(".ls-edit").press("Enter")
        expect(found.locator("select")).to_be_focused()
        cells.append(found)
    cells[1].locator("select").select_option("red")
    cells[1].locator("button").click()
    expect(cells[1].locator(".kern-badge")).to_have_text("rot")
    cells[0].locator("select").select_option("yellow")
    cells[0].locator("button").click()
    expect(cells[0].locator(".kern-error")).to_contain_text("„rot“")
    expect(cells[0].locator("select")).to_have_value("yellow")
    cells[0].locator("button").click()
    expect(cells[0].locator(".kern-badge")).to_have_text("gelb")


def test_many_projects_change_at_once(page: Page) -> None:
    page.goto("/vorhaben/?phase=cancelled")
    page.locator("[data-select-all] input").check()
    number = page.locator("#projects tbody .ls-box:checked").count()
    assert number > 1
    page.locator("select[name=field]").select_option("size")
    page.get_by_role("button", name="Weiter").press("Enter")
    page.locator("select[name=size]").select_option("S")
    page.get_by_role("button", name="Vorschau").press("Enter")
    expect(page.locator("#preview tbody tr")).to_have_count(number)
    page.get_by_role("button", name="Übernehmen").press("Enter")
    expect(page.locator("main")).to_contain_text(f"{number} Vorhaben wurden geändert")
    page.get_by_role("link", name="Zurück zur Liste").press("Enter")
    expect(page).to_have_url(re.compile(r"/vorhaben/\?phase=cancelled$"))


def test_a_card_moves_by_keyboard(page: Page) -> None:
    page.goto("/board/?phase=requested")
    card = page.locator(".pf-card").first
    title = card.locator("a").inner_text()
    card.locator("select").select_option("planned")
    card.locator("button").press("Enter")
    expect(page.locator(".ls-toasts")).to_contain_text("ist jetzt: geplant")
    page.goto("/board/")
    expect(page.locator("section[aria-labelledby=lane-planned]")).to_contain_text(title)


def test_a_card_is_dragged_to_another_phase(page: Page) -> None:
    page.goto("/board/?q=P-00008")
    card = page.locator("[data-card]").first
    title = card.locator("a").inner_text()
    target = page.locator("section[data-phase=paused]")
    card.drag_to(target)
    expect(page.locator(".ls-toasts")).to_contain_text("ist jetzt: pausiert")
    expect(page).to_have_url(re.compile(r"/board/\?q=P-00008$"))
    expect(target).to_contain_text(title)
    lanes = page.locator("[data-phase]")
    assert lanes.last.bounding_box()["x"] < page.viewport_size["width"], "no phase is cut off"


def test_the_selection_travels_through_all_views(page: Page) -> None:
    page.goto("/vorhaben/")
    page.locator("input[name=q]").fill("portal")
    page.locator("input[name=q]").press("Enter")
    expect(page).to_have_url(re.compile(r"/vorhaben/\?q=portal$"))
    number = page.locator("#projects tbody tr").count()
    assert 1 < number < 50
    for name in ("Roadmap", "Board", "Prioritäten", "Kennzahlen", "Tabelle"):
        page.get_by_role("navigation", name="Ansichten dieser Auswahl").get_by_role(
            "link", name=name
        ).click()
        expect(page).to_have_url(re.compile("q=portal"))
        expect(page.locator(".ls-page-header")).to_contain_text(f"{number} Vorhaben")
    page.get_by_text("Weitere Filter").press("Enter")
    page.get_by_label("laufend").check()
    page.get_by_label("laufend").press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=portal&phase=running$"))
    page.get_by_role("link", name="Suchbegriff: portal").click()
    expect(page).to_have_url(re.compile(r"/vorhaben/\?phase=running$"))
