"""What changed between two days: words, moved dates, rights on both days, downloads."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from leitstand.core.accounts.identity import of_account
from leitstand.core.base import clock
from leitstand.portfolio.actions.items import change_item, remove_item
from leitstand.portfolio.actions.projects import delete_project
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
