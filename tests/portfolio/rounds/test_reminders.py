"""Reminders that a round sends by itself: which days, to whom, never twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from leitstand.core.base.errors import Invalid
from leitstand.core.notify.models import Mail
from leitstand.portfolio.actions.rounds.reminding import remind, remind_due
from leitstand.portfolio.domain import reminders
from leitstand.portfolio.models import RoundReminder
from tests.portfolio.making import SYSTEM, send
from tests.portfolio.rounds.making import TODAY, City, link_of, opened, work
from tests.portfolio.views import words

At = Callable[..., None]


def test_days_are_read_and_planned() -> None:
    assert reminders.parse("2; 7 , 7") == (7, 2)
    assert reminders.parse(" ") == ()
    for wrong in ("morgen", "-1", "61", "1,2,3,4,5,6", "1.5", "7 Tage"):
        with pytest.raises(ValueError):
            reminders.parse(wrong)
    due = date(2026, 12, 4)
    assert reminders.planned(due, (20, 7, 0), date(2026, 11, 18)) == [date(2026, 11, 27), due]
    days = [date(2026, 11, 27), date(2026, 12, 2)]
    assert reminders.due(days, [], date(2026, 11, 26)) is None
    assert reminders.due(days, [], date(2026, 12, 3)) == days[1], "made up for once, not twice"
    assert reminders.due(days, [date(2026, 12, 3)], date(2026, 12, 3)) is None


def test_a_round_reminds_by_itself_and_nobody_twice(city: City, at: At) -> None:
    at(TODAY)
    row = opened(due_on=TODAY + timedelta(days=10), reminder_days="7, 2")
    assert Client().post(link_of(city.anna)).status_code == 302  # Anna has answered all of hers
    before = Mail.objects.count()
    at(TODAY + timedelta(days=2))
    assert remind_due() == 0
    first = TODAY + timedelta(days=3)
    at(first, 7, 59)
    assert remind_due() == 0, "nobody is written to before the round's hour"
    at(first, 8)
    assert [remind_due(), remind_due()] == [1, 0]
    remind(row.pk, actor=SYSTEM)  # somebody presses the button on the same day
    work()
    new = Mail.objects.order_by("pk")[before:]
    assert [mail.address for mail in new] == ["otto@example.org"]
    assert "Erinnerung" in new[0].body
    at(TODAY + timedelta(days=9))  # the worker stood still on the planned day
    assert [remind_due(), remind_due()] == [1, 0]
    work()
    assert Mail.objects.count() == before + 2
    at(TODAY + timedelta(days=11))
    assert remind_due() == 0, "the answers are overdue, the plan has ended"
    sent = RoundReminder.objects.filter(round=row)
    assert [(r.day - TODAY, r.planned, r.people) for r in sent] == [
        (timedelta(days=3), True, 1), (timedelta(days=9), True, 1),
    ]  # fmt: skip


def test_the_job_may_run_again_after_a_kill(city: City, at: At) -> None:
    from leitstand.portfolio.actions.rounds.reminding import send_reminder

    at(TODAY)
    row = opened(due_on=TODAY + timedelta(days=1), reminder_days="0")
    at(TODAY + timedelta(days=1))
    assert remind_due() == 1
    day, before = (TODAY + timedelta(days=1)).isoformat(), Mail.objects.count()
    counts = [send_reminder(row.pk, day, lambda *_: None)["mails"] for _n in range(3)]
    work()
    assert counts == [2, 0, 0]
    assert Mail.objects.count() == before + 2
    assert RoundReminder.objects.get().people == 2


def test_change_of_summer_time(city: City, at: At) -> None:
    """The day of 25 hours and the one of 23 remind once, on the city's clock."""
    for day, hours in (
        (date(2026, 10, 25), [(0, 0), (2, 0), (2, 1), (3, 0), (7, 0), (8, 0), (23, 0)]),
        (date(2027, 3, 28), [(0, 0), (1, 0), (3, 0), (7, 0), (8, 0), (23, 0)]),
    ):
        at(day - timedelta(days=5))
        opened(title=str(day), as_of=day, opens_on=day - timedelta(days=5), due_on=day + timedelta(days=2),
               reminder_days="2")  # fmt: skip
        found = []
        for hour, fold in hours:
            at(day, hour, fold=fold)
            found.append(remind_due())
        assert sum(found) == 1 and found[-2] == 1, day
        at(day + timedelta(days=1))
        assert remind_due() == 0


def test_the_page_shows_them_and_they_can_be_changed(city: City, at: At, client_of: Any) -> None:
    at(TODAY)
    row = opened(due_on=TODAY + timedelta(days=10))
    client, url = client_of("digital-unit"), f"/statusrunden/{row.pk}/"
    shown = words(client.get(url).content.decode())
    assert "23.11.2026 von selbst geplant" in shown and "28.11.2026 von selbst geplant" in shown
    wrong = send(client, url + "bearbeiten/", {"reminder_days": ["jede Woche"]})
    assert wrong.status_code == 422
    assert "Höchstens fünf ganze Zahlen von 0 bis 60" in words(wrong.content.decode())
    assert send(client, url + "bearbeiten/", {"reminder_days": ["1"]}).status_code == 302
    at(TODAY + timedelta(days=9))
    assert remind_due() == 1
    work()
    shown = words(client.get(url).content.decode())
    assert "29.11.2026 von selbst 2 Personen angeschrieben" in shown
    assert "28.11.2026" not in shown
    assert f'action="{url}erinnern/"' not in client.get(url).content.decode(), "today it is done"
    longer = {"due_on": ["31.12.2026"], "reminder_days": [""]}
    expiry = row.links.first().expires_at
    assert send(client, url + "bearbeiten/", longer).status_code == 302
    assert row.links.first().expires_at > expiry, "links live as long as the new date says"
    assert remind_due() == 0


def test_days_are_checked_by_the_action_too(city: City) -> None:
    with pytest.raises(Invalid) as caught:
        opened(reminder_days="täglich")
    assert list(caught.value.errors) == ["reminder_days"]
