"""Writing reports over the API: who may what, and whose text is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from leitstand.core.base.actor import Actor
from leitstand.reporting.actions import report_steps
from tests.portfolio.talking import call, problem, read
from tests.portfolio.views import SECRET, World
from tests.reporting.test_reports import made

WRITERS, ALL = ("digital-unit", "unit-head"), ("admin", "digital-unit", "project-lead", "unit-head",
                "member", "auditor", "councillor", "emergency")  # fmt: skip
TABLE: list[tuple[str, str, Any, tuple[str, ...]]] = [
    ("GET", "", None, ALL),
    ("POST", "", {"title": "Neu", "day": "2026-11-20", "unit": "{unit}"}, WRITERS),
    ("GET", "/{draft}", None, WRITERS),
    ("GET", "/{draft}/files/{form}", None, WRITERS),
    ("PATCH", "/{draft}", {"title": "Anders"}, WRITERS),
    ("POST", "/{draft}/versions", {"day": "2026-11-20"}, WRITERS),
    ("PUT", "/{draft}/words", {"words": {"overview": "Text"}}, WRITERS),
    ("POST", "/{draft}/steps", {"step": "release", "reason": "fertig"}, WRITERS),
]


@pytest.mark.parametrize("role", [*ALL, ""])
def test_who_may_what(api_client: Any, world: World, role: str) -> None:
    from leitstand.urls import api

    known = {
        (method.upper(), path.removeprefix("/api/v1/committee-reports").replace("report_id", "draft"))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
        if path.startswith("/api/v1/committee-reports")
    }
    assert known == {(method, path) for method, path, _body, _who in TABLE}
    draft, unit = made(world), str(world.units["10"].pk)
    client = api_client(role, world.units["10"] if role in ("unit-head", "member") else None)
    wrong = []
    for method, path, body, who in TABLE:
        given = {**body, "unit": unit} if body and "unit" in body else body
        address = "/committee-reports" + path.format(draft=draft.pk, form="html")
        with transaction.atomic():
            answer = call(client, method, address, given, if_match=str(draft.version))
            transaction.set_rollback(True)
        if (answer.status_code in (200, 201)) != (role in who):
            wrong.append((method, path, answer.status_code))
        assert SECRET not in answer.content.decode()
    assert not wrong


def test_a_paper_goes_its_way_over_the_api(api_client: Any, world: World) -> None:
    staff, head = api_client("digital-unit"), api_client("unit-head", world.units["11"])
    unit, base = str(world.units["10"].pk), "/committee-reports"
    asked = {
        "title": "Wo stehen wir?", "kind": "inquiry", "source": "projects", "day": "2026-11-20",
        "unit": unit, "question": "Wo stehen wir?", "columns": ["title", "progress"],
    }  # fmt: skip
    for wrong in ({"source": "rollout:x"}, {"columns": ["x"]}, {"day": "2027-01-01"}, {"day": "x"},
                  {"cover": "x"}, {"unit": str(world.open.pk)}, {"template": unit}, {"more": 1}):  # fmt: skip
        problem(call(staff, "POST", base, {**asked, **wrong}), 422, "invalid")
    made_one = call(staff, "POST", base, asked)
    assert made_one.status_code == 201
    path = base + "/" + made_one.json()["id"]
    assert made_one["Location"].endswith(path)
    tag = made_one["ETag"].strip('"')
    changed = call(staff, "PATCH", path, {"title": "Stand"}, if_match=tag)
    assert changed.json()["title"] == "Stand"
    assert call(staff, "PATCH", path, {"title": "Spät"}, if_match=tag).status_code == 412
    assert call(staff, "PATCH", path, {"title": "Ohne"}).status_code == 428
    words = {"words": {"answer": "Gut."}, "base": {}}
    assert call(staff, "PUT", f"{path}/words", words).json()["words"] == {"answer": "Gut."}
    late = call(staff, "PUT", f"{path}/words", {"words": {"answer": "Schlecht."}, "base": {}})
    assert late.status_code in (409, 412) and late.json()["theirs"] == {"answer": "Gut."}
    again = call(staff, "POST", f"{path}/versions", {"day": "2026-11-20", "reason": "neu"})
    assert (again.status_code, again.json()["number"]) == (201, 2)
    step = f"{path}/steps"
    sent = call(staff, "POST", step, {"step": "send", "units": [str(world.units["11"].pk)]})
    assert sent.json()["state"] == "cosigning"
    problem(call(staff, "POST", step, {"step": "release", "reason": "eilig"}), 422, "invalid")
    problem(call(head, "POST", step, {"step": "object"}), 422, "invalid")
    assert call(head, "POST", step, {"step": "cosign"}).status_code == 200
    done = call(staff, "POST", step, {"step": "release", "reason": "fertig"})
    assert done.json()["state"] == "released"
    assert read(api_client("councillor"), path)["sections"][0]["code"] == "question"
    reader = api_client("digital-unit", scope="read")
    assert call(reader, "POST", step, {"step": "withdraw", "reason": "x"}).status_code == 403


def test_what_is_released_is_no_longer_changed(api_client: Any, world: World) -> None:
    row = made(world)
    report_steps.release(row.pk, actor=Actor.system("test"), reason="fertig")
    row.refresh_from_db()
    path, staff = f"/committee-reports/{row.pk}", api_client("digital-unit")
    for method, rest, body in (("PATCH", "", {"title": "x"}), ("POST", "/versions", {"day": "2026-11-20"}),
                               ("PUT", "/words", {"words": {"overview": "x"}})):  # fmt: skip
        answer = call(staff, method, path + rest, body, if_match=str(row.version))
        problem(answer, 422, "invalid")
