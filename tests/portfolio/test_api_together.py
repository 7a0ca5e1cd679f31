"""The API of needs, working groups, tasks and comments: who may what, and a way through each."""

from __future__ import annotations

import re
from typing import Any

import pytest

from leitstand.portfolio.actions import minutes
from tests.portfolio.talking import call, read
from tests.portfolio.test_meetings import Circle
from tests.portfolio.test_needs import make_need
from tests.portfolio.views import World

OURS = ("/needs", "/working-groups", "/meetings", "/tasks", "/comments")
ROLES = ("digital-unit", "unit-head", "project-lead", "member", "admin", "auditor", "councillor",
         "emergency", "")  # fmt: skip
READERS = ROLES[:6]
FILERS = ROLES[:4]
# (method, path, body, who may); everything is internal and of unit 20, where the roles are held
# unless they are city-wide.
TABLE: list[tuple[str, str, Any, tuple[str, ...]]] = [
    ("GET", "/needs", None, READERS),
    ("POST", "/needs", {"title": "Neu", "unit": "{unit}"}, FILERS),
    ("GET", "/needs/{need_id}", None, READERS),
    ("PATCH", "/needs/{need_id}", {"title": "Anders"}, ("digital-unit", "unit-head")),
    ("GET", "/needs/{need_id}/messages", None, READERS),
    ("POST", "/needs/{need_id}/steps", {"step": "ask", "text": "Wozu?"}, ("digital-unit",)),
    ("GET", "/working-groups", None, READERS),
    ("GET", "/working-groups/{group_id}", None, READERS),
    ("GET", "/meetings", None, READERS),
    ("GET", "/meetings/{meeting_id}", None, READERS),
    ("GET", "/tasks", None, READERS),
    ("POST", "/tasks", {"title": "Neu", "responsible": "{person}", "project": "{project}"}, FILERS),
    ("GET", "/tasks/{task_id}", None, READERS),
    ("PATCH", "/tasks/{task_id}", {"title": "Anders"}, ("digital-unit", "unit-head")),
    ("PUT", "/tasks/{task_id}/state", {"state": "done"}, ("digital-unit", "unit-head")),
    ("GET", "/comments", None, (*READERS, "emergency")),
    ("POST", "/comments", {"kind": "project", "object": "{project}", "text": "Satz"}, FILERS),
    ("GET", "/comments/{comment_id}", None, (*READERS, "emergency")),
    ("PATCH", "/comments/{comment_id}", {"text": "Anders"}, ()),
    ("DELETE", "/comments/{comment_id}", None, ("digital-unit", "unit-head")),
]


class Place:
    """What the paths name."""

    def __init__(self, world: World) -> None:
        from leitstand.core.comments import actions
        from leitstand.portfolio.actions import tasks
        from tests.portfolio.making import SYSTEM

        self.circle = Circle(world)
        task = tasks.give_task(actor=SYSTEM, meeting=self.circle.meeting,
                               values={"title": "Raum", "responsible": self.circle.lead})  # fmt: skip
        comment = actions.post("project", world.idea.pk, actor=SYSTEM, text="Satz")
        self.ids = {
            "need_id": make_need(world.units["20"]).pk, "group_id": self.circle.group.pk,
            "meeting_id": self.circle.meeting.pk, "task_id": task.pk, "comment_id": comment.pk,
            "unit": world.units["20"].pk, "person": self.circle.lead.pk, "project": world.idea.pk,
        }  # fmt: skip

    def fill(self, thing: Any) -> Any:
        """The path or body with ids."""
        if isinstance(thing, dict):
            return {name: self.fill(value) for name, value in thing.items()}
        return re.sub(r"{(\w+)}", lambda m: str(self.ids[m[1]]), thing)


def test_every_end_point_stands_in_the_table(db: None) -> None:
    from leitstand.urls import api

    known = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
        if path.removeprefix("/api/v1").startswith(OURS)
    }
    assert known == {(method, path) for method, path, _body, _who in TABLE}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_what(api_client: Any, world: World, role: str) -> None:
    from django.db import transaction

    place = Place(world)
    local = role in ("unit-head", "project-lead", "member")
    client = api_client(role, world.units["20"] if local else None, scope="admin")
    wrong = []
    for method, path, body, who in TABLE:
        url = place.fill(path)
        if path == "/comments" and method == "GET":
            url += f"?kind=project&object={world.idea.pk}"
        if method == "DELETE":
            url += "?reason=Test"
        with transaction.atomic():
            status = call(client, method, url, place.fill(body) if body else None, if_match="1").status_code
            transaction.set_rollback(True)
        allowed = {200, 201, 204} if role in who else {403, 404}
        if status not in allowed:
            wrong.append((method, path, status))
    assert not wrong


def test_a_need_from_filing_to_project(api_client: Any, world: World) -> None:
    asker, unit = api_client("member", world.units["20"]), api_client("digital-unit")
    made = call(asker, "POST", "/needs", {"title": "Hundesteuer", "unit": str(world.units["20"].pk)})
    assert made.status_code == 201
    path = f"/needs/{made.json()['id']}"
    asked = call(unit, "POST", f"{path}/steps", {"step": "ask", "text": "Wozu?"}, if_match="1")
    assert asked.json()["case"]["state"] == "question"
    stale = {"step": "project", "text": "Lohnt sich."}
    assert call(unit, "POST", f"{path}/steps", stale, if_match="1").status_code == 412
    version = asked.json()["case"]["version"]
    done = call(unit, "POST", f"{path}/steps", stale, if_match=str(version)).json()
    assert done["case"]["state"] == "accepted" and done["case"]["project"]["name"] == "Hundesteuer"
    texts = [row["text"] for row in read(asker, f"{path}/messages")["items"]]
    assert texts == ["Wozu?", "Lohnt sich."]
    assert read(unit, "/needs?open=yes")["total"] == 0


def test_hidden_things_are_missing(api_client: Any, world: World) -> None:
    from leitstand.portfolio.actions import tasks
    from tests.portfolio.making import SYSTEM

    circle = Circle(world, "AK Geheim", level=3)
    need = make_need(world.units["20"], "Geheimer Bedarf", confidentiality=2)
    task = tasks.give_task(actor=SYSTEM, meeting=circle.meeting,
                           values={"title": "Geheime Aufgabe", "responsible": circle.lead})  # fmt: skip
    client = api_client("member", world.units["11"])
    for path in (f"/needs/{need.pk}", f"/needs/{need.pk}/messages", f"/working-groups/{circle.group.pk}",
                 f"/meetings/{circle.meeting.pk}", f"/tasks/{task.pk}"):  # fmt: skip
        assert call(client, "GET", path).status_code == 404
    for path in ("/needs", "/working-groups", "/meetings", "/tasks", "/needs?q=geheim"):
        body = read(client, path)
        assert body["total"] == 0 and "Geheim" not in str(body)
    hidden = {"title": "x", "responsible": str(circle.lead.pk), "project": str(world.secret.pk)}
    assert call(client, "POST", "/tasks", hidden).status_code == 404


def test_nobody_gives_a_task_out_of_sight(api_client: Any, world: World) -> None:
    circle = Circle(world)
    sent = {"title": "x", "responsible": str(circle.lead.pk)}
    assert call(api_client("digital-unit"), "POST", "/tasks", sent).status_code == 422


def test_drafts_are_not_read(api_client: Any, world: World) -> None:
    from tests.portfolio.making import SYSTEM

    circle = Circle(world)
    minutes.change_point(circle.point.pk, actor=SYSTEM, version=1, values={"text": "Entwurf"})
    client = api_client("member", world.units["11"])
    body = read(client, f"/meetings/{circle.meeting.pk}")
    assert body["minutes"] is None and "Entwurf" not in str(body)
    assert body["begins"] == "10:00"
