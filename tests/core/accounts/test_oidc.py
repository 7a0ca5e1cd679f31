"""Log-in through the city's OpenID provider, against a real one, with its faults."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.core.cache import cache
from tests.conftest import PASSWORD
from tests.core.accounts.oidc_provider import Provider

from leitstand.conf import OidcConfig
from leitstand.core.accounts.models import Account
from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.actor import Actor
from leitstand.core.org.actions import create_person

LOGIN = "/konto/oidc/stadt/login/"


@pytest.fixture
def provider(settings: Any, db: Any) -> Any:
    with Provider() as running:
        oidc = OidcConfig(
            issuer=running.issuer,
            client_id=running.client_id,
            client_secret=running.client_secret,
            label="Anmelden mit dem Konto der Stadt",
            claim_username="preferred_username",
        )
        settings.CONFIG = dataclasses.replace(settings.CONFIG, oidc=oidc)
        app = {
            "provider_id": "stadt",
            "name": oidc.label,
            "client_id": oidc.client_id,
            "secret": oidc.client_secret,
            "settings": {"server_url": oidc.issuer, "oauth_pkce_enabled": True},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 1
        yield running


def go_round(client: Any, **posted: Any) -> Any:
    """Press the button, log in at the provider, come back; return the callback's answer."""
    sent = client.post(LOGIN, {"process": "login", **posted})
    assert sent.status_code == 302, sent.content
    with httpx.Client() as browser:
        answer = browser.get(sent.headers["Location"])
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert (back.hostname, back.path) == ("testserver", f"{LOGIN}callback/")
    return client.get(f"{back.path}?{back.query}")


def logged_in_as(client: Any) -> Any:
    key = client.session.get("_auth_user_id")
    return Account.objects.get(pk=key) if key else None


def test_a_new_person_gets_an_account_without_any_role(
    provider: Any, client: Any, unit_tree: Any
) -> None:
    person = create_person(
        actor=Actor.system("test"), given_name="Ada", family_name="Kern",
        unit=unit_tree["10"], email="ada.kern@stadt.example",
    )  # fmt: skip
    provider.log_in(preferred_username="akern", email="Ada.Kern@stadt.example", email_verified=True)
    answer = go_round(client)
    assert answer.status_code == 302
    account = logged_in_as(client)
    assert (account.username, account.email) == ("akern", "ada.kern@stadt.example")
    assert account.person == person
    assert not account.roles.exists()
    assert not account.has_usable_password()
    assert client.get("/verwaltung/einheiten/").status_code == 403
    types = set(AuditEvent.objects.filter(object_id=account.id).values_list("type", flat=True))
    assert {"accounts.account.created", "accounts.login"} <= types


def test_the_second_log_in_finds_the_same_account(provider: Any, client: Any) -> None:
    provider.log_in(preferred_username="akern", email="a@stadt.example", email_verified=True)
    go_round(client)
    first = logged_in_as(client)
    client.post("/konto/abmelden/")
    provider.log_in(preferred_username="akern", email="new@stadt.example", email_verified=True)
    go_round(client)
    assert logged_in_as(client) == first


def test_a_verified_address_links_an_existing_account(
    provider: Any, client: Any, account: Any
) -> None:
    existing = account("unit-head", email="leitung@stadt.example")
    provider.log_in(preferred_username="ltg", email="LEITUNG@stadt.example", email_verified=True)
    go_round(client)
    assert logged_in_as(client) == existing
    assert AuditEvent.objects.filter(type="accounts.account.linked").count() == 1


@pytest.mark.parametrize("claim", [False, None, "true", 1], ids=str)
def test_an_unverified_address_links_nothing(
    provider: Any, client: Any, account: Any, claim: Any
) -> None:
    existing = account("admin", email="chefin@stadt.example")
    provider.log_in(preferred_username="mallory", email="chefin@stadt.example")
    if claim is not None:
        provider.person["email_verified"] = claim
    go_round(client)
    intruder = logged_in_as(client)
    assert intruder is not None
    assert intruder != existing
    assert intruder.email == ""
    assert not intruder.roles.exists()


def test_a_taken_user_name_does_not_take_the_account_over(
    provider: Any, client: Any, account: Any
) -> None:
    existing = account("admin", username="admin", email="")
    provider.log_in(preferred_username="admin", sub="4711")
    go_round(client)
    other = logged_in_as(client)
    assert other not in (None, existing)
    assert other.username != "admin"


def test_a_disabled_account_stays_shut(provider: Any, client: Any, account: Any) -> None:
    existing = account("member", email="weg@stadt.example")
    Account.objects.filter(pk=existing.pk).update(is_active=False)
    provider.log_in(preferred_username="weg", email="weg@stadt.example", email_verified=True)
    answer = go_round(client)
    assert answer.headers["Location"] == "/konto/gesperrt/"
    assert logged_in_as(client) is None
    assert Account.objects.count() == 1


def test_a_linked_account_that_is_disabled_later_stays_shut(provider: Any, client: Any) -> None:
    provider.log_in(preferred_username="akern", email="a@stadt.example", email_verified=True)
    go_round(client)
    account = logged_in_as(client)
    client.post("/konto/abmelden/")
    Account.objects.filter(pk=account.pk).update(is_active=False)
    go_round(client)
    assert logged_in_as(client) is None


@pytest.mark.parametrize(
    "fault",
    ["wrong-signature", "unsigned", "other-audience", "expired", "no-id-token", "other-subject"],
)
def test_a_token_that_does_not_fit_logs_nobody_in(provider: Any, client: Any, fault: Any) -> None:
    provider.log_in(preferred_username="akern", email="a@stadt.example", email_verified=True)
    provider.faults.add(fault)
    answer = go_round(client)
    assert answer.status_code == 401
    assert "hat nicht bestätigt" in answer.content.decode()
    assert logged_in_as(client) is None
    assert not Account.objects.exists()


def test_discovery_of_another_issuer_is_refused(provider: Any, client: Any) -> None:
    provider.log_in(preferred_username="akern")
    provider.faults.add("other-issuer")
    answer = go_round(client)
    assert answer.status_code in (401, 503)
    assert logged_in_as(client) is None


def test_a_forged_state_is_refused(provider: Any, client: Any) -> None:
    provider.log_in(preferred_username="akern")
    answer = client.get(f"{LOGIN}callback/?code=abc&state=forged")
    assert answer.status_code == 401
    assert logged_in_as(client) is None


def test_cancelling_at_the_provider_says_so(provider: Any, client: Any) -> None:
    provider.faults.add("denied")
    answer = go_round(client)
    assert answer.headers["Location"] == "/konto/stadt/abgebrochen/"
    assert "abgebrochen" in client.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize("fault", ["down", "broken", "slow"])
def test_without_provider_the_local_log_in_still_works(
    provider: Any, client: Any, account: Any, fault: Any
) -> None:
    local = account("member")
    if fault == "down":
        provider.__exit__()
    elif fault == "slow":
        provider.delay = 1.5
    else:
        provider.faults.add("broken")
    answer = client.post(LOGIN, {"process": "login"}, headers={"accept-language": "de"})
    assert answer.status_code == 503
    assert "antwortet zurzeit nicht" in answer.content.decode()
    page = client.get("/konto/anmelden/", headers={"accept-language": "de"})
    assert "antwortet zurzeit nicht" in page.content.decode()
    done = client.post("/konto/anmelden/", {"login": local.username, "password": PASSWORD})
    assert done.status_code == 302
    assert logged_in_as(client) == local
    if fault == "down":
        provider._server = type(
            "Gone", (), {"shutdown": lambda s: 0, "server_close": lambda s: 0}
        )()


def test_the_provider_going_down_between_the_steps(provider: Any, client: Any) -> None:
    provider.log_in(preferred_username="akern")
    sent = client.post(LOGIN, {"process": "login"})
    state = parse_qs(urlsplit(sent.headers["Location"]).query)["state"][0]
    provider.faults.add("broken")
    answer = client.get(f"{LOGIN}callback/?code=abc&state={state}")
    assert answer.status_code == 503
    assert logged_in_as(client) is None


def test_the_log_in_page_shows_the_button_and_keeps_the_way(provider: Any, client: Any) -> None:
    page = client.get("/konto/anmelden/?next=/verwaltung/rollen/").content.decode()
    assert "Anmelden mit dem Konto der Stadt" in page
    provider.log_in(preferred_username="akern")
    assert go_round(client, next="/verwaltung/rollen/").headers["Location"] == "/verwaltung/rollen/"


def test_no_open_redirect_through_the_provider(provider: Any, client: Any) -> None:
    provider.log_in(preferred_username="akern")
    answer = go_round(client, next="https://evil.example/")
    assert answer.headers["Location"] == "/"


def test_without_provider_in_the_settings_there_is_no_way_in(client: Any, db: Any) -> None:
    cache.clear()
    assert "Konto der Stadt" not in client.get("/konto/anmelden/").content.decode()
    assert client.post(LOGIN, {"process": "login"}).status_code == 404
    assert client.get(f"{LOGIN}callback/?code=a&state=b").status_code == 404
