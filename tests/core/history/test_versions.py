"""Versions: written by triggers, doubled by nothing, mended by repair, forgotten on demand."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from tests.portfolio.making import make_project
from tests.portfolio.test_past import change, on

from leitstand.core.base import clock
from leitstand.core.history import actions, past, tracked
from leitstand.portfolio.models import Project


def versions(project: Any) -> list[str]:
    rows = tracked.of(Project).period._default_manager.filter(object_id=project.pk)
    return list(rows.order_by("valid_from").values_list("title", flat=True))


def test_saving_the_same_makes_no_version(unit_tree: Any) -> None:
    with on("2026-01-01"):
        project = make_project(unit_tree["10"], title="Eins")
    project.refresh_from_db()
    project.save()
    assert versions(project) == ["Eins"]


def test_everything_is_in_place(unit_tree: Any) -> None:
    make_project(unit_tree["10"])
    assert actions.missing() == []
    assert actions.deviating() == []


def test_lost_triggers_are_found_and_mended(unit_tree: Any) -> None:
    with on("2026-01-01"):
        project = make_project(unit_tree["10"], title="Eins")
    for name, table in actions._found().items():
        if table == "portfolio_project":
            actions._drop(name, table)
    Project.objects.filter(pk=project.pk).update(title="Zwei")
    assert actions.missing() == ["portfolio_project"]
    assert actions.deviating() == ["portfolio_project"]
    actions.repair()
    assert actions.missing() == actions.deviating() == []
    assert versions(project) == ["Eins", "Zwei"]


def test_a_change_by_hand_leaves_a_version(unit_tree: Any) -> None:
    with on("2026-01-01"):
        project = make_project(unit_tree["10"], title="Eins")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portfolio_project SET title = 'Hand' WHERE title = 'Eins'")
    assert versions(project) == ["Eins", "Hand"]


def test_forgetting_takes_all_versions(unit_tree: Any) -> None:
    with on("2026-01-01"):
        project = make_project(unit_tree["10"], title="Eins")
    change(project, title="Zwei")
    assert actions.forget(Project, [project.pk]) == 2
    assert versions(project) == []


def test_today_is_the_day_shown_and_comes_back() -> None:
    with past.as_of(date(2026, 3, 31)):
        assert clock.today() == date(2026, 3, 31)
        with past.present():
            assert clock.today() == clock.present_day()
        assert past.day_shown() == date(2026, 3, 31)
    assert not past.is_past()
