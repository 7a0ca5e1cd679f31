"""A preview reads and locks nothing; what is taken over is stored in short steps."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leitstand.core.accounts.identity import of_account
from leitstand.core.base.actor import Actor
from leitstand.core.org.actions import import_people, import_units, imports, people
from leitstand.core.org.models import OrgUnit, Person

SYSTEM = Actor.system("test")


def _people(count: int) -> list[dict[str, Any]]:
    return [
        {"given_name": "Eva", "family_name": f"Kern {n}", "email": f"e{n}@x.de", "unit_code": "10"}
        for n in range(count)
    ]


def _unit(code: str, parent: str, name: str = "") -> dict[str, Any]:
    return {"code": code, "name": name or code, "kind": "division", "parent_code": parent}


@pytest.mark.parametrize("what", ["people", "units"])
def test_a_preview_is_a_few_reads_whatever_the_length(unit_tree: Any, what: Any) -> None:
    load = import_people if what == "people" else import_units
    rows = _people(150) if what == "people" else [_unit(f"30.{n}", "10") for n in range(150)]
    rows[0].update({"unit_code": "11"} if what == "people" else {"code": "11", "name": "Neu"})
    with CaptureQueriesContext(connection) as seen:
        result = load(rows, actor=SYSTEM, dry_run=True)
    assert len(result.created) + len(result.changed) == 150
    assert len(seen) <= 3
    assert all(query["sql"].startswith("SELECT") for query in seen)


def test_preview_and_import_say_the_same(unit_tree: Any) -> None:
    rows = [
        _unit("50.1", "50"),  # below one that comes later
        _unit("50", "1"),
        _unit("10", "50"),  # moves below a new one
        _unit("1", "10.1", "Dezernat I"),  # would hang below itself
        _unit("2", "0", "Anders"),
        _unit("60", "10.2"),
    ]
    rows[4]["kind"] = "directorate"
    preview = import_units(rows, actor=SYSTEM, dry_run=True)
    assert [(p.row, p.field) for p in preview.problems] == [(5, "parent")]
    done = import_units(rows, actor=SYSTEM, skip_faulty=True)
    assert done == preview
    for unit in OrgUnit.objects.select_related("parent"):
        assert unit.path == (unit.parent.path if unit.parent else "/") + unit.id.hex + "/"
    again = import_units(rows, actor=SYSTEM, skip_faulty=True)
    assert (again.created, again.changed) == ([], [])


def test_rights_count_below_units_that_are_only_planned(account: Any, unit_tree: Any) -> None:
    actor = of_account(account("digital-unit", unit_tree["2"]))
    rows = [_unit("2.1", "2"), _unit("2.2", "2.1"), _unit("1.1", "1"), _unit("1.2", "2.2")]
    result = import_units(rows, actor=actor, dry_run=True)
    assert [p.row for p in result.problems] == [4]
    done = import_units(rows, actor=actor, skip_faulty=True)
    assert done.created == ["2.1 2.1", "2.2 2.2", "1.2 1.2"]


def test_what_no_longer_fits_is_named_and_the_rest_is_stored(
    unit_tree: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(imports, "_AT_ONCE", 2)
    create, calls = people.create_person, []

    def slower(**values: Any) -> Any:
        calls.append(values)
        if len(calls) == 3:  # somebody else takes the address of this row
            create(actor=SYSTEM, given_name="X", family_name="Y", unit=unit_tree["20"],
                   email=values["email"])  # fmt: skip
        return create(**values)

    monkeypatch.setattr(people, "create_person", slower)
    result = import_people(_people(5), actor=SYSTEM)
    assert [(p.row, p.field) for p in result.problems] == [(4, "email")]
    assert len(result.created) == 4
    assert Person.objects.count() == 4
