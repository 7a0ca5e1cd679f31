"""Talking to the API in tests: requests, problem documents, a body for every kind of part."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tests.portfolio.views import World

API = "/api/v1"


PROBLEM = "application/problem+json"


def call(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Send JSON; ``if_match="3"`` becomes the header with its quotation marks."""
    if "if_match" in headers:
        headers["if_match"] = f'"{headers["if_match"]}"'
    data = "" if body is None else json.dumps(body)
    return client.generic(
        method, API + path, data, "application/json" if body is not None else "", headers=headers
    )


def read(client: Client, path: str, status: int = 200) -> Any:
    response = call(client, "GET", path)
    assert response.status_code == status, response.content
    return response.json()


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check a problem document and return it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["title"]
    return body


def part(world: World, kind: str) -> dict[str, Any]:
    """Values of a new part, as they are sent."""
    return {
        "participation": {"unit": str(world.units["11"].id), "note": "liefert"},
        "person": {"person": str(world.person.id), "role": "deputy"},
        "milestone": {"title": "Start", "due": "2027-05-31", "public": True},
        "work-package": {"title": "Test", "effort_days": 12.5, "done": False},
        "effort": {"skill": _skill(), "effort_days": 7},
        "budget": {"year": 2027, "kind": "investment", "planned": 1000.25},
        "funding": {"programme_name": "Land", "amount": 500, "rate": 80, "state": "granted"},
        "consultation": {"kind": "staff_council", "due": "2027-01-31", "state": "open"},
        "waiting": {"kind": "procurement", "start": "2027-01-01", "end": "2027-02-01"},
        "risk": {"title": "Ausfall", "probability": 2, "impact": 5},
        "obstacle": {"kind": "capacity", "title": "Stelle frei", "since": "2026-10-01"},
        "decision": {"title": "Beschluss", "decided_on": "2026-10-01", "body": "Rat"},
        "document": {"title": "Auftrag", "url": "https://example.org/a"},
        "partner": {"name": "Softwarehaus", "role": "Hersteller"},
    }[kind]


def _skill() -> str:
    from leitstand.portfolio.models import Skill

    return str(Skill.objects.get_or_create(code="E", defaults={"name": "Entwicklung"})[0].id)


KINDS = (
    "participation", "person", "milestone", "work-package", "effort", "budget", "funding",
    "consultation", "waiting", "risk", "obstacle", "decision", "document", "partner",
)  # fmt: skip


CHANGES: dict[str, dict[str, Any]] = {
    "participation": {"note": "neu"}, "person": {"role": "member"}, "milestone": {"title": "Neu"},
    "work-package": {"done": True}, "effort": {"effort_days": 8.5}, "budget": {"spent": 3},
    "funding": {"amount": 1}, "consultation": {"state": "done"}, "waiting": {"note": "x"},
    "risk": {"impact": 1}, "obstacle": {"title": "Neu"}, "decision": {"text": "Neu"},
    "document": {"title": "Neu"}, "partner": {"contact": "Neu"},
}  # fmt: skip
