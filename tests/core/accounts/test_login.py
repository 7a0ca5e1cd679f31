"""Log-in with a password, second factor, sessions, tokens: over HTTP, failures first."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse
from tests.conftest import PASSWORD

from leitstand.core.accounts import actions
from leitstand.core.accounts.models import Account, ApiToken
from leitstand.core.audit.models import AuditEvent
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed

SYSTEM = Actor.system("test")
LOGIN = "/konto/anmelden/"
API = "/api/v1/jobs/01890a5d-ac96-774b-bcce-b302099a8057"  # there is no such job


def log_in(client: Any, name: Any, password: Any = PASSWORD, **more: Any) -> Any:
    return client.post(
        LOGIN, {"login": name, "password": password, **more}, headers={"accept-language": "de"}
    )


def is_logged_in(client: Any) -> Any:
    return "_auth_user_id" in client.session


# --- password --------------------------------------------------------------------------------


def test_wrong_passwords_are_told_recorded_and_limited(client: Any, account: Any) -> None:
    member = account("member")
    for _ in range(5):
        answer = log_in(client, member.username, "falsch")
        assert "passen nicht zusammen" in answer.content.decode()
    answer = log_in(client, member.username)
    assert "Zu viele Fehlversuche" in answer.content.decode()
    assert not is_logged_in(client)
    failed = AuditEvent.objects.filter(type="accounts.login_failed")
    assert failed.count() == 5
    assert failed[0].personal.details == {"tried": member.username}
    other = account("member")
    assert log_in(Client(), other.username).status_code == 302


def test_unknown_names_sound_like_wrong_passwords(client: Any, account: Any) -> None:
    member = account("member")
    known = log_in(client, member.username, "falsch").content.decode()
    unknown = log_in(client, "gibt-es-nicht", "falsch").content.decode()
    error = re.compile(r'id="form-errors".*?</div>\s*</div>', re.DOTALL)
    assert error.search(known).group() == error.search(unknown).group()


@pytest.mark.parametrize("way", ["username", "email", "upper"])
def test_name_and_address_work_in_any_case(client: Any, account: Any, way: Any) -> None:
    member = account("member", username="Jana.Kern", email="jana@stadt.example")
    name = {"username": "jana.kern", "email": "JANA@stadt.example", "upper": "JANA.KERN"}[way]
    assert log_in(client, name).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(member.pk)
    assert AuditEvent.objects.filter(type="accounts.login", object_id=member.pk).count() == 1


@pytest.mark.parametrize("text", ["", "\x00", "a" * 5000, "' OR 1=1 --", "<script>", "ä" * 300])
def test_odd_names_do_no_harm(client: Any, db: Any, text: Any) -> None:
    assert log_in(client, text, "x").status_code == 200
    assert log_in(client, "x", text or "\x00").status_code == 200


def test_a_disabled_account_cannot_log_in_and_is_thrown_out(client_of: Any, client: Any) -> None:
    browser = client_of("member")
    assert browser.get("/mein-konto/").status_code == 200
    actions.change_account(browser.account, actor=SYSTEM, is_active=False)
    assert browser.get("/mein-konto/").status_code == 302
    log_in(client, browser.account.username)
    assert not is_logged_in(client)


def test_a_new_password_ends_other_sessions(client_of: Any) -> None:
    browser = client_of("member")
    elsewhere = Client()
    log_in(elsewhere, browser.account.username)
    new = "Wolkenkuckucksheim-42"
    answer = browser.post(
        "/konto/passwort/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert browser.get("/mein-konto/").status_code == 200
    assert elsewhere.get("/mein-konto/").status_code == 302
    assert AuditEvent.objects.filter(type="accounts.password.changed").count() == 1


@pytest.mark.parametrize("weak", ["kurz-1234", "password1234", "member-1@example"])
def test_weak_passwords_are_refused(client_of: Any, weak: Any) -> None:
    browser = client_of("member")
    form = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    assert browser.post("/konto/passwort/", form).status_code == 200
    browser.account.refresh_from_db()
    assert browser.account.check_password(PASSWORD)


def test_nobody_registers(client: Any, db: Any) -> None:
    for method in (client.get, client.post):
        assert "Konten legt die Administration" in method("/konto/registrieren/").content.decode()
    assert not Account.objects.exists()


def test_the_way_back_stays_in_the_house(client: Any, account: Any) -> None:
    member = account("member")
    answer = log_in(client, member.username, next="https://evil.example/")
    assert answer.headers["Location"] == "/"


def test_log_out_needs_a_post(client_of: Any) -> None:
    browser = client_of("member")
    assert browser.get("/konto/abmelden/").status_code == 200
    assert is_logged_in(browser)
    browser.post("/konto/abmelden/")
    assert not is_logged_in(browser)


# --- second factor ---------------------------------------------------------------------------


def code_now(secret: Any) -> Any:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def with_factor(browser: Any) -> Any:
    """Set up an app as a person does; return its secret."""
    browser.post("/konto/bestaetigen/", {"password": PASSWORD})
    page = browser.get("/konto/faktor/app/einrichten/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page).group(1)
    wrong = browser.post("/konto/faktor/app/einrichten/", {"code": "000000"})
    assert wrong.status_code == 200
    done = browser.post("/konto/faktor/app/einrichten/", {"code": code_now(secret)})
    assert done.status_code == 302, done.content
    return secret


def test_second_factor_from_set_up_to_log_in(
    client_of: Any, client: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MFA_RATE_LIMITS = {}
    browser = client_of("member")
    with django_capture_on_commit_callbacks(execute=True):
        with_factor(browser)
    assert AuditEvent.objects.filter(type="accounts.mfa.changed").count() >= 1
    assert "App auf dem Telefon" in browser.get("/mein-konto/").content.decode()
    answer = log_in(client, browser.account.username)
    assert answer.headers["Location"] == "/konto/faktor/eingeben/"
    assert not is_logged_in(client)
    assert client.get("/mein-konto/").status_code == 302
    wrong = client.post("/konto/faktor/eingeben/", {"code": "000000"})
    assert "nicht richtig" in wrong.content.decode()
    rescue = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert client.post("/konto/faktor/eingeben/", {"code": rescue[0]}).status_code == 302
    assert is_logged_in(client)
    third = Client()
    log_in(third, browser.account.username)
    assert third.post("/konto/faktor/eingeben/", {"code": rescue[0]}).status_code == 200
    assert not is_logged_in(third)


def test_second_factor_is_not_taken_off_without_the_password(client_of: Any) -> None:
    browser = client_of("member")
    with_factor(browser)
    client = Client()
    client.force_login(browser.account)
    answer = client.post("/konto/faktor/app/entfernen/")
    assert answer.status_code == 302
    assert "/bestaetigen/" in answer.headers["Location"]
    assert Authenticator.objects.filter(type="totp").exists()


def test_an_administrator_takes_a_lost_factor_off(client_of: Any) -> None:
    browser = client_of("member")
    with_factor(browser)
    url = reverse("administration:account_factors", args=[browser.account.id])
    assert browser.post(url).status_code == 403
    assert client_of("admin").post(url).status_code == 302
    assert not Authenticator.objects.exists()
    assert browser.get("/mein-konto/").status_code in (200, 302)


def test_scripts_of_the_second_factor_fit_the_content_policy(client_of: Any) -> None:
    browser = client_of("member")
    browser.post("/konto/bestaetigen/", {"password": PASSWORD})
    for url in ("/konto/faktor/schluessel/neu/", "/konto/faktor/app/einrichten/"):
        page = browser.get(url).content.decode()
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
            assert "src=" in attributes or 'type="application/json"' in attributes, body
        assert "style=" not in page
        assert not re.search(r"\son[a-z]+=", page)


# --- sessions --------------------------------------------------------------------------------


def test_other_sessions_can_be_ended(account: Any) -> None:
    member = account("member")
    here, there = Client(), Client(headers={"user-agent": "iPhone"})
    log_in(here, member.username)
    log_in(there, member.username)
    assert "unter iPhone" in here.get("/konto/sitzungen/").content.decode()
    here.post("/konto/sitzungen/")
    assert here.get("/mein-konto/").status_code == 200
    assert there.get("/mein-konto/").status_code == 302


# --- tokens ----------------------------------------------------------------------------------


def make_token(browser: Any, **values: Any) -> Any:
    day = (clock.today() + timedelta(days=10)).isoformat()
    form = {"name": "Bericht", "scope": "read", "expires_on": day, **values}
    return browser.post(reverse("administration:token_new"), form)


def test_a_token_is_shown_once_and_can_be_revoked(client_of: Any) -> None:
    browser = client_of("admin")
    page = make_token(browser).content.decode()
    text = re.search(r'value="(lst_[\w-]+)"', page).group(1)
    assert text not in browser.get("/mein-konto/").content.decode()
    token = ApiToken.objects.get()
    assert text not in str(token.__dict__)
    program = Client(headers={"authorization": f"Bearer {text}"})
    assert program.get(API).status_code == 404
    browser.post(reverse("administration:token_revoke", args=[token.id]))
    assert program.get(API).status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("scope", "god"), ("expires_on", "2020-01-01"), ("expires_on", "morgen")],
)
def test_wrong_tokens_are_refused(client_of: Any, field: Any, value: Any) -> None:
    assert make_token(client_of("member"), **{field: value}).status_code == 200
    assert not ApiToken.objects.exists()


def test_nobody_revokes_the_token_of_another(client_of: Any) -> None:
    owner, other = client_of("member"), client_of("unit-head")
    make_token(owner)
    url = reverse("administration:token_revoke", args=[ApiToken.objects.get().id])
    assert other.get(url).status_code == 404
    assert other.post(url).status_code == 404
    assert ApiToken.objects.get().revoked_at is None
    assert client_of("admin").post(url).status_code == 302
    assert ApiToken.objects.get().revoked_at is not None


@pytest.mark.parametrize("fault", ["expired", "revoked", "disabled", "garbage"])
def test_dead_tokens_open_nothing(account: Any, fault: Any) -> None:
    owner = account("admin")
    token, text = actions.create_token(
        owner, actor=SYSTEM, name="t", scope="admin", expires_at=clock.now() + timedelta(days=1)
    )
    if fault == "expired":
        past = clock.now() - timedelta(seconds=1)
        ApiToken.objects.filter(pk=token.pk).update(expires_at=past)
    elif fault == "revoked":
        actions.revoke_token(token.id, actor=SYSTEM)
    elif fault == "disabled":
        account("admin")
        actions.change_account(owner, actor=SYSTEM, is_active=False)
    else:
        text = text[:-1]
    program = Client(headers={"authorization": f"Bearer {text}"})
    assert program.get(API).status_code == 401


def test_a_token_cannot_make_a_stronger_one(account: Any) -> None:
    owner = account("admin")
    weak = Actor(kind="token", name="t", account_id=owner.id, scopes=frozenset({"read"}))
    later = clock.now() + timedelta(days=1)
    with pytest.raises(NotAllowed):
        actions.create_token(owner, actor=weak, name="x", scope="admin", expires_at=later)


# --- accounts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""), ("username", "x"), ("username", "mit leer"), ("username", "MEMBER-1"),
        ("email", "keine-adresse"), ("email", "MEMBER-1@example.org"), ("password", "kurz"),
    ],
)  # fmt: skip
def test_wrong_accounts_are_refused_with_a_text_at_the_field(
    client_of: Any, account: Any, field: Any, value: Any
) -> None:
    account("member", username="member-1", email="member-1@example.org")
    browser = client_of("admin")
    form = {"username": "neu.name", "email": "neu@example.org", "password": PASSWORD}
    before = Account.objects.count()
    page = browser.post(reverse("administration:account_new"), {**form, field: value})
    assert page.status_code == 200
    assert f'id="id_{field}-error"' in page.content.decode()
    assert Account.objects.count() == before


def test_the_last_administrator_stays(client_of: Any, account: Any) -> None:
    browser = client_of("admin")
    admin = browser.account
    edit = reverse("administration:account_edit", args=[admin.id])
    page = browser.post(edit, {"email": admin.email, "person": ""})
    assert "nicht entfernt werden" in page.content.decode()
    admin.refresh_from_db()
    assert admin.is_active
    withdraw = reverse("administration:role_withdraw", args=[admin.id, admin.roles.get().id])
    browser.post(withdraw)
    assert admin.roles.count() == 1
    until = (clock.today() + timedelta(days=1)).isoformat()
    page = browser.post(
        reverse("administration:role_assign", args=[admin.id]),
        {"role": "admin", "unit": "", "valid_until": until},
    )
    assert "nicht entfernt werden" in page.content.decode()
    assert admin.roles.get().valid_until is None
    account("admin")
    browser.post(withdraw)
    assert admin.roles.count() == 0


def test_roles_are_given_with_unit_and_validity(
    client_of: Any, account: Any, unit_tree: Any
) -> None:
    browser, member = client_of("admin"), account()
    url = reverse("administration:role_assign", args=[member.id])
    form = {
        "role": "unit-head", "unit": str(unit_tree["10"].id), "with_subunits": "on",
        "valid_from": "2026-01-01", "valid_until": "31.12.2099",
    }  # fmt: skip
    assert browser.post(url, form).status_code == 302
    role = member.roles.get()
    assert (role.unit, role.with_subunits) == (unit_tree["10"], True)
    assert (role.valid_from, role.valid_until) == (date(2026, 1, 1), date(2099, 12, 31))
    wrong = browser.post(url, {**form, "role": "admin", "valid_until": "2025-01-01"})
    assert "Das Ende liegt vor dem Beginn" in wrong.content.decode()
    event = AuditEvent.objects.filter(type="policy.role.assigned").latest("pk")
    assert event.changes["unit"] == [None, "Hauptamt"]


def test_one_person_one_account(unit_tree: Any, account: Any) -> None:
    from leitstand.core.org.actions import create_person

    person = create_person(
        actor=SYSTEM, given_name="A", family_name="B", unit=unit_tree["10"], email="a@b.de"
    )
    account("member", person=person)
    with pytest.raises(Invalid):
        account("member", person=person)


def test_language_is_remembered(client_of: Any) -> None:
    browser = client_of("member")
    browser.post(reverse("administration:language"), {"language": "en"})
    assert "My account" in browser.get("/mein-konto/").content.decode()
    assert browser.post(reverse("administration:language"), {"language": "fr"}).status_code == 403
