"""Who leaves loses every right; the last administrator cannot; what the trail says of roles."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest
from tests.portfolio.making import lead, make_project

from leitstand.conf import OidcConfig
from leitstand.core.accounts.actions import change_account
from leitstand.core.accounts.identity import of_account
from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.org.actions import change_person, create_person
from leitstand.core.policy import grants
from leitstand.core.policy.actions import assign_role
from leitstand.portfolio import policy

SYSTEM = Actor.system("test")


def _person(unit: Any) -> Any:
    return create_person(actor=SYSTEM, given_name="Lea", family_name="Geht", unit=unit)


def test_a_person_who_has_left_has_no_rights(account: Any, unit_tree: Any) -> None:
    person = _person(unit_tree["20"])
    actor = of_account(account("unit-head", unit_tree["20"], person=person))
    lead(make_project(unit_tree["20"], "Streng", confidentiality=3), person)
    assert policy.changeable(actor).count() == 1
    person.refresh_from_db()
    change_person(person, actor=SYSTEM, version=person.version, active=False)
    assert not grants.grants(actor, "org.view")
    assert not policy.visible(actor).exists()
    person.refresh_from_db()
    change_person(person, actor=SYSTEM, version=person.version, active=True)
    assert policy.changeable(actor).count() == 1


def test_the_last_administrator_does_not_leave(account: Any, unit_tree: Any) -> None:
    person = _person(unit_tree["10"])
    account("admin", person=person)
    with pytest.raises(Invalid) as refusal:
        change_person(person, actor=SYSTEM, version=1, active=False)
    assert "active" in refusal.value.errors
    account("admin")
    change_person(person, actor=SYSTEM, version=1, active=False)


def test_an_administrator_who_cannot_log_in_does_not_count(account: Any, settings: Any) -> None:
    first = account("admin")
    account("admin", password=None)
    with pytest.raises(Invalid):
        change_account(first, actor=SYSTEM, is_active=False)
    oidc = OidcConfig("https://id.stadt.example", "c", "", "Anmelden", "preferred_username")
    settings.CONFIG = dataclasses.replace(settings.CONFIG, oidc=oidc)
    assert not change_account(first, actor=SYSTEM, is_active=False).is_active


def test_the_trail_says_what_a_role_was_before(account: Any, unit_tree: Any) -> None:
    someone = account()
    assign_role(someone, "member", actor=SYSTEM, valid_until=date(2030, 1, 1))
    assign_role(someone, "member", actor=SYSTEM, valid_until=date(2031, 1, 1))
    event = AuditEvent.objects.filter(type="policy.role.assigned").latest("pk")
    assert event.changes == {
        "role": ["member", "member"],
        "valid_until": ["2030-01-01", "2031-01-01"],
    }
