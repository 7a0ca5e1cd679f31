"""Priorities: the rules of ranking, the page, scores changed in place or all at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstand.portfolio.actions.priority import save_criterion
from leitstand.portfolio.domain.priority import Criterion, rank
from leitstand.portfolio.models import PriorityCriterion, PriorityScore
from tests.portfolio.making import SYSTEM, form_of, make_project
from tests.portfolio.views import SECRET, World, page, words

HTMX = {"HX-Request": "true"}
LAW = Criterion("law", "Rechtlich zulässig", must=True)
USE = Criterion("use", "Nutzen", must=False, weight=3)
COST = Criterion("cost", "Aufwand", must=False, weight=1)


# --- rules ----------------------------------------------------------------------------------------


def places(scores: dict[str, dict[str, int]]) -> list[tuple[str, float, int]]:
    return [(r.id, round(r.points, 2), r.place) for r in rank([LAW, USE, COST], scores)]


def test_points_are_weighted_shares_of_the_most_possible() -> None:
    found = places(
        {
            "a": {"use": 5, "cost": 5},
            "b": {"use": 5},
            "c": {"use": 0, "cost": 5},
            "d": {"use": 4, "cost": 3},
        }
    )
    assert found == [("a", 100.0, 1), ("b", 75.0, 2), ("d", 75.0, 2), ("c", 25.0, 4)]


def test_a_failed_must_criterion_stands_apart_whatever_the_points() -> None:
    ranked = rank(
        [LAW, USE, COST], {"best": {"law": 0, "use": 5, "cost": 5}, "poor": {"law": 1, "use": 1}}
    )
    assert [(r.id, r.place, [c.id for c in r.failed]) for r in ranked] == [
        ("poor", 1, []), ("best", 0, ["law"]),
    ]  # fmt: skip


def test_unjudged_and_unscored_are_told_apart() -> None:
    (ranked, empty) = rank([LAW, USE, COST], {"x": {"law": 1}, "y": {"use": 2}})
    assert (ranked.id, [c.id for c in ranked.open], ranked.scored) == ("y", ["law"], 1)
    assert (empty.id, empty.is_ranked, empty.place) == ("x", False, 0)


def test_the_span_shows_what_hangs_on_one_weight() -> None:
    ranked = rank([USE, COST], {"useful": {"use": 4, "cost": 0}, "cheap": {"use": 2, "cost": 5}})
    assert [(r.id, r.place, r.best, r.worst) for r in ranked] == [
        ("useful", 1, 1, 2),
        ("cheap", 2, 1, 2),
    ]


def test_nothing_to_weigh_is_no_error() -> None:
    assert rank([], {"a": {}})[0].points == 0
    nil = Criterion("nil", "n", must=False, weight=0)
    assert rank([nil], {"a": {"nil": 5}})[0].points == 0


@given(
    st.dictionaries(
        st.integers(0, 30),
        st.dictionaries(st.sampled_from(["law", "use", "cost"]), st.integers(0, 1)),
    )
)
def test_every_subject_is_ranked_exactly_once(scores: dict[int, dict[str, int]]) -> None:
    ranked = rank([LAW, USE, COST], scores)
    assert sorted(r.id for r in ranked) == sorted(scores)
    for r in ranked:
        assert 0 <= r.points <= 100
        assert not r.place or r.best <= r.place <= r.worst <= len(scores)


# --- page -----------------------------------------------------------------------------------------


@pytest.fixture
def criteria(world: World) -> dict[str, Any]:
    plan = (
        ("Rechtlich zulässig", "must", 1),
        ("Nutzen", "weighted", 3),
        ("Aufwand", "weighted", 1),
    )
    return {
        name: save_criterion(actor=SYSTEM, name=name, kind=kind, weight=weight, position=place)
        for place, (name, kind, weight) in enumerate(plan)
    }


def score(project: Any, criterion: Any, value: int, note: str = "") -> None:
    PriorityScore.objects.create(project=project, criterion=criterion, score=value, note=note)


def part(html: str, table: str) -> str:
    start = html.index(f'id="{table}"')
    return words(html[start : html.index("</table>", start)])


def test_ranking_failed_and_unscored_with_all_inputs(
    staff: Any, world: World, criteria: dict[str, Any]
) -> None:
    score(world.open, criteria["Nutzen"], 4)
    score(world.open, criteria["Aufwand"], 2)
    score(world.done, criteria["Rechtlich zulässig"], 0, "Satzung fehlt")
    score(world.secret, criteria["Nutzen"], 5)
    html = page(staff, "/prioritaeten/")
    ranking = part(html, "ranking")
    assert "70,0" in ranking
    assert "Nutzen (×3)" in ranking
    assert "nicht beurteilt: Rechtlich zulässig" in ranking
    assert "Alte Registratur" in part(html, "failed")
    assert "Satzung fehlt" in part(html, "failed")
    assert "Zoo & <Tierpark>" in part(html, "unscored")
    assert "75 %" in part(html, "criteria")
    assert SECRET not in html
    assert "mx-picture" in html
    assert "Aufwand (0–5)" in html


def test_the_axes_are_chosen_and_nonsense_is_not(
    staff: Any, world: World, criteria: dict[str, Any]
) -> None:
    score(world.open, criteria["Nutzen"], 4)
    score(world.open, criteria["Aufwand"], 2)
    swapped = f"/prioritaeten/?x={criteria['Nutzen'].id}&y={criteria['Aufwand'].id}"
    assert "Aufwand und Nutzen im Vergleich" in page(staff, swapped)
    assert "Nutzen und Aufwand im Vergleich" in page(staff, "/prioritaeten/?x=1&y=%00")


def test_a_score_is_set_in_its_cell(staff: Any, world: World, criteria: dict[str, Any]) -> None:
    url = f"/prioritaeten/{world.open.id}/{criteria['Nutzen'].id}/"
    values = form_of(staff.get(url, headers=HTMX).content.decode(), 'name="score"')
    answer = staff.post(url, {**values, "score": "4"}, headers=HTMX)
    assert words(answer.content.decode()).startswith("4")
    assert answer["HX-Refresh"] == "true"
    assert PriorityScore.objects.get().score == 4
    wrong = staff.post(url, {"score": "9"}, headers=HTMX)
    assert "kern-error" in wrong.content.decode()
    assert "HX-Refresh" not in wrong
    assert staff.post(url, {"score": "", "note": ""}).status_code == 302
    assert not PriorityScore.objects.exists()


def test_all_scores_of_a_project_on_one_page(
    staff: Any, world: World, criteria: dict[str, Any]
) -> None:
    url = f"/prioritaeten/{world.open.id}/"
    values = form_of(page(staff, url), 'name="score-')
    for name, text in (("Rechtlich zulässig", "1"), ("Nutzen", "5")):
        values[f"score-{criteria[name].id}"] = text
    values[f"note-{criteria['Nutzen'].id}"] = "viele Fälle"
    assert staff.post(url, values).status_code == 302
    assert set(PriorityScore.objects.values_list("score", "note")) == {(1, ""), (5, "viele Fälle")}
    html = staff.post(url, {**values, f"score-{criteria['Nutzen'].id}": "7"}).content.decode()
    assert "kern-error" in html
    assert PriorityScore.objects.get(criterion=criteria["Nutzen"]).score == 5


def test_only_those_who_keep_priorities_may_score(
    client_of: Any, world: World, criteria: dict[str, Any]
) -> None:
    head = client_of("unit-head", world.units["10"])
    html = page(head, "/prioritaeten/")
    assert not re.search(r'href="/prioritaeten/[0-9a-f]', html)
    url = f"/prioritaeten/{world.open.id}/"
    for address in (url, f"{url}{criteria['Nutzen'].id}/"):
        assert head.get(address).status_code == 403
        assert head.post(address, {"score": "1"}).status_code == 403
    hidden = f"/prioritaeten/{world.secret.id}/"
    assert head.get(hidden).status_code == 404
    assert client_of("digital-unit").get(hidden).status_code == 404


def test_many_projects_come_in_pages(staff: Any, world: World, criteria: dict[str, Any]) -> None:
    for number in range(105):
        score(make_project(world.units["10"], f"Nr. {number}"), criteria["Nutzen"], number % 6)
    assert "101 bis 105 von 105" in words(page(staff, "/prioritaeten/?page=5"))


# --- criteria -------------------------------------------------------------------------------------

NEW = "/prioritaeten/kriterien/neu/"


def test_criteria_are_added_changed_and_deleted(
    staff: Any, world: World, criteria: dict[str, Any]
) -> None:
    assert NEW in page(staff, "/prioritaeten/")
    values = form_of(page(staff, NEW), 'name="weight"')
    assert staff.post(NEW, {**values, "name": "Nutzen", "kind": "must"}).status_code == 422
    assert staff.post(NEW, {**values, "name": "Risiko", "kind": "nonsense"}).status_code == 422
    assert staff.post(NEW, {**values, "name": "Risiko", "kind": "weighted"}).status_code == 302
    made = PriorityCriterion.objects.get(name="Risiko")
    url = f"/prioritaeten/kriterien/{made.id}/"
    values = form_of(page(staff, url), 'name="weight"')
    assert staff.post(url, {**values, "weight": "101"}).status_code == 422
    assert staff.post(url, {**values, "weight": "7"}).status_code == 302
    made.refresh_from_db()
    assert (made.weight, made.kind) == (7, "weighted")
    assert url in page(staff, "/prioritaeten/")
    assert "Risiko" in words(page(staff, f"{url}loeschen/"))
    assert staff.post(f"{url}loeschen/").status_code == 302
    assert not PriorityCriterion.objects.filter(name="Risiko").exists()


def test_a_scored_criterion_stays(staff: Any, world: World, criteria: dict[str, Any]) -> None:
    score(world.open, criteria["Nutzen"], 4)
    answer = staff.post(f"/prioritaeten/kriterien/{criteria['Nutzen'].id}/loeschen/")
    assert answer.status_code == 422
    assert PriorityCriterion.objects.filter(name="Nutzen").exists()


def test_two_people_change_a_criterion(staff: Any, world: World, criteria: dict[str, Any]) -> None:
    kept = criteria["Nutzen"]
    url = f"/prioritaeten/kriterien/{kept.id}/"
    values = form_of(page(staff, url), 'name="weight"')
    save_criterion(kept.id, actor=SYSTEM, name="Nutzen", kind="weighted", weight=9)
    answer = staff.post(url, {**values, "weight": "5"})
    assert answer.status_code == 409
    choice = form_of(answer.content.decode(), 'name="wahl-weight"')
    assert staff.post(url, {**choice, "wahl-weight": "mine"}).status_code == 302
    kept.refresh_from_db()
    assert kept.weight == 5


def test_criteria_belong_to_those_who_keep_priorities_city_wide(
    client_of: Any, world: World, criteria: dict[str, Any]
) -> None:
    url = f"/prioritaeten/kriterien/{criteria['Nutzen'].id}/"
    unit_only = client_of("digital-unit", world.units["10"])
    for client in (client_of("unit-head", world.units["10"]), client_of("member"), unit_only):
        assert "/prioritaeten/kriterien/" not in page(client, "/prioritaeten/")
        for address in (NEW, url, f"{url}loeschen/"):
            assert client.get(address).status_code == 403
            assert client.post(address, {"name": "X", "kind": "must"}).status_code == 403
    assert set(PriorityCriterion.objects.values_list("name", flat=True)) == set(criteria)
