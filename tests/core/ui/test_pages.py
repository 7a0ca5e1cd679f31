"""Whole pages over HTTP: frame, messages, errors, conflicts, jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.core.ui.markup import Element, assert_sound, read

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.ui.failing_urls")]
HX = {"HX-Request": "true"}


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "de"}, raise_request_exception=False)


def page_of(response: Any) -> Element:
    page = read(response.content.decode())
    assert_sound(page)
    return page


def test_every_component_of_the_gallery_is_sound(browser: Client) -> None:
    response = browser.get("/stil/")
    assert response.status_code == 200
    page = page_of(response)
    assert page.one("html")["lang"] == "de"
    assert len(page.all("h1")) == 1
    assert page.one("a", class_="ls-skip")["href"] == "#" + page.one("main")["id"]


def test_the_gallery_asks_the_database_for_the_frame_only(
    browser: Client, django_assert_max_num_queries: Any
) -> None:
    browser.get("/stil/")
    with django_assert_max_num_queries(3):
        browser.get("/stil/")


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("abgelehnt", 422, ["Die Datei ist <verschlüsselt>.", "Zeile 7", "Kennwort entfernen."]),
        ("verboten", 403, ["Das dürfen Sie nicht", "Projektleitung", "Anmelden"]),
        ("weg", 404, ["Nicht gefunden"]),
        ("ungueltig", 422, ["Der Titel fehlt.", "Ende vor Beginn."]),
        ("django", 403, ["Das dürfen Sie nicht", "keine Berechtigung"]),
        ("panne", 500, ["Hier ist etwas schiefgegangen"]),
        ("speicher", 503, ["Im Augenblick nicht erreichbar"]),
        ("voll", 503, ["Im Augenblick nicht erreichbar"]),
        ("pflege", 503, ["Die Anwendung wird gerade aktualisiert."]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_errors_say_what_where_and_how_to_mend(
    browser: Client, kind: str, status: int, words: list[str]
) -> None:
    response = browser.get(f"/fehler/{kind}/")
    assert response.status_code == status
    page = page_of(response)
    for word in words:
        assert word in page.text
    assert page.one("code").text == response["X-Request-ID"]
    assert "/geheim/pfad" not in page.text


def test_an_unknown_address_is_a_page_of_the_product(browser: Client) -> None:
    response = browser.get("/gibt/es/nicht/")
    assert response.status_code == 404
    assert "/gibt/es/nicht/" in page_of(response).text


def test_an_old_form_says_so(settings: Any) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "de"})
    response = browser.post("/fehler/weg/", {"title": "x"})
    assert response.status_code == 403
    assert "Das Formular ist abgelaufen" in page_of(response).text


@pytest.mark.parametrize(
    "kind", ["verboten", "weg", "ungueltig", "django", "panne", "speicher", "konflikt"]
)
def test_htmx_gets_a_message_instead_of_a_page_in_a_cell(browser: Client, kind: str) -> None:
    response = browser.post(f"/fehler/{kind}/", {"title": "x"}, headers=HX)
    assert response.status_code >= 400
    assert response["HX-Retarget"] == ".ls-toasts"
    assert response["HX-Reswap"] == "beforeend"
    assert [child.tag for child in read(response.content.decode()).children] == ["dialog"]


def test_htmx_leaves_the_page_when_the_answer_is_elsewhere(browser: Client) -> None:
    response = browser.get("/sagen/", headers=HX)
    assert (response.status_code, response["HX-Redirect"]) == (204, "/zeigen/")


def test_entries_survive_a_store_that_does_not_answer(browser: Client) -> None:
    upload = SimpleUploadedFile("liste.csv", b"a;b")
    sent = {
        "title": 'Mein "Titel" <b>',
        "goals": ["1", "2"],
        "password": "geheim",
        "text": "a\r\nb",
        "file": upload,
    }
    response = browser.post("/fehler/speicher/?x=1", sent)
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    page = page_of(response)
    form = next(form for form in page.one("main").all("form"))
    assert form["action"] == "/fehler/speicher/?x=1"
    kept = [
        (e["name"], e["value"])
        for e in form.all("input", type="hidden")
        if e["name"] != "csrfmiddlewaretoken"
    ]
    assert kept == [
        ("title", 'Mein "Titel" <b>'),
        ("goals", "1"),
        ("goals", "2"),
        ("text", "a\r\nb"),
    ]
    assert form.one("input", name="csrfmiddlewaretoken")["value"]
    assert "Ihre Eingaben sind noch da" in page.text
    assert "Dateien kann die Seite nicht aufbewahren" in page.text
    assert "geheim" not in response.content.decode()


def test_a_full_disk_while_saving_keeps_the_entries_too(browser: Client) -> None:
    page = page_of(browser.post("/fehler/voll/", {"title": "Neu"}))
    assert page.one("main").one("input", name="title")["value"] == "Neu"


def test_both_versions_are_shown_and_the_choice_is_an_ordinary_form(browser: Client) -> None:
    sent = {
        "title": "Mein Titel",
        "end": "2027-01-01",
        "phase": "running",
        "note": "bleibt",
        "version": "3",
    }
    response = browser.post("/fehler/konflikt/", sent)
    assert response.status_code == 409
    page = page_of(response)
    form = page.one("main").one("form")
    assert form["action"] == "/fehler/konflikt/"
    hidden = {e["name"]: e["value"] for e in form.all("input", type="hidden")}
    assert hidden["version"] == "4"
    assert hidden["note"] == "bleibt"
    assert hidden["phase"] == "running"
    assert [(e["name"], e["value"]) for e in form.all("input", type="radio")] == [
        ("title", "Mein Titel"), ("title", 'Ihr "Titel"'), ("end", "2027-01-01"), ("end", ""),
    ]  # fmt: skip
    assert [("checked" in e.attributes) for e in form.all("input", type="radio")] == [
        True,
        False,
        True,
        False,
    ]
    assert "Murat Demir hat gespeichert." in page.text


def test_messages_are_announced_and_can_be_closed_without_script(browser: Client) -> None:
    page = page_of(browser.get("/sagen/", follow=True))
    region = page.one("div", class_="ls-toasts")
    assert region["role"] == "status"
    good, bad = region.all("dialog")
    assert "open" in good.attributes
    assert good.one("form")["method"] == "dialog"
    assert good.one("p").text == "Gespeichert <b>"
    assert "ls-toast--error" in bad["class"]


def test_the_frame_shows_where_one_is(browser: Client) -> None:
    page = page_of(browser.get("/zeigen/"))
    assert {e.text for e in page.all("a", aria_current="page") if "ls-nav__link" in e["class"]} == {
        "Start"
    }
    assert (
        page.one("nav", aria_label="Sie sind hier").one("span", aria_current="page").text == "Hier"
    )
    assert page.one("footer").one("a", href="/seite/impressum/").text
    assert len(page.all("form", action="/suche/")) == 2  # in the header, and in the phone's menu
    assert page.all("script")[0]["src"].endswith("theme.js")
    assert "defer" not in page.all("script")[0].attributes


def test_public_pages_have_the_frame_without_search(browser: Client) -> None:
    page = page_of(browser.get("/oeffentlich-zeigen/"))
    assert page.one("nav", class_="ls-public-nav").one("a", aria_current="page").text == "Vorhaben"
    assert page.all("form", role="search") == []


def test_a_confirmation_posts_and_can_be_left(browser: Client) -> None:
    main = page_of(browser.get("/loeschen/")).one("main")
    assert main.one("form")["method"] == "post"
    assert "ls-btn--danger" in main.one("button")["class"]
    assert main.one("a", class_="kern-btn--tertiary")["href"] == "/"


def test_a_running_job_asks_again_and_can_be_cancelled(browser: Client) -> None:
    response = browser.get("/auftrag/running/")
    page = page_of(response)
    part = page.one("section", id="job")
    assert part["hx-get"] == "/auftrag/"
    assert part["aria-live"] == "polite"
    assert (part.one("progress")["value"], part.one("progress")["max"]) == ("640", "1000")
    assert "640 von 1.000" in part.text
    assert part.one("form")["action"] == "/abbrechen/"
    assert page.one("noscript").one("meta")["http-equiv"] == "refresh"


@pytest.mark.parametrize(
    ("state", "words"),
    [("done", "Zeilen Weiter"), ("failed", "Zeile 9 ist leer."), ("cancelled", "Abgebrochen.")],
)  # fmt: skip
def test_a_finished_job_stops_asking(browser: Client, state: str, words: str) -> None:
    page = page_of(browser.get(f"/auftrag/{state}/"))
    part = page.one("section", id="job")
    assert "hx-get" not in part.attributes
    assert words in part.text
    assert page.all("noscript") == []


def test_pages_are_linked_around_the_current_one_and_keep_the_filter(browser: Client) -> None:
    page = page_of(browser.get("/blaettern/?phase=running&seite=50"))
    assert page.one("a", aria_current="page").text == "Seite 50"
    numbers = [link.text.removeprefix("Seite ") for link in page.all("a", class_="ls-page")]
    assert numbers == ["Zurück", "1", "48", "49", "50", "51", "52", "100", "Weiter"]
    assert page.one("a", rel="next")["href"] == "?phase=running&seite=51"
    assert page.one("p").text == "491 bis 500 von 1.000"


def test_a_page_number_that_is_none_is_the_first_page(browser: Client) -> None:
    page = page_of(browser.get("/blaettern/?seite=abc"))
    assert page.one("a", aria_current="page").text == "Seite 1"


def test_a_cell_is_edited_in_place_and_as_a_page(browser: Client) -> None:
    whole = page_of(browser.get("/stil/zelle/"))
    assert whole.one("main").one("form")["method"] == "post"
    part = read(browser.get("/stil/zelle/", headers=HX).content.decode())
    assert part.one("form", class_="ls-inline-edit").one("input", name="progress")["value"] == "40"
    saved = read(browser.post("/stil/zelle/", {"progress": "55"}, headers=HX).content.decode())
    assert saved.one("a", class_="ls-edit").text == "55 %"


def test_every_text_has_its_german() -> None:
    file = Path("src/leitstand/core/ui/locale/de/LC_MESSAGES/django.po")
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale="de")
    untranslated = [
        m.id
        for m in catalogue
        if m.id and not all(m.string if isinstance(m.string, tuple) else [m.string])
    ]
    assert untranslated == []
    assert [m.id for m in catalogue if m.fuzzy] == []
