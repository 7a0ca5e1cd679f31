"""The council's pages: who opens them, what shows nowhere, and a motion from filing to report."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leitstand.core.audit.models import AuditEvent
from leitstand.core.notify.models import Notification
from leitstand.reporting.actions import council as council_actions
from leitstand.reporting.actions import telling_council, tracking
from leitstand.reporting.models import (
    CouncilMeeting,
    Paper,
    Report,
    ResolutionTracking,
    TrackedProject,
    TrackingStep,
)
from leitstand.reporting.web import urls_council
from tests.portfolio.making import make_item, make_person
from tests.portfolio.views import SECRET, World, page, words
from tests.reporting.council_scene import SYSTEM, Council

ROLES = ("admin", "digital-unit", "project-lead", "unit-head", "member", "auditor", "councillor",
         "emergency", "")  # fmt: skip
ALL = ROLES[:-1]
KEEP = ("digital-unit", "unit-head")
SOURCES = ("admin", "digital-unit")
# name → (address, who may); unit-head holds the role in unit 20.
TABLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "council": ("/gremien/", ALL),
    "council_export": ("/gremien/export.csv", ALL),
    "council_ics": ("/gremien/termine.ics", ALL),
    "lead_times": ("/gremien/fristen/", KEEP),
    "council_meeting_new": ("/gremien/sitzungen/neu/", KEEP),
    "council_meeting": ("/gremien/sitzungen/{c.past.pk}/", ALL),
    "council_meeting_edit": ("/gremien/sitzungen/{c.past.pk}/bearbeiten/", KEEP),
    "council_meeting_remove": ("/gremien/sitzungen/{c.past.pk}/entfernen/", KEEP),
    "council_meeting_ics": ("/gremien/sitzungen/{c.past.pk}/termin.ics", ALL),
    "following": ("/gremien/meine/", ALL),
    "papers": ("/gremien/vorlagen/", ALL),
    "papers_export": ("/gremien/vorlagen/export.json", ALL),
    "paper_new": ("/gremien/vorlagen/neu/", KEEP),
    "paper": ("/gremien/vorlagen/{c.motion.pk}/", ALL),
    "paper_edit": ("/gremien/vorlagen/{c.motion.pk}/bearbeiten/", KEEP),
    "paper_remove": ("/gremien/vorlagen/{c.motion.pk}/entfernen/", KEEP),
    "paper_follow": ("POST /gremien/vorlagen/{c.motion.pk}/folgen/", ALL),
    "consultation_new": ("/gremien/vorlagen/{c.motion.pk}/beratung/neu/", KEEP),
    "consultation_remove": ("/gremien/beratungen/{c.consultation.pk}/entfernen/", KEEP),
    "tracking_begin": ("/gremien/vorlagen/{c.mirrored.pk}/verfolgen/", KEEP),
    "trackings": ("/gremien/beschluesse/", ALL),
    "trackings_export": ("/gremien/beschluesse/export.xlsx", ALL),
    "tracking_edit": ("/gremien/beschluesse/{c.tracking.pk}/", KEEP),
    "tracking_end": ("/gremien/beschluesse/{c.tracking.pk}/beenden/", ("digital-unit",)),
    "project_tie": ("/gremien/beschluesse/{c.tracking.pk}/vorhaben/neu/", KEEP),
    "project_untie": ("/gremien/beschluesse/{c.tracking.pk}/vorhaben/{c.link.pk}/entfernen/", KEEP),
    "oparl_sources": ("/gremien/quellen/", SOURCES),
    "oparl_source_new": ("/gremien/quellen/neu/", SOURCES),
    "oparl_source": ("/gremien/quellen/{c.source.pk}/", SOURCES),
    "oparl_source_edit": ("/gremien/quellen/{c.source.pk}/bearbeiten/", SOURCES),
    "oparl_source_remove": ("/gremien/quellen/{c.source.pk}/entfernen/", SOURCES),
    "oparl_read": ("POST /gremien/quellen/{c.source.pk}/lesen/", SOURCES),
    "oparl_cancel": ("POST /gremien/quellen/{c.source.pk}/abbrechen/", SOURCES),
    "oparl_check": ("POST /gremien/quellen/{c.source.pk}/pruefen/", SOURCES),
}


def shown(answer: Any) -> str:
    """What a page or a file says."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return str(content.decode("utf-8", "replace"))


@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_what(client_of: Any, council: Council, world: World, role: str) -> None:
    assert set(TABLE) == {pattern.name for pattern in urls_council.urlpatterns}
    client = client_of(role, world.units["20"] if role == "unit-head" else None)
    for name, (place, who) in TABLE.items():
        method, _space, path = place.rpartition(" ")
        url = path.format(c=council)
        answer = client.post(url) if method else client.get(url)
        expected = (302 if method else 200) if role in who else 403
        assert answer.status_code == expected, (name, role, answer.status_code)
        if answer.status_code == 200:
            said = shown(answer)
            assert SECRET not in said or role == "unit-head", name  # it is her unit's project


def test_what_is_internal_or_hidden_shows_nowhere(client_of: Any, council: Council, world: World) -> None:
    councillor = client_of("councillor")
    for path in ("/gremien/vorlagen/", "/gremien/vorlagen/?q=Sperbernest", "/gremien/", "/"):
        assert "Entwurf Sperbernest" not in page(councillor, path)
    for place in ("", "folgen/"):
        url = f"/gremien/vorlagen/{council.internal.pk}/{place}"
        answer = councillor.post(url) if place else councillor.get(url)
        assert answer.status_code == 404
    text = words(page(councillor, f"/gremien/vorlagen/{council.motion.pk}/"))
    assert world.open.title in text and SECRET not in text and world.secret.number not in text
    head = client_of("unit-head", world.units["20"])
    assert SECRET in page(head, f"/gremien/vorlagen/{council.motion.pk}/")
    untie = f"/gremien/beschluesse/{council.tracking.pk}/vorhaben/{council.hidden_link.pk}/entfernen/"
    staff = client_of("digital-unit")
    assert staff.get(untie).status_code == staff.post(untie).status_code == 404
    answer = staff.post(f"/gremien/beschluesse/{council.tracking.pk}/vorhaben/neu/",
                        {"project": world.secret.number})  # fmt: skip
    assert answer.status_code == 422 and SECRET not in answer.content.decode()
    tied = AuditEvent.objects.filter(type="reporting.tracking.tied").order_by("-level").first()
    assert tied and tied.level == 3, "the trail guards a secret project's title like the project"


def test_a_councillor_follows_her_motion(client_of: Any, council: Council, world: World) -> None:
    """J5: resolution, project, state, what changed since the last meeting, what it costs."""
    make_item("budget", world.open, year=2026, kind="investment", planned=120000, spent=30000)
    make_item("budget", world.secret, year=2026, kind="investment", planned=555000)
    councillor, staff = client_of("councillor"), client_of("digital-unit")
    url = f"/gremien/vorlagen/{council.motion.pk}/"
    councillor.post(url + "folgen/", {"folgen": "ja"})
    councillor.post(url + "folgen/", {"folgen": "ja"})
    edit = f"/gremien/beschluesse/{council.tracking.pk}/"
    answer = staff.post(edit, {
        "version": 1, "resolution": "Bis Ende 2027 alle Ämter.", "state": "running",
        "progress": "Welle 4 läuft.", "next_report": "2027-02-01"})  # fmt: skip
    assert answer.status_code == 302
    text = words(page(councillor, url))
    for said in ("Bis Ende 2027 alle Ämter.", "in Arbeit", "Welle 4 läuft.", world.open.title,
                 "40 %", "120.000 €", "30.000 €", "Fraktion Blau", "7. Sitzung",
                 "Seit der letzten Sitzung des Gremiums am", "01.02.2027"):  # fmt: skip
        assert said in text, said
    assert "555" not in text
    for title, level in (("Sachstand Herbst", 0), ("Entwurf Winter", 2)):
        Report.objects.create(title=title, day=date(2026, 11, 1), unit=world.units["20"],
                              confidentiality=level, reference="2026/0214", state="released")  # fmt: skip
    text = words(page(councillor, url))
    assert "Sachstand Herbst" in text and "Entwurf Winter" not in text
    assert "Welle 4" in page(councillor, "/gremien/meine/")
    assert "E-Akte in allen" in page(councillor, "/")
    told = Notification.objects.filter(kind=telling_council.FOLLOWED)
    assert [row.account_id for row in told] == [councillor.account.pk]
    assert TrackingStep.objects.filter(tracking=council.tracking).count() == 2
    councillor.post(url + "folgen/", {"folgen": "nein"})
    assert "Sie folgen noch keiner" in words(page(councillor, "/gremien/meine/"))
    assert councillor.get(url + "?seit=2026-13-99").status_code == 200
    assert "Seit dem" in words(page(councillor, url + "?seit=2026-01-01"))


def test_two_people_change_one_resolution(client_of: Any, council: Council) -> None:
    staff = client_of("digital-unit")
    url = f"/gremien/beschluesse/{council.tracking.pk}/"
    first = {"version": 1, "state": "running", "resolution": "Bis Ende 2027 alle Ämter."}
    assert staff.post(url, {**first, "progress": "Eins"}).status_code == 302
    answer = staff.post(url, {**first, "progress": "Zwei"})
    assert answer.status_code == 409
    text = words(answer.content.decode())
    assert "Eins" in text and "Zwei" in text
    assert staff.post(url, {**first, "version": 2, "progress": "Zwei"}).status_code == 302
    assert ResolutionTracking.objects.get(pk=council.tracking.pk).progress == "Zwei"


def test_only_who_is_in_charge_changes_and_only_how_far_it_is(
    client_of: Any, council: Council, world: World
) -> None:
    person = make_person(world.units["20"], "Uwe", "Amsel")
    tracking.change(council.tracking.pk, actor=SYSTEM, version=1,
                    values={"responsible": person, "unit": world.units["20"]})  # fmt: skip
    assert Notification.objects.filter(person_id=person.pk, kind=telling_council.REPORT).exists()
    url = f"/gremien/beschluesse/{council.tracking.pk}/"
    other = client_of("unit-head", world.units["11"])
    assert other.get(url).status_code == 403
    mine = client_of("member", world.units["20"], person=person)
    given = {"version": 2, "state": "done", "resolution": "Bis Ende 2027 alle Ämter.",
             "next_report": "2026-11-25", "unit": world.units["20"].pk, "responsible": person.pk}  # fmt: skip
    assert mine.post(url, {**given, "unit": ""}).status_code in (403, 422)
    assert mine.post(url, given).status_code == 302
    assert ResolutionTracking.objects.get(pk=council.tracking.pk).state == "done"
    event = AuditEvent.objects.filter(type="reporting.tracking.changed").latest("id")
    assert "Amsel" not in str(event.changes)


def test_reminders_come_once_and_to_the_right_people(council: Council, world: World, account: Any) -> None:
    keeper = make_person(world.units["20"], "Ute", "Meise")
    account("digital-unit", person=keeper)
    assert telling_council.remind_of_reports() == 1
    assert telling_council.remind_of_reports() == 0
    told = Notification.objects.get(kind=telling_council.REPORT)
    assert told.person_id == keeper.pk and "E-Akte" in told.text and SECRET not in told.text


def test_papers_and_meetings_by_hand(client_of: Any, council: Council) -> None:
    staff = client_of("digital-unit")
    paper = {"name": "Mehr WLAN", "kind": "inquiry", "reference": "2026/0300", "confidentiality": "0"}
    assert staff.post("/gremien/vorlagen/neu/", paper).status_code == 302
    again = staff.post("/gremien/vorlagen/neu/", paper)
    assert again.status_code == 422 and "gibt es schon" in again.content.decode()
    assert staff.post("/gremien/vorlagen/neu/", {**paper, "reference": "x", "name": " "}).status_code == 422
    secret = {**paper, "reference": "y", "confidentiality": "2"}
    assert staff.post("/gremien/vorlagen/neu/", secret).status_code == 422
    meeting = {"name": "Sondersitzung", "committee": "Hauptausschuss", "day": "2026-12-21",
               "begins": "17:00", "ends": "16:00", "confidentiality": "0"}  # fmt: skip
    assert staff.post("/gremien/sitzungen/neu/", meeting).status_code == 422
    assert staff.post("/gremien/sitzungen/neu/", {**meeting, "ends": "19:30"}).status_code == 302
    row = CouncilMeeting.objects.get(name="Sondersitzung")
    wlan = Paper.objects.get(reference="2026/0300")
    url = f"/gremien/vorlagen/{wlan.pk}/beratung/neu/"
    assert staff.post(url, {"meeting": row.pk, "role": "Beratung"}).status_code == 302
    assert staff.post(url, {"meeting": row.pk, "role": "Beratung"}).status_code == 422
    text = words(page(staff, f"/gremien/sitzungen/{row.pk}/"))
    assert "17:00 bis 19:30 Uhr" in text and "Mehr WLAN" in text and "Hauptausschuss" in text
    for place in (f"/gremien/vorlagen/{council.mirrored.pk}/bearbeiten/",
                  f"/gremien/vorlagen/{council.mirrored.pk}/beratung/neu/"):  # fmt: skip
        assert staff.get(place).status_code == 403, "mirrored things are changed over there"


def test_deadlines_follow_the_city_s_lead_times(client_of: Any, council: Council) -> None:
    staff = client_of("digital-unit")
    # the meeting is on Tuesday 15 December; 13 days before is Wednesday 2 December
    assert "02.12.2026" in page(staff, "/gremien/")
    days = {"resolution": 16, "report": 32, "motion": 33, "inquiry": 35}
    assert staff.post("/gremien/fristen/", days).status_code == 302
    text = page(staff, "/gremien/")
    assert "27.11.2026" in text and "02.12.2026" not in text, "a Sunday becomes the Friday before"
    assert staff.post("/gremien/fristen/", {**days, "motion": 400}).status_code == 422
    assert "7. Sitzung" not in page(staff, "/gremien/?start_from=2026-12-01")
    past = words(page(staff, "/gremien/?past=yes"))
    assert "7. Sitzung" in past
    assert staff.get("/gremien/?committee=quatsch&past=x").status_code == 200


def test_lists_cost_the_same_with_more_rows(client_of: Any, council: Council, world: World) -> None:
    staff = client_of("digital-unit")
    places = ("/gremien/", "/gremien/vorlagen/", "/gremien/beschluesse/", "/gremien/meine/")

    def cost() -> list[int]:
        found = []
        for place in places:
            page(staff, place)
            with CaptureQueriesContext(connection) as seen:
                page(staff, place)
            found.append(len(seen))
        return found

    staff.post(f"/gremien/vorlagen/{council.motion.pk}/folgen/", {"folgen": "ja"})
    before = cost()
    for number in range(12):
        paper = council_actions.create_paper(actor=SYSTEM, values={
            "name": f"Antrag {number}", "kind": "motion", "date": date(2026, 5, 1)})  # fmt: skip
        row = tracking.begin(paper.pk, actor=SYSTEM, values={"state": "open"})
        tracking.tie(row.pk, actor=SYSTEM, project=world.open.number)
        staff.post(f"/gremien/vorlagen/{paper.pk}/folgen/", {"folgen": "ja"})
        council_actions.create_meeting(actor=SYSTEM, values={
            "name": f"Sitzung {number}", "organization": council.committee})  # fmt: skip
    assert cost() == before


def test_a_project_that_goes_leaves_the_resolution(council: Council, world: World) -> None:
    from leitstand.portfolio.actions.projects import delete_project

    delete_project(world.open.pk, actor=SYSTEM, version=world.open.version, reason="Schluss")
    assert TrackedProject.objects.filter(tracking=council.tracking).count() == 1
