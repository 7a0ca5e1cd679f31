"""One rule for list and detail: the SQL predicate against a plain Python oracle."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.files.models import StoredFile
from leitstand.core.org import actions
from leitstand.core.org.models import OrgUnit
from leitstand.core.policy import grants, registry
from leitstand.core.policy.models import RoleAssignment

SYSTEM = Actor.system("test")
ROLES = registry.roles.names()
# read permission held by nearly all, write permission of few, one that counts city-wide only
PERMISSIONS = ["org.view", "org.change", "accounts.manage"]
SCOPES = [None, frozenset({"read"}), frozenset({"read", "write"})]

assignments = st.lists(
    st.tuples(
        st.sampled_from(ROLES),
        st.one_of(st.none(), st.integers(0, 7)),  # unit
        st.booleans(),  # with sub-units
        st.sampled_from(["none", "past", "future", "today", "ended yesterday", "ends today"]),
    ),
    max_size=4,
)
trees = st.lists(st.one_of(st.none(), st.integers(0, 6)), min_size=1, max_size=8)


def _period(word: str) -> tuple[date | None, date | None]:
    today, day = clock.today(), timedelta(days=1)
    return {
        "none": (None, None),
        "past": (today - 9 * day, today - 5 * day),
        "future": (today + day, None),
        "today": (today, None),
        "ended yesterday": (None, today - day),
        "ends today": (today - day, today),
    }[word]


def oracle(
    held: list[Any],
    parents: list[int | None],
    permission: str,
    scopes: frozenset[str] | None,
    unit: int | None,
) -> int:
    """Return the highest level the actor may handle in a unit (index), -1 for none.

    Written from docs/explanation/kernel.md alone, without a look at the grants.
    """
    found = registry.permissions[permission]
    if scopes is not None and found.scope not in scopes:
        return -1
    above = []
    while unit is not None:
        above.append(unit)
        unit = parents[unit]
    best = -1
    for code, where, with_subunits, word in held:
        begins, ends = _period(word)
        today = clock.today()
        if (begins and begins > today) or (ends and ends < today):
            continue
        role = registry.roles[code]
        if code not in registry.roles_with(permission):
            continue
        if where is None:
            best = max(best, role.level, role.city_level)
        elif not found.citywide:
            if above and (where == above[0] or (with_subunits and where in above)):
                best = max(best, role.level)
            if found.scope == "read":
                best = max(best, role.city_level)
    return best


class OneRule(TestCase):
    """hypothesis resets the database after every example."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(tree=trees, held=assignments, active=st.booleans(), data=st.data())
    def test_list_detail_and_oracle_agree(
        self, tree: list[int | None], held: list[Any], active: bool, data: Any
    ) -> None:
        """For every object, permission and scope: in the list, allowed singly, as the oracle."""
        units, parents = self._build(tree)
        held = self._assign(held, units)
        account = Account.objects.get()
        Account.objects.update(is_active=active)
        grants.forget()
        places = [None, *range(len(units))]
        objects = {
            (place, level): StoredFile.objects.create(
                name="x", size=1, sha256="0", media_type="x", confidentiality=level,
                unit=None if place is None else units[place],
            )
            for place, level in itertools.product(places, range(4))
        }  # fmt: skip
        scopes = data.draw(st.sampled_from(SCOPES))
        actor = of_account(account)
        actor = Actor(
            kind=actor.kind, name="x", account_id=account.id, person_id=None, scopes=scopes
        )
        for permission in PERMISSIONS:
            grant = grants.grants(actor, permission)
            visible = set(StoredFile.objects.filter(grants.predicate(grant)))
            for (place, level), item in objects.items():
                expected = oracle(held, parents, permission, scopes, place) >= level and active
                where = (permission, place, level, held, scopes)
                assert (item in visible) == expected, where
                assert (grant.level_in(item.unit_id) >= level) == expected, where
                if item.unit_id is not None:
                    why = grants.why(actor, permission, unit_id=item.unit_id, level=level)
                    assert why.allowed == expected, where
                    assert why.text

    @staticmethod
    def _build(tree: list[int | None]) -> tuple[list[OrgUnit], list[int | None]]:
        units: list[OrgUnit] = []
        parents: list[int | None] = []
        for number, wanted in enumerate(tree):
            parent = None if wanted is None or not units else wanted % len(units)
            units.append(
                actions.create_unit(
                    actor=SYSTEM, code=f"u{number}", kind="division", name=f"Einheit {number}",
                    parent=None if parent is None else units[parent],
                )
            )  # fmt: skip
            parents.append(parent)
        return units, parents

    @staticmethod
    def _assign(held: list[Any], units: list[OrgUnit]) -> list[Any]:
        account = Account.objects.create(username="wer")
        kept: dict[Any, Any] = {}
        for code, where, below, word in held:
            place = None if where is None else where % len(units)
            kept[code, place] = (code, place, below, word)
        for code, place, below, word in kept.values():
            begins, ends = _period(word)
            RoleAssignment.objects.create(
                account=account, role=code, unit=None if place is None else units[place],
                with_subunits=below, valid_from=begins, valid_until=ends,
            )  # fmt: skip
        return list(kept.values())
