"""Who is told of needs, meetings, tasks and comments: once, and nothing confidential by mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from leitstand.core.base.actions import remember
from leitstand.core.comments import actions as comments
from leitstand.core.notify.models import Mail, Notification
from leitstand.portfolio.actions import groups, tasks
from leitstand.portfolio.actions.projects import change_project
from leitstand.portfolio.actions.telling import remind_of_tasks
from leitstand.portfolio.models import ActionItem
from tests.portfolio.making import SYSTEM, lead, make_person, make_project
from tests.portfolio.test_meetings import Circle
from tests.portfolio.test_needs import make_need, step
from tests.portfolio.views import World


def told(person: Any) -> list[str]:
    """Subjects of the person's notices, oldest first."""
    rows = Notification.objects.filter(person_id=person.pk).order_by("created_at", "pk")
    return list(rows.values_list("subject", flat=True))


@pytest.fixture
def dora(client_of: Any, world: World) -> Any:
    """Somebody of the digital unit."""
    person = make_person(world.units["10"], "Dora", "Digital", email="dora@example.org")
    return client_of("digital-unit", None, person=person)


def test_a_need_and_its_course(client_of: Any, dora: Any, world: World) -> None:
    person = make_person(world.units["20"], "Berta", "Frage", email="berta@example.org")
    asker = client_of("member", world.units["20"], person=person)
    need = make_need(world.units["20"], contact=person)
    assert told(dora.account.person) == ["Neuer Bedarf B-00001"]
    step(dora, need, "uebernehmen")
    step(dora, need, "frage", text="Wozu?")
    step(asker, need, "antwort", text="Darum.")
    step(dora, need, "beantworten", text="Gibt es schon.")
    assert told(person) == ["Neues zu Ihrem Bedarf B-00001"] * 2
    assert told(dora.account.person) == ["Neuer Bedarf B-00001", "Antwort zu B-00001"]


def test_nothing_confidential_leaves_by_mail(client_of: Any, dora: Any, world: World) -> None:
    person = make_person(world.units["20"], "Berta", "Frage", email="berta@example.org")
    client_of("member", world.units["20"], person=person)
    need = make_need(world.units["20"], "Geheimes Wort", confidentiality=2, contact=person)
    step(dora, need, "frage", text="Geheimes Wort?")
    comments.post("need", need.pk, actor=SYSTEM, text="Geheimes Wort @Berta Frage")
    circle = Circle(world, "Geheimes Wort", level=2)
    groups.invite(circle.meeting.pk, actor=SYSTEM)
    tasks.give_task(actor=SYSTEM, meeting=circle.meeting,
                    values={"title": "Geheimes Wort", "responsible": circle.member})  # fmt: skip
    said = [*Mail.objects.values_list("subject", "body"), *Notification.objects.values_list("subject", "text")]
    assert len(said) > 6
    assert not [pair for pair in said if "Geheimes" in str(pair)]


def test_members_are_invited_once_per_version(world: World) -> None:
    circle = Circle(world)
    for _time in range(2):
        groups.invite(circle.meeting.pk, actor=SYSTEM)
    assert told(circle.member) == ["Sitzung am 03.12.2026 um 10:00 Uhr"]
    circle.meeting.refresh_from_db()
    groups.change_meeting(circle.meeting.pk, actor=SYSTEM, version=circle.meeting.version,
                          values={"begins": "11:00"})  # fmt: skip
    groups.cancel(circle.meeting.pk, actor=SYSTEM, reason="Krankheit")
    assert told(circle.member)[1:] == ["Sitzung am 03.12.2026 um 11:00 Uhr", "Sitzung am 03.12.2026 abgesagt"]


def test_tasks_are_reminded_of_once(world: World, settings: Any) -> None:
    circle = Circle(world)
    task = tasks.give_task(
        actor=SYSTEM, values={"title": "Raum buchen", "responsible": circle.member, "due": date(2026, 11, 22)}
    )
    assert told(circle.member) == ["Eine Aufgabe für Sie"]
    for day in (20, 20, 21, 22, 23, 24):
        settings.CONFIG = replace(settings.CONFIG, today=date(2026, 11, day))
        remind_of_tasks()
    assert told(circle.member)[1:] == ["Aufgabe fällig am 22.11.2026", "Aufgabe überfällig"]
    ActionItem.objects.filter(pk=task.pk).update(due=date(2026, 11, 1), state="done")
    settings.CONFIG = replace(settings.CONFIG, today=date(2026, 11, 25))
    assert remind_of_tasks() == 0


def test_leads_hear_of_comments_while_they_see_the_project(client_of: Any, world: World) -> None:
    person = make_person(world.units["10.1"], "Paul", "Leiter", email="paul@example.org")
    client_of("project-lead", world.units["10.1"], person=person)
    lead(world.open, person)
    comments.post("project", world.open.pk, actor=SYSTEM, text="Ein Satz")
    assert told(person) == ["Neuer Kommentar"]
    lead(world.idea, make_person(world.units["20"], "Ohne", "Konto", email="ohne@example.org"))
    comments.post("project", world.idea.pk, actor=SYSTEM, text="Ein Satz")
    assert Notification.objects.count() == 1


def test_a_task_that_comes_back_is_told_again(world: World) -> None:
    anna, bert = (make_person(world.units["11"], name, "Ring", email=f"{name}@example.org") for name in ("a", "b"))
    task = tasks.give_task(actor=SYSTEM, values={"title": "Ausweise", "responsible": anna, "project": world.open})
    for person in (bert, anna):
        task = tasks.change_task(task.pk, actor=SYSTEM, version=task.version, values={"responsible": person})
    assert told(anna) == ["Eine Aufgabe für Sie"] * 2


def test_the_trail_names_nobody_beside_a_task_taken_over(world: World) -> None:
    from leitstand.core.audit.models import AuditEvent
    from leitstand.portfolio.actions import minutes

    circle = Circle(world, "Runde")
    tasks.give_task(actor=SYSTEM, meeting=circle.meeting, values={"title": "Protokoll", "responsible": circle.member})
    following = groups.plan_meeting(
        circle.group.pk, actor=SYSTEM, values={"day": date(2027, 1, 5), "begins": "10:00"}
    )
    assert minutes.carry_over(following.pk, actor=SYSTEM) == 1
    point = following.agenda.get()
    assert str(circle.member) in point.title
    point = minutes.change_point(point.pk, actor=SYSTEM, version=point.version, values={"note": "Eilt"})
    point = minutes.change_point(point.pk, actor=SYSTEM, version=point.version, values={"title": "Anders"})
    minutes.remove_point(point.pk, actor=SYSTEM, version=point.version)
    assert not [e.changes for e in AuditEvent.objects.all() if str(circle.member) in str(e.changes)]


def test_reminding_of_many_tasks_takes_no_more_queries(world: World, django_assert_max_num_queries: Any) -> None:
    person = make_person(world.units["10"], "Dora", "Digital", email="dora@example.org")
    for number in range(30):
        values = {"title": f"Aufgabe {number}", "responsible": person, "due": date(2026, 11, 1)}
        tasks.give_task(actor=SYSTEM, values=values)
    with django_assert_max_num_queries(20):
        assert remind_of_tasks() == 30
    remember("portfolio.tasks.reminded", "")
    with django_assert_max_num_queries(8):
        assert remind_of_tasks() == 0


def test_titles_go_from_notices_when_the_level_is_raised(world: World, client_of: Any, settings: Any) -> None:
    settings.CONFIG = replace(settings.CONFIG, smtp_url="smtp://127.0.0.1:9")
    person = make_person(world.units["10"], "Dora", "Digital", email="dora@example.org")
    dora = client_of("member", world.units["10"], person=person)
    project = make_project(world.units["10"], "Heikle Sache")
    other = make_project(world.units["10"], "Offene Sache")
    for thing in (project, other):
        values = {"title": f"Zu: {thing.title}", "responsible": person, "project": thing}
        task = tasks.give_task(actor=SYSTEM, values=values)
        comments.post("task", task.pk, actor=SYSTEM, text="@Dora Digital")
        comments.post("project", thing.pk, actor=SYSTEM, text="@Dora Digital")
    page = dora.get("/mitteilungen/").content.decode()
    assert page.count("Heikle Sache") and page.count("Offene Sache")
    change_project(project.pk, actor=SYSTEM, version=1, values={"confidentiality": 2})
    page = dora.get("/mitteilungen/").content.decode()
    assert "Heikle Sache" not in page and "(vertraulich)" in page and "Offene Sache" in page
    mails = [*Mail.objects.values_list("subject", "body")]
    assert "Heikle Sache" not in str(mails) and "Offene Sache" in str(mails)
