"""Writers under adverse conditions: somebody is faster, rows vanish, texts cannot be stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from tests.portfolio.making import SYSTEM, form_of, make_item, make_project

DAY = date(2027, 1, 1)


@pytest.fixture
def project(unit_tree: dict[str, Any]) -> Any:
    return make_project(unit_tree["10"])


def _meanwhile(monkeypatch: Any, what: Callable[[], Any]) -> None:
    """Let somebody else act between the check of rights and the lock."""
    from leitstand.portfolio import policy

    check = policy.require

    def require(*args: Any) -> None:
        check(*args)
        monkeypatch.setattr(policy, "require", check)
        what()

    monkeypatch.setattr(policy, "require", require)


def test_who_deletes_a_project_that_has_just_changed_is_told(
    project: Any, monkeypatch: Any
) -> None:
    from leitstand.core.base.errors import Conflict
    from leitstand.portfolio.actions.projects import change_project, delete_project
    from leitstand.portfolio.models import Project

    def change() -> None:
        change_project(project.pk, actor=SYSTEM, version=1, values={"title": "Neu"})

    _meanwhile(monkeypatch, change)
    with pytest.raises(Conflict):
        delete_project(project.pk, actor=SYSTEM, version=1, reason="doppelt")
    assert Project.objects.filter(pk=project.pk).exists()


def test_what_vanishes_between_check_and_lock_is_not_found(project: Any, monkeypatch: Any) -> None:
    from leitstand.core.base.errors import NotFound
    from leitstand.portfolio.actions.items import change_item, remove_item
    from leitstand.portfolio.actions.projects import change_project, delete_project

    row = make_item("milestone", project, title="Weg", due=DAY)
    _meanwhile(monkeypatch, lambda: type(row).objects.all().delete())
    with pytest.raises(NotFound):
        change_item("milestone", row.pk, actor=SYSTEM, version=1, values={"title": "x"})
    row = make_item("milestone", project, title="Weg", due=DAY)
    _meanwhile(monkeypatch, lambda: type(row).objects.all().delete())
    with pytest.raises(NotFound):
        remove_item("milestone", row.pk, actor=SYSTEM, version=1)
    _meanwhile(
        monkeypatch,
        lambda: delete_project(project.pk, actor=SYSTEM, version=1, reason="doppelt"),
    )
    with pytest.raises(NotFound):
        change_project(project.pk, actor=SYSTEM, version=1, values={"title": "x"})


def test_removing_a_part_that_somebody_has_changed_asks_again(
    project: Any, client_of: Callable[..., Client]
) -> None:
    from leitstand.portfolio.actions.items import change_item

    client = client_of("unit-head", project.lead_unit)
    row = make_item("milestone", project, title="Alt", due=DAY)
    url = f"/vorhaben/{project.pk}/milestone/{row.pk}/entfernen/"
    for headers, status in (({}, 409), ({"HX-Request": "true"}, 200)):
        asked = form_of(client.get(url, headers=headers).content.decode())
        row.refresh_from_db()
        values = {"title": f"Neu {status}"}
        change_item("milestone", row.pk, actor=SYSTEM, version=row.version, values=values)
        answer = client.post(url, asked, headers=headers)
        assert answer.status_code == status
        assert f"Neu {status}" in answer.content.decode()
        assert "trotzdem entfernen" in answer.content.decode()
        assert project.milestones.exists()
    assert client.post(url).status_code == 409
    client.post(url, form_of(answer.content.decode()))
    assert not project.milestones.exists()


def test_the_interface_removes_a_part_in_the_version_that_was_read(
    project: Any, api_client: Callable[..., Client]
) -> None:
    from leitstand.portfolio.actions.items import change_item

    client = api_client("digital-unit")
    row = make_item("milestone", project, title="Alt", due=DAY)
    url = f"/api/v1/projects/{project.pk}/milestone/{row.pk}"
    assert client.delete(url).status_code == 428
    change_item("milestone", row.pk, actor=SYSTEM, version=1, values={"title": "Neu"})
    assert client.delete(url, headers={"If-Match": '"1"'}).status_code == 412
    assert project.milestones.get().title == "Neu"
    assert client.delete(url, headers={"If-Match": '"2"'}).status_code == 204
    assert not project.milestones.exists()


def test_only_a_duplicate_is_called_one(project: Any, unit_tree: dict[str, Any]) -> None:
    from leitstand.core.base.errors import Invalid
    from leitstand.core.base.integrity import is_duplicate
    from leitstand.portfolio.actions import items
    from leitstand.portfolio.models import Milestone, Participation

    make_item("participation", project, unit=unit_tree["20"])
    with pytest.raises(Invalid, match="gibt es|already"):
        make_item("participation", project, unit=unit_tree["20"])
    twice = Participation(project=project, unit=unit_tree["20"])
    with pytest.raises(Invalid):
        items._save(twice, force_insert=True)
    without_day = Milestone(project=project, title="x", due=None)
    with pytest.raises(IntegrityError) as caught:
        items._save(without_day, force_insert=True)
    assert not is_duplicate(caught.value)


@pytest.mark.parametrize("sign", ["\x00", "\ud800"], ids=["nul", "half a pair"])
def test_texts_that_no_store_keeps_are_refused(project: Any, sign: str) -> None:
    from leitstand.core.base.errors import Invalid
    from leitstand.portfolio.actions.baselines import freeze_baseline
    from leitstand.portfolio.actions.dependencies import add_dependency
    from leitstand.portfolio.actions.items import add_item, change_item
    from leitstand.portfolio.actions.priority import save_criterion
    from leitstand.portfolio.actions.projects import change_project, delete_project
    from leitstand.portfolio.actions.strategy import create_entry

    bad, unit = f"a{sign}b", project.lead_unit
    row = make_item("milestone", project, title="M", due=DAY)
    other = make_project(unit, "Anderes")
    attempts: list[tuple[str, Callable[[], Any]]] = [
        ("summary", lambda: make_project(unit, summary=bad)),
        ("need", lambda: change_project(project.pk, actor=SYSTEM, version=1, values={"need": bad})),
        ("reason", lambda: change_project(project.pk, actor=SYSTEM, version=1,
                                          values={"need": "x"}, reason=bad)),
        ("reason", lambda: delete_project(project.pk, actor=SYSTEM, version=1, reason=bad)),
        ("title", lambda: add_item("milestone", project.pk, actor=SYSTEM,
                                   values={"title": bad, "due": DAY})),
        ("title", lambda: change_item("milestone", row.pk, actor=SYSTEM, version=1,
                                      values={"title": bad})),
        ("name", lambda: create_entry("skill", actor=SYSTEM, values={"code": "x", "name": bad})),
        ("help", lambda: save_criterion(actor=SYSTEM, name="N", kind="must", help=bad)),
        ("reason", lambda: freeze_baseline(project.pk, actor=SYSTEM, reason=bad)),
        ("note", lambda: add_dependency(actor=SYSTEM, predecessor_id=project.pk,
                                        successor_id=other.pk, note=bad)),
    ]  # fmt: skip
    for field, attempt in attempts:
        with pytest.raises(Invalid) as caught:
            attempt()
        assert set(caught.value.errors) == {field}
    project.refresh_from_db()
    assert (project.version, project.need) == (1, "")


def test_the_interface_answers_422_to_a_text_with_nul(
    project: Any, api_client: Callable[..., Client]
) -> None:
    answer = api_client("digital-unit").patch(
        f"/api/v1/projects/{project.pk}", '{"need": "a\\u0000b"}',
        content_type="application/json", headers={"If-Match": '"1"'},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "need" in answer.content.decode()


def test_numbers_are_never_given_twice_and_grow_beyond_five_digits(
    unit_tree: dict[str, Any],
) -> None:
    from leitstand.portfolio.actions.projects import delete_project
    from leitstand.portfolio.models import NumberSeries, Project

    unit = unit_tree["10"]
    first, last = make_project(unit, "A"), make_project(unit, "B")
    assert (first.number, last.number) == ("P-00001", "P-00002")
    delete_project(last.pk, actor=SYSTEM, version=1, reason="doppelt")
    assert make_project(unit, "C").number == "P-00003"
    Project.objects.filter(pk=first.pk).update(number="P-99999")
    NumberSeries.objects.all().delete()  # as in a database from before the series
    assert [make_project(unit, str(n)).number for n in range(3)] == [
        "P-100000", "P-100001", "P-100002",
    ]  # fmt: skip


def test_a_merged_unit_hands_its_programmes_on_and_says_so(unit_tree: dict[str, Any]) -> None:
    from leitstand.core.audit.models import AuditEvent
    from leitstand.core.org.actions import merge_units
    from leitstand.portfolio.models import Programme

    old, new = unit_tree["11"], unit_tree["20"]
    programme = Programme.objects.create(code="P", name="Programm", lead_unit=old)
    merge_units(old, actor=SYSTEM, into=new, reason="Neugliederung")
    programme.refresh_from_db()
    assert (programme.lead_unit, programme.version) == (new, 2)
    event = AuditEvent.objects.get(object_id=programme.pk)
    assert event.changes == {"lead_unit": [str(old), str(new)]}
    assert event.reason
