"""Dependencies across projects: circles, delays, rights, names."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leitstand.core.base.errors import Invalid, NotAllowed, NotFound
from leitstand.portfolio.domain.dependencies import Span, late_days, path_between
from tests.portfolio.making import SYSTEM, lead, make_person, make_project

Edges = list[tuple[int, int]]


def _reaches(edges: Edges, node: int, target: int, seen: set[int]) -> bool:
    """Depth-first search, written apart from the product as its oracle."""
    if node == target:
        return True
    seen.add(node)
    return any(
        _reaches(edges, after, target, seen)
        for before, after in edges
        if before == node and after not in seen
    )


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20),
    st.integers(0, 7),
    st.integers(0, 7),
)
@settings(max_examples=300, deadline=None)
def test_a_path_is_found_exactly_where_a_search_reaches(
    edges: Edges, source: int, target: int
) -> None:
    path = path_between(edges, source, target)
    assert bool(path) == _reaches(edges, source, target, set())
    if path:
        assert path[0] == source
        assert path[-1] == target
        assert all(step in edges for step in itertools.pairwise(path))


def _day(number: int) -> date:
    return date(2027, 1, 1) + timedelta(days=number)


@pytest.mark.parametrize(
    ("kind", "lag", "expected"),
    [
        # predecessor 10..20, successor 15..25
        ("FS", 0, 6),  # may begin on day 21
        ("FS", -6, 0),
        ("FS", 4, 10),
        ("SS", 0, 0),
        ("SS", 8, 3),
        ("FF", 0, 0),
        ("FF", 7, 2),
        ("SF", 0, 0),
        ("SF", 20, 5),
    ],
)
def test_days_by_which_a_dependency_is_violated(kind: str, lag: int, expected: int) -> None:
    before, after = Span(_day(10), _day(20)), Span(_day(15), _day(25))
    assert late_days(kind, lag, before, after) == expected


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
def test_unknown_dates_violate_nothing(kind: str) -> None:
    known, unknown = Span(_day(1), _day(2)), Span(None, None)
    assert late_days(kind, 9, known, unknown) == 0
    assert late_days(kind, 9, unknown, known) == 0


def _tie(before: Any, after: Any, actor: Any = SYSTEM, **more: Any) -> Any:
    from leitstand.portfolio.actions.dependencies import add_dependency

    return add_dependency(actor=actor, predecessor_id=before.pk, successor_id=after.pk, **more)


def _actor(client: Any) -> Any:
    from leitstand.core.accounts.identity import of_account

    return of_account(client.account)


def test_a_circle_is_refused_and_named(unit_tree: dict[str, Any]) -> None:
    from leitstand.portfolio.models import Dependency

    a, b, c = (make_project(unit_tree["10"], f"Vorhaben {name}") for name in "ABC")
    _tie(a, b)
    _tie(b, c)
    with pytest.raises(Invalid, match="Vorhaben C → Vorhaben A → Vorhaben B → Vorhaben C"):
        _tie(c, a)
    assert Dependency.objects.count() == 2


def test_a_circle_through_a_hidden_project_does_not_name_it(
    unit_tree: dict[str, Any], client_of: Any
) -> None:
    mine = make_project(unit_tree["10"], "Sichtbar eins")
    hidden = make_project(unit_tree["20"], "Geheime Personalsache", confidentiality=3)
    other = make_project(unit_tree["10"], "Sichtbar zwei")
    _tie(mine, hidden)
    _tie(hidden, other)
    head = _actor(client_of("unit-head", unit_tree["10"]))
    with pytest.raises(Invalid) as caught:
        _tie(other, mine, head)
    assert "Sichtbar eins" in caught.value.text
    assert "Geheime" not in caught.value.text


@pytest.mark.parametrize(
    ("lag", "kind"), [(4000, "FS"), (-4000, "FS"), (0, "XX"), (0, "")], ids=str
)
def test_nonsense_is_refused(unit_tree: dict[str, Any], lag: int, kind: str) -> None:
    a, b = make_project(unit_tree["10"], "A"), make_project(unit_tree["10"], "B")
    with pytest.raises(Invalid):
        _tie(a, b, lag_days=lag, kind=kind)


def test_neither_itself_nor_twice(unit_tree: dict[str, Any]) -> None:
    a, b = make_project(unit_tree["10"], "A"), make_project(unit_tree["10"], "B")
    with pytest.raises(Invalid):
        _tie(a, a)
    _tie(a, b)
    with pytest.raises(Invalid):
        _tie(a, b, kind="SS")


def test_one_must_be_changeable_and_both_visible(unit_tree: dict[str, Any], client_of: Any) -> None:
    mine = make_project(unit_tree["10"], "Eigenes")
    foreign = make_project(unit_tree["20"], "Fremdes")
    hidden = make_project(unit_tree["20"], "Verborgenes", confidentiality=3)
    third = make_project(unit_tree["20"], "Drittes")
    head = _actor(client_of("unit-head", unit_tree["10"]))
    _tie(foreign, mine, head)
    with pytest.raises(NotFound):
        _tie(hidden, mine, head)
    with pytest.raises(NotAllowed):
        _tie(foreign, third, head)


def test_the_page_finds_by_title_and_number_and_asks_if_several_fit(
    unit_tree: dict[str, Any], client_of: Any
) -> None:
    from leitstand.portfolio.models import Dependency

    project = make_project(unit_tree["10"], "E-Akte", start=_day(0), end=_day(30))
    first = make_project(unit_tree["10"], "Serviceportal Nord", start=_day(10), end=_day(20))
    make_project(unit_tree["10"], "Serviceportal Süd")
    make_project(unit_tree["20"], "Serviceportal geheim", confidentiality=3)
    client = client_of("unit-head", unit_tree["10"])
    url = f"/vorhaben/{project.pk}/abhaengigkeit/neu/"
    values = {"other": "serviceportal", "direction": "after", "kind": "FS", "lag_days": "0"}
    several = client.post(url, values)
    page = several.content.decode()
    assert several.status_code == 422
    assert "Serviceportal Nord" in page
    assert "Serviceportal Süd" in page
    assert "geheim" not in page
    assert client.post(url, {**values, "other_id": first.pk}).status_code == 302
    row = Dependency.objects.get()
    assert (row.predecessor, row.successor) == (project, first)
    profile = client.get(f"/vorhaben/{project.pk}/").content.decode()
    assert "verletzt um 21 Tage" in profile
    proposals = client.get(f"/vorhaben/{project.pk}/abhaengigkeit/suche/?other=portal")
    assert "geheim" not in proposals.content.decode()
    assert "Serviceportal Süd" in proposals.content.decode()
    by_number = client.post(url, {**values, "other": first.number, "direction": "before"})
    assert by_number.status_code == 422
    assert "Kreis" in by_number.content.decode()


def test_a_hidden_neighbour_has_no_name_anywhere(unit_tree: dict[str, Any], client_of: Any) -> None:
    mine = make_project(unit_tree["10"], "Eigenes")
    hidden = make_project(unit_tree["20"], "Streng geheime Sache", confidentiality=3)
    tie = _tie(hidden, mine, note="nur intern: geheimer Grund")
    client = client_of("unit-head", unit_tree["10"])
    own = f"abhaengigkeit/{tie.pk}/"
    for path in ("", "verlauf/", own, f"{own}entfernen/", "basisplan/"):
        page = client.get(f"/vorhaben/{mine.pk}/{path}").content.decode()
        assert "eheime" not in page, path
        assert hidden.number not in page, path
    assert "ein weiteres Vorhaben" in client.get(f"/vorhaben/{mine.pk}/").content.decode()
    assert client.post(f"/vorhaben/{mine.pk}/abhaengigkeit/{tie.pk}/entfernen/").status_code == 302
    assert not mine.predecessor_links.exists()


def test_a_tie_of_other_projects_cannot_be_removed_through_mine(
    unit_tree: dict[str, Any], client_of: Any
) -> None:
    from leitstand.portfolio.models import Dependency

    mine = make_project(unit_tree["10"], "Eigenes")
    a, b = make_project(unit_tree["20"], "A"), make_project(unit_tree["20"], "B")
    tie = _tie(a, b)
    client = client_of("unit-head", unit_tree["10"])
    answer = client.post(f"/vorhaben/{mine.pk}/abhaengigkeit/{tie.pk}/entfernen/")
    assert answer.status_code == 404
    assert Dependency.objects.filter(pk=tie.pk).exists()


def test_both_histories_tell_of_it(unit_tree: dict[str, Any], client_of: Any) -> None:
    a = make_project(unit_tree["10"], "Vorläufer")
    b = make_project(unit_tree["10"], "Nachfolger")
    lead(a, make_person(unit_tree["10"]))
    _tie(a, b)
    client = client_of("digital-unit")
    assert "Nachfolger" in client.get(f"/vorhaben/{a.pk}/verlauf/").content.decode()
    assert "Vorläufer" in client.get(f"/vorhaben/{b.pk}/verlauf/").content.decode()


def test_it_is_changed_and_both_versions_are_shown_to_the_second(
    unit_tree: dict[str, Any], client_of: Any
) -> None:
    from tests.portfolio.making import form_of

    a, b = make_project(unit_tree["10"], "Vorläufer"), make_project(unit_tree["10"], "Nachfolger")
    tie = _tie(a, b, lag_days=5, note="alt")
    url = f"/vorhaben/{b.pk}/abhaengigkeit/{tie.pk}/"
    client, other = client_of("digital-unit"), client_of("unit-head", unit_tree["10"])
    assert url in client.get(f"/vorhaben/{b.pk}/").content.decode()
    mine, theirs = (form_of(c.get(url).content.decode()) for c in (client, other))
    assert other.post(url, {**theirs, "lag_days": "9", "note": "anders"}).status_code == 302
    answer = client.post(url, {**mine, "lag_days": "7"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "7" in page and "9" in page and "anders" in page
    choice = form_of(page, 'name="wahl-lag_days"')
    assert client.post(url, choice).status_code == 302
    tie.refresh_from_db()
    assert (tie.lag_days, tie.note, tie.version) == (7, "anders", 3)
    history = client.get(f"/vorhaben/{a.pk}/verlauf/").content.decode()
    assert "Abhängigkeit geändert" in history
    assert "anders" not in history


@pytest.mark.parametrize(
    ("field", "value"), [("lag_days", "9999"), ("lag_days", ""), ("kind", "XX")]
)
def test_a_change_to_nonsense_is_refused_with_the_field(
    unit_tree: dict[str, Any], client_of: Any, field: str, value: str
) -> None:
    from tests.portfolio.making import form_of

    a, b = make_project(unit_tree["10"], "A"), make_project(unit_tree["10"], "B")
    tie = _tie(a, b, lag_days=5)
    url = f"/vorhaben/{b.pk}/abhaengigkeit/{tie.pk}/"
    client = client_of("digital-unit")
    answer = client.post(url, {**form_of(client.get(url).content.decode()), field: value})
    assert answer.status_code == 422
    assert "kern-error" in answer.content.decode()
    tie.refresh_from_db()
    assert tie.version == 1
