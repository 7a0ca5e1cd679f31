"""Rollouts over the API: who may what, many cells at once, conflicts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leitstand.portfolio.models import Rollout, Wave
from tests.portfolio.making import make_project
from tests.portfolio.rollouts.making import SYSTEM, Rolling, make_rollout, template
from tests.portfolio.talking import call

SECRET = "Geheimsache Turmfalke"
READERS = {"admin", "digital-unit", "project-lead", "unit-head", "member", "auditor", "emergency"}
EVERYBODY = READERS | {"councillor"}
CHANGERS = {"digital-unit", "unit-head"}
# (method, path, who may); roles are held in unit 10, which leads the rollout
TABLE: list[tuple[str, str, set[str]]] = [
    ("GET", "/rollouts", EVERYBODY),
    ("POST", "/rollouts", CHANGERS),
    ("GET", "/rollouts/{rollout}", READERS),
    ("GET", "/rollouts/{rollout}/units", READERS),
    ("GET", "/rollouts/{rollout}/steps", READERS),
    ("GET", "/rollouts/{rollout}/waves", READERS),
    ("PATCH", "/rollouts/{rollout}/cells", CHANGERS),
    ("GET", "/rollout-templates", EVERYBODY),
]


def sent(rolling: Rolling, method: str, path: str) -> Any:
    """A body that fits."""
    if method == "POST":
        return {"title": "Neu", "lead_unit": str(rolling.units["10"].pk), "template": str(template().pk),
                "unit_kinds": ["department"]}  # fmt: skip
    if method == "PATCH":
        cell = rolling.cell("11")
        return {"cells": [{"id": str(cell.pk), "version": cell.version, "state": "planned"}]}
    return None


@pytest.mark.parametrize("role", sorted(EVERYBODY | {"none"}))
def test_who_may_what(api_client: Any, rolling: Rolling, role: str) -> None:
    citywide = role in ("digital-unit", "admin", "auditor", "councillor", "emergency")
    client = api_client("" if role == "none" else role, None if citywide else rolling.units["10"])
    for method, path, who in TABLE:
        url = path.replace("{rollout}", str(rolling.rollout.pk))
        status = call(client, method, url, sent(rolling, method, path)).status_code
        allowed = {200, 201} if role in who else {403} if role in READERS else {403, 404}
        assert status in allowed, (method, path, status)


@pytest.mark.parametrize("role", ["digital-unit", "admin", "unit-head", "member", "councillor"])
def test_a_hidden_rollout_is_like_a_missing_one(
    api_client: Any, rolling: Rolling, role: str
) -> None:
    hidden = make_rollout(rolling.units["20"], SECRET, confidentiality=3)
    client = api_client(role, rolling.units["10"] if role in ("unit-head", "member") else None)
    for method, path, _who in TABLE:
        if "{rollout}" not in path:
            continue
        answers = [
            call(client, method, path.replace("{rollout}", key), sent(rolling, method, path))
            for key in (str(hidden.pk), "00000000-0000-0000-0000-000000000007")
        ]
        assert {a.status_code for a in answers} <= {404, 403}
        assert answers[0].content == answers[1].content
    assert SECRET not in call(client, "GET", "/rollouts").content.decode()


def test_figures_and_forecast(api_client: Any, rolling: Rolling) -> None:
    rolling.set("10", state="done", actual_end=date(2026, 3, 2))
    client = api_client("digital-unit")
    body = call(client, "GET", f"/rollouts/{rolling.rollout.pk}").json()
    assert (body["units"], body["live"]) == (3, 1)
    assert body["forecast"] == {
        "state": "too_little",
        "remaining": 2,
        "p10": None,
        "p50": None,
        "p90": None,
    }
    found = call(client, "GET", f"/rollouts/{rolling.rollout.pk}/units?limit=2").json()
    assert found["total"] == 3
    assert len(found["items"]) == 2
    assert found["items"][0]["state"] == "done"
    assert len(found["items"][0]["cells"]) == 9


def test_the_project_is_named_to_those_alone_who_see_it(api_client: Any, rolling: Rolling) -> None:
    secret = make_project(rolling.units["20"], SECRET, confidentiality=3)
    Rollout.objects.filter(pk=rolling.rollout.pk).update(project=secret)
    url = f"/rollouts/{rolling.rollout.pk}"
    assert call(api_client("digital-unit"), "GET", url).json()["project"] is None
    head = api_client("unit-head", rolling.units["20"])
    assert call(head, "GET", url).json()["project"]["name"] == SECRET


def test_cells_all_or_nothing(api_client: Any, rolling: Rolling) -> None:
    client = api_client("digital-unit")
    url = f"/rollouts/{rolling.rollout.pk}/cells"
    ten, eleven = rolling.cell("10"), rolling.cell("11")
    both = {"cells": [
        {"id": str(ten.pk), "version": 1, "actual_end": "2026-11-02"},
        {"id": str(eleven.pk), "version": 1, "planned_end": "2027-01-31"},
    ]}  # fmt: skip
    rolling.set("11", state="running")
    answer = call(client, "PATCH", url, both)
    assert answer.status_code == 409
    assert answer.json()["theirs"] == {str(eleven.pk): "running"}
    assert rolling.cell("10").state == "open"
    both["cells"][1]["version"] = 2
    assert call(client, "PATCH", url, both).json() == {"changed": 2}
    assert rolling.cell("10").state == "done"
    assert call(client, "PATCH", url, both).json() == {"changed": 0}, (
        "the same again changes nothing"
    )


@pytest.mark.parametrize(
    "cell",
    [{"state": None}, {"state": "gone"}, {"actual_end": "2027-01-01"}, {"unknown": 1},
     {"planned_start": "2027-02-01", "planned_end": "2027-01-01"}, {"actual_end": "heute"}],
)  # fmt: skip
def test_refusals(api_client: Any, rolling: Rolling, cell: dict[str, Any]) -> None:
    row = rolling.cell("10")
    body = {"cells": [{"id": str(row.pk), "version": row.version, **cell}]}
    answer = call(
        api_client("digital-unit"), "PATCH", f"/rollouts/{rolling.rollout.pk}/cells", body
    )
    assert answer.status_code == 422
    assert rolling.cell("10").state == "open"


def test_a_units_own_head_sets_its_own_row(api_client: Any, rolling: Rolling) -> None:
    head = api_client("unit-head", rolling.units["20"])
    url = f"/rollouts/{rolling.rollout.pk}/cells"
    for code, expected in (("20", 200), ("10", 403)):
        cell = rolling.cell(code)
        body = {"cells": [{"id": str(cell.pk), "version": cell.version, "state": "running"}]}
        assert call(head, "PATCH", url, body).status_code == expected


def test_a_cell_of_another_rollout_is_not_found(api_client: Any, rolling: Rolling) -> None:
    from leitstand.portfolio.actions.rollouts.members import add_units

    other = make_rollout(rolling.units["20"], "Anderer")
    add_units(other.pk, actor=SYSTEM, unit_ids=[rolling.units["20"].pk])
    cell = Rolling(rolling.units, other).cell("20")
    body = {"cells": [{"id": str(cell.pk), "version": 1, "state": "running"}]}
    answer = call(
        api_client("digital-unit"), "PATCH", f"/rollouts/{rolling.rollout.pk}/cells", body
    )
    assert answer.status_code == 404


def test_create_with_units(api_client: Any, rolling: Rolling) -> None:
    client = api_client("digital-unit")
    answer = call(client, "POST", "/rollouts", sent(rolling, "POST", ""))
    assert answer.status_code == 201
    assert answer.json()["units"] == 3
    made = Rollout.objects.get(title="Neu")
    Wave.objects.create(rollout=made, title="W", go_live=date(2027, 1, 1))
    waves = call(client, "GET", f"/rollouts/{made.pk}/waves").json()
    assert waves["items"][0]["go_live"] == "2027-01-01"
    steps = call(client, "GET", f"/rollouts/{made.pk}/steps").json()
    assert [s["kind"] for s in steps["items"]].count("go_live") == 1
