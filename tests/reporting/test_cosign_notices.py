"""Who hears of co-signatures by notice and e-mail, and when they are reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.test import Client

from leitstand.core.base.actor import Actor
from leitstand.core.notify.models import Mail, Notification
from leitstand.reporting.actions import report_steps, reports, telling_reports
from leitstand.reporting.models import CoSignature, Report
from tests.portfolio.making import make_person
from tests.portfolio.views import TODAY, World
from tests.reporting.test_reports import made, post, url

SYSTEM = Actor.system("test")


def told(account: Any) -> list[str]:
    return list(Notification.objects.filter(account=account).order_by("id").values_list("subject", flat=True))


def test_those_asked_and_those_who_wrote_are_told(world: World, account: Any, settings: Any) -> None:
    from leitstand.core.accounts.identity import of_account

    units = world.units
    head = account("unit-head", units["11"], person=make_person(units["11"], "Paula", "Amt"))
    other = account("unit-head", units["20"], person=make_person(units["20"], "Kai", "Kasse"))
    member = account("member", units["11"], person=make_person(units["11"], "Mia", "Mit"))
    writer = account("digital-unit", None, person=make_person(units["10"], "Dora", "Digital"))
    report = made(world)
    reports.generate(report.pk, actor=of_account(writer), day=TODAY)
    asked = {"units": [units["11"].pk], "until": TODAY + timedelta(days=7)}
    report_steps.send(report.pk, actor=of_account(writer), **asked)
    assert told(head) == ["Bitte zeichnen Sie einen Bericht mit"]
    assert told(other) == told(member) == told(writer) == []
    text = Notification.objects.get(account=head).text
    assert "Bericht Herbst" in text and "27.11.2026" in text
    assert Mail.objects.filter(account=head).count() == 1
    for day, number in ((20, 0), (24, 0), (25, 1), (25, 0), (26, 0), (28, 1), (29, 0)):
        settings.CONFIG = replace(settings.CONFIG, today=date(2026, 11, day))
        assert telling_reports.remind() == number, day
    settings.CONFIG = replace(settings.CONFIG, today=TODAY)
    assert len(told(head)) == 3
    report_steps.cosign(report.pk, actor=of_account(head), agree=False, note="Zahl auf Seite 2")
    assert told(writer) == ["Widerspruch zu Ihrem Bericht"]
    report_steps.send(report.pk, actor=of_account(writer), units=[units["11"].pk, units["20"].pk])
    report_steps.cosign(report.pk, actor=of_account(head), agree=True)
    assert len(told(writer)) == 1  # one is still missing
    report_steps.call_back(report.pk, actor=of_account(writer), reason="Tippfehler")
    assert told(other)[-1] == "Ein Bericht wurde zurückgeholt"
    assert len(told(head)) == 4  # asked twice, reminded twice; had signed when it was called back


def test_without_a_day_reminders_come_every_five_days(world: World, account: Any, settings: Any) -> None:
    account("unit-head", world.units["20"], person=make_person(world.units["20"], "Kai", "Kasse"))
    report = made(world)
    report_steps.send(report.pk, actor=SYSTEM, units=[world.units["20"].pk])
    begun = CoSignature.objects.get().created_at.date()
    counts = []
    for days in (1, 4, 5, 6, 10):
        settings.CONFIG = replace(settings.CONFIG, today=begun + timedelta(days=days))
        counts.append(telling_reports.remind())
    assert counts == [0, 0, 1, 0, 1]


def test_nothing_confidential_goes_by_mail(world: World, account: Any) -> None:
    """No head of the unit: those who sign for the whole city are asked."""
    person = make_person(world.units["10"], "Dora", "Digital")
    staff = account("digital-unit", None, person=person)
    report = made(world, level=2, title="Standort Turmfalke")
    report_steps.send(report.pk, actor=SYSTEM, units=[world.units["10"].pk])
    assert "Turmfalke" not in Notification.objects.get(account=staff).text


def test_a_day_that_has_passed_is_refused(world: World, staff: Client) -> None:
    report = made(world)
    data = {"units": [str(world.units["11"].pk)], "until": "2026-11-01"}
    assert "vorbei" in post(staff, url(report, "schritt/mitzeichnung/"), 422, **data)
    assert Report.objects.get().state == "draft"
