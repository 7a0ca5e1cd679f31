"""Roles in time, scopes of tokens, the cache, and the reasons given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from leitstand.core.accounts.identity import of_account
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.org.actions import merge_units, move_unit
from leitstand.core.policy import grants, registry
from leitstand.core.policy.actions import assign_role, withdraw_role
from leitstand.core.policy.registry import Permission

SYSTEM = Actor.system("test")


def may(account: Any, permission: Any, unit: Any = None, level: Any = 0) -> Any:
    return grants.why(
        of_account(account), permission, unit_id=unit.id if unit else None, level=level
    ).allowed


def test_rights_begin_and_end_with_their_days(account: Any, unit_tree: Any) -> None:
    today, day = clock.today(), timedelta(days=1)
    someone = account()
    for since, until, expected in (
        (today + day, None, False),
        (None, today - day, False),
        (today, today, True),
        (None, None, True),
    ):
        assign_role(someone, "unit-head", actor=SYSTEM, valid_from=since, valid_until=until)
        assert may(someone, "org.view") is expected, (since, until)


def test_a_withdrawn_role_ends_at_once(account: Any) -> None:
    account("admin")
    someone = account("admin")
    assert may(someone, "accounts.manage")
    withdraw_role(someone.roles.get().id, actor=SYSTEM)
    assert not may(someone, "accounts.manage")


def test_rights_follow_a_unit_that_moves(account: Any, unit_tree: Any) -> None:
    head = account("unit-head", unit_tree["2"])
    assert not may(head, "org.view", unit_tree["10.1"], level=3)
    move_unit(unit_tree["10"], actor=SYSTEM, parent=unit_tree["2"])
    assert may(head, "org.view", unit_tree["10.1"], level=3)


def test_a_merge_hands_no_rights_over(account: Any, unit_tree: Any) -> None:
    head = account("unit-head", unit_tree["11"])
    merge_units(unit_tree["11"], actor=SYSTEM, into=unit_tree["10"])
    assert not may(head, "org.view", unit_tree["10"], level=3)


def test_being_above_gives_no_right_without_the_sub_units(account: Any, unit_tree: Any) -> None:
    head = account("unit-head", unit_tree["1"], with_subunits=False)
    assert may(head, "org.view", unit_tree["1"], level=3)
    assert not may(head, "org.view", unit_tree["10"], level=2)


@pytest.mark.parametrize("role", registry.roles.names())
def test_no_role_has_a_permission_beyond_its_scopes(role: Any, account: Any) -> None:
    someone = account(role)
    for permission in registry.permissions_of(role):
        for scopes in ({"read"}, {"read", "write"}, {"read", "write", "admin"}):
            actor = Actor(kind="token", name="t", account_id=someone.id, scopes=frozenset(scopes))
            allowed = bool(grants.grants(actor, permission.code))
            assert allowed == (permission.scope in scopes), (permission.code, scopes)


def test_nobody_else_has_any_right(account: Any, db: Any) -> None:
    for actor in (Actor.anonymous(), of_account(account())):
        for permission in registry.permissions:
            assert not grants.grants(actor, permission.code), permission.code
            reason = grants.why(actor, permission.code)
            assert not reason.allowed


def test_reasons_name_the_rule_and_not_the_thing(account: Any, unit_tree: Any) -> None:
    head = account("unit-head", unit_tree["10"])
    actor = of_account(head)
    elsewhere = grants.why(actor, "org.view", unit_id=unit_tree["20"].id, level=3)
    assert not elsewhere.allowed
    assert "Kämmerei" not in elsewhere.text
    with pytest.raises(NotAllowed) as refusal:
        grants.require(of_account(account("member")), "accounts.manage")
    assert str(registry.roles["admin"].label) in refusal.value.text


def test_a_forgotten_cache_is_not_needed_for_long(account: Any, monkeypatch: Any) -> None:
    someone = account("member")
    actor = of_account(someone)
    assert grants.grants(actor, "org.view")
    someone.roles.all().delete()  # behind the back of the actions, as another process would
    assert grants.grants(actor, "org.view")
    real = grants.time.monotonic
    monkeypatch.setattr(grants.time, "monotonic", lambda: real() + grants.CACHE_SECONDS)
    assert not grants.grants(actor, "org.view")


def test_grants_cost_three_queries_however_many_roles(
    account: Any, unit_tree: Any, django_assert_max_num_queries: Any
) -> None:
    someone = account()
    for unit in unit_tree.values():
        assign_role(someone, "unit-head", actor=SYSTEM, unit=unit)
    grants.forget()
    with django_assert_max_num_queries(3):
        grants.grants(of_account(someone), "org.view")
    with django_assert_max_num_queries(0):
        grants.grants(of_account(someone), "org.change")


def test_unknown_names_raise_instead_of_opening(account: Any, db: Any) -> None:
    actor = of_account(account("admin"))
    with pytest.raises(LookupError):
        grants.grants(actor, "org.veiw")
    with pytest.raises(Invalid):
        assign_role(account(), "superuser", actor=SYSTEM)
    with pytest.raises(ValueError, match="twice"):
        registry.register([Permission("org.view", "x", "y", "write")], {})


def test_nobody_gives_herself_a_role(account: Any) -> None:
    someone = account("digital-unit")
    with pytest.raises(NotAllowed):
        assign_role(someone, "admin", actor=of_account(someone))
    assert someone.roles.count() == 1
