"""A security key from adding it to logging in with it, in a real browser under the real CSP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, sync_playwright
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(monkeypatch: Any) -> Iterator[Page]:
    """A page of Debian's Chromium with a virtual security key plugged in."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps a loop in this thread
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(locale="de-DE")
        page = context.new_page()
        key = context.new_cdp_session(page)
        key.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
            "hasUserVerification": True, "isUserVerified": True,
        }  # fmt: skip
        key.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        page.problems = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.problems.append(str(error)))  # type: ignore[attr-defined]
        page.on(
            "console",
            lambda m: page.problems.append(m.text) if m.type == "error" else None,  # type: ignore[attr-defined]
        )
        yield page
        browser.close()


def log_in(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}/konto/anmelden/")
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    page.click("form.ls-form button[type=submit]")


def test_key_is_added_and_then_asked_for(live_server: Any, page: Page, account: Any) -> None:
    member = account("member")
    base = live_server.url
    log_in(page, base, member.username)
    page.goto(f"{base}/konto/faktor/schluessel/neu/")
    if page.locator("#id_password").count():
        page.fill("#id_password", PASSWORD)
        page.click("main form button[type=submit]")
    page.fill("#id_name", "Schlüssel am Bund")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/konto/faktor/notfall/")
    assert Authenticator.objects.filter(user=member, type="webauthn").count() == 1
    page.goto(f"{base}/konto/faktor/schluessel/")
    assert "Schlüssel am Bund" in page.content()
    Session.objects.all().delete()
    log_in(page, base, member.username)
    page.wait_for_url("**/konto/faktor/eingeben/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(f"{base}/")
    page.goto(f"{base}/mein-konto/")
    assert "Sicherheitsschlüssel" in page.content()
    assert page.problems == []  # type: ignore[attr-defined]
