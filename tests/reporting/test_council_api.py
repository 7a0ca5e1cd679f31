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
TABLE: list[tuple[str, str, Any, tuple[str, ...]]] = [
    ("GET", "/council/meetings", None, ALL),
    ("GET", "/council/meetings/{meeting_id}", None, ALL),
    ("GET", "/council/papers", None, ALL),
    ("GET", "/council/papers/{paper_id}", None, ALL),
    ("PUT", "/council/papers/{paper_id}/following", {"follows": True}, ALL),
    ("GET", "/council/resolutions", None, ALL),
    ("GET", "/council/resolutions/{tracking_id}", None, ALL),
    ("PATCH", "/council/resolutions/{tracking_id}", {"state": "done"}, ("digital-unit", "unit-head")),
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
    assert known == {(method, path) for method, path, _body, _who in TABLE}
    client = api_client(role, world.units["20"] if role == "unit-head" else None, scope="admin")
    ids = {"meeting_id": council.past.pk, "paper_id": council.motion.pk,
           "tracking_id": council.tracking.pk, "source_id": council.source.pk}  # fmt: skip
    wrong = []
    for method, path, body, who in TABLE:
        with transaction.atomic():
            answer = call(client, method, path.format(**ids), body, if_match="1")
            transaction.set_rollback(True)
        if (answer.status_code in (200, 202)) != (role in who):
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
