"""What changed between two days: words, moved dates, rights on both days, downloads."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from leitstand.core.accounts.identity import of_account
from leitstand.core.base import clock
from leitstand.core.org import actions as organisation
from leitstand.portfolio.actions import indicators as measured
from leitstand.portfolio.actions.items import change_item, remove_item
from leitstand.portfolio.actions.projects import delete_project
from leitstand.portfolio.models import (
    FieldOfAction,
    Goal,
    Indicator,
    Rollout,
    RolloutCell,
    RolloutStep,
    RolloutUnit,
    Wave,
)
from leitstand.portfolio.queries.differences import changes_since
from tests.conftest import SYSTEM
from tests.portfolio.making import make_item, make_project
from tests.portfolio.test_past import change, on
from tests.portfolio.views import words

DAYS = {"von": "2026-02-28", "bis": "2026-05-31"}


@pytest.fixture
def project(unit_tree: Any) -> Any:
    with on("2026-01-01"):
        made = make_project(unit_tree["10"], title="Bauantrag", end=date(2026, 12, 1))
        milestone = make_item("milestone", made, title="Abnahme", due=date(2026, 10, 1))
        risk = make_item("risk", made, title="Personal", probability=3, impact=3)
        make_project(unit_tree["20"], title="Unberuehrt")
    with on("2026-03-15"):
        change(made, light="red", progress=30)
        change_item(
            "milestone", milestone.pk, actor=SYSTEM, version=milestone.version,
            values={"due": date(2026, 10, 15)},
        )  # fmt: skip
        remove_item("risk", risk.pk, actor=SYSTEM, version=risk.version)
    with on("2026-04-01"):
        make_project(unit_tree["20"], title="Neues")
    return made


def page(client: Any, **more: str) -> str:
    answer = client.get(reverse("portfolio:changes"), {**DAYS, **more})
    assert answer.status_code == 200
    return words(answer.content.decode())


def test_old_and_new_in_words(project: Any, client_of: Callable[..., Any]) -> None:
    text = page(client_of("digital-unit"))
    assert "Bauantrag" in text and "rot" in text and "30 %" in text
    assert "01.10.2026" in text and "15.10.2026" in text and "14 Tage später" in text
    assert "Personal" in text and "Neues" in text and "Unberuehrt" not in text


def test_only_the_days_asked_for(project: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("digital-unit")
    assert "Bauantrag" not in page(client, von="2026-03-15")
    assert "Neues" not in page(client, bis="2026-03-31")


def test_long_lists_have_pages_and_files_hold_everything(
    project: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leitstand.portfolio.web.changes.PER_PAGE", 1)
    client = client_of("digital-unit")
    first, second = page(client), page(client, page="2")
    assert ("Bauantrag" in first) != ("Bauantrag" in second)
    assert ("Neues" in first) != ("Neues" in second)
    answer = client.get(reverse("portfolio:changes_download", args=["json"]), DAYS)
    whole = b"".join(answer.streaming_content).decode()
    assert "Bauantrag" in whole and "Neues" in whole


def test_filter(project: Any, client_of: Callable[..., Any]) -> None:
    text = page(client_of("digital-unit"), q="Neues")
    assert "Neues" in text and "Abnahme" not in text


def test_rights_of_both_days(unit_tree: Any, client_of: Callable[..., Any]) -> None:
    with on("2026-01-01"):
        secret = make_project(unit_tree["10"], title="Geheim", confidentiality=3)
        gone = make_project(unit_tree["10"], title="Entfallen", confidentiality=3)
    with on("2026-03-01"):
        change(secret, confidentiality=1, progress=50)
        gone.refresh_from_db()
        delete_project(gone.pk, actor=SYSTEM, version=gone.version, reason="Test")
    text = page(client_of("member", unit_tree["20"]))
    assert "Geheim" not in text and "Entfallen" not in text
    text = page(client_of("unit-head", unit_tree["10"]))
    assert "Geheim" in text and "Entfallen" in text


@pytest.mark.parametrize(
    "days",
    [
        {"von": "2025-01-01"}, {"von": "2026-05-01", "bis": "2026-04-01"}, {"bis": "2099-01-01"},
        {"von": "gestern"},
    ],
)  # fmt: skip
def test_days_that_cannot_be_compared(
    project: Any, client_of: Callable[..., Any], days: dict[str, str]
) -> None:
    client = client_of("digital-unit")
    assert client.get(reverse("portfolio:changes"), days).status_code == 422
    file = reverse("portfolio:changes_download", args=["csv"])
    assert client.get(file, days).status_code == 422


def test_downloads(project: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("digital-unit")
    for form in ("csv", "json", "xlsx"):
        answer = client.get(reverse("portfolio:changes_download", args=[form]), DAYS)
        assert answer.status_code == 200
        assert "2026-02-28-2026-05-31" in answer["Content-Disposition"]
        body = b"".join(answer.streaming_content)
        if form == "json":
            rows = json.loads(body)
            assert {"Bauantrag", "Neues"} == {row["title"] for row in rows}
            assert next(row["days"] for row in rows if row["entry"] == "Abnahme") == 14


def test_changes_since_a_moment(project: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("digital-unit")
    actor = of_account(client.account)
    before = clock.now()
    assert changes_since(actor, before) == []
    change(project, title="Bauantrag online")
    moved = before.replace(year=before.year - 1)
    assert changes_since(actor, moved)[0][2] == "Bauantrag online"


def test_a_fixed_present_day_lasts_until_now(
    project: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the demo the day stands still; what somebody changes there is a change of that day."""
    monkeypatch.setattr(clock, "present_day", lambda: date(2026, 5, 31))
    with on("2026-06-09"):
        change(project, progress=77)
        assert "77 %" in page(client_of("digital-unit"))
    monkeypatch.setattr(clock, "present_day", lambda: date(2026, 6, 9))
    assert "77 %" not in page(client_of("digital-unit"))


MORE = {"von": "2026-02-28", "bis": "2026-05-31"}


def _everything_else(unit_tree: Any) -> Any:
    """Strategy, an indicator, two rollouts and the organisation change in March; returns the open
    rollout."""
    field = FieldOfAction.objects.create(code="HF1", name="Verwaltung")
    Goal.objects.create(code="Z9", name="Bleibt", field_of_action=field)
    with on("2026-01-01"):
        goal = Goal.objects.create(code="Z1", name="Alles digital", field_of_action=field,
                                   target_date=date(2027, 1, 1))  # fmt: skip
        indicator = Indicator.objects.create(code="K1", name="Quote", unit_label="%")
        value = measured.enter_value(indicator.pk, actor=SYSTEM, day=date(2026, 1, 1), value=Decimal(41))
        rollouts = [
            Rollout.objects.create(title=title, lead_unit=unit_tree["10"], confidentiality=level)
            for title, level in (("E-Akte", 1), ("Geheimakte", 3))
        ]
        for rollout in rollouts:
            step = RolloutStep.objects.create(rollout=rollout, title="Schulung", kind="step", position=1)
            member = RolloutUnit.objects.create(rollout=rollout, unit=unit_tree["20"])
            RolloutCell.objects.create(member=member, step=step, planned_end=date(2026, 6, 1), state="planned")
    with on("2026-03-15"):
        Goal.objects.filter(pk=goal.pk).update(target_date=date(2027, 1, 31))
        measured.change_value(value.pk, actor=SYSTEM, version=value.version, values={"value": Decimal(57)})
        RolloutCell.objects.update(planned_end=date(2026, 6, 15))
        Wave.objects.create(rollout=rollouts[0], title="Welle 1")
        organisation.rename_unit(unit_tree["10"], actor=SYSTEM, version=1, name="Fachbereich Zentrales",
                                 on=date(2026, 3, 1), reason="Verfügung")  # fmt: skip
        FieldOfAction.objects.create(code="HF2", name="Bildung")
    return rollouts[0]


def test_everything_else_that_changed(
    project: Any, unit_tree: Any, client_of: Callable[..., Any], api_client: Any,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    rollout = _everything_else(unit_tree)
    staff, url = client_of("digital-unit"), reverse("portfolio:changes_more")
    with django_assert_max_num_queries(60):
        answer = staff.get(url, MORE)
    text = words(answer.content.decode())
    assert "Z1 Alles digital – geändert" in text and "30 Tage später" in text
    assert "Gemessener Wert: 01.01.2026: Wert 41 57" in text
    assert "E-Akte – geändert" in text and "14 Tage später" in text and "Welle 1" in text
    assert "HF2 Bildung – aufgenommen" in text
    assert "Hauptamt Fachbereich Zentrales" in text
    assert "Bleibt" not in text and "Geheimakte" not in text and "Bauantrag" not in text
    council = words(client_of("councillor").get(url, MORE).content.decode())
    assert "Alles digital" in council, "the strategy is no secret"
    assert "E-Akte" not in council and "Hauptamt Fachbereich" not in council
    none = staff.get(url, {"von": "2026-03-31", "bis": "2026-05-31"}).content.decode()
    assert "hat sich nichts geändert" in none
    assert staff.get(url, {"von": "2026-05-31", "bis": "2026-03-31"}).status_code == 422
    file = staff.get(reverse("portfolio:changes_more_download", args=["json"]), MORE)
    rows = json.loads(b"".join(file.streaming_content))
    assert {"E-Akte", "Alles digital", "Quote"} <= {row["title"] for row in rows} and "Geheimakte" not in str(rows)
    reader = api_client("digital-unit")
    asked = {"from": MORE["von"], "to": MORE["bis"]}
    found = reader.get("/api/v1/changes/more", asked).json()["items"]
    assert {one["sort"] for one in found} == {"field-of-action", "goal", "indicator", "rollout", "unit"}
    (changed,) = [one for one in found if one["id"] == str(rollout.pk)]
    parts = {line["part"] for line in changed["changes"]}
    assert parts == {"", "Stand eines Schritts", "Welle"}, "its lead unit has another name, too"
    assert reader.get("/api/v1/changes/more", {"from": MORE["bis"], "to": MORE["von"]}).status_code == 422
