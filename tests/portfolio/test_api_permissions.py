"""Who may do what over the API, end point by end point; a hidden project is like a missing one."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from leitstand.core.policy import registry
from leitstand.portfolio.actions.items import ITEM_KINDS
from tests.portfolio.conftest import on_the_day
from tests.portfolio.making import make_person, make_project
from tests.portfolio.talking import API, CHANGES, call, part
from tests.portfolio.views import SECRET, World, hide
from tests.scenes import scene

READERS = (
    "admin", "digital-unit", "project-lead", "unit-head", "member", "auditor", "emergency",
)  # fmt: skip
EVERYBODY = (*READERS, "councillor")
NOBODY: tuple[str, ...] = ()
UNIT = ("digital-unit",)
ORGANISERS = ("admin", "digital-unit")
CHANGERS = ("digital-unit", "unit-head")
CREATORS = ("digital-unit", "project-lead", "unit-head", "member")
ROLES = (*EVERYBODY, "none")

# (method, path, who may). {project} is internal and led by unit 10, where the roles are held;
# whoever may not see it gets 404, whoever sees it and may not act gets 403.
TABLE: list[tuple[str, str, tuple[str, ...]]] = [
    ("GET", "/me", ROLES),
    ("GET", "/me/tokens", ROLES),
    ("GET", "/jobs", ROLES),
    ("GET", "/saved-views", ROLES),
    ("GET", "/units", READERS),
    ("GET", "/units/{unit}", READERS),
    ("GET", "/people", READERS),
    ("GET", "/people/{person}", READERS),
    ("POST", "/units", ORGANISERS),
    ("PATCH", "/units/{unit}", ORGANISERS),
    ("POST", "/units/{unit}/move", ORGANISERS),
    ("POST", "/units/{unit}/merge", ORGANISERS),
    ("POST", "/units/{leaf}/dissolve", ORGANISERS),
    ("POST", "/people", ORGANISERS),
    ("PATCH", "/people/{person}", ORGANISERS),
    ("GET", "/projects", EVERYBODY),
    ("POST", "/projects", CREATORS),
    ("GET", "/projects/{project}", READERS),
    ("PATCH", "/projects/{project}", CHANGERS),
    ("DELETE", "/projects/{project}", UNIT),
    ("GET", "/projects/{project}/dependencies", READERS),
    ("GET", "/projects/{project}/baselines", READERS),
    ("POST", "/projects/{project}/baselines", CHANGERS),
    ("GET", "/projects/{project}/priorities", READERS),
    ("PUT", "/projects/{project}/priorities/{criterion}", UNIT),
    ("DELETE", "/projects/{project}/priorities/{criterion}", UNIT),
    ("GET", "/milestones", EVERYBODY),
    ("GET", "/changes", EVERYBODY),
    ("GET", "/changes/more", EVERYBODY),
    ("GET", "/rounds", EVERYBODY),
    ("POST", "/rounds", UNIT),
    ("GET", "/rounds/{round}", EVERYBODY),
    ("PATCH", "/rounds/{round}", UNIT),
    ("POST", "/rounds/{round}/open", UNIT),
    ("POST", "/rounds/{running}/remind", UNIT),
    ("POST", "/rounds/{running}/close", UNIT),
    ("POST", "/rounds/{round}/cancel", UNIT),
    ("GET", "/substitutions", ROLES),
    ("POST", "/substitutions", UNIT),
    ("DELETE", "/substitutions/{substitution}", UNIT),
    ("GET", "/projects/{project}/reports", READERS),
    ("GET", "/dependencies", EVERYBODY),
    ("POST", "/dependencies", CHANGERS),
    ("GET", "/priorities/criteria", EVERYBODY),
    ("GET", "/priorities/criteria/{criterion}", EVERYBODY),
    ("POST", "/priorities/criteria", UNIT),
    ("PUT", "/priorities/criteria/{criterion}", UNIT),
    ("DELETE", "/priorities/criteria/{criterion}", UNIT),
    ("GET", "/priorities/scores", EVERYBODY),
    ("GET", "/imports", UNIT),
    ("GET", "/status-rules", EVERYBODY),
    ("GET", "/status-rules/{kind}", EVERYBODY),
    ("PUT", "/status-rules/{kind}", UNIT),
    ("DELETE", "/status-rules/{kind}", UNIT),
    ("GET", "/projects/{project}/lights", READERS),
    ("GET", "/early-warnings", EVERYBODY),
    ("GET", "/size-efforts", EVERYBODY),
    ("PUT", "/size-efforts", UNIT),
    ("GET", "/exports/projects", EVERYBODY),
    ("GET", "/exports/unit", READERS),
    *(
        (method, f"/{path}{entry}", EVERYBODY if method == "GET" else UNIT)
        for path in ("fields", "goals", "programmes", "skills", "indicators")
        for method, entry in (
            ("GET", ""), ("POST", ""), ("GET", "/{entry}"), ("PATCH", "/{entry}"),
            ("DELETE", "/{entry}"),
        )
    ),
    *(
        (method, f"/projects/{{project}}/{kind}{item}", READERS if method == "GET" else CHANGERS)
        for kind in ITEM_KINDS.names()
        for method, item in (
            ("GET", ""), ("POST", ""), ("GET", "/{item}"), ("PATCH", "/{item}"),
            ("DELETE", "/{item}"),
        )
    ),
]  # fmt: skip
# Told apart by owner, not by role: test_api.py; rollouts: rollouts/test_api.py;
# comments by the thing that they are about.
BY_OWNER = {
    "/me/tokens/{token_id}", "/jobs/{job_id}", "/jobs/{job_id}/cancel", "/imports/{run_id}",
    "/imports/{run_id}/mapping", "/rollouts", "/rollouts/{rollout_id}", "/rollout-templates",
    "/rollouts/{rollout_id}/units", "/rollouts/{rollout_id}/steps", "/rollouts/{rollout_id}/waves",
    "/rollouts/{rollout_id}/cells", "/imports/{run_id}/rows", "/imports/{run_id}/confirm",
    "/comments", "/comments/{comment_id}", "/rounds/{round_id}/results",
}  # fmt: skip


# Tables of their own: test_api_together.py.
ELSEWHERE = (
    "/committee-reports",  # reporting/test_reports.py
    "/campaigns",  # reporting/test_campaigns.py
    "/council",  # reporting/test_council_api.py
    "/planning",  # planning/test_capacity.py
    "/me/notices",
    "/me/reports",
    "/needs",
    "/working-groups",
    "/meetings",
    "/tasks",
    "/comments",
)


_FIXED_BODIES = {
    "baselines": {"reason": "Beschluss"},
    "size-efforts": {"s": 10, "m": 50, "l": 200, "xl": 900},
}


_ROUND = {name: date(2026, 12, 1) for name in ("as_of", "opens_on", "due_on")}


class Place:
    """Objects that the table's paths and bodies name."""

    def __init__(self, world: World) -> None:
        from leitstand.core.org.actions import create_unit
        from leitstand.portfolio.actions.efforts import change_efforts
        from leitstand.portfolio.actions.priority import save_criterion
        from leitstand.portfolio.actions.rounds.setup import create_round, open_round
        from leitstand.portfolio.actions.status_rules import save_rule
        from leitstand.portfolio.models import Skill, Substitution
        from tests.portfolio.making import SYSTEM

        self.world = world
        unit = world.units["10"]
        self.project = make_project(unit, "Glasfaser", start="2027-01-01", end="2027-12-31")
        self.other = make_project(unit, "Funkmast")
        self.criterion = save_criterion(actor=SYSTEM, name="Nutzen", kind="weighted")
        self.leaf = create_unit(
            actor=SYSTEM, kind="department", code="99", name="Leer", parent=world.units["0"]
        )
        self.skill = Skill.objects.create(code="X", name="Rolle")
        self.stand_in = make_person(unit, "Paula", "Ersatz", email="paula@example.org")
        self.substitution = Substitution.objects.create(
            person=world.person, substitute=self.stand_in, valid_from="2030-01-01",
            valid_until="2030-01-02",
        )  # fmt: skip
        self.round, self.running = (
            create_round(actor=SYSTEM, values={"title": title, **_ROUND}) for title in "AB"
        )
        open_round(self.running.pk, actor=SYSTEM)
        change_efforts(actor=SYSTEM, version=0, values={"s": Decimal(15)})
        save_rule("no_lead", actor=SYSTEM, dimension="scope", active=True, yellow=1, red=None)

    def entry(self, path: str) -> Any:
        """A strategy entry of the collection that nothing uses."""
        from leitstand.portfolio.models import FieldOfAction, Goal, Indicator, Programme

        collection = path.split("/")[1]
        if collection == "goals":
            return Goal.objects.create(code="U", name="U", field_of_action=self.world.other_field)
        model = {"fields": FieldOfAction, "programmes": Programme, "skills": self.skill.__class__,
                 "indicators": Indicator}  # fmt: skip
        return model[collection].objects.create(code="U", name="U")

    def item(self, path: str, project: Any) -> Any:
        """A part of the kind that the path names, made by the product itself."""
        from leitstand.core.administration.api_fields import values_of
        from leitstand.portfolio.actions.items import add_item
        from tests.portfolio.making import SYSTEM

        kind = ITEM_KINDS[path.split("/")[3]]
        sent = _Sent(part(self.world, kind.code))
        return add_item(
            kind.code,
            project.pk,
            actor=SYSTEM,
            values=values_of(sent, kind.model),  # type: ignore[arg-type]
        )

    def fill(self, path: str, project: Any = None) -> str:
        """The path with ids; parts and entries are made on demand."""
        project = project or self.project
        known: dict[str, Any] = {
            "project": project, "unit": self.world.units["10"], "person": self.world.person,
            "leaf": self.leaf, "criterion": self.criterion, "substitution": self.substitution,
            "round": self.round, "running": self.running,
        }  # fmt: skip
        for name in re.findall(r"{(\w+)}", path):
            if name == "kind":
                path = path.replace("{kind}", "no_lead")
                continue
            if name in ("item", "entry"):
                row = self.item(path, project) if name == "item" else self.entry(path)
            else:
                row = known[name]
            path = path.replace(f"{{{name}}}", str(row.pk))
        return path

    def body(self, method: str, path: str) -> Any:
        """A body that fits the operation."""
        parts = path.split("/")
        if method in ("GET", "DELETE"):
            return None
        if parts[-1] in _FIXED_BODIES:
            return _FIXED_BODIES[parts[-1]]
        if parts[1] == "projects":
            return self.of_project(method, parts)
        if parts[1] in ("units", "people"):
            return self.of_organisation(method, parts)
        if parts[1] in ("substitutions", "status-rules", "rounds"):
            return self.of_rounds(parts[1], parts[-1])
        if "criteria" in path:
            return {"name": f"Kriterium {method}", "kind": "weighted"}
        if parts[1] == "dependencies":
            return {"predecessor": str(self.project.pk), "successor": str(self.other.pk)}
        if method == "PATCH":
            return {"name": "Neu"}
        more = {"field_of_action": str(self.world.field.id)} if parts[1] == "goals" else {}
        return {"code": "NEU", "name": "Neu", **more}

    def of_project(self, method: str, parts: list[str]) -> Any:
        """A body for a project, one of its parts or its score."""
        if "priorities" in parts:
            return {"score": 3}
        if len(parts) > 3:
            return CHANGES[parts[3]] if method == "PATCH" else part(self.world, parts[3])
        unit = str(self.world.units["10"].id)
        return {"need": "Neu"} if method == "PATCH" else {"title": "Neu", "lead_unit": unit}

    def of_organisation(self, method: str, parts: list[str]) -> dict[str, Any]:
        """A body for units and people."""
        above, other = str(self.world.units["0"].pk), str(self.world.units["20"].pk)
        if parts[1] == "people":
            names = {"given_name": "Neue", "family_name": "Person", "unit": other}
            return {"function": "Neu"} if method == "PATCH" else names
        new = {"code": "77", "name": "Neu", "kind": "department", "parent": above}
        return {
            "units": new, "move": {"parent": other}, "merge": {"into": other}, "dissolve": {},
        }.get(parts[-1], {"name": "Neu"})  # fmt: skip

    def of_rounds(self, collection: str, last: str) -> dict[str, Any]:
        """A body for what belongs to status rounds."""
        if collection == "rounds":
            days = {name: str(day) for name, day in _ROUND.items()}
            known = {"rounds": {"title": "Neu", **days}, "cancel": {"reason": "Doppelt"}}
            actions = {"open", "remind", "close"}
            return known.get(last, {} if last in actions else {"title": "Anders"})
        if collection == "status-rules":
            return {"dimension": "resources", "active": True, "yellow": None, "red": None}
        people = {"person": str(self.world.person.pk), "substitute": str(self.stand_in.pk)}
        return {**people, "valid_from": "2031-01-01", "valid_until": "2031-01-02"}


class _Sent:
    """Values as a parsed body holds them."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def model_dump(self, *, exclude_unset: bool) -> dict[str, Any]:
        ids = ("unit", "person", "skill")
        return {n: uuid.UUID(v) if n in ids else v for n, v in self.values.items()}


_place_scene, place = scene("place", Place, "world", settings=on_the_day)


def _send(client: Client, place: Place, method: str, path: str, project: Any = None) -> Any:
    """The answer; whatever the request changed is undone."""
    with transaction.atomic():
        response = _sent(client, place, method, path, project)
        transaction.set_rollback(True)
    return response


_QUERIES = {
    ("DELETE", "/projects/{project}"): "?reason=Test",
    ("GET", "/changes"): "?from=2026-11-20&to=2026-11-20",
    ("GET", "/changes/more"): "?from=2026-11-20&to=2026-11-20",
}


def _sent(client: Client, place: Place, method: str, path: str, project: Any) -> Any:
    query = _QUERIES.get((method, path), "")
    body = place.body(method, path)
    response = call(client, method, place.fill(path, project) + query, body, if_match="1")
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def test_every_end_point_stands_in_the_table(place: Place) -> None:
    from leitstand.urls import api

    def plain(path: str) -> str:
        return re.sub(r"{\w+}", "{}", path).removeprefix(API)

    stated = {(method, plain(path)) for method, path, _who in TABLE}
    stated |= {("GET", "/exports/{}")}
    known = {
        (method.upper(), plain(path))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
        if path.removeprefix(API) not in BY_OWNER
        and "/me/notices" not in path
        and not path.removeprefix(API).startswith(ELSEWHERE)
    }
    others = {  # by unit and level: tests/portfolio/lights/test_warnings.py
        ("POST", "/early-warnings"), ("GET", "/early-warnings/{}"),
        ("PATCH", "/early-warnings/{}"), ("DELETE", "/early-warnings/{}"),
        ("PUT", "/early-warnings/{}/settled"),
        # as the indicator itself: tests/portfolio/lights/test_indicator_files.py
        ("GET", "/indicators/{}/values"), ("POST", "/indicators/{}/values"),
        ("GET", "/indicators/{}/values/{}"), ("PATCH", "/indicators/{}/values/{}"),
        ("DELETE", "/indicators/{}/values/{}"),
        # by owner and audience: tests/core/saved
        ("POST", "/saved-views"), ("GET", "/saved-views/{}"), ("PATCH", "/saved-views/{}"),
        ("DELETE", "/saved-views/{}"),
        ("POST", "/imports"), ("GET", "/projects/{}/baselines/{}"),
        ("GET", "/projects/{}/document/{}/file"), ("GET", "/dependencies/{}"),
        ("DELETE", "/dependencies/{}"), ("PATCH", "/dependencies/{}"),
    }  # fmt: skip
    assert known - stated == others
    assert stated - known == {("GET", "/exports/projects"), ("GET", "/exports/unit")}


@pytest.mark.parametrize("role", ROLES)
def test_table(api_client: Any, place: Place, role: str) -> None:
    """One client per role goes through the whole table."""
    citywide = role in ("digital-unit", "admin", "auditor", "councillor", "emergency")
    unit = None if citywide else place.world.units["10"]
    client = api_client("" if role == "none" else role, unit, scope="admin")
    wrong = []
    for method, path, who in TABLE:
        status = _send(client, place, method, path).status_code
        if role in who:
            allowed = {200, 201, 204}
        elif path.endswith("{substitution}"):  # of other people
            allowed = {404}
        elif role in READERS:
            allowed = {403}
        else:  # sees nothing of it, and is told no more than that
            allowed = {403, 404}
        if status not in allowed:
            wrong.append((method, path, status, allowed))
    assert not wrong


def test_a_role_in_another_unit_changes_nothing_here(api_client: Any, place: Place) -> None:
    client = api_client("unit-head", place.world.units["20"])
    for method, path, who in TABLE:
        if "{project}" in path and method != "GET" and who == CHANGERS:
            assert _send(client, place, method, path).status_code == 403, (method, path)


# --- hidden is missing --------------------------------------------------------------------------


def _blind(world: World) -> Iterator[tuple[str, Any]]:
    """Roles that do not see the strictly confidential project of unit 20."""
    for role in registry.roles.names():
        yield role, None if role == "digital-unit" else world.units["10"]


WITH_PROJECT = [(m, p) for m, p, _who in TABLE if "{project}" in p]


@pytest.mark.parametrize("role", registry.roles.names())
def test_hidden_project_answers_exactly_like_a_missing_one(
    api_client: Any, place: Place, role: str
) -> None:
    hide(place.world)
    client = api_client(role, dict(_blind(place.world))[role], scope="admin")

    class Missing:
        pk = uuid.UUID(int=7)

    parts = {}
    for kind in ITEM_KINDS:
        row = getattr(place.world.secret, kind.relation).first()
        parts[kind.code] = str(row.pk)
    secret = str(place.world.secret.pk)
    for method, template in WITH_PROJECT:
        path = template.replace("{item}", parts.get(template.split("/")[-2], ""))
        hidden = _send(client, place, method, path, place.world.secret)
        missing = _send(client, place, method, path, Missing)
        assert hidden.status_code in (403, 404), (method, path)
        assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)
        assert hidden.headers.get("ETag") is None
        text = hidden.content.decode()
        assert SECRET not in text
        assert secret not in text


@pytest.mark.parametrize("role", registry.roles.names())
def test_hidden_project_is_in_no_list_total_filter_or_export(
    api_client: Any, place: Place, role: str
) -> None:
    world = place.world
    client = api_client(role, dict(_blind(world))[role], scope="admin")
    lists = [
        "/projects?limit=500", f"/projects?q={SECRET.split()[1]}", "/projects?law_at_risk=yes",
        f"/projects?lead_unit={world.units['20'].id}", "/projects?budget_year_from=2031",
        f"/projects?programme={world.programme.id}", "/milestones", "/priorities/scores",
        "/dependencies", "/exports/projects", "/exports/milestone", "/exports/risk",
        "/exports/budget", "/exports/person", "/programmes", "/goals",
    ]  # fmt: skip

    def answers() -> list[str]:
        found = []
        for path in lists:
            response = call(client, "GET", path)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            found.append(f"{path} {response.status_code} {body.decode()}")
        return found

    hide(world)
    place.criterion.scores.create(project=world.secret, score=5, note=SECRET)
    before = answers()
    world.secret.delete()
    assert before == answers()
    assert not any(SECRET in text for text in before)


def test_other_end_of_a_dependency_has_no_name(api_client: Any, place: Place) -> None:
    from leitstand.portfolio.models import Dependency

    row = Dependency.objects.create(
        predecessor=place.world.secret, successor=place.project, note=SECRET
    )
    both_hidden = make_project(place.world.units["20"], "Auch geheim", confidentiality=3)
    Dependency.objects.create(predecessor=place.world.secret, successor=both_hidden)
    client = api_client("digital-unit")
    for path in ("/dependencies", f"/projects/{place.project.id}/dependencies"):
        body = call(client, "GET", path).json()
        assert body["total"] == 1
        assert body["items"][0]["predecessor"] is None
        assert SECRET not in json.dumps(body)
    assert call(client, "GET", f"/dependencies/{row.id}").json()["note"] == ""
    entry = f"/dependencies/{row.id}"
    assert call(client, "PATCH", entry, {"note": "x"}, if_match="1").status_code == 404
    changed = call(client, "PATCH", entry, {"lag_days": 3}, if_match="1")
    assert (changed.status_code, changed.json()["note"]) == (200, "")
    row.refresh_from_db()
    assert (row.note, row.lag_days) == (SECRET, 3)
    unseen = Dependency.objects.get(successor=both_hidden)
    answer = call(client, "PATCH", f"/dependencies/{unseen.id}", {"lag_days": 3}, if_match="1")
    assert answer.status_code == 404
    pair = {"predecessor": str(both_hidden.pk), "successor": str(place.project.pk)}
    hidden = call(client, "POST", "/dependencies", pair)
    pair["predecessor"] = str(uuid.UUID(int=9))
    missing = call(client, "POST", "/dependencies", pair)
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content


def test_circle_through_a_hidden_project_is_named_without_it(api_client: Any, place: Place) -> None:
    from leitstand.portfolio.models import Dependency

    Dependency.objects.create(predecessor=place.project, successor=place.world.secret)
    Dependency.objects.create(predecessor=place.world.secret, successor=place.other)
    client = api_client("digital-unit")
    pair = {"predecessor": str(place.other.pk), "successor": str(place.project.pk)}
    response = call(client, "POST", "/dependencies", pair)
    assert response.status_code == 422
    assert SECRET not in response.content.decode()


def test_conflict_shows_a_hidden_project_to_nobody(api_client: Any, place: Place) -> None:
    client = api_client("digital-unit")
    response = call(
        client, "PATCH", f"/projects/{place.world.secret.pk}", {"title": "x"}, if_match="99"
    )
    assert response.status_code == 404
