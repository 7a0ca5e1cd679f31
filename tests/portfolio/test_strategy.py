"""The strategy: entries are kept by the digital unit, deleted only while unused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.portfolio.making import form_of, make_project, send


@pytest.fixture
def digital(client_of: Any) -> Client:
    return client_of("digital-unit")  # type: ignore[no-any-return]


@pytest.fixture
def field(db: None) -> Any:
    from leitstand.portfolio.models import FieldOfAction

    return FieldOfAction.objects.create(code="HF1", name="Moderne Verwaltung")


@pytest.mark.parametrize(
    ("kind", "values", "stored"),
    [
        ("field-of-action", {"code": "HF2", "name": "Daten", "position": "3"}, {"position": 3}),
        ("programme", {"code": "SC", "name": "Smart City", "start": "2024", "end": "Q2 2029"},
         {"start": date(2024, 1, 1), "end": date(2029, 6, 30), "lead_unit": None}),
        ("skill", {"code": "IT", "name": "Anwendungsbetreuung"}, {"name": "Anwendungsbetreuung"}),
    ],
    ids=str,
)  # fmt: skip
def test_entries_are_created_shown_and_changed(
    digital: Client, kind: str, values: dict[str, str], stored: dict[str, Any]
) -> None:
    from leitstand.portfolio.actions.strategy import STRATEGY_KINDS

    assert digital.post(f"/strategie/{kind}/neu/", values).status_code == 302
    row: Any = STRATEGY_KINDS[kind].model._default_manager.get(code=values["code"])
    assert {name: getattr(row, name) for name in stored} == stored
    assert values["name"] in digital.get("/strategie/").content.decode()
    url = f"/strategie/{kind}/{row.pk}/"
    assert send(digital, url, {"name": "Anders"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.version) == ("Anders", 2)
    assert digital.post(f"{url}loeschen/").status_code == 302
    assert not type(row)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        ("field-of-action", {"code": "HF1", "name": "Doppelt"}, "bereits vergeben"),
        ("field-of-action", {"code": "", "name": "x"}, "Kürzel"),
        ("field-of-action", {"code": "x" * 41, "name": "x"}, "40"),
        ("field-of-action", {"code": "Z", "name": "x", "position": "-1"}, "0"),
        ("goal", {"code": "Z1", "name": "x", "field_of_action": ""}, "Handlungsfeld"),
        ("goal", {"code": "Z1", "name": "x", "field_of_action": "unfug"}, "unfug"),
        ("goal", {"code": "Z1", "name": "x", "target_date": "bald"}, "Datum"),
        ("programme", {"code": "P", "name": "x", "start": "2028", "end": "2027"}, "Ende"),
        ("skill", {"code": "PL", "name": ""}, "Name"),
    ],
    ids=str,
)
def test_wrong_entries_are_refused(
    digital: Client, field: Any, kind: str, values: dict[str, str], text: str
) -> None:
    from leitstand.portfolio.actions.strategy import STRATEGY_KINDS

    before = STRATEGY_KINDS[kind].model._default_manager.count()
    answer = digital.post(f"/strategie/{kind}/neu/", values)
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert STRATEGY_KINDS[kind].model._default_manager.count() == before


def test_what_is_in_use_stays_and_nothing_hidden_is_told(
    digital: Client, unit_tree: dict[str, Any], field: Any
) -> None:
    from leitstand.portfolio.models import FieldOfAction, Goal, Programme, RoleEffort, Skill

    goal = Goal.objects.create(field_of_action=field, code="Z1", name="Ziel")
    programme = Programme.objects.create(code="P", name="Programm")
    skill = Skill.objects.create(code="PL", name="Projektleitung")
    project = make_project(
        unit_tree["20"], "Geheimes Xyzzy", confidentiality=3, goals=[goal], programme=programme
    )
    RoleEffort.objects.create(project=project, skill=skill, effort_days=3)
    for kind, row in (("field-of-action", field), ("goal", goal), ("programme", programme),
                      ("skill", skill)):  # fmt: skip
        answer = digital.post(f"/strategie/{kind}/{row.pk}/loeschen/")
        page = answer.content.decode()
        assert answer.status_code == 422, kind
        assert "wird noch verwendet" in page
        assert "Xyzzy" not in page
        assert type(row)._default_manager.filter(pk=row.pk).exists()
    assert FieldOfAction.objects.count() == 1


def test_two_people_change_one_goal(digital: Client, client_of: Any, field: Any) -> None:
    from leitstand.portfolio.models import Goal

    other = client_of("digital-unit")
    goal = Goal.objects.create(field_of_action=field, code="Z1", name="Ziel")
    url = f"/strategie/goal/{goal.pk}/"
    mine = form_of(digital.get(url).content.decode())
    send(other, url, {"name": "Ihr Ziel", "target_date": "2030"})
    answer = digital.post(url, {**mine, "name": "Mein Ziel"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ihr Ziel" in page
    assert "Mein Ziel" in page
    assert digital.post(url, form_of(page)).status_code == 302
    goal.refresh_from_db()
    assert (goal.name, goal.target_date, goal.version) == ("Mein Ziel", date(2030, 12, 31), 3)


def test_a_right_in_one_unit_is_not_enough(unit_tree: dict[str, Any], client_of: Any) -> None:
    from leitstand.portfolio.models import FieldOfAction

    client = client_of("digital-unit", unit_tree["10"])
    answer = client.post("/strategie/field-of-action/neu/", {"code": "X", "name": "X"})
    assert answer.status_code == 403
    assert not FieldOfAction.objects.exists()


def test_every_change_is_in_the_trail(digital: Client, field: Any) -> None:
    from leitstand.core.audit.models import AuditEvent

    url = f"/strategie/field-of-action/{field.pk}/"
    send(digital, url, {"name": "Neu"})
    digital.post(f"{url}loeschen/")
    types = list(AuditEvent.objects.filter(object_id=field.pk).values_list("type", flat=True))
    assert types == ["portfolio.strategy.changed", "portfolio.strategy.deleted"]
