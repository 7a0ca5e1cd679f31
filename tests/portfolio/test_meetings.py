"""Working groups, meetings, minutes, tasks over HTTP: who may what, conflicts, clock changes."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from leitstand.core.base.errors import Conflict, Invalid
from leitstand.portfolio.actions import groups, minutes, tasks
from leitstand.portfolio.models import (
    ActionItem,
    AgendaItem,
    Decision,
    Meeting,
    Minutes,
    WorkingGroup,
)
from tests.portfolio.making import SYSTEM, form_of, make_person, send
from tests.portfolio.views import World, page, words

SECRET = "Arbeitskreis Sicherheitslücke"


class Circle:
    """A working group of unit 20 with a lead, a member, a meeting and two points."""

    def __init__(self, world: World, title: str = "AK E-Akte", level: int = 1) -> None:
        self.lead = make_person(
            world.units["20"], "Lena", "Leitung", email=f"lead{level}@example.org"
        )
        self.member = make_person(
            world.units["10.1"], "Mia", "Mitglied", email=f"m{level}@example.org"
        )
        self.group = groups.create_group(
            actor=SYSTEM,
            values={"title": title, "unit": world.units["20"], "lead": self.lead,
                    "confidentiality": level, "place": "Rathaus, Raum 3"},
        )  # fmt: skip
        groups.add_member(self.group.pk, actor=SYSTEM, person=self.member)
        self.meeting = groups.plan_meeting(
            self.group.pk, actor=SYSTEM, values={"day": date(2026, 12, 3), "begins": "10:00"}
        )
        self.point = minutes.add_point(
            self.meeting.pk, actor=SYSTEM, values={"title": "Vierte Welle", "project": world.open}
        )
        self.second = minutes.add_point(
            self.meeting.pk, actor=SYSTEM, values={"title": "Schulungen"}
        )

    def urls(self) -> dict[str, str]:
        """A GET address for every name."""
        group, meeting = f"/arbeitskreise/{self.group.pk}/", f"/sitzungen/{self.meeting.pk}/"
        point = f"{meeting}punkt/{self.second.pk}/"
        task = ActionItem.objects.filter(meeting=self.meeting).first() or tasks.give_task(
            actor=SYSTEM,
            meeting=self.meeting,
            values={"title": "Raum buchen", "responsible": self.lead},
        )
        member = self.group.members.get(person=self.member)
        return {
            "groups": "/arbeitskreise/", "group_new": "/arbeitskreise/neu/", "group": group,
            "group_edit": group + "bearbeiten/", "member_new": group + "mitglied/neu/",
            "member_remove": f"{group}mitglied/{member.pk}/entfernen/",
            "meeting_new": group + "sitzung/neu/", "meeting": meeting,
            "meeting_edit": meeting + "bearbeiten/", "meeting_invite": meeting + "einladen/",
            "meeting_cancel": meeting + "absagen/", "meeting_calendar": meeting + "termin.ics",
            "meeting_carry": meeting + "offenes/", "meeting_task_new": meeting + "aufgabe/neu/",
            "point_new": meeting + "punkt/neu/", "point_edit": point,
            "point_remove": point + "entfernen/", "point_write": point + "protokoll/",
            "minutes": meeting + "protokoll/", "minutes_edit": meeting + "protokoll/kopf/",
            "minutes_release": meeting + "protokoll/freigeben/",
            "addendum_new": meeting + "protokoll/nachtrag/", "tasks": "/aufgaben/",
            "tasks_calendar": "/aufgaben.ics", "task_new": "/aufgaben/neu/",
            "task": f"/aufgaben/{task.pk}/", "task_done": f"/aufgaben/{task.pk}/erledigt/",
            "task_reopen": f"/aufgaben/{task.pk}/offen/",
        }  # fmt: skip


@pytest.fixture
def circle(world: World) -> Circle:
    """The working group."""
    return Circle(world)


@pytest.fixture
def lead(client_of: Any, world: World, circle: Circle) -> Any:
    """The lead, an ordinary employee of unit 20."""
    return client_of("member", world.units["20"], person=circle.lead)


@pytest.fixture
def member(client_of: Any, world: World, circle: Circle) -> Any:
    """A member of another unit."""
    return client_of("member", world.units["10.1"], person=circle.member)


# --- time -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "begins", "utc"),
    [("24.10.2026", "10:00", "20261024T080000Z"), ("25.10.2026", "10:00", "20261025T090000Z"),
     ("29.03.2026", "9 Uhr", "20260329T070000Z"), ("25.10.2026", "2.30 Uhr", "20261025T003000Z")],
)  # fmt: skip
def test_the_clock_on_the_wall_counts(
    lead: Any, circle: Circle, day: str, begins: str, utc: str
) -> None:
    url = f"/sitzungen/{circle.meeting.pk}/bearbeiten/"
    assert send(lead, url, {"day": day, "begins": begins}).status_code == 302
    text = lead.get(f"/sitzungen/{circle.meeting.pk}/termin.ics").content.decode()
    assert f"DTSTART:{utc}\r\n" in text and "LOCATION:Rathaus\\, Raum 3\r\n" in text


@pytest.mark.parametrize(("day", "begins"), [("29.03.2026", "02:30"), ("1.12.2026", "25:00"),
                                             ("1.12.2026", "bald"), ("", "10:00")])  # fmt: skip
def test_times_that_do_not_exist_are_refused(
    lead: Any, circle: Circle, day: str, begins: str
) -> None:
    answer = send(
        lead, f"/sitzungen/{circle.meeting.pk}/bearbeiten/", {"day": day, "begins": begins}
    )
    assert answer.status_code == 422
    assert Meeting.objects.get().begins == time(10)


# --- a meeting from invitation to task -----------------------------------------------------


def test_from_invitation_to_task(lead: Any, member: Any, circle: Circle, world: World) -> None:
    here = f"/sitzungen/{circle.meeting.pk}/"
    assert lead.post(here + "einladen/").status_code == 302
    assert Meeting.objects.get().state == "invited"
    write = f"{here}punkt/{circle.point.pk}/protokoll/"
    assert (
        send(member, write, {"text": "Beraten.", "resolution": "Sozialamt zuerst."}).status_code
        == 302
    )
    assert Minutes.objects.get().attendance == "Lena Leitung\nMia Mitglied"
    task = {"title": "Termin mit dem Sozialamt", "responsible": "Mia Mitglied", "due": "10.12.2026",
            "note": "", "link": ""}  # fmt: skip
    assert member.post(f"{here}aufgabe/neu/?punkt={circle.point.pk}", task).status_code == 302
    given = ActionItem.objects.get()
    assert (given.agenda_item, given.project) == (circle.point, world.open)
    for place in ("/aufgaben/", "/"):
        assert "Termin mit dem Sozialamt" in page(member, place)
    assert "SUMMARY:Aufgabe: Termin mit dem Sozialamt" in page(member, "/aufgaben.ics")
    assert (
        member.post(f"/aufgaben/{given.pk}/erledigt/", {"back": "//evil.example"}).url
        == "/aufgaben/"
    )
    assert ActionItem.objects.get().done_on == date(2026, 11, 20)
    assert member.post(f"/aufgaben/{given.pk}/offen/").status_code == 302
    assert ActionItem.objects.get().state == "open"


def test_release_freezes(
    lead: Any, member: Any, circle: Circle, client_of: Any, world: World
) -> None:
    here = f"/sitzungen/{circle.meeting.pk}/"
    minutes.change_point(circle.point.pk, actor=SYSTEM, version=1, values={"text": "Entwurf eins"})
    reader = client_of("member", world.units["11"])
    assert reader.get(here + "protokoll/").status_code == 404
    assert "Entwurf eins" not in page(reader, here)
    open_form = form_of(member.get(f"{here}punkt/{circle.second.pk}/protokoll/").content.decode())
    assert member.get(here + "protokoll/freigeben/").status_code == 403
    assert send(lead, here + "protokoll/freigeben/", {}).status_code == 302
    assert "Entwurf eins" in page(reader, here + "protokoll/")
    late = member.post(
        f"{here}punkt/{circle.second.pk}/protokoll/", {**open_form, "text": "zu spät"}
    )
    assert late.status_code == 422 and "zu spät" in late.content.decode()
    for name in ("punkt/neu/", "protokoll/kopf/"):
        assert lead.post(here + name, {"title": "x", "attendance": "x"}).status_code in (
            409,
            422,
        ), name
    assert (
        member.post(here + "protokoll/nachtrag/", {"text": "Es waren 12 Ämter."}).status_code == 302
    )
    assert "Es waren 12 Ämter." in page(reader, here + "protokoll/")


def test_a_changed_draft_is_not_released_unseen(lead: Any, member: Any, circle: Circle) -> None:
    here = f"/sitzungen/{circle.meeting.pk}/protokoll/"
    send(member, here + "kopf/", {"attendance": "alle"})
    asked = form_of(lead.get(here + "freigeben/").content.decode())
    send(member, here + "kopf/", {"attendance": "alle außer Frau Berg"})
    answer = lead.post(here + "freigeben/", asked)
    assert answer.status_code == 422 and Minutes.objects.get().state == "draft"


def test_two_write_one_point(lead: Any, member: Any, circle: Circle) -> None:
    url = f"/sitzungen/{circle.meeting.pk}/punkt/{circle.point.pk}/protokoll/"
    first, second = (form_of(client.get(url).content.decode()) for client in (lead, member))
    assert lead.post(url, {**first, "text": "Text der Leitung"}).status_code == 302
    answer = member.post(url, {**second, "text": "Text des Mitglieds"})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Text der Leitung" in html and "Text des Mitglieds" in html
    other = f"/sitzungen/{circle.meeting.pk}/punkt/{circle.second.pk}/protokoll/"
    assert send(member, other, {"text": "anderer Punkt"}).status_code == 302


def test_resolutions_become_decisions(circle: Circle, world: World) -> None:
    values = {"resolution": "Sozialamt zuerst.", "to_project": True}
    minutes.change_point(circle.point.pk, actor=SYSTEM, version=1, values=values)
    minutes.release(circle.meeting.pk, actor=SYSTEM, version=Minutes.objects.get().version)
    decision = Decision.objects.get()
    assert (decision.project, decision.text, decision.body) == (
        world.open,
        "Sozialamt zuerst.",
        "AK E-Akte",
    )
    assert AgendaItem.objects.get(pk=circle.point.pk).decision == decision


def test_a_lead_enters_no_decisions_elsewhere(lead: Any, circle: Circle) -> None:
    values = {"resolution": "Sozialamt zuerst.", "to_project": True}
    minutes.change_point(circle.point.pk, actor=SYSTEM, version=1, values=values)
    answer = send(lead, f"/sitzungen/{circle.meeting.pk}/protokoll/freigeben/", {})
    assert answer.status_code == 422 and "Vierte Welle" in answer.content.decode()
    assert not Decision.objects.exists() and Minutes.objects.get().state == "draft"


def test_open_tasks_are_carried_over_once(lead: Any, circle: Circle) -> None:
    tasks.give_task(actor=SYSTEM, meeting=circle.meeting,
                    values={"title": "Raum buchen", "responsible": circle.member})  # fmt: skip
    later = groups.plan_meeting(
        circle.group.pk, actor=SYSTEM, values={"day": date(2027, 1, 14), "begins": "10:00"}
    )
    url = f"/sitzungen/{later.pk}/offenes/"
    for _time in range(2):
        assert lead.post(url).status_code == 302
    assert [str(row) for row in later.agenda.all()] == ["Offen: Raum buchen (Mia Mitglied)"]


# --- who may ------------------------------------------------------------------------------

READ = {"groups", "group", "meeting", "meeting_calendar", "tasks", "tasks_calendar", "task"}
WRITE = {"meeting_carry", "meeting_task_new", "point_new", "point_edit", "point_remove",
         "point_write", "minutes", "minutes_edit"}  # fmt: skip
MANAGE = {"group_edit", "member_new", "member_remove", "meeting_new", "meeting_edit",
          "meeting_invite", "meeting_cancel", "minutes_release"}  # fmt: skip
TASK = {"task_done", "task_reopen"}
# (who, unit of the role, what opens beside "task_new")
TABLE: list[tuple[str, str | None, set[str]]] = [
    ("digital-unit", None, READ | {"group_new"} | WRITE | MANAGE | TASK | {"addendum_new"}),
    ("unit-head", "20", READ | {"group_new"} | WRITE | MANAGE | TASK | {"addendum_new"}),
    ("unit-head", "11", READ | {"group_new"}),
    ("lead", "20", READ | WRITE | MANAGE | TASK | {"addendum_new"}),
    ("member of it", "10.1", READ | WRITE | {"addendum_new"}),
    ("member", "20", READ),
    ("project-lead", "20", READ),
    ("admin", None, READ),
    ("auditor", None, READ),
    ("councillor", None, {"tasks", "tasks_calendar"}),
    ("", None, {"tasks"}),
]
GIVERS = {"digital-unit", "unit-head", "lead", "member of it", "member", "project-lead"}


def test_every_address_is_covered(circle: Circle) -> None:
    from leitstand.portfolio.web.urls_meetings import urlpatterns

    assert {str(pattern.name) for pattern in urlpatterns} == set(circle.urls())


@pytest.mark.parametrize(("who", "unit", "opens"), TABLE)
def test_who_opens_what(
    client_of: Any, world: World, circle: Circle, who: str, unit: str | None, opens: set[str]
) -> None:
    minutes.begin_minutes(circle.meeting.pk, actor=SYSTEM)
    person = {"lead": circle.lead, "member of it": circle.member}.get(who)
    role = "member" if person else who
    client = client_of(role, world.units[unit] if unit else None, person=person)
    allowed = opens | ({"task_new"} if who in GIVERS else set())
    found = {name for name, url in circle.urls().items() if client.get(url).status_code == 200}
    assert found == allowed, found ^ allowed


def test_a_confidential_group_shows_nowhere(client_of: Any, world: World) -> None:
    circle = Circle(world, SECRET, level=3)
    stranger = make_person(world.units["11"], "Otto", "Fremd", email="otto@example.org")
    task = tasks.give_task(
        actor=SYSTEM, meeting=circle.meeting,
        values={"title": "Lücke schließen", "responsible": stranger, "project": world.open},
    )  # fmt: skip
    for role, unit in (
        ("digital-unit", None),
        ("admin", None),
        ("unit-head", "11"),
        ("member", "20"),
    ):
        client = client_of(role, world.units[unit] if unit else None)
        for name, url in circle.urls().items():
            response = client.get(url)
            text = response.content.decode()
            assert SECRET not in text and "Lücke" not in text, (role, name)
            if str(circle.group.pk) in url or str(circle.meeting.pk) in url or str(task.pk) in url:
                assert response.status_code == 404, (role, name)
    own = client_of("member", world.units["11"], person=stranger)
    text = page(own, "/aufgaben/")
    assert "Lücke schließen" in text and SECRET not in text
    assert SECRET not in page(own, f"/aufgaben/{task.pk}/")
    head = client_of("unit-head", world.units["20"])
    assert SECRET in page(head, "/arbeitskreise/")


def test_hidden_projects_on_an_agenda_have_no_title(
    member: Any, circle: Circle, world: World
) -> None:
    minutes.add_point(
        circle.meeting.pk, actor=SYSTEM, values={"title": "Thema", "project": world.secret}
    )
    for url in (f"/sitzungen/{circle.meeting.pk}/", f"/sitzungen/{circle.meeting.pk}/protokoll/"):
        minutes.begin_minutes(circle.meeting.pk, actor=SYSTEM)
        assert "Turmfalke" not in page(member, url)
    url = f"/sitzungen/{circle.meeting.pk}/punkt/neu/"
    answer = member.post(
        url, {"title": "x", "position": "", "note": "", "link": world.secret.number}
    )
    assert answer.status_code == 422


def test_who_leaves_the_group_sees_it_no_longer(client_of: Any, world: World) -> None:
    circle = Circle(world, SECRET, level=2)
    client = client_of("member", world.units["10.1"], person=circle.member)
    assert SECRET in page(client, "/arbeitskreise/")
    row = circle.group.members.get(person=circle.member)
    groups.remove_member(circle.group.pk, row.pk, actor=SYSTEM)
    assert SECRET not in page(client, "/arbeitskreise/")
    groups.add_member(circle.group.pk, actor=SYSTEM, unit=world.units["10.1"])
    assert SECRET in page(client, "/arbeitskreise/")


def test_a_group_is_set_up_in_the_browser(client_of: Any, world: World) -> None:
    head = client_of("unit-head", world.units["20"])
    make_person(world.units["20"], "Vera", "Vorsitz")
    values = {**form_of(page(head, "/arbeitskreise/neu/"), 'name="purpose"'), "title": "AK Neu",
              "lead": "Vera Vorsitz", "unit": str(world.units["20"].pk)}  # fmt: skip
    answer = head.post("/arbeitskreise/neu/", {**values, "video_link": "javascript:alert(1)"})
    assert answer.status_code == 422
    assert head.post("/arbeitskreise/neu/", values).status_code == 302
    assert WorkingGroup.objects.get().members.count() == 1


def test_two_change_a_task(circle: Circle) -> None:
    task = tasks.give_task(actor=SYSTEM, values={"title": "Eins", "responsible": circle.lead})
    tasks.change_task(task.pk, actor=SYSTEM, version=1, values={"title": "Zwei"})
    with pytest.raises(Conflict):
        tasks.change_task(task.pk, actor=SYSTEM, version=1, values={"title": "Drei"})
    for bad in ("", "x\x00", "y\ud800", "z" * 301):
        with pytest.raises(Invalid):
            tasks.change_task(task.pk, actor=SYSTEM, version=2, values={"title": bad})


def test_a_task_is_talked_about_by_those_who_see_it(
    lead: Any, member: Any, circle: Circle, client_of: Any
) -> None:
    task = tasks.give_task(
        actor=SYSTEM, values={"title": "Eins", "responsible": circle.lead}, meeting=circle.meeting
    )
    sent = member.post(f"/kommentare/task/{task.pk}/neu/", {"text": "Schaffe ich bis Freitag"})
    assert sent.status_code == 302
    for reader in (lead, member):
        assert "Schaffe ich bis Freitag" in page(reader, f"/aufgaben/{task.pk}/")
    outside = client_of("councillor")
    assert outside.post(f"/kommentare/task/{task.pk}/neu/", {"text": "x"}).status_code in (403, 404)


@pytest.mark.parametrize(
    "url", ["/arbeitskreise/", "/aufgaben/", "{meeting}", "{meeting}protokoll/"]
)
def test_queries_do_not_grow(lead: Any, circle: Circle, world: World, url: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = url.format(meeting=f"/sitzungen/{circle.meeting.pk}/")
    minutes.begin_minutes(circle.meeting.pk, actor=SYSTEM)
    counts = []
    for more in (2, 12):
        for number in range(more):
            title = f"Mehr {more} {number}"
            groups.create_group(actor=SYSTEM, values={"title": title, "unit": world.units["20"],
                                                      "lead": circle.lead})  # fmt: skip
            point = minutes.add_point(
                circle.meeting.pk, actor=SYSTEM, values={"title": title, "project": world.open}
            )
            tasks.give_task(actor=SYSTEM, meeting=circle.meeting, agenda_item=point,
                            values={"title": title, "responsible": circle.lead})  # fmt: skip
        lead.get(address)
        with CaptureQueriesContext(connection) as caught:
            words(page(lead, address))
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_the_profile_names_needs_and_tasks_that_one_may_see(
    client_of: Any, member: Any, circle: Circle, world: World
) -> None:
    from leitstand.portfolio.actions import advice
    from tests.portfolio.test_needs import make_need

    for title, level in (("Offener Bedarf", 1), ("Stiller Bedarf", 2)):
        need = make_need(world.units["20"], title, confidentiality=level)
        advice.merge(need.pk, actor=SYSTEM, version=1, target=world.open, reason="dasselbe")
    secret = Circle(world, SECRET, level=3)
    for meeting, title in ((circle.meeting, "Raum buchen"), (secret.meeting, "Stille Aufgabe")):
        tasks.give_task(actor=SYSTEM, meeting=meeting, values={
            "title": title, "responsible": circle.lead, "project": world.open})  # fmt: skip
    text = words(page(member, f"/vorhaben/{world.open.pk}/"))
    assert "Offener Bedarf" in text and "Raum buchen" in text
    assert "Stiller Bedarf" not in text and "Stille Aufgabe" not in text
