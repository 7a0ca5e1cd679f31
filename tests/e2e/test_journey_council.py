"""A councillor follows last year's motion: resolution, project, state, news, costs, few taps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

MOTION = "Barrierefreiheit aller Webangebote der Stadt"
ANSWERS = {
    "#beschluss": "Die Verwaltung stellt die Barrierefreiheit aller Webangebote bis Ende 2026 her",
    "#ueberblick": "in Arbeit",
    "#vorhaben": "Barrierefreiheit und Leichte Sprache in allen Webangeboten",
    "#aenderungen": "20. Sitzung des Digitalausschusses",
    "#kosten": "95.500 €",
}


class Taps:
    """Counts what a finger does."""

    def __init__(self, page: Page) -> None:
        self.page, self.number = page, 0

    def tap(self, what: Any) -> None:
        what.click()
        self.number += 1


def _answers(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(MOTION)
    for card, said in ANSWERS.items():
        expect(page.locator(card)).to_contain_text(said)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.viewport_size["width"], "nothing is wider than the screen"


def test_a_councillor_opens_her_motion_with_one_tap(page_as: Callable[..., Page]) -> None:
    page = page_as("councillor", width=390)
    taps = Taps(page)
    first = page.locator("#council-followed")
    expect(first).to_be_in_viewport()
    taps.tap(first.get_by_role("link", name=MOTION))
    _answers(page)
    assert taps.number == 1
    overview = page.locator("#ueberblick")
    for said in ("in Arbeit", "2 Änderungen", "95.500 €", "77.100 € ausgegeben", "11.12.2026"):
        expect(overview).to_contain_text(said)
    taps.tap(overview.get_by_role("link", name="2 Änderungen"))
    expect(page.locator("#aenderungen")).to_be_in_viewport()
    expect(page.locator("#aenderungen")).to_contain_text("70 % → 75 %")


def test_she_finds_one_that_she_does_not_follow_and_follows_it(page_as: Callable[..., Page]) -> None:
    page = page_as("councillor", width=390)
    taps = Taps(page)
    taps.tap(page.locator("#council-followed").get_by_role("link", name="Alle Vorlagen"))
    page.get_by_label("Suchbegriff").first.fill("KI-Anwendungen")
    taps.tap(page.get_by_role("button", name="Filtern").first)
    taps.tap(page.get_by_role("main").get_by_role("link", name="Offenes Register").first)
    assert taps.number == 3
    expect(page.locator("#ueberblick")).to_contain_text("umgesetzt")
    page.get_by_role("button", name="Folgen", exact=True).click()
    expect(page.get_by_role("button", name="Nicht mehr folgen")).to_be_visible()
    page.goto("/")
    expect(page.locator("#council-followed")).to_contain_text("Offenes Register")


def test_the_motion_prints_and_needs_no_script(page_as: Callable[..., Page]) -> None:
    page = page_as("councillor", java_script_enabled=False)
    page.locator("#council-followed").get_by_role("link", name=MOTION).click()
    _answers(page)
    page.emulate_media(media="print")
    expect(page.locator("#kosten")).to_be_visible()
    expect(page.get_by_role("button", name="Nicht mehr folgen")).to_be_hidden()
