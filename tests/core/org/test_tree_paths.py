"""The materialised paths, whatever happens to the tree: compared with a plain model."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.org import actions, queries
from leitstand.core.org.models import OrgUnit

SYSTEM = Actor.system("test")
_STEP = st.tuples(
    st.sampled_from(["create", "move", "move", "merge", "dissolve"]),
    st.integers(0, 30),
    st.one_of(st.none(), st.integers(0, 30)),
)


class Model:
    """The tree as a plain mapping of code to parent code; ended units are kept apart."""

    def __init__(self) -> None:
        self.parents: dict[str, str | None] = {}
        self.ended: set[str] = set()

    def living(self) -> list[str]:
        return [code for code in self.parents if code not in self.ended]

    def below(self, code: str) -> set[str]:
        """Return the unit and everything below it, ended ones included."""
        found = {code}
        while more := {c for c, p in self.parents.items() if p in found} - found:
            found |= more
        return found

    def apply(self, what: str, first: str, second: str | None) -> bool:
        """Do a step; False if it must be refused."""
        if what == "dissolve":
            if any(self.parents[c] == first for c in self.living()):
                return False
            self.ended.add(first)
            return True
        if second in self.below(first) or (what == "merge" and second is None):
            return False
        if what == "move":
            self.parents[first] = second
            return True
        for child in [c for c in self.living() if self.parents[c] == first]:
            self.parents[child] = second
        self.ended.add(first)
        return True


def _do(what: str, unit: OrgUnit, target: OrgUnit | None) -> bool:
    try:
        if what == "dissolve":
            actions.dissolve_unit(unit, actor=SYSTEM)
        elif what == "move":
            actions.move_unit(unit, actor=SYSTEM, parent=target)
        elif target is None:
            return False
        else:
            actions.merge_units(unit, actor=SYSTEM, into=target)
    except Invalid:
        return False
    return True


class TreePaths(TestCase):
    """hypothesis resets the database after every example."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(_STEP, min_size=1, max_size=14))
    def test_paths_follow_the_model(self, steps: list[Any]) -> None:
        """Every step is allowed or refused as in the model; sub-trees are the same."""
        model = Model()
        for number, (what, a, b) in enumerate(steps):
            living = model.living()
            if what == "create" or not living:
                parent = living[b % len(living)] if b is not None and living else None
                code = f"u{number}"
                actions.create_unit(
                    actor=SYSTEM,
                    code=code,
                    kind="division",
                    name=code,
                    parent=OrgUnit.objects.get(code=parent) if parent else None,
                )
                model.parents[code] = parent
                continue
            first = living[a % len(living)]
            second = living[b % len(living)] if b is not None else None
            units = {unit.code: unit for unit in OrgUnit.objects.all()}
            target = units[second] if second else None
            done = _do(what, units[first], target)
            assert done == model.apply(what, first, second), (what, first, second)
        self._compare(model)

    def _compare(self, model: Model) -> None:
        units = {unit.code: unit for unit in OrgUnit.objects.select_related("parent")}
        for code, unit in units.items():
            assert (unit.parent.code if unit.parent else None) == model.parents[code]
            assert (unit.active_to is not None) == (code in model.ended)
            chain = [unit]
            while chain[-1].parent_id:
                chain.append(next(u for u in units.values() if u.id == chain[-1].parent_id))
            assert unit.path == "/" + "".join(f"{u.id.hex}/" for u in reversed(chain))
        ids = {unit.id: code for code, unit in units.items()}
        for code, unit in units.items():
            assert {ids[i] for i in queries.subtree_ids([unit.id])} == model.below(code)
        assert {node.code for node in queries.tree()} == set(model.living())
