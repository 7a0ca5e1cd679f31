"""The API against its own description: nothing it is sent may end in a 5xx, and every answer is
as described. Positive and negative data for every operation, with all rights and with none."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from ninja import Schema
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.config._checks import MissingRequiredHeaderConfig
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.pytest._test_builder import build_operation_test

from leitstand.core.base import clock
from tests.conftest import SYSTEM, accounts_named
from tests.scenes import scene

pytestmark = pytest.mark.api
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "4"))
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "missing_required_header",
]
bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _api() -> Any:
    generation = GenerationConfig(max_examples=EXAMPLES, no_shrink=True, deterministic=True)
    missing = MissingRequiredHeaderConfig(expected_statuses=["404", "428"])
    checks = ChecksConfig(missing_required_header=missing)
    # That other methods answer 405 is tested once for all, in test_api.py.
    phases = PhasesConfig(coverage=CoveragePhaseConfig(unexpected_methods=set()))
    project = ProjectConfig(generation=generation, checks=checks, phases=phases)
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    django_settings.ALLOWED_HOSTS = ["*"]
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", _closing, config=config)


_django = get_wsgi_application()


def _closing(environ: Any, start_response: Any) -> list[bytes]:
    """Django as a server calls it: the response is closed, and with it what was uploaded."""
    response = _django(environ, start_response)
    try:
        return [b"".join(response)]
    finally:
        response.close()


api = _api()


def _city(unit_tree: Any) -> dict[str, str]:
    """Ids of one object of each kind, and a token with every role."""
    from leitstand.core.accounts.actions import create_token
    from leitstand.core.policy import registry
    from leitstand.core.policy.actions import assign_role

    owner = accounts_named("pruef")("admin")
    for role in registry.roles.names():
        assign_role(owner, role, actor=SYSTEM)
    _, text = create_token(
        owner, actor=SYSTEM, name="t", scope="admin", expires_at=clock.now() + timedelta(days=1)
    )
    return {"token": text, **_objects(unit_tree)}


_city_scene, city = scene("city", _city, "unit_tree")


def _objects(units: dict[str, Any]) -> dict[str, str]:
    from leitstand.core.org.actions import create_person
    from leitstand.portfolio.actions.items import add_item
    from leitstand.portfolio.actions.priority import save_criterion
    from leitstand.portfolio.actions.projects import create_project
    from leitstand.portfolio.actions.strategy import create_entry

    first, second = (
        create_project(actor=SYSTEM, values={"title": title, "lead_unit": units["10"]})
        for title in ("Digitaler Bauantrag", "Glasfaser")
    )
    person = create_person(actor=SYSTEM, given_name="A", family_name="B", unit=units["10"])
    entry = create_entry("programme", actor=SYSTEM, values={"code": "P1", "name": "Programm"})
    criterion = save_criterion(actor=SYSTEM, name="Nutzen", kind="weighted")
    item = add_item("milestone", first.id, actor=SYSTEM,
                    values={"title": "Start", "due": date(2027, 1, 1)})  # fmt: skip
    return {
        **_together(units["10"], person, first),
        "project_id": str(first.id),
        "other_id": str(second.id),
        "unit_id": str(units["10"].id),
        "person_id": str(person.id),
        "entry_id": str(entry.pk),
        "criterion_id": str(criterion.id),
        "item_id": str(item.pk),
    }


def _together(unit: Any, person: Any, project: Any) -> dict[str, str]:
    """A need, a working group with a meeting, a task, a comment."""
    from leitstand.core.comments import actions as comments
    from leitstand.portfolio.actions import groups, minutes, needs, tasks

    need = needs.file_need(actor=SYSTEM, values={"title": "Formular", "unit": unit})
    group = groups.create_group(
        actor=SYSTEM, values={"title": "Arbeitskreis", "unit": unit, "lead": person}
    )
    when = {"day": date(2027, 1, 1), "begins": "10:00"}
    meeting = groups.plan_meeting(group.pk, actor=SYSTEM, values=when)
    minutes.add_point(meeting.pk, actor=SYSTEM, values={"title": "Thema", "project": project})
    minutes.begin_minutes(meeting.pk, actor=SYSTEM)
    task = tasks.give_task(
        actor=SYSTEM, values={"title": "Tun", "responsible": person}, meeting=meeting
    )
    comment = comments.post("project", project.pk, actor=SYSTEM, text="Satz")
    return {
        "need_id": str(need.pk), "group_id": str(group.pk), "meeting_id": str(meeting.pk),
        "task_id": str(task.pk), "comment_id": str(comment.pk),
    }  # fmt: skip


_FIELDS = {
    "responsible": "person_id", "project": "project_id", "need": "need_id",
    "lead_unit": "unit_id", "unit": "unit_id", "person": "person_id", "programme": "entry_id",
    "predecessor": "project_id", "successor": "other_id",
}  # fmt: skip


def _meet(case: Any, city: dict[str, str]) -> None:
    """Let well-formed random ids be those of objects that exist, so that more than 404 is seen."""
    for name, value in (case.path_parameters or {}).items():
        if name in city and _is_uuid(value) and uuid.UUID(value).int % 4:
            case.path_parameters[name] = city[name]
    if isinstance(case.body, dict):
        for name, known in _FIELDS.items():
            if _is_uuid(case.body.get(name)):
                case.body[name] = city[known]
    if case.headers and case.headers.get("If-Match", "").strip('"').isdigit():
        case.headers["If-Match"] = '"1"'


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


def _checks() -> list[Any]:
    from schemathesis.checks import CHECKS as registered
    from schemathesis.checks import load_all_checks

    load_all_checks()
    return [registered.get_by_names([name])[0] for name in CHECKS]


@pytest.fixture(autouse=True)
def _as_a_test_client_does(settings: Any) -> Iterator[None]:
    """Requests share the test's connection and its transaction."""
    settings.ALLOWED_HOSTS = ["*"]
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


def _operations() -> list[str]:
    described = json.loads((ROOT / "contracts/openapi.json").read_text("utf-8"))["paths"]
    return [f"{method.upper()} {path}" for path, methods in described.items() for method in methods]


def test_every_operation_is_asked() -> None:
    assert {result.ok().label for result in api.get_all_operations()} == set(_operations())


def test_no_two_schemas_of_one_name() -> None:
    """The description knows one meaning for a name; the second would overwrite the first."""
    modules: dict[str, set[str]] = {}
    waiting = [Schema]
    while waiting:
        for schema in waiting.pop().__subclasses__():
            waiting.append(schema)
            if schema.__module__.startswith("leitstand."):
                modules.setdefault(schema.__name__, set()).add(schema.__module__)
    assert {name: found for name, found in modules.items() if len(found) > 1} == {}


# The library's own parametrizing makes all cases of all operations while tests are collected, in
# every process once more; here each operation's are made when it is its turn.
@pytest.mark.parametrize("operation", _operations())
def test_answers_as_described_to_somebody_with_all_rights(
    operation: str, city: dict[str, str]
) -> None:
    @bounded
    def answers(case: Any) -> None:
        _meet(case, city)
        response = case.call(headers={"Authorization": f"Bearer {city['token']}"})
        case.validate_response(response, checks=_checks())

    method, _, path = operation.partition(" ")
    build_operation_test(
        config=api.config, operation=api[path][method], test_func=answers, given_kwargs={},
        feedback=NO_FEEDBACK,
    )()  # fmt: skip


def test_answers_nobody_with_401_as_described(client: Any, city: dict[str, str]) -> None:
    for path, operations in api.raw_schema["paths"].items():
        url = re.sub(r"{\w+}", str(uuid.UUID(int=7)), path)
        for method in operations:
            response = client.generic(method.upper(), url)
            assert response.status_code == 401, (method, path)
            assert response["Content-Type"] == "application/problem+json"
            assert response["WWW-Authenticate"] == "Bearer"
            assert response.json()["status"] == 401
