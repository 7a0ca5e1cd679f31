"""Early warnings: who sees and keeps them, what they touch, sources, notices once, the start page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from leitstand.core.notify.models import Notification as Notice
from leitstand.portfolio.actions import telling_warnings
from leitstand.portfolio.actions.warnings import (
    change_warning,
    create_warning,
    settle_warning,
    touched,
)
from leitstand.portfolio.models import EarlyWarning
from leitstand.portfolio.queries.warnings import outlook
from tests.portfolio.making import (
    SYSTEM,
    form_of,
    lead,
    make_item,
    make_person,
    make_project,
    send,
)
from tests.portfolio.views import SECRET, TODAY, World, page, words

pytestmark = pytest.mark.django_db
URL = "/was-kommt/"


def make(world: World, title: str = "Rahmenvertrag endet", **values: Any) -> EarlyWarning:
    base: dict[str, Any] = {
        "kind": "contract", "title": title, "day": TODAY + timedelta(days=100), "lead_days": 180,
        "unit": world.units["20"],
    }  # fmt: skip
    touches = {name: values.pop(name) for name in ("projects", "units") if name in values}
    return create_warning(actor=SYSTEM, values=base | values, **touches)


@pytest.mark.parametrize(
    "role", ["digital-unit", "admin", "unit-head", "project-lead", "member", "auditor", "councillor",
             "emergency", "", "anonymous"],
)  # fmt: skip
def test_who_opens_which_page(client_of: Any, world: World, role: str) -> None:
    row = make(world, confidentiality=0)
    client = Client() if role == "anonymous" else client_of(role)
    inside = role not in ("", "anonymous")
    keeps = role in ("digital-unit", "unit-head")
    own = f"{URL}{row.pk}/"
    assert client.get(URL).status_code == (200 if inside else 403)
    assert client.get(own).status_code == (200 if inside else 403)
    for path in (URL + "neu/", own + "bearbeiten/", own + "loeschen/"):
        assert client.get(path).status_code == (200 if keeps else 403), path
        if not keeps:
            assert client.post(path, {}).status_code == 403, path
    assert client.get(own + "erledigt/").status_code in (403, 405)
    if not keeps:
        assert client.post(own + "erledigt/").status_code == 403


def test_a_hidden_warning_shows_nowhere(client_of: Any, world: World, staff: Any) -> None:
    row = make(world, SECRET, confidentiality=3)
    for client in (staff, client_of("unit-head", world.units["10"])):
        assert SECRET not in page(client, URL)
        for path in ("", "bearbeiten/", "loeschen/"):
            assert client.get(f"{URL}{row.pk}/{path}").status_code == 404
        assert client.post(f"{URL}{row.pk}/erledigt/").status_code == 404
    head = client_of("unit-head", world.units["20"])
    assert SECRET in page(head, URL)
    assert SECRET in page(head, f"{URL}{row.pk}/")


def test_a_unit_head_keeps_those_of_her_unit_alone(world: World, actor_in: Any) -> None:
    head = actor_in("unit-head", world.units["10"])
    values = {"kind": "law", "title": "x", "day": TODAY, "unit": world.units["20"]}
    with pytest.raises(NotAllowed):
        create_warning(actor=head, values=values)
    own = create_warning(actor=head, values={**values, "unit": world.units["10"]})
    with pytest.raises(NotAllowed):
        change_warning(own.pk, actor=head, version=1, values={"unit": world.units["20"]})
    own.refresh_from_db()
    assert own.unit == world.units["10"]
    with pytest.raises(NotFound):
        settle_warning(make(world, confidentiality=2).pk, actor=head)


def test_what_one_does_not_see_stays_touched(world: World, actor_in: Any, staff: Any) -> None:
    row = make(world, projects=f"{world.secret.number}, {world.open.number}", units="10, 11")
    digital = actor_in("digital-unit")
    assert touched(row, digital) == {"projects": world.open.number, "units": "10, 11"}
    shown = page(staff, f"{URL}{row.pk}/")
    assert SECRET not in shown
    assert "Übergabe der E-Akte" in shown
    assert SECRET not in page(staff, URL)
    with pytest.raises(Invalid) as hidden:
        change_warning(row.pk, actor=digital, version=1, values={}, projects=world.secret.number)
    with pytest.raises(Invalid) as missing:
        change_warning(row.pk, actor=digital, version=1, values={}, projects="P-99999")
    assert str(hidden.value.errors).replace(world.secret.number, "P-99999") == str(
        missing.value.errors
    )
    change_warning(row.pk, actor=digital, version=1, values={}, projects=world.done.number)
    assert set(row.projects.all()) == {world.secret, world.done}


def test_entering_and_changing_on_the_pages(staff: Any, world: World) -> None:
    values = {
        "kind": "support", "title": "Support endet", "day": "31.12.2027", "lead_days": "365",
        "unit": str(world.units["11"].pk), "confidentiality": "1", "projects": world.open.number,
        "units": "", "source_text": "Ankündigung", "source_url": "https://example.org/x",
    }  # fmt: skip
    assert staff.post(URL + "neu/", {**values, "projects": "P-77777"}).status_code == 422
    assert (
        staff.post(URL + "neu/", {**values, "source_url": "javascript:alert(1)"}).status_code == 422
    )
    assert staff.post(URL + "neu/", {**values, "day": ""}).status_code == 422
    assert not EarlyWarning.objects.exists()
    assert staff.post(URL + "neu/", values).status_code == 302
    row = EarlyWarning.objects.get()
    edit = f"{URL}{row.pk}/bearbeiten/"
    old = form_of(page(staff, edit))
    assert send(staff, edit, {"title": "Support endet früher"}).status_code == 302
    assert staff.post(edit, {**old, "title": ["Anders"]}).status_code == 409
    with pytest.raises(Conflict):
        change_warning(row.pk, actor=SYSTEM, version=1, values={"title": "Alt"})
    assert staff.post(f"{URL}{row.pk}/erledigt/", {"settled": "1"}).status_code == 302
    assert "Support endet" not in words(page(staff, URL))
    assert staff.post(f"{URL}{row.pk}/erledigt/", {}).status_code == 302
    assert "Support endet" in words(page(staff, URL))
    assert staff.post(f"{URL}{row.pk}/loeschen/").status_code == 302
    types = AuditEvent.objects.filter(object_kind="early-warning").order_by("id")
    assert [event.type.rpartition(".")[2] for event in types] == [
        "created", "changed", "changed", "changed", "deleted",
    ]  # fmt: skip


def test_projects_bring_their_own_dates(world: World, actor_in: Any, staff: Any) -> None:
    law = make_project(world.units["11"], "Barrierefreie Seiten", phase="running",
                       due=date(2027, 1, 31), due_kind="law", due_basis="§ 1")  # fmt: skip
    make_item("funding", world.open, programme_name="Landesprogramm", state="granted",
              deadline=date(2027, 9, 30))  # fmt: skip
    make_item("funding", world.open, programme_name="Abgelehnt", state="rejected",
              deadline=date(2027, 9, 30))  # fmt: skip
    found = outlook(actor_in("digital-unit"))
    assert [one.title for one in found.now] == ["Barrierefreie Seiten"]
    assert [one.title for one in found.later] == ["Landesprogramm"]
    assert SECRET in [one.title for one in outlook(SYSTEM).now]
    shown = words(page(staff, URL))
    assert shown.index("Vorlauf hat begonnen") < shown.index("Barrierefreie Seiten")
    assert "Barrierefreie Seiten" not in words(page(staff, URL + "?art=funding"))
    assert law.title in words(page(staff, "/"))


def test_notices_come_once_and_say_nothing_confidential(
    world: World, account: Any, settings: Any
) -> None:
    account("digital-unit", person=world.person)
    make(world, "Vertrag endet", projects=world.open.number)
    make(world, SECRET, confidentiality=2)
    make(world, "Später", day=TODAY + timedelta(days=900))
    make(world, "Vorbei", day=TODAY - timedelta(days=1))
    telling_warnings.tell_of_warnings()
    told = list(Notice.objects.filter(kind="early-warning"))
    assert sorted("(vertraulich)" in one.text for one in told) == [False, True]
    assert not any(SECRET in one.text + one.subject for one in told)
    assert any("Vertrag endet" in one.text for one in told)
    assert telling_warnings.tell_of_warnings() == 0
    assert Notice.objects.filter(kind="early-warning").count() == 2


def test_who_leads_but_may_not_see_hears_nothing(world: World, account: Any) -> None:
    person = make_person(world.units["11"], "Lena", "Leitung", email="lena@example.org")
    who = account("councillor", person=person)
    project = make_project(world.units["11"], "Offen", confidentiality=0)
    lead(project, person)
    make(world, "Internes Wort", projects=project.number)
    make(world, "Offenes Wort", projects=project.number, confidentiality=0)
    telling_warnings.tell_of_warnings()
    (told,) = Notice.objects.filter(account=who)
    assert "Offenes Wort" in told.text


def test_killed_in_between_it_goes_on(world: World, account: Any, monkeypatch: Any) -> None:
    account("digital-unit", person=world.person)
    for number in range(3):
        make(world, f"Vertrag {number}")
    real, calls = telling_warnings.tell, iter((True, False))

    def killed(*args: Any, **values: Any) -> int:
        if next(calls):
            return int(real(*args, **values))
        raise KeyboardInterrupt

    monkeypatch.setattr(telling_warnings, "tell", killed)
    with pytest.raises(KeyboardInterrupt):
        telling_warnings.tell_of_warnings()
    monkeypatch.setattr(telling_warnings, "tell", real)
    assert Notice.objects.filter(kind="early-warning").count() == 1
    assert telling_warnings.tell_of_warnings() == 2


def test_the_last_of_february(world: World, account: Any, monkeypatch: Any) -> None:
    from leitstand.core.base import clock

    account("digital-unit", person=world.person)
    monkeypatch.setattr(clock, "today", lambda: date(2028, 2, 29))
    make(world, day=date(2028, 6, 1))
    assert telling_warnings.tell_of_warnings() == 1


def test_queries_do_not_grow(staff: Any, world: World) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(staff, URL)
        return len(seen)

    make(world, projects=world.open.number)
    page(staff, URL)
    few = count()
    for number in range(6):
        make(
            world,
            f"Weiterer {number}",
            projects=f"{world.open.number}, {world.done.number}",
            units="10",
        )
    assert count() == few


def test_api(api_client: Any, world: World) -> None:
    make(world, SECRET, confidentiality=3)
    client = api_client("digital-unit")
    body = {
        "kind": "law",
        "title": "Gesetz",
        "day": "2027-07-01",
        "unit": str(world.units["10"].pk),
    }
    options: dict[str, Any] = {"content_type": "application/json"}
    made = client.post("/api/v1/early-warnings", body, **options)
    assert made.status_code == 201
    url = f"/api/v1/early-warnings/{made.json()['id']}"
    listed = client.get("/api/v1/early-warnings").json()
    assert [row["title"] for row in listed] == ["Gesetz"]
    assert (
        client.patch(url, {"lead_days": 30}, headers={"if-match": '"1"'}, **options).status_code
        == 200
    )
    assert client.patch(
        url, {"lead_days": 9}, headers={"if-match": '"1"'}, **options
    ).status_code in (409, 412)
    assert api_client("member").delete(url).status_code == 403
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_api_writes_what_is_touched(api_client: Any, world: World) -> None:
    client, head = api_client("digital-unit"), api_client("unit-head", world.units["20"])
    json: dict[str, Any] = {"content_type": "application/json"}
    url, unit = "/api/v1/early-warnings", str(world.units["20"].pk)
    body = {"kind": "law", "title": "Gesetz", "day": "2027-07-01", "unit": unit}
    for missing in (str(world.secret.pk), unit):
        refused = client.post(url, {**body, "projects": [missing]}, **json)
        assert refused.status_code == 422, "a hidden project is like a missing one"
        assert SECRET not in refused.content.decode()
        assert "projects" in refused.json()["errors"]
    assert client.post(url, {**body, "units": [str(world.open.pk)]}, **json).status_code == 422
    ties = {"projects": [str(world.open.pk)], "units": [str(world.units["10"].pk)]}
    made = client.post(url, {**body, **ties}, **json)
    assert made.status_code == 201, made.content
    assert [one["id"] for one in made.json()["projects"]] == ties["projects"]
    one = f"{url}/{made.json()['id']}"
    row = EarlyWarning.objects.get(pk=made.json()["id"])
    row.projects.add(world.secret)
    assert len(client.get(one).json()["projects"]) == 1
    assert len(head.get(one).json()["projects"]) == 2
    changed = client.patch(
        one, {"projects": [], "units": ties["units"]}, headers={"if-match": '"1"'}, **json
    )
    assert changed.json()["projects"] == []
    assert list(row.projects.all()) == [world.secret], "what one does not see stays touched"
    assert changed.json()["version"] == 2
    late = client.patch(one, {"units": []}, headers={"if-match": '"1"'}, **json)
    assert late.status_code == 412
    settled = client.put(f"{one}/settled", {"settled": True}, **json)
    assert settled.json()["settled_on"] == TODAY.isoformat()
    assert api_client("member").put(f"{one}/settled", {"settled": False}, **json).status_code == 403


def test_a_touched_unit_that_has_ended_does_not_bar_changes(world: World) -> None:
    row = make(world, units="10.1")
    unit = row.units.get()
    unit.active_to = TODAY
    unit.save()
    change_warning(row.pk, actor=SYSTEM, version=1, values={"title": "Neu"}, units="10.1")
    assert list(row.units.all()) == [unit]
    with pytest.raises(Invalid):
        make(world, units="10.1")


def test_a_warning_is_talked_about_by_those_who_see_it(client_of: Any, world: World) -> None:
    client = client_of("digital-unit")
    row, hidden = make(world), make(world, SECRET, confidentiality=3)
    sent = client.post(f"/kommentare/early-warning/{row.pk}/neu/", {"text": "Vertrag liegt bei Amt 30"})
    assert sent.status_code == 302
    assert "Vertrag liegt bei Amt 30" in page(client, f"{URL}{row.pk}/")
    assert client.post(f"/kommentare/early-warning/{hidden.pk}/neu/", {"text": "x"}).status_code == 404
