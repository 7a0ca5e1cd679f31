"""The kit in a real browser: accessibility, width, themes, keyboard, without script."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM, AXE = Path("/usr/bin/chromium"), Path(".tools/axe/axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.urls("tests.core.ui.failing_urls"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no /usr/bin/chromium"),
    pytest.mark.skipif(not AXE.exists(), reason="no axe-core under .tools/axe"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # playwright runs an event loop in this thread; Django would refuse the database in it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def opened(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """`opened("/stil/", width=390)` gives the page; its console must stay silent."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def open_page(path: str, width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="de-DE", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    quiet = ("Autofocus processing was blocked", "Failed to load resource: the server responded")
    assert [text for text in said if not text.startswith(quiet)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "path",
    ["/stil/", "/fehler/konflikt/", "/fehler/speicher/", "/fehler/abgelehnt/", "/sagen/",
     "/zeigen/", "/loeschen/", "/oeffentlich-zeigen/", "/auftrag/failed/", "/stil/zelle/"],
)  # fmt: skip
def test_axe_finds_nothing_and_nothing_sticks_out(
    opened: Any, path: str, width: int, scheme: str
) -> None:
    page = opened(path, width, color_scheme=scheme)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(f"() => axe.run({{runOnly: {RULES}}})")
    assert [
        (v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found["violations"]
    ] == []
    assert page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize("width", [1280, 390])
def test_open_menus_are_accessible_and_inside_the_page(opened: Any, width: int) -> None:
    page = opened("/zeigen/", width)
    for menu in page.locator("header details.ls-menu > summary").all():
        if not menu.is_visible():
            continue
        menu.click()
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(f"() => axe.run({{runOnly: {RULES}}})")
        assert [v["id"] for v in found["violations"]] == []
        assert page.evaluate(OVERFLOW) <= 0


def test_a_value_is_edited_in_its_cell_by_keyboard(opened: Any) -> None:
    page = opened("/stil/")
    cell = page.locator("#vorhaben tbody tr").first.locator(".ls-cell").nth(5)
    cell.locator("a.ls-edit").focus()
    page.keyboard.press("Enter")
    expect(cell.locator("input[name=progress]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(cell.locator("a.ls-edit")).to_contain_text("40 %")
    cell.locator("a.ls-edit").click()
    cell.locator("input[name=progress]").fill("77")
    page.keyboard.press("Enter")
    expect(cell.locator("a.ls-edit")).to_contain_text("77 %")


def test_a_file_dropped_on_the_page_is_sent(opened: Any) -> None:
    page = opened("/hochladen/")
    page.evaluate("""() => {
        const data = new DataTransfer();
        data.items.add(new File(["a;b"], "liste.csv", {type: "text/csv"}));
        document.querySelector("main h1").dispatchEvent(
            new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data}));
    }""")
    expect(page.locator("#taken")).to_have_text("liste.csv: a;b")


def test_a_file_chosen_by_keyboard_is_sent_without_script_too(opened: Any) -> None:
    page = opened("/hochladen/", java_script_enabled=False)
    chosen = {"name": "liste.csv", "mimeType": "text/csv", "buffer": b"c;d"}
    page.get_by_label("Ihre Projektliste").set_input_files(chosen)
    page.get_by_role("button", name="Hochladen").press("Enter")
    expect(page.locator("#taken")).to_have_text("liste.csv: c;d")


def test_the_theme_is_kept_and_set_before_the_first_paint(opened: Any) -> None:
    page = opened("/zeigen/", color_scheme="light")
    page.locator(".ls-menu--user > summary").click()
    page.get_by_role("button", name="Dunkel").click()
    expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")
    colour = page.evaluate("() => getComputedStyle(document.body).color")
    page.locator(".ls-menu--user > summary").click()
    page.get_by_role("button", name="Automatisch").click()
    assert page.evaluate("() => getComputedStyle(document.body).color") != colour
    assert "theme" not in str(page.context.cookies())


def test_menus_close_by_escape_and_give_the_focus_back(opened: Any) -> None:
    page = opened("/zeigen/")
    summary = page.locator(".ls-menu--user > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".ls-menu--user > .ls-menu__panel")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".ls-menu--user > .ls-menu__panel")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_first_tab_stop_skips_to_the_content(opened: Any) -> None:
    page = opened("/zeigen/")
    page.keyboard.press("Tab")
    expect(page.locator(".ls-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_errors_get_the_focus_and_lead_to_the_field(opened: Any) -> None:
    page = opened("/stil/")
    expect(page.locator("#form-errors")).to_be_focused()
    page.locator("#form-errors a").first.click()
    expect(page.locator("#id_title")).to_be_focused()


def test_a_finished_job_replaces_the_running_one(opened: Any) -> None:
    page = opened("/stil/")
    expect(page.locator("#job")).to_contain_text("1.000 Zeilen übernommen", timeout=10_000)


def test_without_script_the_menu_opens_and_messages_close(opened: Any) -> None:
    page = opened("/sagen/", 390, java_script_enabled=False)
    expect(page.locator(".ls-toast")).to_have_count(2)
    page.locator(".ls-toast__close").first.click()
    expect(page.locator(".ls-toast:visible")).to_have_count(1)
    page.locator(".ls-menu--nav > summary").click()
    expect(page.locator(".ls-menu--nav a", has_text="Start")).to_be_visible()
    expect(page.locator("[data-theme-switch]")).to_be_hidden()


def test_the_roadmap_opens_at_today_with_its_labels_in_view(opened: Any) -> None:
    page = opened("/stil/", 390)
    region = page.locator(".tl").first
    region.scroll_into_view_if_needed()
    today = region.locator(".tl-today-text").first.bounding_box()
    label = region.locator(".tl-label a").first.bounding_box()
    assert today is not None
    assert label is not None
    assert 0 <= label["x"] < today["x"] < 390
    size = region.locator(".tl-label").first.evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
    assert size >= 13


def test_on_a_phone_rows_become_cards(opened: Any) -> None:
    page = opened("/stil/", 390)
    row = page.locator("#vorhaben tbody tr").first
    box = row.bounding_box()
    assert box is not None
    assert box["height"] > 150
    assert box["width"] <= 390


def test_paper_has_no_navigation_and_repeats_table_heads(opened: Any) -> None:
    page = opened("/stil/")
    page.emulate_media(media="print")
    for hidden in (".ls-nav", ".ls-filter", ".ls-pages", ".ls-menu--user"):
        expect(page.locator(hidden).first).to_be_hidden()
    head = page.locator("#vorhaben thead")
    assert head.evaluate("e => getComputedStyle(e).display") == "table-header-group"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
