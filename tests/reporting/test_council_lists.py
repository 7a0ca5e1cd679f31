"""Lists of the council: filters, saved views, files, calendars; removing; a past day."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from leitstand.core.audit.models import AuditEvent
from leitstand.core.history import actions as history
from leitstand.core.saved.models import SavedView
from leitstand.reporting.actions import council as council_actions
from leitstand.reporting.actions import tracking
from leitstand.reporting.models import (
    Consultation,
    CouncilMeeting,
    Paper,
    ResolutionTracking,
)
from tests.portfolio.making import make_item
from tests.portfolio.talking import read
from tests.portfolio.views import SECRET, World, page, words
from tests.reporting.council_scene import SYSTEM, Council
from tests.reporting.test_council_pages import shown


def _rows(client: Any, path: str) -> list[dict[str, str]]:
    text = shown(client.get(path)).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_files_hold_what_the_list_shows(client_of: Any, council: Council, world: World) -> None:
    make_item("budget", world.open, year=2026, kind="investment", planned=120_000, spent=30_000)
    staff = client_of("digital-unit")
    [row] = _rows(staff, "/gremien/beschluesse/export.csv?open=yes&q=E-Akte")
    assert row["Vorlage"] == "E-Akte in allen Ämtern" and row["Stand"] == "offen"
    assert row["Vorhaben"].endswith("Übergabe der E-Akte") and row["Ansatz (€)"] == "120.000,00"
    names = {one["Titel"] for one in _rows(staff, "/gremien/vorlagen/export.csv?year=2026")}
    assert names == {"E-Akte in allen Ämtern"}
    found = json.loads(shown(staff.get("/gremien/export.json?q=8. Sitzung")))
    assert [one["decision"] for one in found] == ["2026-12-02"], found
    assert staff.get("/gremien/export.pdf").status_code == 404
    told = AuditEvent.objects.filter(type="reporting.council.exported")
    assert told.count() == 3 and "E-Akte" not in str(told.values_list("changes"))


def test_filters_and_order(client_of: Any, council: Council, world: World) -> None:
    staff = client_of("digital-unit")
    council_actions.create_paper(actor=SYSTEM, values={
        "name": "Alter Antrag", "reference": "2024/0001", "date": date(2024, 3, 1), "kind": "motion"})  # fmt: skip
    for query, title in (
        ("year=2024", "Alter Antrag"), ("q=fraktion+blau", "E-Akte in allen Ämtern"),
        ("tracked=yes&kind=motion", "E-Akte in allen Ämtern"), ("date_to=2024-12-31", "Alter Antrag"),
    ):  # fmt: skip
        text = page(staff, f"/gremien/vorlagen/?{query}")
        assert text.count("ls-cell-link") >= 1 and title in text, query
        assert ("Alter Antrag" in text) == (title == "Alter Antrag"), query
    for column in ("name", "kind", "state", "next_report", "-date", "confidentiality"):
        assert staff.get(f"/gremien/vorlagen/?sort={column}").status_code == 200, column
    for column in ("paper", "kind", "state", "unit", "reference", "decided_on"):
        assert staff.get(f"/gremien/beschluesse/?sort={column}").status_code == 200, column
    for column in ("name", "committee", "start", "place", "cancelled"):
        assert staff.get(f"/gremien/?sort={column}").status_code == 200, column
    for bad in ("/gremien/?committee=quatsch&quatsch=1", "/gremien/vorlagen/?year=zwei&sort=x"):
        assert "nicht verstanden" in page(staff, bad)
    assert staff.get("/gremien/vorlagen/?year=&q=").status_code == 302, "empty fields leave the address"
    assert "Nichts passt zu den Filtern" in page(staff, "/gremien/?q=gibtesnicht")


def test_views_are_saved_and_opened(client_of: Any, council: Council) -> None:
    staff = client_of("digital-unit")
    for code, query, said in (
        ("council-papers", "year=2026", "Jahr: 2026"),
        ("council-resolutions", "late=yes", "Bericht überfällig"),
        ("council-meetings", "past=yes", "Vergangene Sitzungen"),
    ):
        url = f"/ansichten/neu/?page={code}&query={query.replace('=', '%3D')}"
        assert said in words(page(staff, url)), code
        data = {"name": f"Ansicht {code}", "audience": "private"}
        assert staff.post(url, data).status_code == 302
    view = SavedView.objects.get(page="council-resolutions")
    staff.post(f"/ansichten/{view.pk}/start/")
    answer = staff.get("/gremien/beschluesse/")
    assert answer.status_code == 302 and answer["Location"].endswith("?late=yes")
    assert "Nichts passt" in page(staff, "/gremien/beschluesse/?late=yes&all=yes")
    assert "E-Akte" in page(staff, "/gremien/beschluesse/?all=yes")


def test_calendars_hold_meetings_and_last_days(client_of: Any, council: Council) -> None:
    councillor = client_of("councillor")
    text = shown(councillor.get("/gremien/termine.ics"))
    assert text.count("BEGIN:VEVENT") == 5, "the meeting and four last days"
    assert "DTSTART:20261215T150000Z" in text and "DTEND:20261215T170000Z" in text
    assert "DTSTART;VALUE=DATE:20261202" in text
    council_actions.change_meeting(council.coming.pk, actor=SYSTEM, version=1, values={"cancelled": True})
    one = shown(councillor.get(f"/gremien/sitzungen/{council.coming.pk}/termin.ics"))
    assert "STATUS:CANCELLED" in one and one.count("BEGIN:VEVENT") == 1
    undated = council_actions.create_meeting(actor=SYSTEM, values={"name": "Ohne Tag"})
    assert "VEVENT" not in shown(councillor.get(f"/gremien/sitzungen/{undated.pk}/termin.ics"))


def test_what_was_entered_by_hand_is_removed_after_a_question(client_of: Any, council: Council) -> None:
    staff = client_of("digital-unit")
    motion = council.motion.pk
    url = f"/gremien/vorlagen/{motion}/entfernen/"
    assert "verfolgt wurde" in page(staff, url)
    council_actions.change_paper(motion, actor=SYSTEM, version=1, values={"text": "Neu"})
    assert staff.post(url, {"version": 1}).status_code == 302
    assert staff.post(url).status_code == 302
    assert Paper.objects.filter(pk=motion).exists(), "somebody has changed it meanwhile"

    taken = f"/gremien/beratungen/{council.consultation.pk}/entfernen/"
    assert staff.post(taken).status_code == 302 and staff.get(taken).status_code == 404
    end = f"/gremien/beschluesse/{council.tracking.pk}/beenden/"
    assert staff.post(end, {"version": 1}).status_code == 302
    assert ResolutionTracking.objects.count() == 1
    gone = staff.post(url, {"version": 2}, follow=True)
    assert gone.status_code == 200 and not Paper.objects.filter(pk=motion).exists()
    place = f"/gremien/sitzungen/{council.closed.pk}/entfernen/"
    assert staff.post(place, {"version": 1}).status_code == 302
    assert not CouncilMeeting.objects.filter(pk=council.closed.pk).exists()
    assert not Consultation.objects.filter(meeting=None).exists()
    kinds = ("reporting.paper.removed", "reporting.meeting.removed", "reporting.tracking.ended")
    said = AuditEvent.objects.filter(type__in=kinds).values_list("type", "level")
    assert set(said) == {(kinds[0], 0), (kinds[1], 1), (kinds[2], 0)}
    mirrored = f"/gremien/vorlagen/{council.mirrored.pk}/entfernen/"
    assert staff.post(mirrored, {"version": 1}).status_code == 403, "it comes from elsewhere"


def test_a_resolution_as_of_a_day(
    client_of: Any, api_client: Any, council: Council, world: World
) -> None:
    """State and projects as they were known; nothing later; nobody changes anything."""
    row = council.tracking.pk
    with history.happened(datetime(2026, 9, 1, tzinfo=UTC)):
        pass  # everything so far was known by then
    with history.happened(datetime(2026, 11, 1, tzinfo=UTC)):
        tracking.change(row, actor=SYSTEM, version=1, values={"state": "running", "progress": "Heute"})
        tracking.untie(council.link.pk, actor=SYSTEM)
    staff = client_of("digital-unit")
    url = f"/gremien/vorlagen/{council.motion.pk}/"
    then = words(page(staff, url + "?stand=2026-10-20"))
    assert "Heute" not in then and world.open.title in then and SECRET not in then
    assert "Folgen" not in then and "Stand ändern" not in then, "what was then cannot be changed"
    assert "Heute" in page(staff, url) and world.open.title not in words(page(staff, url))
    listed = _rows(staff, "/gremien/beschluesse/export.csv?stand=2026-10-20")
    assert {(one["Stand"], one["Stand in Leitstand vom"]) for one in listed} == {
        ("offen", "20.10.2026"), ("in Arbeit", "20.10.2026")
    }  # fmt: skip
    assert staff.post(url + "folgen/?stand=2026-10-20").status_code in (302, 403)
    assert staff.get(url + "?stand=2026-08-20").status_code == 422, "nothing is known of that day"
    token = api_client("councillor")
    found = read(token, f"/council/resolutions/{row}?as_of=2026-10-20")
    assert (found["state"], len(found["projects"])) == ("open", 1)


def test_a_unit_that_ends_hands_its_resolutions_on(council: Council, world: World) -> None:
    from leitstand.core.base.errors import DomainError
    from leitstand.core.org import actions as org

    old, new = world.units["11"], world.units["20"]
    tracking.change(council.tracking.pk, actor=SYSTEM, version=1, values={"unit": old})
    with pytest.raises(DomainError, match="Beschlüsse des Rates"):
        org.dissolve_unit(old, actor=SYSTEM, reason="Ende")
    org.merge_units(old, into=new, actor=SYSTEM, reason="Zusammen")
    assert ResolutionTracking.objects.get(pk=council.tracking.pk).unit == new
