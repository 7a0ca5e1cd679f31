"""Reports of barriers: taken from everybody, kept, sent, closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.actor import Actor
from leitstand.core.jobs.models import Job
from leitstand.core.jobs.running import run_job
from leitstand.shell import actions, context
from leitstand.shell.models import AccessibilityFeedback

URL = "/barriere-melden/"
REPORT = {
    "text": "Der Knopf hat keinen Namen.",
    "page": "/oeffentlich/",
    "email": "ich@example.org",
}


@pytest.fixture
def visitor(db: None) -> Client:
    return Client(headers={"accept-language": "de"})


def test_report_is_kept_without_log_in(visitor: Client) -> None:
    form = visitor.get(f"{URL}?seite=/oeffentlich/").content.decode()
    assert 'value="/oeffentlich/"' in form
    response = visitor.post(URL, REPORT)
    assert response.status_code == 302
    assert "Ihre Meldung ist angekommen" in visitor.get(response["Location"]).content.decode()
    row = AccessibilityFeedback.objects.get()
    assert (row.text, row.page, row.email) == tuple(REPORT.values())
    event = AuditEvent.objects.get(type="shell.feedback.received")
    assert "ich@" not in str(event.changes)


@pytest.mark.parametrize(
    "values",
    [{"text": ""}, {"text": "   "}, {"text": "x" * 5001}, {"email": "kein"}, {"page": "x" * 301}],
)
def test_wrong_report_comes_back_with_what_was_typed(
    visitor: Client, values: dict[str, str]
) -> None:
    response = visitor.post(URL, {**REPORT, **values})
    assert response.status_code == 422
    assert not AccessibilityFeedback.objects.exists()
    kept = "Der Knopf hat keinen Namen." if "text" not in values else "ich@example.org"
    assert kept in response.content.decode()


def test_programs_that_fill_every_field_are_not_told(visitor: Client) -> None:
    response = visitor.post(URL, {**REPORT, "website": "https://spam.example"})
    assert response.status_code == 302
    assert not AccessibilityFeedback.objects.exists()


def test_flood_from_one_address_is_stopped_and_others_go_on(visitor: Client) -> None:
    for _number in range(5):
        assert visitor.post(URL, REPORT).status_code == 302
    stopped = visitor.post(URL, REPORT)
    assert stopped.status_code == 429
    assert "Der Knopf hat keinen Namen." in stopped.content.decode()
    other = visitor.post(URL, REPORT, REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 302
    assert AccessibilityFeedback.objects.count() == 6


def test_closing_erases_the_address(visitor: Client, client_of: Any) -> None:
    visitor.post(URL, REPORT)
    row = AccessibilityFeedback.objects.get()
    url = f"/verwaltung/barrieren/{row.id}/erledigt/"
    assert visitor.post(url).status_code == 302
    assert client_of("member").post(url).status_code == 403
    keeper = client_of("admin")
    assert "ich@example.org" in keeper.get("/verwaltung/barrieren/").content.decode()
    assert keeper.get(url).status_code == 405
    assert keeper.post(url).status_code == 302
    row.refresh_from_db()
    assert row.closed_at is not None
    assert row.email == ""
    closed = row.closed_at
    keeper.post(url)
    row.refresh_from_db()
    assert row.closed_at == closed
    page = keeper.get("/verwaltung/barrieren/").content.decode()
    assert "ich@example.org" not in page
    assert "Der Knopf hat keinen Namen." in page


def test_reports_are_read_by_those_who_keep_the_site(client_of: Any, unit_tree: Any) -> None:
    assert client_of("digital-unit").get("/verwaltung/barrieren/").status_code == 200
    assert client_of("member").get("/verwaltung/barrieren/").status_code == 403
    assert (
        client_of("digital-unit", unit_tree["10"]).get("/verwaltung/barrieren/").status_code == 403
    )


def test_report_is_mailed_if_mail_and_address_are_set(visitor: Client, settings: Any) -> None:
    actions.change_site(
        actor=Actor.system("test"), city="Stadt\nX", feedback_email="amt@example.org"
    )
    context.forget_site()
    visitor.post(URL, REPORT)
    assert not Job.objects.exists()  # no mail has been set up
    settings.CONFIG = replace(settings.CONFIG, smtp_url="smtp://localhost")
    visitor.post(URL, REPORT)
    job = Job.objects.get()
    run_job(job.id)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"sent": 1})
    (message,) = mail.outbox
    assert message.to == ["amt@example.org"]
    assert message.reply_to == ["ich@example.org"]
    assert "\n" not in message.subject
    assert "Der Knopf hat keinen Namen." in message.body
    assert "/verwaltung/barrieren/" in message.body


def test_report_closed_before_it_was_sent_is_not_mailed(visitor: Client, settings: Any) -> None:
    actions.change_site(actor=Actor.system("test"), feedback_email="amt@example.org")
    context.forget_site()
    settings.CONFIG = replace(settings.CONFIG, smtp_url="smtp://localhost")
    visitor.post(URL, REPORT)
    row = AccessibilityFeedback.objects.get()
    actions.close_feedback(row.id, actor=Actor.system("test"))
    run_job(Job.objects.get().id)
    assert mail.outbox == []
