"""Lists from a query string: what people send is understood or named, never an error."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models import Q
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit, UnitKind
from leitstand.core.tables.columns import Column, ColumnType, Table, UnknownColumn
from leitstand.core.tables.filters import Filter, Kind
from leitstand.core.tables.query import Binding, ListSpec, Query, read

SYSTEM = Actor.system("test")
UNITS = Table(
    kind="unit",
    label="Unit",
    label_plural="Units",
    key=("code",),
    order=("code",),
    columns=(
        Column("code", "Code", ColumnType.TEXT),
        Column("name", "Name", ColumnType.TEXT),
        Column("kind", "Kind", ColumnType.CHOICE, choices=UnitKind.choices, groupable=True),
        Column("parent", "Parent", ColumnType.REFERENCE, source="parent__name", groupable=True),
        Column("active_from", "From", ColumnType.DATE),
        Column("version", "Version", ColumnType.INTEGER, visible=False),
    ),
)
SPEC = ListSpec(
    UNITS,
    search=("name", "code"),
    extra=(
        Filter("below", "Below", Kind.UNIT, "id"),
        Filter("living", "Living", Kind.FLAG, where=lambda _value, _actor: Q(active_to=None)),
    ),
)


def asked(text: str, **options: Any) -> Query:
    return read(SPEC, dict(QueryDict(text).lists()), **options)


def codes(text: str) -> list[str]:
    query = asked(text)
    assert not query.problems, [str(problem) for problem in query.problems]
    found = query.order(query.narrow(OrgUnit.objects.all(), SYSTEM))
    return list(found.values_list("code", flat=True))


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("nonsense=1", "nonsense"),
        ("kind=spaceship", "spaceship"),
        ("parent=12", "12"),
        ("active_from_from=gestern", "gestern"),
        ("version_from=viele", "viele"),
        ("version_to=NaN", "NaN"),
        ("version_to=1e400", "1e400"),
        ("group=name", "name"),
        ("group=passwort", "passwort"),
        ("sort=-secret", "secret"),
        ("columns=name,__class__", "__class__"),
        ("page=0", "0"),
        ("page=-3", "-3"),
        ("page=" + "9" * 5000, "9" * 20),
        ("page=²", "²"),
        ("living=maybe", "maybe"),
    ],
)
def test_what_is_not_understood_is_named_and_left_out(text: str, named: str) -> None:
    query = asked(text)
    assert named in " ".join(str(problem) for problem in query.problems)
    assert query.filters == {}
    assert (query.group, query.sort, query.page) == ("", (), 1)


def test_the_page_s_own_parameters_are_no_problem() -> None:
    assert asked("zoom=months", other=("zoom",)).problems == ()


def test_many_problems_stay_a_short_list() -> None:
    assert len(asked("&".join(f"x{n}=1" for n in range(500))).problems) <= 8


def test_a_long_value_is_shown_short() -> None:
    (problem,) = asked("kind=" + "ä" * 5000).problems
    assert len(str(problem)) < 120


def test_empty_parameters_ask_for_nothing() -> None:
    assert asked("q=&kind=&active_from_from=&group=&sort=&page=") == Query(SPEC)


def test_an_unknown_name_raises_in_code_only() -> None:
    with pytest.raises(LookupError):
        Query(SPEC).having(colour=("red",))
    with pytest.raises(UnknownColumn):
        Query(SPEC).sorted_by("colour")
    with pytest.raises(UnknownColumn):
        ListSpec(UNITS, bindings={"colour": Binding("x")})


def test_people_can_only_be_filtered_with_a_binding() -> None:
    table = Table(
        kind="x", label="x", label_plural="x", key=("lead",),
        columns=(Column("lead", "Lead", ColumnType.PERSON),),
    )  # fmt: skip
    with pytest.raises(ValueError, match="binding"):
        ListSpec(table)


TEXTS = st.text(max_size=60)
NAMES = st.sampled_from(
    ["q", "kind", "parent", "below", "living", "active_from_from", "active_from_to",
     "version_from", "version_to", "group", "sort", "columns", "page", "name", "other"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, st.lists(TEXTS, max_size=4), max_size=8))
def test_anything_can_be_read_and_the_answer_reads_itself(data: dict[str, list[str]]) -> None:
    query = read(SPEC, data)
    again = read(SPEC, dict(QueryDict(query.url().removeprefix("?")).lists()))
    assert again.problems == ()
    assert (again.search, again.filters, again.group) == (query.search, query.filters, query.group)
    assert (again.sort, again.columns, again.page) == (query.sort, query.columns, query.page)


# --- on the database ------------------------------------------------------------------------------


def test_search_folds_umlauts_and_takes_every_word(unit_tree: dict[str, Any]) -> None:
    assert codes("q=KÄMMEREI") == ["20"]
    assert codes("q=kämm") == ["20"]
    assert codes("q=dienste+ZENTRALE") == ["10.2"]
    assert codes("q=10.2+zentrale") == ["10.2"]
    assert codes("q=zentrale+kämmerei") == []


@pytest.mark.parametrize("text", ["%25", "_", "%5C", "'; DROP TABLE org_orgunit; --", "%00", "*"])
def test_signs_of_the_database_are_only_signs(text: str, unit_tree: dict[str, Any]) -> None:
    assert codes(f"q=x{text}y") == []
    assert OrgUnit.objects.count() == 8


def test_sharp_s_is_found_as_ss(unit_tree: dict[str, Any]) -> None:
    unit_tree["20"].name = "Straßenbauamt"
    unit_tree["20"].save()
    assert codes("q=STRASSEN") == ["20"]


def test_filters_of_every_kind(unit_tree: dict[str, Any]) -> None:
    assert codes("kind=directorate&kind=city") == ["0", "1", "2"]
    assert codes("parent=-") == ["0"]
    assert codes(f"parent={unit_tree['2'].id}&parent=-") == ["0", "20"]
    assert codes(f"below={unit_tree['10'].id}") == ["10", "10.1", "10.2"]
    assert codes(f"below={unit_tree['10'].id}&below={unit_tree['2'].id}") == [
        "10", "10.1", "10.2", "2", "20",
    ]  # fmt: skip
    assert codes("below=00000000-0000-0000-0000-000000000000") == []
    assert codes("living=yes&kind=city") == ["0"]
    assert codes("version_from=1&version_to=1,5&kind=city") == ["0"]


def test_days_in_german_and_partial(unit_tree: dict[str, Any]) -> None:
    OrgUnit.objects.filter(code="20").update(active_from=date(2024, 5, 31))
    assert codes("active_from_from=01.05.2024") == ["20"]
    assert codes("active_from_from=2024-06-01") == []
    assert codes("active_from_from=05/2024&active_from_to=05/2024") == ["20"]
    assert codes("active_from_to=2023") == ["0", "1", "10", "10.1", "10.2", "11", "2"]


def test_sorting_is_german_choices_in_their_order(unit_tree: dict[str, Any]) -> None:
    for code, name in (
        ("10", "Ämterhaus"),
        ("11", "Zoo"),
        ("20", "amt"),
        ("10.1", "Öl"),
        ("10.2", "Ofen"),
    ):
        OrgUnit.objects.filter(code=code).update(name=name)
    assert codes("sort=name&kind=department&kind=division") == ["20", "10", "10.2", "10.1", "11"]
    assert codes("sort=kind,-code")[:3] == ["0", "2", "1"]
    assert codes("sort=-parent")[-1] == "0"  # nothing comes last, both ways
    assert codes("sort=parent")[-1] == "0"


def test_groups_count_over_the_whole_list(unit_tree: dict[str, Any]) -> None:
    query = asked("group=parent")
    found = query.narrow(OrgUnit.objects.all(), SYSTEM)
    groups = query.groups(found)
    assert groups[unit_tree["10"].id] == ("Hauptamt", 2)
    assert groups[None] == ("", 1)
    assert sum(number for _label, number in groups.values()) == 8
    keys = list(query.keys(found))
    order = [group for _pk, group in keys]
    assert order == sorted(order, key=order.index)  # members of a group stand together
    assert order[-1] is None


def test_groups_of_choices_carry_their_labels(unit_tree: dict[str, Any]) -> None:
    query = asked("group=kind&kind=city&kind=division")
    groups = query.groups(query.narrow(OrgUnit.objects.all(), SYSTEM))
    assert groups == {
        "city": (str(UnitKind.CITY.label), 1),
        "division": (str(UnitKind.DIVISION.label), 2),
    }


# --- links ----------------------------------------------------------------------------------------


def test_a_click_sorts_and_a_second_click_turns() -> None:
    once = Query(SPEC, page=7).sorted_by("name")
    assert (once.sort, once.page, once.direction("name")) == ((("name", False),), 1, "ascending")
    twice = once.sorted_by("name")
    assert (twice.sort, twice.direction("name")) == ((("name", True),), "descending")
    assert twice.sorted_by("code").sort == (("code", False), ("name", True))
    assert twice.direction("code") == "none"


def test_the_selection_travels_without_looks() -> None:
    query = asked("q=amt&kind=city&group=kind&sort=-name&columns=name&page=3")
    assert query.url("/x/", selection_only=True) == "/x/?q=amt&kind=city"
    assert (
        query.url("/x/", {"zoom": "months"}, selection_only=True)
        == "/x/?q=amt&kind=city&zoom=months"
    )
    assert query.having(kind=None).url("/x/") == "/x/?q=amt&group=kind&sort=-name&columns=name"
