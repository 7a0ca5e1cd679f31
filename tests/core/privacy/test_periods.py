"""Each kind of data goes after its period, with its versions; what is younger or a record stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.test import Client
from tests.portfolio.making import SYSTEM, lead, make_person, make_project
from tests.portfolio.rounds.making import opened

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.audit.models import AuditEvent
from leitstand.core.base import clock
from leitstand.core.comments import actions as comments
from leitstand.core.comments.models import Comment, Mention
from leitstand.core.files.actions import keep_file
from leitstand.core.history import tracked
from leitstand.core.privacy.actions import retention
from leitstand.core.privacy.registry import retention_kinds
from leitstand.core.saved.models import SavedView
from leitstand.portfolio.actions import advice, groups, minutes, tasks
from leitstand.portfolio.actions.imports.cleaning import remove_old
from leitstand.portfolio.actions.needs import file_need
from leitstand.portfolio.actions.projects import delete_project
from leitstand.portfolio.actions.rounds.answering import Answer, give_report
from leitstand.portfolio.actions.rounds.closing import close_round
from leitstand.portfolio.models import (
    ActionItem,
    GroupMember,
    ImportRun,
    Indicator,
    IndicatorValue,
    Meeting,
    Minutes,
    Need,
    Project,
    RoundLink,
    StatusReport,
    StatusRequest,
    StatusRound,
    WorkingGroup,
)

pytestmark = pytest.mark.django_db


def age(rows: Any, years: int) -> None:
    """Let rows be as old as if they had been written years ago."""
    for field in rows.model._meta.concrete_fields:
        if isinstance(field, models.DateField) and field.name != "due":
            moment = clock.now() - timedelta(days=366 * years)
            value = moment if isinstance(field, models.DateTimeField) else moment.date()
            rows.exclude(**{field.name: None}).update(**{field.name: value})


def due() -> dict[str, int]:
    return {p.kind.code: n for p in retention.periods() if (n := p.due())}


def run() -> dict[str, int]:
    return retention.run(actor=SYSTEM)


def versions_of(model: Any) -> Any:
    return tracked.of(model).period._default_manager


def test_working_together(unit_tree: Any) -> None:
    unit, person = unit_tree["10"], make_person(unit_tree["10"], "Ina", "Blau", email="ina@example.org")
    project = make_project(unit, "Vorhaben")
    group = groups.create_group(actor=SYSTEM, values={"title": "Kreis", "unit": unit, "lead": person})
    met, noted, fresh = (
        groups.plan_meeting(group.pk, actor=SYSTEM, values={"day": clock.today(), "begins": "10:00"})
        for _n in range(3)
    )
    for meeting in (noted, fresh):
        draft = minutes.begin_minutes(meeting.pk, actor=SYSTEM)
        draft = minutes.change_minutes(
            meeting.pk, actor=SYSTEM, version=draft.version, values={"attendance": "alle"}
        )
        minutes.release(meeting.pk, actor=SYSTEM, version=draft.version)
    done, still = (
        tasks.give_task(actor=SYSTEM, values={"title": t, "responsible": person, "project": project})
        for t in ("Getan", "Offen")
    )
    tasks.finish(done.pk, actor=SYSTEM)
    decided, asked = (file_need(actor=SYSTEM, values={"title": t, "unit": unit}) for t in ("Alt", "Neu"))
    advice.answer(decided.pk, actor=SYSTEM, version=decided.case.version, text="So.")
    for kind, thing in (("meeting", met), ("task", done), ("need", decided), ("task", still)):
        comments.post(kind, thing.pk, actor=SYSTEM, text="Gut.")
    assert due() == {}
    age(Meeting.objects.exclude(pk=fresh.pk), 3)
    age(Minutes.objects.filter(meeting=noted), 3)
    age(ActionItem.objects.all(), 3)
    type(asked.case).objects.update(state_since=clock.today() - timedelta(days=366 * 6))
    age(WorkingGroup.objects.all(), 3)
    expected = {"meetings": 1, "tasks": 1, "needs": 1}
    assert (due(), Meeting.objects.count()) == (expected, 3), "looking changes nothing"
    assert run() == expected
    assert run() == {}, "nothing is done twice"
    assert set(Meeting.objects.all()) == {noted, fresh}, "minutes are records"
    assert list(ActionItem.objects.all()) == [still] and list(Need.objects.all()) == [asked]
    assert list(Comment.objects.values_list("object_id", flat=True)) == [still.pk]
    for model, there in ((Meeting, {noted.pk, fresh.pk}), (ActionItem, {still.pk}), (Need, {asked.pk})):
        assert set(versions_of(model).values_list("object_id", flat=True)) == there, model
    age(Minutes.objects.filter(meeting=noted), 11)
    WorkingGroup.objects.update(active=False)
    Comment.objects.update(created_at=clock.now() - timedelta(days=366 * 4))
    assert run() == {"comments": 1, "members": 1, "minutes": 1}
    assert not Mention.objects.exists() and not GroupMember.objects.exists()
    assert not versions_of(GroupMember).exists()
    assert list(Minutes.objects.values_list("meeting", flat=True)) == [fresh.pk]
    said = AuditEvent.objects.filter(type="privacy.removed")
    assert said.count() == 6, "one event for each kind and step"


def test_rounds(unit_tree: Any, client_of: Any) -> None:
    person = make_person(unit_tree["10"], email="anna@example.org")
    project = make_project(unit_tree["10"], "Vorhaben", phase="running")
    lead(project, person)
    rows = [opened(title=title, as_of=clock.today(), opens_on=clock.today(), due_on=clock.today())
            for title in ("Alt", "Offen")]  # fmt: skip
    for row in rows:
        request = row.requests.get()
        give_report(request.pk, actor=SYSTEM, way="page", version=request.version, answer=Answer(unchanged=True))
    close_round(rows[0].pk, actor=SYSTEM)
    comments.post("status-report", rows[0].reports.get().pk, actor=SYSTEM, text="Gut.")
    age(StatusRound.objects.all(), 2)
    assert due() == {"round-requests": 1}
    assert run() == {"round-requests": 1}
    assert set(StatusRequest.objects.exclude(person=None).values_list("round", flat=True)) == {rows[1].pk}
    assert set(RoundLink.objects.values_list("round", flat=True)) == {rows[1].pk}
    page = client_of("digital-unit").get(f"/statusrunden/{rows[0].pk}/")
    assert page.status_code == 200 and "1 von 1" in page.content.decode()
    age(StatusRound.objects.all(), 11)
    assert run() == {"rounds": 1}
    assert list(StatusRound.objects.all()) == [rows[1]]
    assert set(StatusReport.objects.values_list("round", flat=True)) == {rows[1].pk}
    assert not Comment.objects.exists()
    assert set(versions_of(StatusRound).values_list("object_id", flat=True)) == {rows[1].pk}


def test_views_imports_entries_accounts(unit_tree: Any, account: Any) -> None:
    from allauth.account.models import EmailAddress

    person = make_person(unit_tree["10"], "Ina", "Blau", email="ina@example.org")
    gone, there = account("member", person=person), account("member")
    for who in (gone, there):
        SavedView.objects.create(account=who, page="list", name="Meine", query="")
    SavedView.objects.create(account=gone, page="list", name="Alle", query="", audience="all")
    EmailAddress.objects.create(user=gone, email="ina@example.org")
    Account.objects.filter(pk=gone.pk).update(
        is_active=False, last_login=clock.now() - timedelta(days=400)
    )
    value = IndicatorValue.objects.create(
        indicator=Indicator.objects.create(code="K1", name="Anteil"), day=clock.today(), value=1,
        entered_by=person,
    )  # fmt: skip
    age(IndicatorValue.objects.all(), 3)
    runs = [_import(gone, text) for text in (b"a;b", b"c;d")]
    ImportRun.objects.filter(pk=runs[0].pk).update(updated_at=clock.now() - timedelta(days=40))
    assert due() == {"accounts": 1, "saved-views": 1, "imports": 1, "indicator-entries": 1}
    retention.set_period("imports", months=None, reason="Prüfung läuft", actor=SYSTEM)
    assert (remove_old(), ImportRun.objects.count()) == (0, 2), "the city's period holds every day"
    retention.set_period("imports", months=1, reason="Wie zuvor", actor=SYSTEM)
    assert run() == {"accounts": 1, "saved-views": 1, "imports": 1, "indicator-entries": 1}
    assert set(SavedView.objects.values_list("account", "name")) == {(there.pk, "Meine"), (gone.pk, "Alle")}
    assert list(ImportRun.objects.all()) == [runs[1]]
    assert not EmailAddress.objects.exists()
    value.refresh_from_db()
    assert (value.value, value.entered_by) == (1, None)
    assert not versions_of(IndicatorValue).exclude(entered_by_id=None).exists()


def _import(who: Any, content: bytes) -> ImportRun:
    file = keep_file([content], actor=of_account(who), name="x.csv")
    return ImportRun.objects.create(file=file, started_by=who, state="preview")


def test_versions_of_what_was_deleted(unit_tree: Any) -> None:
    gone, there = (make_project(unit_tree["10"], title) for title in ("Weg", "Da"))
    delete_project(gone.pk, actor=SYSTEM, version=gone.version, reason="Doppelt angelegt")
    rows = versions_of(Project)
    assert set(rows.values_list("object_id", flat=True)) == {gone.pk, there.pk}
    assert due() == {}
    long_ago = clock.now() - timedelta(days=366 * 11)
    rows.filter(removed=True).update(valid_to=long_ago, valid_from=long_ago - timedelta(days=1))
    rows.filter(object_id=there.pk).update(valid_from=long_ago)
    assert due() == {"former": 1}
    assert run() == {"former": 1}
    assert set(rows.values_list("object_id", flat=True)) == {there.pk}


def test_the_page_says_what_is_kept_and_why(client_of: Any) -> None:
    auditor: Client = client_of("auditor")
    page = auditor.get("/verwaltung/datenschutz/").content.decode()
    for kind in retention_kinds:
        assert str(kind.label) in page
    assert "Ohne Frist aufbewahrt" in page and "Unterlagen" in page
