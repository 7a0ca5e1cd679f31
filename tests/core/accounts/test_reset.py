"""A forgotten password: set anew by a link in an e-mail, and nobody learns who has an account."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from leitstand.core.accounts.models import Account
from leitstand.core.audit.models import AuditEvent
from leitstand.core.notify.models import Mail

HOME = "/konto/passwort-vergessen/"
NEW = "Frische-Brise-am-Hafen-3"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_mail(settings: Any) -> None:
    settings.CONFIG = replace(settings.CONFIG, smtp_url="smtp://127.0.0.1:1")
    settings.EMAIL_BACKEND = "leitstand.core.notify.backend.EmailBackend"


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "de"})


def link() -> str:
    found = re.search(r"http://\S+?(/konto/\S+)", Mail.objects.get().body)
    assert found
    return found[1]


def test_from_the_question_to_the_new_password(visitor: Any, account: Any) -> None:
    who = account("member", email="ina@stadt.example")
    elsewhere = Client()
    elsewhere.force_login(who)
    sent = visitor.post(HOME, {"email": "Ina@Stadt.example"}, follow=True)
    assert "Sehen Sie in Ihre E-Mails" in sent.content.decode()
    mail = Mail.objects.get()
    assert (mail.address, mail.sensitive, mail.state) == ("ina@stadt.example", True, "waiting")
    assert mail.expires
    assert who.username in mail.body and "eine Stunde" in mail.body.replace("einer Stunde", "eine Stunde")
    page = visitor.get(link(), follow=True)
    address = page.redirect_chain[-1][0]
    assert "set-password" in address, "the key does not stay in the address"
    weak = visitor.post(address, {"password1": "kurz", "password2": "kurz"})
    assert weak.status_code == 200
    done = visitor.post(address, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Ihr neues Passwort gilt" in done.content.decode()
    assert Account.objects.get(pk=who.pk).check_password(NEW)
    assert elsewhere.get("/mein-konto/").status_code == 302, "logged out everywhere"
    assert visitor.get("/mein-konto/").status_code == 302, "log-in with second factor still follows"
    again = Client().get(link(), follow=True)
    assert again.status_code == 200 and b"password1" not in again.content
    assert AuditEvent.objects.filter(type="accounts.password.changed").exists()


@pytest.mark.parametrize("kind", ["unknown", "disabled", "city", "known"])
def test_nobody_learns_who_has_an_account(visitor: Any, account: Any, kind: str) -> None:
    if kind != "unknown":
        who = account("member", email="ina@stadt.example", password=None if kind == "city" else NEW)
        Account.objects.filter(pk=who.pk).update(is_active=kind != "disabled")
    answer = visitor.post(HOME, {"email": "ina@stadt.example"})
    assert (answer.status_code, answer["Location"]) == (302, f"{HOME}gesendet/")
    assert Mail.objects.exists() == (kind == "known")


def test_it_is_not_to_be_used_for_flooding(visitor: Any, account: Any) -> None:
    account("member", email="ina@stadt.example")
    codes = [visitor.post(HOME, {"email": "ina@stadt.example"}).status_code for _n in range(5)]
    assert codes == [302, 302, 302, 429, 429]
    assert Mail.objects.count() == 3


def test_without_a_mail_server_the_page_says_whom_to_ask(visitor: Any, account: Any, settings: Any) -> None:
    settings.CONFIG = replace(settings.CONFIG, smtp_url="")
    account("member", email="ina@stadt.example")
    page = visitor.get(HOME).content.decode()
    assert "Administration" in page or "Verwaltung von Leitstand" in page
    assert 'name="email"' not in page
    assert visitor.post(HOME, {"email": "ina@stadt.example"}).status_code == 302
    assert not Mail.objects.exists()
