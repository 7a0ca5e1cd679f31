"""A department's need becomes a project; what the minutes of a meeting ask for gets done."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.city import City


def test_from_need_to_project(new_page: Callable[..., Page], demo_city: City) -> None:
    asker = new_page(demo_city, width=390)
    demo_city.log_in(asker, "unit-head")
    asker.goto("/bedarfe/neu/")
    asker.get_by_label("Was brauchen Sie?").fill("Dienstreisen ohne Papier abrechnen")
    asker.get_by_role("button", name="An die Stabsstelle Digitalisierung senden").click()
    expect(asker.get_by_text("Sie hören von der Stabsstelle Digitalisierung.")).to_be_visible()
    where = asker.url.removeprefix(demo_city.url)

    adviser = new_page(demo_city)
    demo_city.log_in(adviser, "digital-unit")
    expect(adviser.locator("#needs-waiting")).to_contain_text("Dienstreisen ohne Papier abrechnen")
    adviser.goto(where)
    adviser.get_by_role("link", name="Übernehmen").click()
    adviser.get_by_role("main").get_by_role("button", name="Übernehmen").click()
    adviser.get_by_role("link", name="Rückfrage stellen").click()
    adviser.get_by_label("Frage").fill("Wie viele Reisen sind es im Jahr?")
    adviser.get_by_role("button", name="Frage senden").click()

    asker.goto("/")
    asker.locator("#needs-waiting").get_by_role("link").first.click()
    expect(asker.get_by_text("Wie viele Reisen sind es im Jahr?")).to_be_visible()
    asker.get_by_role("link", name="Jetzt antworten").click()
    asker.get_by_label("Ihre Antwort").fill("Etwa 1.200.")
    asker.get_by_role("button", name="Antwort abschicken").click()

    adviser.goto(where)
    expect(adviser.get_by_text("Etwa 1.200.")).to_be_visible()
    adviser.get_by_role("link", name="Zum Vorhaben machen").click()
    adviser.get_by_label("Begründung").fill("Der Nutzen ist groß, die Vorlage gibt es schon.")
    adviser.get_by_role("button", name="Vorhaben anlegen").click()
    expect(adviser.get_by_role("heading", level=1)).to_contain_text("Dienstreisen ohne Papier")

    asker.goto(where)
    expect(asker.get_by_text("Ihr Bedarf ist ein Vorhaben geworden.")).to_be_visible()
    asker.get_by_role("main").get_by_role("link", name="Dienstreisen ohne Papier").first.click()
    expect(asker.get_by_role("heading", level=1)).to_contain_text("Dienstreisen ohne Papier")


def test_from_minutes_to_a_task_that_is_done(
    new_page: Callable[..., Page], demo_city: City
) -> None:
    lead = new_page(demo_city)
    demo_city.log_in(lead, "digital-unit")
    lead.goto("/arbeitskreise/")
    lead.get_by_role("link", name="Arbeitskreis E-Akte").click()
    lead.get_by_role("link", name="Vorbereitung der fünften Welle").click()
    point = lead.locator("#tagesordnung li", has_text="Auswahl der Ämter")
    point.get_by_role("link", name="Protokoll schreiben").click()
    lead.get_by_label("Was besprochen wurde").fill("Drei Ämter kommen in Frage.")
    lead.get_by_role("button", name="Speichern").click()
    expect(lead.get_by_text("Drei Ämter kommen in Frage.")).to_be_visible()
    lead.get_by_role("link", name="Vorbereitung der fünften Welle").click()
    point.get_by_role("link", name="Aufgabe vergeben").click()
    lead.get_by_label("Was ist zu tun?").fill("Die drei Ämter fragen")
    lead.get_by_label("Verantwortliche Person").fill("Felix Brandstätter")
    lead.get_by_role("button", name="Speichern").click()
    lead.get_by_role("link", name="Protokoll", exact=True).click()
    lead.get_by_role("link", name="Freigeben").click()
    lead.get_by_role("button", name="Freigeben").click()
    expect(lead.get_by_text("Das Protokoll ist freigegeben.").first).to_be_visible()

    doer = new_page(demo_city, width=390)
    demo_city.log_in(doer, "project-lead")
    doer.goto("/aufgaben/")
    task = doer.locator("#offen li", has_text="Die drei Ämter fragen")
    task.get_by_role("button", name="Erledigt").click()
    expect(doer.locator("#erledigt")).to_contain_text("Die drei Ämter fragen")
    expect(doer.locator("#offen")).not_to_contain_text("Die drei Ämter fragen")
