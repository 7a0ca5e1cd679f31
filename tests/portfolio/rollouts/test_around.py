"""Rollouts elsewhere: start page, project, history, the end of a unit."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leitstand.core.base.errors import DomainError
from leitstand.core.org.actions import dissolve_unit, merge_units
from leitstand.portfolio.actions.rollouts.members import change_member
from leitstand.portfolio.models import Rollout
from tests.portfolio.making import make_project
from tests.portfolio.rollouts.making import SYSTEM, Rolling, make_rollout
from tests.portfolio.views import page, words


def test_the_start_page_tells_how_far_and_until_when(client_of: Any, rolling: Rolling) -> None:
    rolling.set("10", state="done", actual_end=date(2026, 3, 2))
    rolling.set("11", "training", state="planned", planned_end=date(2026, 11, 1))
    text = words(page(client_of("member", rolling.units["11"]), "/"))
    assert "E-Akte : 1 von 3, zu wenige Daten" in text
    assert "verspätet: 1" in text
    assert "E-Akte" not in words(page(client_of("councillor"), "/"))


def test_the_projects_page_names_its_visible_rollouts(client_of: Any, rolling: Rolling) -> None:
    project = make_project(rolling.units["10"], "Akten", confidentiality=0)
    Rollout.objects.filter(pk=rolling.rollout.pk).update(project=project)
    hidden = make_rollout(rolling.units["20"], "Turmfalke", confidentiality=3)
    Rollout.objects.filter(pk=hidden.pk).update(project=project)
    text = page(client_of("digital-unit"), f"/vorhaben/{project.pk}/")
    assert rolling.url() in text
    assert "Turmfalke" not in text
    assert rolling.url() not in page(client_of("councillor"), f"/vorhaben/{project.pk}/")


def test_deleting_the_project_keeps_the_rollout(rolling: Rolling) -> None:
    from leitstand.portfolio.actions.projects import delete_project

    project = make_project(rolling.units["10"], "Akten")
    Rollout.objects.filter(pk=rolling.rollout.pk).update(project=project)
    delete_project(project.pk, actor=SYSTEM, version=1, reason="Test")
    rolling.rollout.refresh_from_db()
    assert rolling.rollout.project is None


def test_a_unit_that_leads_an_unfinished_rollout_cannot_be_dissolved(rolling: Rolling) -> None:
    for code in ("10.1", "10.2"):
        dissolve_unit(rolling.units[code], actor=SYSTEM, on=date(2026, 11, 20), reason="Test")
    with pytest.raises(DomainError, match="Rollouts|rollouts"):
        dissolve_unit(rolling.units["10"], actor=SYSTEM, on=date(2026, 11, 20), reason="Test")


def test_a_merged_unit_hands_its_row_on(rolling: Rolling) -> None:
    rolling.set("20", state="done", actual_end=date(2026, 3, 2))
    member = rolling.member("20")
    merge_units(
        rolling.units["20"],
        actor=SYSTEM,
        into=rolling.units["2"],
        on=date(2026, 11, 20),
        reason="Test",
    )
    member.refresh_from_db()
    assert member.unit == rolling.units["2"]
    assert rolling.cell("2").state == "done"


def test_where_both_take_part_the_successors_row_goes_on(rolling: Rolling) -> None:
    old = rolling.member("20")
    merge_units(
        rolling.units["20"],
        actor=SYSTEM,
        into=rolling.units["11"],
        on=date(2026, 11, 20),
        reason="Test",
    )
    old.refresh_from_db()
    assert not old.affected
    assert "Personalamt" in old.reason


def test_the_trail_tells_in_words(client_of: Any, rolling: Rolling) -> None:
    from leitstand.core.audit.models import AuditEvent
    from leitstand.core.base.changes import change_formats

    rolling.set("10", state="planned", planned_end=date(2027, 1, 31))
    member = rolling.member("10")
    change_member(rolling.rollout.pk, member.pk, actor=SYSTEM, version=1, values={"size": "L"})
    form = change_formats["rollout"]
    found = {
        event.type: form.lines(event.changes)
        for event in AuditEvent.objects.filter(object_kind="rollout")
    }
    from django.utils import translation

    with translation.override("de"):
        event = AuditEvent.objects.get(type="portfolio.rollout.cells_set")
        lines = form.lines(event.changes)
    assert ("Hauptamt: Stichtag", "offen", "geplant, geplant 31.01.2027") in [
        tuple(x) for x in lines
    ]
    assert found["portfolio.rollout.unit_changed"]
    assert found["portfolio.rollout.created"]
