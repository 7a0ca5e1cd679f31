"""Start pages, legal texts, language, files for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from leitstand.core.base.actor import Actor
from leitstand.shell import actions, context
from leitstand.shell.models import SiteText

SYSTEM = Actor.system("test")


@pytest.fixture
def visitor(db: None) -> Client:
    return Client(headers={"accept-language": "de"})


def _site(**values: str) -> None:
    actions.change_site(actor=SYSTEM, **values)
    context.forget_site()


def test_visitors_see_the_public_portal(visitor: Client) -> None:
    _site(city="Musterhausen")
    html = visitor.get("/").content.decode()
    assert "Musterhausen wird digital" in html
    assert "/konto/anmelden/" in html
    assert "Guten Tag" not in html


@pytest.mark.parametrize("role", ["admin", "digital-unit", "member", "councillor", ""])
def test_people_logged_in_see_their_own_start_page(client_of: Any, role: str) -> None:
    client = client_of(role)
    response = client.get("/")
    assert response.status_code == 200
    assert "Guten Tag" in response.content.decode()
    assert response["Cache-Control"] == "private, no-cache"


def test_start_page_says_so_if_a_role_has_nothing_there(client_of: Any) -> None:
    assert "Für Ihre Rolle gibt es hier noch nichts." in client_of("").get("/").content.decode()


@pytest.mark.parametrize("slug", SiteText.Slug.values)
def test_empty_text_says_who_owes_it(visitor: Client, client_of: Any, slug: str) -> None:
    html = visitor.get(f"/seite/{slug}/").content.decode()
    assert "Dieser Text fehlt noch" in html
    assert "/verwaltung/website/" not in html
    assert (
        f"/verwaltung/website/{slug}/" in client_of("admin").get(f"/seite/{slug}/").content.decode()
    )


def test_text_is_drawn_without_foreign_code(visitor: Client) -> None:
    actions.change_text(
        "impressum",
        actor=SYSTEM,
        body="# Anbieter\n\n## Anschrift\nMarkt 1\n00000 Ort\n\n- Punkt **eins**\n\n"
        "[gut](https://example.org) [böse](javascript:alert(1)) <script>alert(2)</script> "
        '<a href="x" onclick="y">z</a>',
    )
    html = visitor.get("/seite/impressum/").content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert '<h1 class="kern-heading-x-large">Anbieter</h1>' in main
    assert "Markt 1<br>00000 Ort" in main
    assert "<li>Punkt <strong>eins</strong></li>" in main
    assert 'href="https://example.org"' in main
    assert "<script" not in main
    assert 'href="javascript' not in main
    assert "&lt;a href=" in main


def test_unknown_text_is_missing(visitor: Client) -> None:
    assert visitor.get("/seite/geheim/").status_code == 404


def test_text_is_edited_by_those_who_may(client_of: Any, visitor: Client) -> None:
    url = "/verwaltung/website/impressum/"
    assert visitor.get(url).status_code == 302
    assert client_of("member").get(url).status_code == 403
    editor = client_of("digital-unit")
    html = editor.get(url).content.decode()
    assert 'name="version" value="0"' in html
    response = editor.post(url, {"body": "# Impressum\n\nStadt", "version": "0"})
    assert response.status_code == 302
    assert "Stadt" in visitor.get("/seite/impressum/").content.decode()


def test_text_of_an_outdated_version_is_not_overwritten(client_of: Any) -> None:
    url = "/verwaltung/website/datenschutz/"
    first, second = client_of("admin"), client_of("digital-unit")
    assert first.post(url, {"body": "Meine Fassung", "version": "0"}).status_code == 302
    late = second.post(url, {"body": "Andere Fassung", "version": "0"})
    html = late.content.decode()
    assert late.status_code == 409
    assert "Meine Fassung" in html
    assert "Andere Fassung" in html
    assert SiteText.objects.get(slug="datenschutz").body == "Meine Fassung"
    assert second.post(url, {"body": "Andere Fassung", "version": "1"}).status_code == 302


def test_change_of_a_text_is_recorded_with_its_words_in_the_personal_part(client_of: Any) -> None:
    from leitstand.core.audit.models import AuditEvent

    client_of("admin").post(
        "/verwaltung/website/impressum/", {"body": "Frau Muster", "version": "0"}
    )
    event = AuditEvent.objects.get(type="shell.text.changed")
    assert "Muster" not in str(event.changes)
    assert event.personal.details["body"] == ["", "Frau Muster"]


def test_settings_of_the_site(client_of: Any, visitor: Client) -> None:
    client = client_of("admin")
    url = "/verwaltung/website/"
    assert "Öffentlicher Auftritt" in client.get(url).content.decode()
    values = {"city": "Musterhausen", "unit_label": "VZW", "version": "0"}
    assert client.post(url, {**values, "feedback_email": "kein"}).status_code == 422
    assert client.post(url, {**values, "security_contact": "weiß nicht"}).status_code == 422
    good = {**values, "security_contact": "it@example.org", "data_licence": ""}
    assert client.post(url, good).status_code == 302
    context.forget_site()
    assert "Musterhausen" in visitor.get("/").content.decode()
    assert client.post(url, {**good, "city": "Anders"}).status_code == 409
    assert client_of("member").get(url).status_code == 403


def test_site_permission_counts_for_the_whole_city_only(client_of: Any, unit_tree: Any) -> None:
    client = client_of("digital-unit", unit_tree["10"])
    assert client.get("/verwaltung/website/").status_code == 403
    assert client.post("/verwaltung/website/", {"city": "X"}).status_code == 403


def test_security_txt_exists_once_a_contact_is_set(visitor: Client) -> None:
    url = "/.well-known/security.txt"
    assert visitor.get(url).status_code == 404
    _site(security_contact="mailto:it@example.org")
    lines = visitor.get(url).content.decode().splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    assert fields["Contact"] == "mailto:it@example.org"
    assert fields["Canonical"].endswith(url)
    expires = datetime.fromisoformat(fields["Expires"])
    from leitstand.core.base import clock

    assert 0 < (expires - clock.now()).days < 366


def test_robots_and_favicon(visitor: Client) -> None:
    text = visitor.get("/robots.txt").content.decode()
    assert "Allow: /oeffentlich/" in text
    assert text.rstrip().endswith("Disallow: /")
    assert visitor.get("/favicon.ico")["Location"].endswith("mark.svg")


def test_language_is_switched_and_remembered(visitor: Client) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "de"})
    response = strict.post("/sprache/setlang/", {"language": "en", "next": "/oeffentlich/"})
    assert response["Location"] == "/oeffentlich/"
    assert response.cookies["django_language"]["max-age"] > 300 * 24 * 3600
    assert "Digital projects" in strict.get("/oeffentlich/").content.decode()
    away = strict.post("/sprache/setlang/", {"language": "en", "next": "https://evil.example/"})
    assert away["Location"] == "/"


def test_language_of_an_account_follows_it_to_other_browsers(client_of: Any) -> None:
    client = client_of("member")
    client.post("/sprache/setlang/", {"language": "en", "next": "/"})
    client.post("/sprache/setlang/", {"language": "xx", "next": "/"})
    other = Client(headers={"accept-language": "de"})
    other.force_login(client.account)
    client.account.refresh_from_db()
    assert client.account.language == "en"
    assert "Good day" in other.get("/").content.decode()


def test_navigation_shows_what_is_open(client_of: Any, visitor: Client) -> None:
    assert "/verwaltung/website/" in client_of("admin").get("/").content.decode()
    assert "/verwaltung/website/" not in client_of("member").get("/").content.decode()
    assert "/verwaltung/" not in visitor.get("/").content.decode()
