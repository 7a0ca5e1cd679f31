"""J5b: where does the E-Akte stand in every office? As a paper, in five minutes; half a year later
the differences."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf
from playwright.sync_api import Locator, Page, expect

from tests.reporting.structure import check_structure

MOST_TAPS, MOST_FIELDS, MOST_SECONDS = 7, 2, 300


class Clerk:
    """A person at a page whose taps and filled fields are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.fields = page, 0, 0

    def tap(self, place: Locator) -> None:
        place.click()
        self.taps += 1

    def link(self, name: str, *, exact: bool = True) -> None:
        found = self.page.get_by_role("link", name=name, exact=exact)
        self.tap(found.locator("visible=true").first)

    def button(self, name: str) -> None:
        self.tap(self.page.get_by_role("main").get_by_role("button", name=name, exact=True))

    def fill(self, name: str, text: str) -> None:
        self.page.locator(f"form.ls-form [name={name}]").fill(text)
        self.fields += 1

    def paper(self) -> bytes:
        """The PDF, as the browser stores it."""
        with self.page.expect_download() as waiting:
            self.link("PDF, barrierefrei")
        return Path(waiting.value.path()).read_bytes()


def test_the_answer_is_a_paper_in_five_minutes(page_as: Callable[..., Page]) -> None:
    began, clerk = time.monotonic(), Clerk(page_as("digital-unit", width=1366))
    page = clerk.page
    clerk.tap(page.get_by_text("Steuerung", exact=True).locator("visible=true").first)
    clerk.link("Berichte")
    clerk.link("Anfrage beantworten")
    clerk.link("E-Akte")
    clerk.fill("question", "Wo steht die E-Akte in jedem Amt?")
    clerk.button("Speichern")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sachstand: E-Akte")
    preview = page.get_by_role("region", name="Vorschau")
    expect(preview.get_by_role("rowheader", name="Haupt- und Personalamt")).to_be_visible()
    expect(preview.get_by_text("Keine Fachkräfte für Aktenplan").first).to_be_visible()
    data = clerk.paper()
    assert clerk.taps <= MOST_TAPS and clerk.fields <= MOST_FIELDS
    assert time.monotonic() - began < MOST_SECONDS
    check_structure(data, "Sachstand: E-Akte")
    assert len(pikepdf.open(io.BytesIO(data)).pages) <= 3

    clerk.link("Freigeben")
    clerk.fill("reason", "Antwort der Verwaltung")
    clerk.button("Freigeben")
    clerk.link("Erneut erheben und vergleichen")
    clerk.fill("since", "2026-07-15")
    clerk.button("Speichern")
    expect(page.get_by_text("Gegenüber dem 15.07.2026:").first).to_be_visible()
    expect(page.get_by_text("geändert", exact=True).first).to_be_visible()
    check_structure(clerk.paper(), "Sachstand: E-Akte")


def test_the_report_of_the_demo_city_has_four_pages(page_as: Callable[..., Page]) -> None:
    page = page_as("digital-unit", width=390)
    page.goto("/berichte/")
    page.get_by_role("link", name="Sachstandsbericht Digitalisierung, Herbst 2026").click()
    expect(page.get_by_text("4 Seiten und Anlage").first).to_be_visible()
    data = Clerk(page).paper()
    check_structure(data, "Sachstandsbericht Digitalisierung, Herbst 2026")
    assert len(pikepdf.open(io.BytesIO(data)).pages) == 5
