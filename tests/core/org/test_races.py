"""What happens when somebody else was faster, or when what the caller holds is old."""

from __future__ import annotations

from typing import Any

import pytest

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.org import actions
from leitstand.core.org.actions import people, units
from leitstand.core.org.models import OrgUnit, Person

SYSTEM = Actor.system("test")


def _child(parent: Any, code: str) -> Any:
    return actions.create_unit(actor=SYSTEM, code=code, kind="division", name=code, parent=parent)


def test_every_path_is_the_parents_path_and_the_own_id(unit_tree: Any) -> None:
    stale = OrgUnit.objects.get(code="10")
    actions.move_unit(unit_tree["1"], actor=SYSTEM, parent=unit_tree["2"])
    _child(stale, "10.9")
    for unit in OrgUnit.objects.select_related("parent"):
        assert unit.path == (unit.parent.path if unit.parent else "/") + unit.id.hex + "/"


def test_nothing_joins_a_unit_that_has_just_ended(unit_tree: Any) -> None:
    stale = OrgUnit.objects.get(code="20")
    actions.dissolve_unit(unit_tree["20"], actor=SYSTEM)
    with pytest.raises(Invalid):
        _child(stale, "20.1")
    with pytest.raises(Invalid) as refusal:
        actions.create_person(actor=SYSTEM, given_name="A", family_name="B", unit=stale)
    assert "unit" in refusal.value.errors
    joins = actions.create_person(
        actor=SYSTEM, given_name="A", family_name="B", unit=unit_tree["11"]
    )
    with pytest.raises(Invalid):
        actions.change_person(joins, actor=SYSTEM, version=1, unit=stale)


class Late:
    """A check that sees nothing the first time, as if the other commit came just after it."""

    def __init__(self, check: Any, blind: Any) -> None:
        self.check, self.blind, self.calls = check, blind, 0

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        return self.blind if self.calls == 1 else self.check(*args)


def test_a_code_taken_meanwhile_is_said_so(unit_tree: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(units, "_check_free", Late(units._check_free, None))
    with pytest.raises(Invalid) as refusal:
        _child(unit_tree["0"], "10")
    assert "code" in refusal.value.errors
    assert OrgUnit.objects.filter(code="10").count() == 1


def test_an_address_taken_meanwhile_is_said_so(unit_tree: Any, monkeypatch: Any) -> None:
    who: dict[str, Any] = {"actor": SYSTEM, "family_name": "Kern", "unit": unit_tree["10"]}
    actions.create_person(given_name="Eva", email="eva@x.de", **who)
    other = actions.create_person(given_name="Ida", email="", **who)
    check = people._is_taken
    monkeypatch.setattr(people, "_is_taken", Late(check, False))
    with pytest.raises(Invalid) as refusal:
        actions.create_person(given_name="Eva", email="eva@x.de", **who)
    assert "email" in refusal.value.errors
    monkeypatch.setattr(people, "_is_taken", Late(check, False))
    with pytest.raises(Invalid):
        actions.change_person(other, actor=SYSTEM, version=1, email="eva@x.de")
    assert Person.objects.filter(email="eva@x.de").count() == 1
