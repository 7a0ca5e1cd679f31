"""Rights of past days over random histories: seen then and now, the same in lists and look-ups."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leitstand.core.accounts.identity import of_account
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.history import past
from leitstand.core.org.actions import move_unit
from leitstand.core.policy.actions import assign_role
from leitstand.core.policy.grants import Grant, forget, grants
from leitstand.portfolio import (
    policy,
    policy_groups,
    policy_intake,
    policy_rollouts,
    policy_warnings,
)
from leitstand.portfolio.models import (
    EarlyWarning,
    Need,
    Participation,
    Project,
    ProjectPerson,
    Rollout,
    WorkingGroup,
)
from tests.portfolio.making import SYSTEM, make_person
from tests.portfolio.test_past import on

DAYS = [date(2026, 3, 1) + timedelta(days=number) for number in range(4)]
CODES = ("10", "10.1", "20")


@dataclass(frozen=True)
class State:
    """What decides who sees an object: level, unit, units and people that take part."""

    level: int = 1
    unit: str = "10"
    units: frozenset[str] = frozenset()
    own: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of object with its policy; ``own`` writes whether it is the account's person's."""

    model: Any
    unit: str
    view: str
    visible: Callable[[Actor], Any]
    find: Callable[[Actor, uuid.UUID], Any]
    more: Callable[[int, Any], dict[str, Any]]
    own: str = ""
    takes_part: bool = False
    most: int = 3


def _find_project(actor: Actor, key: uuid.UUID) -> Any:
    row = Project.objects.filter(pk=key).first()
    if row is None or not policy.can(actor, policy.VIEW, row):
        raise NotFound
    return row


KINDS = {
    "project": Kind(
        Project, "lead_unit", policy.VIEW, policy.visible, _find_project,
        lambda slot, _person: {"number": f"P-{slot}", "title": "Vorhaben"},
        own="insider", takes_part=True,
    ),
    "need": Kind(
        Need, "unit", policy_intake.VIEW, policy_intake.visible,
        lambda actor, key: policy_intake.visible(actor).get(pk=key),
        lambda slot, _person: {"number": f"B-{slot}", "title": "Bedarf", "filed_on": DAYS[0]},
        own="filed_by", most=2,
    ),
    "group": Kind(
        WorkingGroup, "unit", policy_groups.VIEW, policy_groups.visible, policy_groups.get_group,
        lambda _slot, person: {"title": "Arbeitskreis", "lead": person}, own="lead",
    ),
    "warning": Kind(
        EarlyWarning, "unit", policy.VIEW, policy_warnings.visible, policy_warnings.get_visible,
        lambda _slot, _person: {"kind": "law", "title": "Gesetz", "day": DAYS[-1]},
    ),
    "rollout": Kind(
        Rollout, "lead_unit", policy.VIEW, policy_rollouts.visible, policy_rollouts.get_visible,
        lambda _slot, _person: {"title": "Umstellung"},
    ),
}  # fmt: skip
Key = tuple[str, int]


@dataclass
class City:
    """The units, the account's person and somebody else, and the story as Python tells it."""

    units: dict[str, Any]
    me: Any
    other: Any
    now: dict[Key, State] = field(default_factory=dict)
    last: dict[Key, State] = field(default_factory=dict)

    def pk(self, key: Key) -> uuid.UUID:
        """The same for the same object, also when it comes back after its deletion."""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{key}")

    def tell(self, key: Key, what: str, value: int) -> None:
        """Let something happen to an object; what cannot happen does not."""
        kind, state = KINDS[key[0]], self.now.get(key)
        if state is None:
            if what == "create":
                self._write(key, kind, State(level=min(value, kind.most), unit=CODES[value % 3]))
        elif what == "delete":
            kind.model.objects.filter(pk=self.pk(key)).delete()
            self.last[key] = self.now.pop(key)
        elif what == "level":
            self._write(key, kind, replace(state, level=min(value, kind.most)))
        elif what == "unit":
            self._write(key, kind, replace(state, unit=CODES[value % 3]))
        elif what == "own" and kind.own:
            self._write(key, kind, replace(state, own=bool(value % 2)))
        elif what == "part" and kind.takes_part:
            self._write(key, kind, replace(state, units=state.units ^ {CODES[value % 3]}))

    def _write(self, key: Key, kind: Kind, state: State) -> None:
        values = {**kind.more(key[1], self.other), "confidentiality": state.level}
        values[kind.unit] = self.units[state.unit]
        if kind.own and kind.own != "insider":
            values[kind.own] = self.me if state.own else self.other
        row, _made = kind.model.objects.update_or_create(pk=self.pk(key), defaults=values)
        if kind.takes_part:
            for code in CODES:
                here = Participation.objects.filter(project=row, unit=self.units[code])
                if code not in state.units:
                    here.delete()
                elif not here.exists():
                    Participation.objects.create(project=row, unit=self.units[code])
            leads = ProjectPerson.objects.filter(project=row, person=self.me)
            if not state.own:
                leads.delete()
            elif not leads.exists():
                ProjectPerson.objects.create(project=row, person=self.me, role="lead")
        self.now[key] = state

    def sees(self, grant: Grant, state: State) -> bool:
        """The rule of the present, written a second time."""
        if state.own and grant:
            return True
        joined = (grant.unit_levels.get(self.units[code].pk, -1) for code in state.units)
        return self.by_role(grant, state) or any(level >= state.level for level in joined)

    def by_role(self, grant: Grant, state: State) -> bool:
        """By level in the unit alone."""
        return grant.level_in(self.units[state.unit].pk) >= state.level


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the block writes is taken back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


STEPS = st.lists(
    st.tuples(
        st.integers(0, len(DAYS) - 1),
        st.tuples(st.sampled_from(sorted(KINDS)), st.integers(0, 1)),
        st.sampled_from(["create", "create", "level", "unit", "own", "part", "delete"]),
        st.integers(0, 3),
    ),
    min_size=4, max_size=24,
)  # fmt: skip
ROLES = st.lists(
    st.tuples(
        st.sampled_from(["member", "unit-head", "project-lead", "councillor", "digital-unit"]),
        st.sampled_from([*CODES, "1", ""]),
    ),
    max_size=2, unique=True,
)  # fmt: skip


@pytest.fixture
def city(unit_tree: Any, account: Any) -> Any:
    with on("2026-01-01"):
        me = make_person(unit_tree["10"], "Ina", "Ich", email="ich@example.org")
        other = make_person(unit_tree["10"], "Otto", "Anders", email="otto@example.org")
    return unit_tree, me, other, account(person=me)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, roles=ROLES, moves=st.booleans())
def test_seen_then_and_now(city: Any, steps: list[Any], roles: list[Any], moves: bool) -> None:
    units, me, other, account = city
    with undone():
        forget()
        told = City(units, me, other)
        days: list[dict[Key, State]] = []
        for number, day in enumerate(DAYS):
            with on(day.isoformat()):
                for at, key, what, value in steps:
                    if at == number:
                        told.tell(key, what, value)
                if moves and number == 1:
                    move_unit(units["20"], actor=SYSTEM, parent=units["10"], reason="Test")
            days.append(dict(told.now))
        for role, code in roles:
            assign_role(account, role, actor=SYSTEM, unit=units[code] if code else None)
        forget()
        actor = of_account(account)
        for day, state in zip(DAYS, days, strict=True):
            for whole in (False, True):  # SQLite answers a whole page from copies
                with past.as_of(day, whole=whole):
                    _check(told, actor, state)
        _check(told, actor, told.now)
    forget()


def _check(told: City, actor: Actor, then: dict[Key, State]) -> None:
    for code, kind in KINDS.items():
        grant = grants(actor, kind.view)
        allowed = {
            told.pk(key)
            for key, state in then.items()
            if key[0] == code and told.sees(grant, state) and _now(told, grant, key)
        }
        assert set(kind.model.objects.values_list("pk", flat=True)) == {
            told.pk(key) for key in then if key[0] == code
        }
        assert set(kind.visible(actor).values_list("pk", flat=True)) == allowed, code
        for key in ((code, 0), (code, 1)):
            assert _found(kind, actor, told.pk(key)) == (told.pk(key) in allowed), key


def _now(told: City, grant: Grant, key: Key) -> bool:
    if key in told.now:
        return told.sees(grant, told.now[key])
    return told.by_role(grant, told.last[key])


def _found(kind: Kind, actor: Actor, key: uuid.UUID) -> bool:
    try:
        kind.find(actor, key)
    except (NotFound, kind.model.DoesNotExist):
        return False
    return True
