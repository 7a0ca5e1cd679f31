"""Baselines are frozen: numbered, compared, never changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from leitstand.core.base.errors import Invalid
from tests.portfolio.making import SYSTEM, make_item, make_project


@pytest.fixture
def project(unit_tree: dict[str, Any]) -> Any:
    made = make_project(
        unit_tree["10"], "Fachverfahren", start=date(2027, 1, 1), end=date(2027, 6, 30)
    )
    make_item("milestone", made, title="Zuschlag", due=date(2027, 3, 1))
    make_item("milestone", made, title="Schulung", due=date(2027, 5, 1))
    return made


def _freeze(project: Any, reason: str = "Beschluss des Lenkungskreises", **more: Any) -> Any:
    from leitstand.portfolio.actions.baselines import freeze_baseline

    return freeze_baseline(project.pk, actor=SYSTEM, reason=reason, **more)


def _state(baseline: Any) -> Any:
    baseline.refresh_from_db()
    return (baseline.number, baseline.name, baseline.start, baseline.end, baseline.reason,
            sorted(baseline.milestones.values_list("title", "due")))  # fmt: skip


def test_numbers_count_up_and_later_edits_leave_it_alone(project: Any) -> None:
    from leitstand.portfolio.actions.items import change_item, remove_item
    from leitstand.portfolio.actions.projects import change_project

    first = _freeze(project)
    before = _state(first)
    change_project(
        project.pk, actor=SYSTEM, version=1,
        values={"end": date(2027, 9, 30), "title": "Anders"},
    )  # fmt: skip
    moved, gone = project.milestones.order_by("due")
    change_item("milestone", moved.pk, actor=SYSTEM, version=1, values={"due": date(2027, 4, 1)})
    remove_item("milestone", gone.pk, actor=SYSTEM, version=1)
    assert _freeze(project).number == 2
    assert _state(first) == before


@pytest.mark.parametrize("table", ["portfolio_baseline", "portfolio_baselinemilestone"], ids=str)
def test_the_database_itself_refuses_to_change_one(project: Any, table: str) -> None:
    _freeze(project)
    column = "reason" if table == "portfolio_baseline" else "title"
    with (
        pytest.raises(DatabaseError, match="frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET {column} = 'gefälscht'")


def test_it_ends_with_its_project(project: Any) -> None:
    from leitstand.portfolio.actions.projects import delete_project
    from leitstand.portfolio.models import Baseline

    _freeze(project)
    delete_project(project.pk, actor=SYSTEM, version=1, reason="doppelt erfasst")
    assert not Baseline.objects.exists()


@pytest.mark.parametrize(
    ("reason", "name"), [("", ""), ("  ", "x"), ("x" * 501, ""), ("gut", "n" * 121)],
    ids=["none", "blank", "long", "name"],
)  # fmt: skip
def test_reason_and_name_are_checked(project: Any, reason: str, name: str) -> None:
    with pytest.raises(Invalid):
        _freeze(project, reason, name=name)
    assert not project.baselines.exists()


def test_nothing_to_freeze_is_refused(unit_tree: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        _freeze(make_project(unit_tree["10"]))


def test_the_page_freezes_and_compares(
    project: Any, unit_tree: dict[str, Any], client_of: Any
) -> None:
    from leitstand.portfolio.actions.items import change_item
    from leitstand.portfolio.actions.projects import change_project

    client = client_of("unit-head", unit_tree["10"])
    url = f"/vorhaben/{project.pk}/basisplan/"
    refused = client.post(url, {"name": "", "reason": ""})
    assert refused.status_code == 422
    assert client.post(url, {"name": "", "reason": "Auftrag erteilt"}).status_code == 302
    change_project(project.pk, actor=SYSTEM, version=1, values={"end": date(2027, 7, 10)})
    first = project.milestones.order_by("due")[0]
    change_item("milestone", first.pk, actor=SYSTEM, version=1, values={"due": date(2027, 2, 26)})
    make_item("milestone", project, title="Abnahme", due=date(2027, 7, 1))
    page = client.get(url).content.decode()
    assert "Basisplan 1" in page
    assert "Auftrag erteilt" in page
    assert "10 Tage später" in page
    assert "3 Tage früher" in page
    assert "seither hinzugekommen" in page
    profile = client.get(f"/vorhaben/{project.pk}/").content.decode()
    assert "10 Tage später" in profile
    assert "30.06.2027" in profile


def test_who_may_not_freeze_gets_no_form_and_is_refused(
    project: Any, unit_tree: dict[str, Any], client_of: Any
) -> None:
    client = client_of("member", unit_tree["20"])
    url = f"/vorhaben/{project.pk}/basisplan/"
    assert "einfrieren" not in client.get(url).content.decode().lower()
    assert client.post(url, {"reason": "trotzdem"}).status_code == 403
    assert not project.baselines.exists()
