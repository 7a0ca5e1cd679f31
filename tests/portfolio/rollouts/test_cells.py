"""Many cells at once over the page: preview, apply, refusals, conflicts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leitstand.core.audit.models import AuditEvent
from tests.portfolio.making import form_of
from tests.portfolio.rollouts.making import Rolling, cell_box
from tests.portfolio.views import page, words


def boxes(rolling: Rolling, *codes: str, kind: str = "go_live") -> list[str]:
    return [cell_box(rolling.cell(code, kind)) for code in codes]


def test_set_many_after_a_preview(staff: Any, rolling: Rolling) -> None:
    url = rolling.url("felder/")
    data = {"zelle": boxes(rolling, "10", "20"), "state": "done", "actual_end": "2026-11-02"}
    answer = staff.post(url, data)
    text = words(answer.content.decode())
    assert "offen" in text
    assert "erledigt, tatsächlich 02.11.2026" in text
    assert rolling.cell("10").state == "open"
    kept = form_of(answer.content.decode(), marker='name="step"')
    assert staff.post(url, kept).status_code == 302
    assert [rolling.cell(c).state for c in ("10", "11", "20")] == ["done", "open", "done"]
    assert rolling.cell("20").actual_end == date(2026, 11, 2)
    assert "2 von 3" in words(page(staff, rolling.url()))
    event = AuditEvent.objects.filter(type="portfolio.rollout.cells_set").latest("id")
    assert "Hauptamt: Stichtag" in event.changes


def test_a_conflict_loses_nobodys_input(staff: Any, rolling: Rolling) -> None:
    url = rolling.url("felder/")
    mine = {"zelle": boxes(rolling, "10", "11"), "state": "running", "step": "apply"}
    rolling.set("10", state="planned", planned_end=date(2027, 1, 31))
    answer = staff.post(url, mine)
    assert answer.status_code == 409
    text = words(answer.content.decode())
    assert "geplant, geplant 31.01.2027" in text
    assert rolling.cell("11").state == "open", "all or nothing"
    kept = form_of(answer.content.decode(), marker="wahl-")
    cell = rolling.cell("10")
    theirs = {**kept, f"wahl-{cell.pk}": ["theirs"]}
    assert staff.post(url, theirs).status_code == 302
    assert [rolling.cell(c).state for c in ("10", "11")] == ["planned", "running"]
    again = {"zelle": boxes(rolling, "10"), "state": "running", "step": "apply"}
    rolling.set("10", state="planned", planned_end=date(2027, 2, 28))
    kept = form_of(staff.post(url, again).content.decode(), marker="wahl-")
    assert staff.post(url, kept).status_code == 302
    assert rolling.cell("10").state == "running"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"state": "done"}, "Kreuzen Sie mindestens einen Schritt in der Tabelle an"),
        ({"zelle": "10"}, "Wählen Sie einen Stand"),
        ({"zelle": "10", "state": "done", "actual_end": "2026-11-21"}, "in der Zukunft"),
        (
            {"zelle": "10", "actual_start": "2026-05-02", "actual_end": "2026-05-01"},
            "vor dem Beginn",
        ),
        ({"zelle": "10", "state": "planned", "actual_start": "2026-05-02"}, "in Arbeit"),
        ({"zelle": "10", "state": "gone"}, "gone"),
        ({"zelle": "10", "actual_end": "31.02.2026"}, "gültiges Datum"),
    ],
)
def test_refusals_say_why_and_change_nothing(
    staff: Any, rolling: Rolling, data: dict[str, str], said: str
) -> None:
    sent = {**data, "step": "apply"}
    if "zelle" in sent:
        sent["zelle"] = cell_box(rolling.cell(sent["zelle"]))
    answer = staff.post(rolling.url("felder/"), sent)
    assert answer.status_code == 422
    assert said in words(answer.content.decode())
    assert rolling.cell("10").state == "open"


@pytest.mark.parametrize("text", ["", ":", "x:1", "00000000-0000-0000-0000-000000000000:1", "a:²"])
def test_boxes_that_are_none_are_left_out(staff: Any, rolling: Rolling, text: str) -> None:
    answer = staff.post(rolling.url("felder/"), {"zelle": text, "state": "done", "step": "apply"})
    assert answer.status_code == 422


def test_a_state_clears_the_days_that_contradict_it(staff: Any, rolling: Rolling) -> None:
    rolling.set("10", state="done", actual_start=date(2026, 5, 1), actual_end=date(2026, 5, 1))
    rolling.set("10", state="planned")
    cell = rolling.cell("10")
    assert (cell.state, cell.actual_start, cell.actual_end) == ("planned", None, None)


def test_a_units_own_head_sets_its_own_cells_alone(client_of: Any, rolling: Rolling) -> None:
    head = client_of("unit-head", rolling.units["20"])
    url = rolling.url("felder/")
    html = page(head, url)
    assert "Kämmerei" in words(html)
    assert str(rolling.cell("10").pk) not in html
    sent = {"zelle": boxes(rolling, "10", "20"), "state": "running", "step": "apply"}
    assert head.post(url, sent).status_code == 302
    assert [rolling.cell(c).state for c in ("10", "20")] == ["open", "running"]


def test_reading_does_not_write(client_of: Any, rolling: Rolling) -> None:
    for role in ("member", "auditor", "project-lead"):
        client = client_of(role, rolling.units["11"] if role != "auditor" else None)
        assert client.get(rolling.url()).status_code == 200
        assert client.get(rolling.url("felder/")).status_code == 403
        sent = {"zelle": boxes(rolling, "11"), "state": "done", "step": "apply"}
        assert client.post(rolling.url("felder/"), sent).status_code == 403
    assert rolling.cell("11").state == "open"


def test_queries_do_not_grow_with_units(
    staff: Any, rolling: Rolling, django_assert_max_num_queries: Any
) -> None:
    from leitstand.core.org.actions import create_unit
    from leitstand.portfolio.actions.rollouts.members import add_level
    from tests.portfolio.rollouts.making import SYSTEM

    page(staff, rolling.url())
    for number in range(40):
        create_unit(
            actor=SYSTEM, code=f"X{number}", kind="staff_unit", name=f"Stelle {number}",
            parent=rolling.units["2"],
        )  # fmt: skip
    add_level(rolling.rollout.pk, actor=SYSTEM, kinds=["staff_unit"])
    for path in ("", "felder/"):
        with django_assert_max_num_queries(25):
            assert "Stelle 39" in page(staff, rolling.url(path))
    with django_assert_max_num_queries(25):
        assert "0 von 43" in words(page(staff, "/rollouts/"))
