"""Moves, merges, dissolutions: what is refused, and what was true on any day."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from leitstand.core.accounts.identity import of_account
from leitstand.core.audit.models import AuditEvent
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed
from leitstand.core.org import actions, queries
from leitstand.core.org.models import OrgUnit
from leitstand.core.org.registry import DissolutionGuard, dissolution_guards

SYSTEM = Actor.system("test")
D1, D2, D3 = date(2022, 1, 1), date(2023, 1, 1), date(2024, 1, 1)


def tree_on(day: Any) -> Any:
    """Return {code: (name, parent code)} of a day, read through the history."""
    nodes = queries.tree(on=day)
    stack, found = [], {}
    for node in nodes:
        del stack[node.depth :]
        found[node.code] = (node.name, stack[-1] if stack else None)
        stack.append(node.code)
    return found


def parents_now() -> Any:
    return {
        unit.code: unit.parent.code if unit.parent else None
        for unit in queries.living_units().select_related("parent")
    }


def test_every_day_shows_the_tree_of_that_day(unit_tree: Any) -> None:
    u = unit_tree
    actions.rename_unit(u["10"], actor=SYSTEM, version=1, name="Fachbereich Zentrales", on=D1)
    actions.move_unit(u["10"], actor=SYSTEM, parent=u["2"], on=D2, reason="Dezernatsverteilung")
    actions.merge_units(u["11"], actor=SYSTEM, into=u["10"], on=D3, reason="Zusammenlegung")
    before = tree_on(date(2021, 6, 1))
    assert before["10"] == ("Hauptamt", "1")
    assert before["11"] == ("Personalamt", "1")
    assert tree_on(D1)["10"] == ("Fachbereich Zentrales", "1")
    assert tree_on(D2 - timedelta(days=1))["10"][1] == "1"
    assert tree_on(D2)["10"] == ("Fachbereich Zentrales", "2")
    assert tree_on(D2)["10.1"] == ("Organisation", "10")
    assert "11" in tree_on(D3 - timedelta(days=1))
    assert "11" not in tree_on(D3)
    assert tree_on(date(2019, 12, 31)) == {}
    today = tree_on(clock.today())
    assert {code: parent for code, (_, parent) in today.items()} == parents_now()


def test_a_merge_moves_children_and_people_and_keeps_the_old_unit(unit_tree: Any) -> None:
    u = unit_tree
    person = actions.create_person(actor=SYSTEM, given_name="A", family_name="B", unit=u["10"])
    actions.merge_units(u["10"], actor=SYSTEM, into=u["20"], on=D1, reason="Reform")
    old = OrgUnit.objects.get(code="10")
    assert (old.active_to, old.successor) == (D1, u["20"])
    assert {c.code for c in u["20"].children.all()} == {"10.1", "10.2"}
    assert OrgUnit.objects.get(code="10.1").path.startswith(OrgUnit.objects.get(code="20").path)
    person.refresh_from_db()
    assert (person.unit, person.version) == (u["20"], 2)
    with pytest.raises(Invalid, match="no longer exists|besteht nicht mehr"):
        actions.rename_unit(old, actor=SYSTEM, version=old.version, name="Zombie")


@pytest.mark.parametrize(
    ("what", "unit", "target"),
    [
        ("move", "1", "10.1"), ("move", "1", "1"), ("merge", "1", "10.1"), ("merge", "1", "1"),
        ("merge", "0", "20"),
    ],
)  # fmt: skip
def test_no_circle_comes_about(unit_tree: Any, what: Any, unit: Any, target: Any) -> None:
    before = parents_now()
    call = actions.move_unit if what == "move" else actions.merge_units
    key = "parent" if what == "move" else "into"
    with pytest.raises(Invalid):
        call(unit_tree[unit], actor=SYSTEM, **{key: unit_tree[target]})
    assert parents_now() == before


def test_dissolution_is_refused_with_the_reasons(unit_tree: Any) -> None:
    u = unit_tree
    actions.create_person(actor=SYSTEM, given_name="A", family_name="B", unit=u["10"])
    guard = DissolutionGuard(objection=lambda unit_id: "3 Projekte", move=lambda *_: None)
    dissolution_guards.add("test", guard)
    try:
        with pytest.raises(Invalid) as refusal:
            actions.dissolve_unit(u["10"], actor=SYSTEM)
    finally:
        dissolution_guards._items.pop("test")
    for part in ("2", "1", "3 Projekte", "Hauptamt"):
        assert part in refusal.value.text
    assert OrgUnit.objects.get(code="10").active_to is None


def test_a_dissolved_unit_takes_nobody_in(unit_tree: Any) -> None:
    u = unit_tree
    actions.dissolve_unit(u["20"], actor=SYSTEM, on=D1)
    gone = OrgUnit.objects.get(code="20")
    for attempt in (
        lambda: actions.create_unit(
            actor=SYSTEM, code="20.1", kind="division", name="X", parent=gone
        ),
        lambda: actions.move_unit(u["10"], actor=SYSTEM, parent=gone),
        lambda: actions.merge_units(u["10"], actor=SYSTEM, into=gone),
        lambda: actions.create_person(actor=SYSTEM, given_name="A", family_name="B", unit=gone),
        lambda: actions.dissolve_unit(gone, actor=SYSTEM),
    ):
        with pytest.raises(Invalid):
            attempt()


def test_time_does_not_run_backwards(unit_tree: Any) -> None:
    unit = unit_tree["10"]
    unit = actions.rename_unit(unit, actor=SYSTEM, version=1, name="Neu", on=D2)
    with pytest.raises(Invalid) as refusal:
        actions.rename_unit(unit, actor=SYSTEM, version=unit.version, name="Alt", on=D1)
    assert "01.01.2023" in refusal.value.text
    with pytest.raises(Invalid):
        tomorrow = clock.today() + timedelta(days=1)
        actions.move_unit(unit, actor=SYSTEM, parent=unit_tree["2"], on=tomorrow)


def test_two_changes_on_one_day_leave_one_period(unit_tree: Any) -> None:
    unit = actions.rename_unit(unit_tree["10"], actor=SYSTEM, version=1, name="A", on=D1)
    actions.rename_unit(unit, actor=SYSTEM, version=unit.version, name="B", on=D1)
    periods = list(
        unit.periods.order_by("valid_from").values_list("name", "valid_from", "valid_to")
    )
    assert periods == [("Hauptamt", date(2020, 1, 1), D1), ("B", D1, None)]


def test_somebody_elses_change_is_not_overwritten(unit_tree: Any) -> None:
    unit = unit_tree["10"]
    actions.rename_unit(unit, actor=SYSTEM, version=1, name="Erste")
    with pytest.raises(Conflict) as conflict:
        actions.rename_unit(unit, actor=SYSTEM, version=1, name="Zweite")
    assert conflict.value.theirs["name"] == "Erste"
    assert conflict.value.mine["name"] == "Zweite"
    assert OrgUnit.objects.get(pk=unit.pk).name == "Erste"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""), ("code", "10"), ("code", " 10 "), ("code", "x" * 41), ("name", "  "),
        ("name", "x" * 201), ("kind", "planet"), ("email", "keine"), ("short_name", "x" * 41),
    ],
)  # fmt: skip
def test_wrong_values_are_refused_at_their_field(unit_tree: Any, field: Any, value: Any) -> None:
    values = {"code": "99", "name": "Neu", "kind": "division", field: value}
    with pytest.raises(Invalid) as refusal:
        actions.create_unit(actor=SYSTEM, parent=unit_tree["1"], **values)
    assert field in refusal.value.errors
    assert OrgUnit.objects.count() == 8


def test_the_tree_has_a_bottom(unit_tree: Any) -> None:
    parent = unit_tree["20"]
    with pytest.raises(Invalid):
        for number in range(30):
            parent = actions.create_unit(
                actor=SYSTEM, code=f"t{number}", kind="division", name="T", parent=parent
            )
    assert max(len(path) for path in OrgUnit.objects.values_list("path", flat=True)) <= 600


def test_rights_on_a_unit_end_at_its_border(unit_tree: Any, account: Any) -> None:
    u = unit_tree
    actor = of_account(account("digital-unit", u["1"]))
    actions.rename_unit(u["10"], actor=actor, version=1, name="Darf ich")
    for attempt in (
        lambda: actions.rename_unit(u["20"], actor=actor, version=1, name="Nicht"),
        lambda: actions.move_unit(u["10"], actor=actor, parent=u["2"]),
        lambda: actions.move_unit(u["10"], actor=actor, parent=None),
        lambda: actions.merge_units(u["20"], actor=actor, into=u["10"]),
        lambda: actions.dissolve_unit(u["20"], actor=actor),
        lambda: actions.create_unit(actor=actor, code="9", kind="city", name="Eigene Stadt"),
        lambda: actions.create_person(actor=actor, given_name="A", family_name="B", unit=u["2"]),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert OrgUnit.objects.get(code="20").name == "Kämmerei"


def test_the_trail_names_what_changed_and_why(unit_tree: Any) -> None:
    actions.move_unit(unit_tree["10"], actor=SYSTEM, parent=unit_tree["2"], reason="Verfügung 7")
    event = AuditEvent.objects.filter(type="org.unit.moved").get()
    assert event.changes == {"parent": ["Dezernat I", "Dezernat II"]}
    assert event.reason == "Verfügung 7"
    assert event.object_id == unit_tree["10"].id


def test_a_change_that_changes_nothing_is_not_recorded(unit_tree: Any) -> None:
    count = AuditEvent.objects.count()
    unit = unit_tree["10"]
    actions.rename_unit(
        unit, actor=SYSTEM, version=1, name=unit.name, short_name=unit.short_name, email=unit.email
    )
    actions.move_unit(unit, actor=SYSTEM, parent=unit_tree["1"])
    assert AuditEvent.objects.count() == count
    assert OrgUnit.objects.get(pk=unit.pk).version == 1


def test_unknown_parents_are_no_way_in(unit_tree: Any) -> None:
    ghost = OrgUnit(id=uuid.uuid4(), path="/", active_from=D1)
    with pytest.raises(OrgUnit.DoesNotExist):
        actions.move_unit(unit_tree["10"], actor=SYSTEM, parent=ghost)
