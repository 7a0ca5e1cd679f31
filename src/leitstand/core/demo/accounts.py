"""The demo city's accounts: one per role, without second factor, with passwords drawn by lot."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from datetime import timedelta

from leitstand.core.accounts.actions import (
    change_account,
    create_account,
    create_token,
    revoke_token,
)
from leitstand.core.accounts.models import Account, ApiToken
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit, Person
from leitstand.core.policy.actions import assign_role

_LETTERS = string.ascii_letters + string.digits
_PASSWORD_LENGTH = 16
_TOKEN_LIFE = timedelta(days=10 * 365)
_TOKEN_NAME = "Demo"  # noqa: S105 - a name, not a secret


@dataclass(frozen=True)
class DemoAccount:
    """An account to create: role, user name, whose it is, unit of the role ("" = city-wide)."""

    role: str
    username: str
    email: str
    unit: str
    scope: str


ACCOUNTS = (
    DemoAccount("admin", "administration", "thorsten.quandt@arnsfurt.example", "", "admin"),
    DemoAccount("digital-unit", "digitalisierung", "miriam.falkenrath@arnsfurt.example", "", "write"),
    DemoAccount("project-lead", "projektleitung", "felix.brandstaetter@arnsfurt.example", "OB-DIG", "write"),
    DemoAccount("unit-head", "amtsleitung", "sabine.dornbusch@arnsfurt.example", "10", "write"),
    DemoAccount("auditor", "datenschutz", "ulrich.petzoldt@arnsfurt.example", "", "admin"),
    DemoAccount("councillor", "ratsmitglied", "", "", "read"),
    DemoAccount("emergency", "feuerwehr", "joerg.kannengiesser@arnsfurt.example", "", "read"),
)  # fmt: skip


@dataclass(frozen=True)
class Login:
    """What a person needs to log in, and a program to call the API."""

    role: str
    user: str
    password: str
    token: str


def create_accounts(actor: Actor) -> list[Login]:
    """Create all accounts with their roles and tokens; people and units must be there."""
    return [_create(plan, actor) for plan in ACCOUNTS]


def _create(plan: DemoAccount, actor: Actor) -> Login:
    person = Person.objects.get(email=plan.email) if plan.email else None
    unit = OrgUnit.objects.get(code=plan.unit) if plan.unit else None
    password = _password()
    account = create_account(
        actor=actor, username=plan.username, email=plan.email, password=password, person=person
    )
    assign_role(account, plan.role, actor=actor, unit=unit)
    return Login(plan.role, plan.username, password, _token(account, plan, actor))


def renew_accounts(actor: Actor) -> list[Login]:
    """Give the accounts that are still there new passwords and tokens; the old ones end."""
    found = {account.username: account for account in Account.objects.filter(is_active=True)}
    return [
        _renew(found[plan.username], plan, actor) for plan in ACCOUNTS if plan.username in found
    ]


def _renew(account: Account, plan: DemoAccount, actor: Actor) -> Login:
    password = _password()
    change_account(account, actor=actor, password=password)
    for token in ApiToken.objects.filter(account=account, name=_TOKEN_NAME, revoked_at=None):
        revoke_token(token.id, actor=actor)
    return Login(plan.role, plan.username, password, _token(account, plan, actor))


def _token(account: Account, plan: DemoAccount, actor: Actor) -> str:
    _, text = create_token(
        account,
        actor=actor,
        name=_TOKEN_NAME,
        scope=plan.scope,
        expires_at=clock.now() + _TOKEN_LIFE,
    )
    return text


def _password() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD_LENGTH))
