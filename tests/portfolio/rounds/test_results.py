"""What a round brought: on its page, as files, report by report with comments; hidden stays hidden."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from leitstand.core.comments.models import Comment
from leitstand.core.notify.models import Notification
from leitstand.portfolio.actions.projects import delete_project
from leitstand.portfolio.actions.rounds.answering import Answer, give_report
from leitstand.portfolio.actions.rounds.closing import close_round
from leitstand.portfolio.domain.lights import Dimension
from tests.portfolio.making import SYSTEM, lead, make_person, make_project
from tests.portfolio.rounds.making import City, opened
from tests.portfolio.views import body, words


@pytest.fixture
def row(city: City) -> Any:
    """An open round with two answers: a visible project is red, the secret one, too."""
    found = opened()
    answer_for(found, city.projects[0], "=Preis steigt")
    answer_for(found, city.secret, "Geheimer Satz")
    return found


def answer_for(row: Any, project: Any, summary: str) -> Any:
    request = row.requests.get(project=project)
    answer = Answer(
        lights={Dimension.COST: ("red", "teurer")}, summary=summary, outlook="Es geht weiter."
    )
    return give_report(request.pk, actor=SYSTEM, way="page", version=request.version, answer=answer)


def files(client: Client, row: Any) -> dict[str, Any]:
    """The three files, read again."""
    from openpyxl import load_workbook

    url = f"/statusrunden/{row.pk}/export."
    got = {form: body(client.get(url + form)) for form in ("csv", "json", "xlsx")}
    sheet = load_workbook(io.BytesIO(got["xlsx"])).worksheets[0]
    return {
        "csv": list(csv.DictReader(io.StringIO(got["csv"].decode("utf-8-sig")), delimiter=";")),
        "json": json.loads(got["json"]),
        "xlsx": [[cell.value for cell in line] for line in sheet.iter_rows()],
    }


@pytest.mark.parametrize("state", ["open", "closed"])
def test_files_hold_what_the_reader_may_see(
    city: City, row: Any, client_of: Any, state: str
) -> None:
    if state == "closed":
        close_round(row.pk, actor=SYSTEM)
    seen = files(client_of("member", city.units["10"]), row)
    assert [one["title"] for one in seen["json"]] == [one["Titel"] for one in seen["csv"]]
    assert len(seen["json"]) == len(seen["xlsx"]) - 1 == 4
    assert "Geheim" not in str(seen)
    first = next(one for one in seen["json"] if one["title"] == "Vorhaben 1")
    assert (first["light"], first["cost"], first["reported"]) == ("red", "red", True)
    assert (first["summary"], first["outlook"]) == ("=Preis steigt", "Es geht weiter.")
    (line,) = [one for one in seen["csv"] if one["Titel"] == "Vorhaben 1"]
    assert line["Sachstand"] == "'=Preis steigt", "no formula for the spreadsheet"
    silent = next(one for one in seen["json"] if one["title"] == "Vorhaben 2")
    assert (silent["light"], silent["reported"], silent["summary"]) == (None, False, "")
    head = files(client_of("unit-head", city.units["20"]), row)
    assert "Geheimer Satz" in str(head)


def test_who_downloads(city: City, row: Any, client_of: Any, api_client: Any) -> None:
    from leitstand.core.audit.models import AuditEvent

    url = f"/statusrunden/{row.pk}/export.csv"
    assert Client().get(url).status_code == client_of("").get(url).status_code == 403
    assert client_of("member", city.units["10"]).get(url.replace("csv", "pdf")).status_code == 404
    councillor = body(client_of("councillor").get(url)).decode()
    assert "Vorhaben" not in councillor.partition("\n")[2], (
        "internal projects are not for the council"
    )
    assert api_client("member", city.units["10"], scope="read").get(url).status_code == 200
    assert AuditEvent.objects.filter(type="portfolio.exported").count() == 2


def test_the_page_counts_lights_and_links_reports(city: City, row: Any, client_of: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url, staff = f"/statusrunden/{row.pk}/", client_of("digital-unit")
    html = staff.get(url).content.decode()
    shown = words(html)
    assert "beantwortet 1" in shown and "rot 1" in shown and "Bisher gemeldet" in shown
    report = city.projects[0].status_reports.get()
    assert f"/statusmeldungen/{report.pk}/" in html
    assert f"{url}export.xlsx" in html
    with CaptureQueriesContext(connection) as few:
        staff.get(url)
    for project in city.projects[1:]:
        answer_for(row, project, "ok")
    with CaptureQueriesContext(connection) as many:
        staff.get(url)
    assert len(many) <= len(few)
    close_round(row.pk, actor=SYSTEM)
    with CaptureQueriesContext(connection) as frozen:
        closed = words(staff.get(url).content.decode())
    assert len(frozen) <= len(few)
    assert "ohne Meldung 1" in closed and "rot 3" in closed


def test_one_report_says_why(city: City, row: Any, client_of: Any) -> None:
    report = city.projects[0].status_reports.get()
    url = f"/statusmeldungen/{report.pk}/"
    shown = words(client_of("member", city.units["10"]).get(url).content.decode())
    assert "teurer" in shown and "=Preis steigt" in shown and "Es geht weiter." in shown
    hidden = city.secret.status_reports.get()
    secret = f"/statusmeldungen/{hidden.pk}/"
    for role, unit in (("member", "10"), ("digital-unit", None), ("councillor", None)):
        client = client_of(role, city.units[unit] if unit else None)
        assert client.get(secret).status_code == 404, role
    assert Client().get(url).status_code in (302, 403)
    assert client_of("councillor").get(url).status_code == 404
    assert client_of("unit-head", city.units["20"]).get(secret).status_code == 200


def test_comments_on_a_report(city: City, row: Any, client_of: Any) -> None:
    report, hidden = city.projects[0].status_reports.get(), city.secret.status_reports.get()
    bert = make_person(city.units["10"], "Bert", "Fragend", email="bert@example.org")
    reads = client_of("member", city.units["10"], person=bert)
    anna = client_of("project-lead", city.units["10"], person=city.anna)
    post = "/kommentare/status-report/{}/neu/"
    text = {"text": "Warum rot, @Bert Fragend?"}
    assert anna.post(post.format(hidden.pk), text).status_code == 404
    assert client_of("auditor").post(post.format(report.pk), text).status_code == 403
    answer = anna.post(post.format(report.pk), text)
    comment = Comment.objects.get()
    url = f"/statusmeldungen/{report.pk}/"
    assert answer.url == f"{url}#kommentar-{comment.pk}"
    assert "Warum rot" in words(reads.get(url).content.decode())
    notice = Notification.objects.get(account=reads.account)
    assert "Vorhaben 1, Stand zum" in notice.text and notice.url.startswith(url)
    assert reads.post(post.format(report.pk), {"text": "Wegen der Lizenzen."}).status_code == 302
    told = Notification.objects.filter(account=anna.account, subject="Neuer Kommentar")
    assert told.count() == 1, "who leads the project hears of it"
    there = anna.get(f"/id/status-report/{report.pk}")
    assert there.status_code == 302 and there.url == url


def test_a_deleted_project_takes_its_comments_along(city: City, client_of: Any) -> None:
    from leitstand.core.comments.actions import post

    project = make_project(city.units["10"], "Kurzlebig", phase="running")
    lead(project, city.anna)
    row = opened(title="Zweite")
    report = answer_for(row, project, "kurz")
    post("status-report", report.pk, actor=SYSTEM, text="Bleibt nicht")
    project.refresh_from_db()
    delete_project(project.pk, actor=SYSTEM, version=project.version, reason="doppelt")
    assert not Comment.objects.exists()
