"""J2b: the E-Akte project lead imports an office table, sees who is where, plans, sees the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

LIST = (
    "dienststelle,techn_anbindung,e_akte,e_umlauf_und_e_posteingang\n"
    "Sozialamt,ja,in Planung,\n"
    "Feuerwehr und Bevölkerungsschutz,ja,in Planung,ja\n"
    "Jugendamd,ja,in Planung,\n"
    "Haupt- und Personalamt,ja,eingeführt,ja ja\n"
)


@pytest.fixture
def lead(page_as: Callable[..., Page]) -> Page:
    """The head of the office that leads the E-Akte, on its rollout."""
    page = page_as("unit-head", width=1366)
    page.get_by_role("link", name="Rollouts", exact=True).first.click()
    page.get_by_role("rowheader").get_by_role("link", name="E-Akte").click()
    expect(page.get_by_role("heading", name="E-Akte", level=1)).to_be_visible()
    return page


def upload(page: Page) -> None:
    """Choose the list, decide the office with the typing error, import."""
    page.get_by_role("link", name="Import", exact=True).click()
    page.locator("input[type=file]").set_input_files(
        {"name": "eakte.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    expect(page.get_by_role("heading", name="Import prüfen")).to_be_visible()
    page.get_by_label("Entscheidung für Jugendamd").select_option(label="ist „Jugendamt“")
    page.get_by_role("button", name="Übernehmen", exact=True).click()
    expect(page.get_by_role("heading", name="E-Akte", level=1)).to_be_visible()


def set_by_keyboard(page: Page) -> None:
    """Two steps of one office with arrow keys and Shift, then state and day, preview, apply."""
    page.get_by_role("link", name="Stände ändern").click()
    page.get_by_label("Organisationseinheit").first.fill("Feuerwehr")
    page.keyboard.press("Enter")
    first = page.locator(".ro-cell .ls-box").first
    expect(first).to_be_visible()
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-cell-count]")).to_have_text("Angekreuzt: 3")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    expect(page.locator("[data-cell-count]")).to_have_text("Angekreuzt: 2")
    page.keyboard.press("Enter")
    expect(page.locator("#s-state")).to_be_focused()
    page.locator("#s-state").select_option("running")
    page.locator("#s-state").press("Tab")
    page.locator("#s-actual_start").fill("2026-11-02")
    page.locator("#s-actual_start").press("Enter")
    expect(page.get_by_role("heading", name="Änderung prüfen")).to_be_visible()
    expect(page.get_by_text("in Arbeit, ").first).to_be_visible()
    page.get_by_role("button", name="2 Schritte ändern").click()


def plan_by_mouse(page: Page) -> None:
    """Another wave for one office, its dates planned backwards."""
    page.get_by_role("link", name="Wellen", exact=True).click()
    page.get_by_label("Welle von Sozialamt").select_option(label="Welle 5")
    page.get_by_role("button", name="Wellen speichern").click()
    expect(page.get_by_text("1 Einheit ist in einer anderen Welle")).to_be_visible()
    page.get_by_role("button", name="„Welle 5“ planen").click()
    expect(page.get_by_text("Schritte geplant")).to_be_visible()


def test_from_the_list_to_the_end(lead: Page) -> None:
    upload(lead)
    expect(lead.get_by_text("32 von 48").first).to_be_visible()
    set_by_keyboard(lead)
    expect(lead.get_by_text("Schritte geändert")).to_be_visible()
    plan_by_mouse(lead)
    lead.get_by_role("link", name="Verlauf und Prognose").click()
    expect(lead.get_by_text("Mit einer Wahrscheinlichkeit von 80 %")).to_be_visible()
    expect(lead.get_by_text("keine Zusage")).to_be_visible()
    expect(lead.get_by_role("img", name="Eingeführt: 32 von 48")).to_be_visible()


def test_without_javascript_and_on_the_phone(page_as: Any) -> None:
    page = page_as("unit-head", width=390, java_script_enabled=False)
    page.goto("/rollouts/")
    page.get_by_role("link", name="Neue Telefonie in allen Ämtern").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/rollouts/")
    page.get_by_role("link", name="E-Akte", exact=True).click()
    page.get_by_role("link", name="Stände ändern").click()
    page.get_by_role("checkbox", name="Jugendamt, Auftaktgespräche").check()
    page.get_by_label("Stand", exact=True).last.select_option("planned")
    page.get_by_role("button", name="Prüfen").click()
    page.get_by_role("button", name="1 Schritt ändern").click()
    expect(page.get_by_role("heading", name="E-Akte", level=1)).to_be_visible()
