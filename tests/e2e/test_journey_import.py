"""J1: the head of the digital unit drops her own Excel list and looks at the roadmap."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.core.tables.files import xlsx
from tests.e2e.city import PASSWORD, City

NUMBER = 104
LIST = xlsx(
    ("Digitalisierungsprojekte der Stadt Musterhausen",),
    (),
    ("lfd. Nr.", "Vorhaben", "Federführendes Amt", "Zeitraum", "Stand", "Projektleiter/in",
     "Kosten (T€)", "Bemerkung"),
    *(
        (n, f"Vorhaben {n}", f"{10 + n % 14} Amt Nummer {10 + n % 14}",
         f"0{1 + n % 9}/{2025 + n % 2} – 12/{2027 + n % 3}", ("läuft", "in Planung", "erledigt")[n % 3],
         f"Ina Muster{'abcdefgh'[n % 8]}", 10 * n, "aus der alten Liste")
        for n in range(1, NUMBER + 1)
    ),
    ("Summe", None, None, None, None, None, 99999),
    merges=["A1:H1"],
)  # fmt: skip
DROP = """([name, content]) => {
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name));
    const target = document.querySelector("main h1");
    for (const kind of ["dragenter", "dragover", "drop"]) {
        target.dispatchEvent(
            new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data}));
    }
}"""


@pytest.fixture
def page(new_page: Callable[..., Page], empty_city: City) -> Page:
    """A tab in front of an instance without anything."""
    return new_page(empty_city)


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file on the page as the mouse does."""
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])


def bars(page: Page) -> int:
    """How many projects the roadmap draws as bars."""
    return page.locator(".tl .tl-bar").count()


def test_by_mouse(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    begun = time.monotonic()
    page.goto("/")
    page.get_by_role("link", name="Anmelden").first.click()
    page.locator("input[name=login]").fill("leitung")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.get_by_role("main").get_by_role("link", name="Tabelle importieren").click()

    drop(page, "Projektliste.xlsx", LIST)
    expect(page.get_by_role("heading", level=1)).to_have_text("Spalten zuordnen")
    expect(page.get_by_label("Feld für „lfd. Nr.“")).to_have_value("external_key")
    expect(page.get_by_label("Feld für „Zeitraum“")).to_have_value("period")
    page.get_by_role("button", name="Zeilen prüfen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Import prüfen")
    expect(page.locator(".ls-alert--danger, .kern-alert--danger")).to_have_count(0)
    page.get_by_role("button", name=f"{NUMBER} Vorhaben übernehmen").click()

    expect(page.get_by_text(f"{NUMBER} Vorhaben angelegt")).to_be_visible()
    page.get_by_role("link", name="Roadmap ansehen").click()
    expect(page.get_by_text(f"{NUMBER} Vorhaben").first).to_be_visible()
    assert bars(page) == NUMBER
    seen = time.monotonic() - begun

    publish(page)
    look_at_public_page(page)
    with capsys.disabled():
        print(f"\nJ1 by mouse: roadmap after {seen:.1f} s, public page after "
              f"{time.monotonic() - begun:.1f} s")  # fmt: skip


def publish(page: Page) -> None:
    """Publish the first project."""
    page.get_by_role("link", name="Vorhaben", exact=True).first.click()
    page.get_by_role("link", name="Vorhaben 1", exact=True).click()
    page.get_by_role("link", name="Bearbeiten", exact=True).first.click()
    page.get_by_label("Vertraulichkeit").select_option(label="öffentlich")
    page.get_by_label("Veröffentlicht").check()
    page.get_by_label("Öffentliche Beschreibung").fill("Wir bauen etwas Neues.")
    page.get_by_label("Öffentlicher Kontakt").fill("digital@example.org")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vorhaben 1")


def look_at_public_page(page: Page) -> None:
    """Look at the public page without being logged in."""
    assert page.context.browser is not None
    address = page.url.partition("/vorhaben/")[0]
    stranger = page.context.browser.new_context(locale="de-DE")
    try:
        public = stranger.new_page()
        public.goto(address + "/oeffentlich/")
        expect(public.get_by_text("Vorhaben 1", exact=True).first).to_be_visible()
        expect(public.get_by_text("Vorhaben 2", exact=True)).to_have_count(0)
        public.get_by_role("link", name="Vorhaben 1").first.click()
        expect(public.get_by_text("Wir bauen etwas Neues.")).to_be_visible()
    finally:
        stranger.close()


class Keys:
    """A person who has a keyboard alone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator, most: int = 150) -> None:
        """Press Tab until the element has the focus."""
        target.wait_for(state="attached")
        for _number in range(most):
            if target.evaluate("element => element === document.activeElement"):
                assert target.is_visible()
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached by Tab")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Reach the element and press a key."""
        self.reach(target)
        self.page.keyboard.press(key)

    def write(self, target: Locator, text: str) -> None:
        """Reach a field and type."""
        self.reach(target)
        self.page.keyboard.type(text)


def test_by_keyboard_alone(page: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Projektliste.xlsx"
    path.write_bytes(LIST)
    keys, begun = Keys(page), time.monotonic()
    page.goto("/")
    keys.press(page.get_by_role("link", name="Anmelden").first)
    keys.write(page.locator("input[name=login]"), "leitung")
    keys.write(page.locator("input[name=password]"), PASSWORD)
    page.keyboard.press("Enter")
    keys.press(page.get_by_role("main").get_by_role("link", name="Tabelle importieren"))

    keys.reach(page.locator("input[type=file]"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Spalten zuordnen")
    remark = page.get_by_label("Feld für „Bemerkung“")
    keys.reach(remark)
    page.keyboard.type("Kurz")
    expect(remark).to_have_value("summary")
    keys.press(page.get_by_role("button", name="Zeilen prüfen"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Import prüfen")
    first = page.locator("input[name=row]").first
    keys.press(page.get_by_role("button", name=f"{NUMBER} Vorhaben übernehmen"), "Shift")
    keys.press(first, "Space")
    expect(first).not_to_be_checked()
    page.keyboard.press("Space")
    expect(first).to_be_checked()
    page.keyboard.press("Home")
    page.evaluate("() => document.activeElement.blur()")
    keys.press(page.get_by_role("button", name=f"{NUMBER} Vorhaben übernehmen"))

    expect(page.get_by_text(f"{NUMBER} Vorhaben angelegt")).to_be_visible()
    keys.press(page.get_by_role("link", name="Roadmap ansehen"))
    expect(page.get_by_text(f"{NUMBER} Vorhaben").first).to_be_visible()
    assert bars(page) == NUMBER
    seen = time.monotonic() - begun

    publish_by_keyboard(page, keys)
    look_at_public_page(page)
    with capsys.disabled():
        print(f"\nJ1 by keyboard: roadmap after {seen:.1f} s, public page after "
              f"{time.monotonic() - begun:.1f} s")  # fmt: skip


def publish_by_keyboard(page: Page, keys: Keys) -> None:
    """Publish the first project without the mouse."""
    keys.press(page.get_by_role("link", name="Vorhaben", exact=True).first)
    keys.press(page.get_by_role("link", name="Vorhaben 1", exact=True))
    keys.press(page.get_by_role("link", name="Bearbeiten", exact=True).first)
    level = page.get_by_label("Vertraulichkeit")
    keys.reach(level)
    page.keyboard.press("ArrowUp")
    expect(level).to_have_value("0")
    keys.press(page.get_by_label("Veröffentlicht"), "Space")
    keys.write(page.get_by_label("Öffentliche Beschreibung"), "Wir bauen etwas Neues.")
    keys.write(page.get_by_label("Öffentlicher Kontakt"), "digital@example.org")
    keys.press(page.get_by_role("button", name="Speichern"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Vorhaben 1")


def test_the_list_once_more_by_file_input_without_script(
    new_page: Callable[..., Page], empty_city: City
) -> None:
    """Without JavaScript the progress page reloads itself; the list is updated, not doubled."""
    page = new_page(empty_city, java_script_enabled=False)
    page.goto("/konto/anmelden/?next=/import/")
    page.locator("input[name=login]").fill("leitung")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    chosen: Any = {"name": "liste.xlsx", "mimeType": "application/x", "buffer": LIST}
    for kind in ("neu", "unverändert"):
        page.goto("/import/")
        page.locator("input[type=file]").set_input_files(chosen)
        page.get_by_role("button", name="Hochladen und weiter").click()
        check = page.get_by_role("button", name="Zeilen prüfen")
        preview = page.get_by_role("heading", name="Import prüfen")
        expect(check.or_(preview)).to_be_visible(timeout=30_000)
        if check.is_visible():
            check.click()
        expect(preview).to_be_visible(timeout=30_000)
        expect(page.get_by_role("link", name=f"{kind} {NUMBER}")).to_be_visible()
        if kind == "neu":
            page.get_by_role("button", name=f"{NUMBER} Vorhaben übernehmen").click()
            expect(page.get_by_text(f"{NUMBER} Vorhaben angelegt")).to_be_visible(timeout=30_000)


def test_a_file_that_is_too_large_is_refused_in_the_page(page: Page, empty_city: City) -> None:
    empty_city.passwords["digital-unit"] = ("leitung", PASSWORD)
    empty_city.log_in(page, "digital-unit")
    page.goto("/import/")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(60 * 1024 * 1024)], "riesig.xlsx"));
            const input = document.querySelector("input[type=file]");
            input.files = data.files;
            input.dispatchEvent(new Event("change", {bubbles: true}));
        }"""
    )
    expect(page.get_by_text("größer als 50 MB").first).to_be_visible()
    assert page.url.endswith("/import/")
