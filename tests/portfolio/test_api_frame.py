"""The API besides projects: imports, jobs, exports, people, tokens, errors, its description."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.portfolio.talking import API, call, problem, read
from tests.portfolio.views import SECRET, World, hide


def _upload(client: Client, text: str, name: str = "liste.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode(), "text/csv")
    return client.post(f"{API}/imports", {"file": file})


@pytest.mark.django_db(transaction=True)
def test_import_from_upload_to_applied_rows(unit: Client, unit_tree: Any) -> None:
    from leitstand.core.jobs.running import run_job

    def work(response: Any) -> Any:
        assert response.status_code == 202, response.content
        url = response["Location"].removeprefix(API)
        assert read(unit, url)["state"] == "queued"
        run_job(uuid.UUID(url.rpartition("/")[2]))
        assert read(unit, url)["state"] == "done"
        return read(unit, f"/imports/{response.json()['id']}")

    text = "Projekt;Amt;Fortschritt\nOnline-Ummeldung;Hauptamt;40 %\nOhne Amt;;5\n"
    run = work(_upload(unit, text))
    assert run["state"] == "mapping"
    assert run["mapping"] == {"0": "title", "1": "lead_unit", "2": "progress"}
    problem(
        call(unit, "PUT", f"/imports/{run['id']}/mapping", {"mapping": {"0": "nonsense"}}),
        422, "invalid",
    )  # fmt: skip
    run = work(call(unit, "PUT", f"/imports/{run['id']}/mapping", {"mapping": run["mapping"]}))
    assert run["state"] == "preview"
    rows = read(unit, f"/imports/{run['id']}/rows")
    assert [(row["number"], row["verdict"]) for row in rows["items"]] == [(2, "new"), (3, "error")]
    assert read(unit, f"/imports/{run['id']}/rows?verdict=new")["total"] == 1
    first = read(unit, f"/imports/{run['id']}/rows?limit=1")
    second = read(unit, f"/imports/{run['id']}/rows?limit=1&cursor={first['next']}")
    assert second["items"][0]["number"] == 3

    problem(call(unit, "POST", f"/imports/{run['id']}/confirm"), 428, "precondition_required")
    problem(call(unit, "POST", f"/imports/{run['id']}/confirm", if_match="99"), 412, "conflict")
    confirm = call(unit, "POST", f"/imports/{run['id']}/confirm", if_match=str(run["version"]))
    assert work(confirm)["state"] == "done"
    assert [row["title"] for row in read(unit, "/projects")["items"]] == ["Online-Ummeldung"]


def test_rows_can_be_left_out_and_a_run_discarded(unit: Client, world: World) -> None:
    from leitstand.core.jobs.running import run_job

    run = _upload(unit, "Projekt;Amt\nA;Hauptamt\n").json()
    run_job(uuid.UUID(run["job"]))
    problem(call(unit, "PATCH", f"/imports/{run['id']}/rows", {"leave": [2]}), 422, "invalid")
    assert call(unit, "DELETE", f"/imports/{run['id']}").status_code == 204
    assert read(unit, f"/imports/{run['id']}")["state"] == "discarded"


def test_upload_that_is_no_table_is_refused_with_a_remedy(unit: Client, world: World) -> None:
    from leitstand.core.jobs.running import run_job

    response = _upload(unit, "\x7fELF\x00\x01", "liste.xlsx")
    if response.status_code == 202:  # seen only when the file is read
        run_job(uuid.UUID(response.json()["job"]))
        run = read(unit, f"/imports/{response.json()['id']}")
        assert run["state"] == "failed"
        assert run["error"]
    else:
        problem(response, 422, "refused")
    problem(unit.post(f"{API}/imports", {}), 422, "invalid")


def test_import_and_job_of_somebody_else_are_not_there(
    unit: Client, api_client: Any, world: World
) -> None:
    run = _upload(unit, "Projekt;Amt\nA;Hauptamt\n").json()
    other = api_client("digital-unit")
    for path in (f"/imports/{run['id']}", f"/imports/{run['id']}/rows", f"/jobs/{run['job']}"):
        problem(call(other, "GET", path), 404, "not_found")
    problem(call(other, "POST", f"/jobs/{run['job']}/cancel"), 404, "not_found")
    assert read(other, "/imports")["total"] == read(other, "/jobs")["total"] == 0


def test_job_that_waits_is_cancelled(unit: Client, world: World) -> None:
    run = _upload(unit, "Projekt;Amt\nA;Hauptamt\n").json()
    assert read(unit, "/jobs")["items"][0]["id"] == run["job"]
    assert call(unit, "POST", f"/jobs/{run['job']}/cancel").json()["state"] == "cancelled"


def test_export_holds_the_selected_rows_and_is_recorded(unit: Client, world: World) -> None:
    from leitstand.core.audit.models import AuditEvent

    response = call(unit, "GET", "/exports/projects?phase=done")
    rows = json.loads(b"".join(response.streaming_content))
    assert [row["title"] for row in rows] == ["Alte Registratur"]
    assert AuditEvent.objects.filter(type="portfolio.exported").count() == 1
    problem(call(unit, "GET", "/exports/nonsense"), 422, "invalid")


def test_units_and_people(unit: Client, world: World) -> None:
    body = read(unit, "/units?q=amt")
    assert {row["name"] for row in body["items"]} == {"Hauptamt", "Personalamt"}
    assert read(unit, f"/units/{world.units['10'].id}")["parent"]["name"] == "Dezernat I"
    (person,) = read(unit, "/people?q=ÄHRE")["items"]
    assert set(person) == {"id", "version", "given_name", "family_name", "unit", "active"}
    assert read(unit, f"/people/{person['id']}") == person
    problem(call(unit, "GET", f"/people/{uuid.UUID(int=1)}"), 404, "not_found")


def test_me_and_my_tokens(unit: Client, api_client: Any, world: World) -> None:
    me = read(unit, "/me")
    assert (me["roles"], me["scopes"]) == (["digital-unit"], ["read", "write"])
    (token,) = read(unit, "/me/tokens")["items"]
    assert set(token) == {
        "id", "name", "scope", "created_at", "expires_at", "last_used_on", "revoked_at",
    }  # fmt: skip
    other = api_client("member")
    problem(call(other, "DELETE", f"/me/tokens/{token['id']}"), 404, "not_found")
    assert call(unit, "DELETE", f"/me/tokens/{token['id']}").status_code == 204
    problem(call(unit, "GET", "/me"), 401, "unauthenticated")


def test_session_may_read_but_not_write(client_of: Any, world: World) -> None:
    browser = client_of("digital-unit")
    assert read(browser, "/projects")["total"] == 3
    values = {"title": "x", "lead_unit": str(world.units["10"].id)}
    problem(call(browser, "POST", "/projects", values), 401, "unauthenticated")
    wrong = call(browser, "GET", "/projects", authorization="Bearer lst_wrong")
    problem(wrong, 401, "unauthenticated")


def test_token_for_reading_changes_nothing(api_client: Any, world: World) -> None:
    client = api_client("digital-unit", scope="read")
    assert read(client, "/projects")["total"] == 3
    response = call(client, "PATCH", f"/projects/{world.open.id}", {"progress": 1}, if_match="1")
    problem(response, 403, "not_allowed")
    problem(call(client, "POST", f"/jobs/{uuid.UUID(int=1)}/cancel"), 403, "not_allowed")


@pytest.mark.parametrize("path", ["/nonsense", "/", "/projects/x/y/z", "/projects/"])
def test_unknown_address_is_a_problem_document(unit: Client, world: World, path: str) -> None:
    problem(call(unit, "GET", path), 404, "not_found")


def test_unsupported_method_names_the_possible_ones(unit: Client, world: World) -> None:
    response = call(unit, "PUT", "/projects", {})
    problem(response, 405, "method")
    assert set(response["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 400, "unreadable"),
        ('{"title": NaN}', "application/json", 400, "unreadable"),
        ('{"title": "\\ud800"}', "application/json", 400, "unreadable"),
        ("[1]", "application/json", 422, "invalid"),
        ("title=x", "application/x-www-form-urlencoded", 415, "wrong_media_type"),
        ("<title/>", "application/xml", 415, "wrong_media_type"),
    ],
)
def test_body_that_cannot_be_used(
    unit: Client, world: World, body: str, kind: str, status: int, code: str
) -> None:
    problem(unit.generic("POST", f"{API}/projects", body, kind), status, code)


def test_body_that_is_too_large(unit: Client, world: World) -> None:
    response = unit.generic("POST", f"{API}/projects", b" " * 6_000_000, "application/json")
    problem(response, 413, "too_large")


def test_unexpected_error_is_a_problem_document_without_its_text(
    unit: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leitstand.portfolio.api import projects

    def broken(*args: Any) -> None:
        raise RuntimeError("geheim")

    monkeypatch.setattr(projects, "shape", broken)
    unit.raise_request_exception = False
    body = problem(call(unit, "GET", f"/projects/{world.open.id}"), 500, "internal")
    assert "geheim" not in json.dumps(body)
    assert body["request_id"]


def test_store_that_is_busy_is_503_with_a_time_to_wait(
    unit: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from leitstand.portfolio.api import projects

    def locked(*args: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(projects, "shape", locked)
    response = call(unit, "GET", f"/projects/{world.open.id}")
    problem(response, 503, "unavailable")
    assert response["Retry-After"]


def test_reference_page_is_drawn_here_without_foreign_addresses(db: None) -> None:
    page = Client(headers={"accept-language": "de"}).get(f"{API}/docs")
    html = page.content.decode()
    assert page.status_code == 200
    assert "Vorhaben auflisten" in html
    assert "/api/v1/projects/{project_id}/milestone" in html
    assert "cdn" not in html
    assert '<script src="http' not in html
    assert " style=" not in html


def test_description_in_the_repository_is_current(db: None) -> None:
    from leitstand.urls import api

    kept = json.loads(Path("contracts/openapi.json").read_text("utf-8"))
    now = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    assert kept == now, "run: ./leitstand openapi > contracts/openapi.json"


def test_hidden_project_is_in_no_answer(unit: Client, world: World) -> None:
    hide(world)
    for path in ("/projects?limit=500", "/milestones", "/priorities/scores", "/dependencies"):
        assert SECRET not in call(unit, "GET", path).content.decode()
