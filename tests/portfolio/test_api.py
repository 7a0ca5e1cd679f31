"""The JSON API over HTTP: reading, changing, paging, errors; who may do what is in
``test_api_permissions.py``."""

from __future__ import annotations

import json
import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.portfolio.making import every_part, make_item, make_person, make_project
from tests.portfolio.talking import API, CHANGES, KINDS, call, part, problem, read
from tests.portfolio.views import SECRET, World

# --- reading ------------------------------------------------------------------------------------


def test_project_has_machine_values_and_a_version(unit: Client, world: World) -> None:
    response = call(unit, "GET", f"/projects/{world.open.id}")
    body = response.json()
    assert response["ETag"] == f'"{world.open.version}"'
    assert response["Server-Timing"].startswith("app;dur=")
    assert body["number"] == world.open.number
    assert body["phase"] == "running"
    assert (body["start"], body["start_precision"]) == ("2026-01-01", "day")
    assert body["confidentiality"] == 0
    assert body["lead_unit"] == {"id": str(world.units["10.1"].id), "name": "Organisation"}
    assert body["lead"] == [{"id": str(world.person.id), "name": "Özlem Ähre"}]
    assert [row["name"] for row in body["fields_of_action"]] == ["Bürgerservice", "Ämter und Akten"]
    assert body["budget_planned"] is None


def test_budget_of_a_project_is_the_sum_of_its_lines(unit: Client, world: World) -> None:
    make_item("budget", world.open, year=2026, kind="investment", planned="1000.50")
    make_item("budget", world.open, year=2027, kind="operating", planned=10)
    assert read(unit, f"/projects/{world.open.id}")["budget_planned"] == 1010.5


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Übergabe der E-Akte", "Alte Registratur", "Zoo & <Tierpark>"]),
        ("?phase=done&phase=idea", ["Alte Registratur", "Zoo & <Tierpark>"]),
        ("?q=akte", ["Übergabe der E-Akte"]),
        ("?sort=-title", ["Zoo & <Tierpark>", "Übergabe der E-Akte", "Alte Registratur"]),
        ("?late=yes", ["Übergabe der E-Akte"]),
        ("?end_from=2026-01-01", ["Übergabe der E-Akte"]),
        ("?progress_from=50", ["Alte Registratur"]),
    ],
)
def test_list_is_filtered_and_sorted_like_the_pages(
    unit: Client, world: World, query: str, titles: list[str]
) -> None:
    body = read(unit, f"/projects{query}")
    assert [row["title"] for row in body["items"]] == titles
    assert body["total"] == len(titles)
    assert body["next"] is None


def test_list_by_unit_includes_the_units_below(unit: Client, world: World) -> None:
    body = read(unit, f"/projects?lead_unit={world.units['1'].id}")
    assert {row["title"] for row in body["items"]} == {"Übergabe der E-Akte", "Alte Registratur"}


@pytest.mark.parametrize(
    "query", ["?phase=nonsense", "?start_from=gestern", "?sort=nonsense", "?unknown=1", "?page=2",
              "?group=phase", "?lead_unit=x", "?limit=0", "?limit=501", "?limit=x", "?cursor=x",
              "?cursor=1.zz"],
)  # fmt: skip
def test_query_that_makes_no_sense_is_refused(unit: Client, world: World, query: str) -> None:
    body = problem(call(unit, "GET", f"/projects{query}"), 422, "invalid")
    assert body["errors"]


def test_pages_follow_each_other_though_others_add_projects(unit: Client, world: World) -> None:
    first = read(unit, "/projects?limit=2&sort=title")
    assert len(first["items"]) == 2
    assert first["total"] == 3
    make_project(world.units["10"], "Aaa: kommt vor alle anderen")
    second = read(unit, f"/projects?limit=2&sort=title&cursor={first['next']}")
    assert [row["title"] for row in second["items"]] == ["Zoo & <Tierpark>"]
    assert second["next"] is None


def test_page_after_a_project_that_is_gone_goes_on_at_its_place(unit: Client, world: World) -> None:
    first = read(unit, "/projects?limit=2&sort=title")
    world.open.delete()
    second = read(unit, f"/projects?limit=2&sort=title&cursor={first['next']}")
    assert [row["title"] for row in second["items"]] == []
    assert second["total"] == 2


def test_queries_do_not_grow_with_rows(
    unit: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        project = make_project(world.units["10"], f"Vorhaben {number}")
        every_part(project, world.units["11"], world.person)
    with django_assert_max_num_queries(14):
        assert read(unit, "/projects")["total"] == 15


# --- changing -----------------------------------------------------------------------------------


def test_project_is_created_changed_and_deleted(unit: Client, world: World) -> None:
    values = {
        "title": "Parkausweis online", "lead_unit": str(world.units["10"].id), "phase": "planned",
        "start": "2027-04-01", "start_precision": "quarter", "goals": [str(world.goal.id)],
    }  # fmt: skip
    made = call(unit, "POST", "/projects?reason=Beschluss", values)
    assert made.status_code == 201, made.content
    url = made["Location"].removeprefix(API)
    assert read(unit, url)["goals"][0]["id"] == str(world.goal.id)

    changed = call(unit, "PATCH", url, {"progress": 10}, if_match="1")
    assert changed.status_code == 200
    assert changed["ETag"] == '"2"'
    assert changed.json()["progress"] == 10
    assert changed.json()["start_precision"] == "quarter"

    gone = call(unit, "DELETE", f"{url}?reason=doppelt", if_match="2")
    assert gone.status_code == 204
    problem(call(unit, "GET", url), 404, "not_found")


def test_change_of_an_outdated_version_says_what_is_stored(unit: Client, world: World) -> None:
    url = f"/projects/{world.open.id}"
    version = str(world.open.version)
    assert call(unit, "PATCH", url, {"progress": 41}, if_match=version).status_code == 200
    late = call(unit, "PATCH", url, {"progress": 99}, if_match=version)
    body = problem(late, 412, "conflict")
    assert body["current_version"] == world.open.version + 1
    assert body["theirs"] == {"progress": 41}
    assert late["ETag"] == f'"{world.open.version + 1}"'
    assert read(unit, url)["progress"] == 41


def test_change_without_a_version_is_refused(unit: Client, world: World) -> None:
    url = f"/projects/{world.open.id}"
    problem(call(unit, "PATCH", url, {"progress": 41}), 428, "precondition_required")
    problem(call(unit, "DELETE", f"{url}?reason=x"), 428, "precondition_required")
    bad = call(unit, "PATCH", url, {"progress": 41}, **{"If-Match": "drei"})
    assert problem(bad, 422, "invalid")["errors"].keys() == {"If-Match"}
    assert read(unit, url)["progress"] == 40


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"progress": 101}, "progress"),
        ({"progress": "40"}, "progress"),
        ({"progress": True}, "progress"),
        ({"phase": "fertig"}, "phase"),
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"start": "01.02.2027"}, "start"),
        ({"start": 0}, "start"),
        ({"start": "2027-02-30"}, "start"),
        ({"start": "2027-01-01", "end": "2026-12-31"}, "end"),
        ({"lead_unit": str(uuid.UUID(int=5))}, "lead_unit"),
        ({"lead_unit": None}, "lead_unit"),
        ({"goals": [str(uuid.UUID(int=5))]}, "goals"),
        ({"confidentiality": 4}, "confidentiality"),
        ({"confidentiality": False}, "confidentiality"),
        ({"confidentiality": 1, "published": True}, "published"),
        ({"nonsense": 1}, "nonsense"),
        ({"number": "P-1"}, "number"),
    ],
)
def test_wrong_values_are_named_by_field(
    unit: Client, world: World, body: dict[str, Any], field: str
) -> None:
    version = str(world.open.version)
    response = call(unit, "PATCH", f"/projects/{world.open.id}", body, if_match=version)
    errors = problem(response, 422, "invalid")["errors"]
    assert any(name.split(".")[0] == field for name in errors), errors
    world.open.refresh_from_db()
    assert str(world.open.version) == version


def test_deleting_needs_a_reason(unit: Client, world: World) -> None:
    for query in ("", "?reason=", "?reason=%20"):
        response = call(unit, "DELETE", f"/projects/{world.idea.id}{query}", if_match="1")
        assert "reason" in problem(response, 422, "invalid")["errors"]
    assert read(unit, f"/projects/{world.idea.id}")["title"]


def test_sketch_of_a_project_lead_makes_her_its_lead(api_client: Any, world: World) -> None:
    client = api_client("project-lead", world.units["10"])
    client.account.person = make_person(world.units["10"], "Lena", "Lotse")
    client.account.save()
    values = {"title": "Idee", "lead_unit": str(world.units["10"].id)}
    made = call(client, "POST", "/projects", values)
    assert made.status_code == 201, made.content
    assert [person["name"] for person in made.json()["lead"]] == ["Lena Lotse"]
    url = made["Location"].removeprefix(API)
    assert call(client, "PATCH", url, {"need": "Warum"}, if_match="1").status_code == 200


# --- parts, plan, priorities, strategy ----------------------------------------------------------








def test_every_kind_of_part_is_tested() -> None:
    from leitstand.portfolio.actions.items import ITEM_KINDS

    assert set(KINDS) == set(ITEM_KINDS.names()) == set(CHANGES)


@pytest.mark.parametrize("kind", KINDS)
def test_parts_are_added_read_changed_removed(unit: Client, world: World, kind: str) -> None:
    base = f"/projects/{world.idea.id}/{kind}"
    assert read(unit, base) == {"items": [], "next": None, "total": 0}
    sent = part(world, kind)
    made = call(unit, "POST", base, sent)
    assert made.status_code == 201, made.content
    url = made["Location"].removeprefix(API)
    found = read(unit, url)
    for name, value in sent.items():
        got = found[name]["id"] if isinstance(found[name], dict) else found[name]
        assert got == value, name
    assert found["project"] == str(world.idea.id)
    assert read(unit, base)["items"] == [found]

    problem(call(unit, "PATCH", url, CHANGES[kind]), 428, "precondition_required")
    problem(call(unit, "PATCH", url, CHANGES[kind], if_match="7"), 412, "conflict")
    changed = call(unit, "PATCH", url, CHANGES[kind], if_match="1")
    assert changed.status_code == 200, changed.content
    assert changed["ETag"] == '"2"'
    ((name, value),) = CHANGES[kind].items()
    assert changed.json()[name] == value

    elsewhere = url.replace(str(world.idea.id), str(world.open.id))
    problem(call(unit, "GET", elsewhere), 404, "not_found")
    problem(call(unit, "DELETE", elsewhere, if_match="2"), 404, "not_found")
    problem(call(unit, "DELETE", url, if_match="1"), 412, "conflict")
    assert call(unit, "DELETE", url, if_match="2").status_code == 204
    problem(call(unit, "DELETE", url, if_match="2"), 404, "not_found")


def test_milestones_of_all_projects(unit: Client, world: World) -> None:
    make_item(
        "milestone", world.idea, title="Früher", due=date(2026, 11, 25), done_on=date(2026, 11, 1)
    )
    body = read(unit, "/milestones")
    assert [row["title"] for row in body["items"]] == ["Früher", "Abnahme; Stufe 1"]
    assert body["items"][0]["project"] == {"id": str(world.idea.id), "name": "Zoo & <Tierpark>"}
    assert [row["title"] for row in read(unit, "/milestones?open=yes")["items"]] == [
        "Abnahme; Stufe 1"
    ]
    assert read(unit, f"/milestones?project={world.open.id}&due_to=2026-11-30")["total"] == 0


def test_dependencies_are_tied_and_circles_named(unit: Client, world: World) -> None:
    pair = {"predecessor": str(world.idea.id), "successor": str(world.open.id), "lag_days": 5}
    made = call(unit, "POST", "/dependencies", pair)
    assert made.status_code == 201, made.content
    assert made.json()["kind"] == "FS"
    back = {"predecessor": str(world.open.id), "successor": str(world.idea.id)}
    body = problem(call(unit, "POST", "/dependencies", back), 422, "invalid")
    assert "Zoo" in json.dumps(body["errors"], ensure_ascii=False)
    assert read(unit, f"/projects/{world.open.id}/dependencies")["total"] == 1
    url = made["Location"].removeprefix(API)
    assert call(unit, "PATCH", url, {"lag_days": 9}).status_code == 428
    changed = call(unit, "PATCH", url, {"lag_days": 9}, if_match="1")
    assert (changed.json()["lag_days"], changed["ETag"]) == (9, '"2"')
    assert call(unit, "PATCH", url, {"lag_days": 8}, if_match="1").status_code == 412
    assert call(unit, "DELETE", url).status_code == 204
    assert read(unit, "/dependencies")["total"] == 0


def test_baseline_keeps_the_plan_as_it_was(unit: Client, world: World) -> None:
    base = f"/projects/{world.open.id}/baselines"
    problem(call(unit, "POST", base, {"reason": " "}), 422, "invalid")
    made = call(unit, "POST", base, {"reason": "Ratsbeschluss"})
    assert made.status_code == 201, made.content
    version = str(world.open.version)
    call(unit, "PATCH", f"/projects/{world.open.id}", {"end": "2028-01-31"}, if_match=version)
    (frozen,) = read(unit, base)["items"]
    assert frozen["end"] == "2026-10-31"
    assert [row["title"] for row in frozen["milestones"]] == ["Abnahme; Stufe 1"]
    assert read(unit, made["Location"].removeprefix(API)) == frozen


def test_priorities(unit: Client, world: World) -> None:
    made = call(unit, "POST", "/priorities/criteria", {"name": "Nutzen", "kind": "weighted"})
    assert made.status_code == 201, made.content
    criterion = made.json()
    url = f"/projects/{world.open.id}/priorities/{criterion['id']}"
    assert call(unit, "PUT", url, {"score": 4, "note": "hoch"}).json()["score"] == 4
    problem(call(unit, "PUT", url, {"score": 6}), 422, "invalid")
    assert read(unit, "/priorities/scores")["items"][0]["note"] == "hoch"
    assert read(unit, f"/projects/{world.open.id}/priorities")["total"] == 1
    place = made["Location"].removeprefix(API)
    problem(call(unit, "DELETE", place), 422, "invalid")
    assert call(unit, "DELETE", url).status_code == 204
    new = {"name": "Nutzen", "kind": "weighted", "weight": 3}
    assert call(unit, "PUT", place, new, if_match="1").json()["weight"] == 3
    problem(call(unit, "PUT", place, new, if_match="1"), 412, "conflict")
    assert call(unit, "DELETE", place).status_code == 204


@pytest.mark.parametrize(
    ("path", "values", "change"),
    [
        ("fields", {"code": "HF9", "name": "Mobilität"}, {"position": 3}),
        ("goals", {"code": "Z9", "name": "Ziel", "field_of_action": None}, {"name": "Neu"}),
        ("programmes", {"code": "P9", "name": "Programm", "start": "2027-01-01"}, {"end": None}),
        ("skills", {"code": "S9", "name": "Rolle"}, {"name": "Neu"}),
    ],
)
def test_strategy(
    unit: Client, world: World, path: str, values: dict[str, Any], change: dict[str, Any]
) -> None:
    if "field_of_action" in values:
        values = {**values, "field_of_action": str(world.field.id)}
    made = call(unit, "POST", f"/{path}", values)
    assert made.status_code == 201, made.content
    problem(call(unit, "POST", f"/{path}", values), 422, "invalid")
    url = made["Location"].removeprefix(API)
    assert call(unit, "PATCH", url, change, if_match="1").status_code == 200
    assert str(made.json()["id"]) in {row["id"] for row in read(unit, f"/{path}")["items"]}
    assert call(unit, "DELETE", url).status_code == 204


def test_strategy_entry_in_use_is_not_deleted(unit: Client, world: World) -> None:
    body = problem(call(unit, "DELETE", f"/programmes/{world.programme.id}"), 422, "invalid")
    assert SECRET not in json.dumps(body)


# --- imports, jobs, exports ---------------------------------------------------------------------


# --- organisation, me, tokens -------------------------------------------------------------------


# --- the frame ----------------------------------------------------------------------------------
