"""The council's API: who may what, and that nothing hidden is answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from tests.portfolio.talking import call, read
from tests.portfolio.views import SECRET, World
from tests.reporting.council_scene import Council

ROLES = ("admin", "digital-unit", "project-lead", "unit-head", "member", "auditor", "councillor",
         "emergency", "")  # fmt: skip
ALL = ROLES[:-1]
KEEP = ("digital-unit", "unit-head")
TABLE: list[tuple[str, str, Any, tuple[str, ...]]] = [
    ("GET", "/council/meetings", None, ALL),
    ("GET", "/council/meetings/{meeting_id}", None, ALL),
    ("GET", "/council/papers", None, ALL),
    ("GET", "/council/papers/{paper_id}", None, ALL),
    ("PUT", "/council/papers/{paper_id}/following", {"follows": True}, ALL),
    ("GET", "/council/resolutions", None, ALL),
    ("GET", "/council/resolutions/{tracking_id}", None, ALL),
    ("PATCH", "/council/resolutions/{tracking_id}", {"state": "done"}, KEEP),
    ("POST", "/council/papers", {"name": "Neu"}, KEEP),
    ("PATCH", "/council/papers/{paper_id}", {"name": "Anders"}, KEEP),
    ("DELETE", "/council/papers/{paper_id}", None, KEEP),
    ("POST", "/council/papers/{paper_id}/consultations", {"meeting": "{coming}"}, KEEP),
    ("DELETE", "/council/consultations/{consultation_id}", None, KEEP),
    ("POST", "/council/meetings", {"name": "Neu", "start": "2026-12-24T10:00:00+01:00"}, KEEP),
    ("PATCH", "/council/meetings/{meeting_id}", {"place": "Ratssaal"}, KEEP),
    ("DELETE", "/council/meetings/{meeting_id}", None, KEEP),
    ("POST", "/council/papers/{mirrored}/resolution", {"unit": "{unit}"}, KEEP),
    ("DELETE", "/council/resolutions/{tracking_id}", None, ("digital-unit",)),
    ("POST", "/council/resolutions/{tracking_id}/projects", {"project": "{done}"}, KEEP),
    ("DELETE", "/council/resolutions/{tracking_id}/projects/{project_id}", None, KEEP),
    ("GET", "/council/sources", None, ("admin", "digital-unit")),
    ("POST", "/council/sources/{source_id}/readings", {}, ("admin", "digital-unit")),
]  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_who_may_what(api_client: Any, council: Council, world: World, role: str) -> None:
    from leitstand.urls import api

    known = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
        if path.startswith("/api/v1/council/")
    }
    listed = {(method, path.replace("{mirrored}", "{paper_id}")) for method, path, *_ in TABLE}
    assert known == listed
    client = api_client(role, world.units["20"] if role == "unit-head" else None, scope="admin")
    ids = {"meeting_id": council.past.pk, "paper_id": council.motion.pk,
           "tracking_id": council.tracking.pk, "source_id": council.source.pk,
           "consultation_id": council.consultation.pk, "project_id": world.open.pk}  # fmt: skip
    others = {"coming": council.coming.pk, "unit": world.units["20"].pk, "done": world.done.number,
              "mirrored": council.mirrored.pk}  # fmt: skip
    wrong = []
    for method, path, body, who in TABLE:
        with transaction.atomic():
            sent = {k: v.format(**others) if "{" in v else v for k, v in (body or {}).items()
                    if isinstance(v, str)}  # fmt: skip
            path = path.format(**ids, **others)
            answer = call(client, method, path, body and {**body, **sent}, if_match="1")
            transaction.set_rollback(True)
        if (answer.status_code in (200, 201, 202, 204)) != (role in who):
            wrong.append((method, path, answer.status_code))
        if role != "unit-head":
            assert SECRET not in answer.content.decode()
    assert not wrong


def test_hidden_and_stale_things(api_client: Any, council: Council) -> None:
    councillor, staff = api_client("councillor"), api_client("digital-unit")
    assert call(councillor, "GET", f"/council/papers/{council.internal.pk}").status_code == 404
    assert read(councillor, "/council/papers?q=Sperbernest")["total"] == 0
    assert read(staff, "/council/papers?q=Sperbernest")["total"] == 1
    assert read(staff, "/council/papers?kind=motion&year=2026&tracked=true")["total"] == 1
    projects = read(staff, "/council/resolutions?unsettled=true")["items"][0]["projects"]
    assert [one["title"] for one in projects] == ["Übergabe der E-Akte"]
    path = f"/council/resolutions/{council.tracking.pk}"
    assert call(staff, "PATCH", path, {"progress": "Eins"}, if_match="1").status_code == 200
    assert call(staff, "PATCH", path, {"progress": "Zwei"}, if_match="1").status_code == 412
    for query in ("kind=x", "year=1", "limit=0"):
        assert call(staff, "GET", f"/council/papers?{query}").status_code == 422, query
    reading = api_client("digital-unit", scope="read")
    follow = f"/council/papers/{council.motion.pk}/following"
    assert call(reading, "PUT", follow, {"follows": True}).status_code == 403
    assert call(staff, "PUT", follow, {"follows": "ja"}).status_code == 422
    coming = read(staff, "/council/meetings")["items"]
    assert coming[0]["deadlines"]["resolution"] == "2026-12-02"


def test_a_motion_by_hand_from_filing_to_removal(api_client: Any, council: Council, world: World) -> None:
    """Everything over the API: paper, agenda, resolution, project; hidden and wrong things refused."""
    staff = api_client("digital-unit")
    new = {"name": "Sprechstunden", "kind": "motion", "reference": "2026/0999"}
    made = call(staff, "POST", "/council/papers", new)
    assert made.status_code == 201 and made["Location"].startswith("/api/v1/council/papers/")
    paper = made.json()["id"]
    assert call(staff, "POST", "/council/papers", new).status_code == 422
    for wrong in ({}, {"name": " "}, {"name": "x", "confidentiality": 2}, {"name": "x", "y": 1}):
        assert call(staff, "POST", "/council/papers", wrong).status_code == 422, wrong
    path = f"/council/papers/{paper}"
    nowhere = {"meeting": str(council.internal.pk)}
    assert call(staff, "POST", f"{path}/consultations", nowhere).status_code == 422
    held = {"meeting": str(council.coming.pk), "role": "Entscheidung"}
    assert call(staff, "POST", f"{path}/consultations", held).status_code == 201
    begun = call(staff, "POST", f"{path}/resolution", {"unit": str(world.units["20"].pk)})
    assert begun.status_code == 201 and begun["ETag"] == '"1"'
    assert call(staff, "POST", f"{path}/resolution", {}).status_code == 422, "tracked already"
    tracked = f"/council/resolutions/{begun.json()['id']}"
    hidden = call(staff, "POST", f"{tracked}/projects", {"project": world.secret.number})
    assert hidden.status_code == 422 and SECRET not in hidden.content.decode()
    tied = call(staff, "POST", f"{tracked}/projects", {"project": world.open.number})
    assert [one["number"] for one in tied.json()["projects"]] == [world.open.number]
    secret = f"/council/resolutions/{council.tracking.pk}/projects/{world.secret.pk}"
    assert call(staff, "DELETE", secret).status_code == 404
    assert call(staff, "DELETE", path, if_match="7").status_code == 412
    assert call(staff, "DELETE", path).status_code == 428
    mirrored = f"/council/papers/{council.mirrored.pk}"
    assert call(staff, "PATCH", mirrored, {"name": "x"}, if_match="1").status_code == 403
    assert call(staff, "DELETE", path, if_match="1").status_code == 204
    assert call(staff, "GET", tracked).status_code == 404
    naive = {"name": "Sitzung", "start": "2026-12-24T10:00:00"}
    assert call(staff, "POST", "/council/meetings", naive).status_code == 422
