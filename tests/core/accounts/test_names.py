"""Names and addresses of accounts belong to one account, whoever is faster and whatever the case."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.core.accounts.test_oidc import go_round, logged_in_as, provider

from leitstand.core.accounts import actions
from leitstand.core.accounts.models import Account
from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid

__all__ = ["provider"]
SYSTEM = Actor.system("test")


def test_the_providers_name_may_be_taken_in_another_case(
    provider: Any, client: Any, account: Any
) -> None:
    account("admin", username="AKern", email="")
    account("member", username="akern-2", email="")
    provider.log_in(preferred_username="akern", sub="4711")
    assert go_round(client).status_code == 302
    assert logged_in_as(client).username == "akern-3"


@pytest.mark.parametrize(
    "values", [{"username": "ANNA"}, {"username": "b", "email": "ANNA@x.de"}], ids=["name", "mail"]
)
def test_the_database_knows_no_case(db: Any, values: Any) -> None:
    Account.objects.create(username="anna", email="anna@x.de")
    Account.objects.create(username="c")
    Account.objects.create(username="d")  # many may have no address
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(**values)


def test_who_is_slower_is_told_so(db: Any, monkeypatch: Any) -> None:
    check, calls = actions._check_values, []

    def late(account: Account) -> None:
        calls.append(account)
        if len(calls) > 1:
            check(account)

    actions.create_account(actor=SYSTEM, username="anna", email="anna@x.de")
    other = actions.create_account(actor=SYSTEM, username="berta")
    monkeypatch.setattr(actions, "_check_values", late)
    with pytest.raises(Invalid) as refusal:
        actions.create_account(actor=SYSTEM, username="anna")
    assert "username" in refusal.value.errors
    calls.clear()
    with pytest.raises(Invalid) as refusal:
        actions.change_account(other, actor=SYSTEM, email="anna@x.de")
    assert "email" in refusal.value.errors


def test_a_password_typed_as_the_name_is_not_kept(client: Any, account: Any) -> None:
    member = account("member", email="m@x.de")
    for name in ("Mein-Geheimes-Kennwort-9", member.username.upper(), "M@x.de"):
        client.post("/konto/anmelden/", {"login": name, "password": "falsch"})
    failed = AuditEvent.objects.filter(type="accounts.login_failed").order_by("pk")
    tried = [event.personal.details["tried"] for event in failed]
    assert tried[0] == ""
    assert [name.lower() for name in tried[1:]] == [member.username, "m@x.de"]
