"""Reports that the council waits for and papers to be handed in: who is told, when, where."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.notify.models import Notification
from leitstand.reporting.actions import council as council_actions
from leitstand.reporting.actions import telling_council, tracking
from leitstand.reporting.queries import council_due
from tests.portfolio.making import make_person
from tests.portfolio.talking import read
from tests.portfolio.views import SECRET, World, page, words
from tests.reporting.council_scene import SYSTEM, Council


def _meeting(council: Council, name: str, *day: int, **more: Any) -> Any:
    return council_actions.create_meeting(actor=SYSTEM, values={
        "name": name, "organization": council.committee,
        "start": datetime(*day, 15, tzinfo=UTC), **more})  # type: ignore[misc]  # fmt: skip


def test_a_report_is_due_when_it_must_be_handed_in(council: Council, account: Any, world: World) -> None:
    """The last meeting before its day counts, 32 days ahead; not one that is called off."""
    _meeting(council, "9. Sitzung", 2027, 1, 19)
    _meeting(council, "Abgesagte Sitzung", 2027, 2, 16, cancelled=True)
    _meeting(council, "10. Sitzung", 2027, 3, 16)
    tracking.change(council.tracking.pk, actor=SYSTEM, version=1,
                    values={"next_report": date(2027, 2, 23)})  # fmt: skip
    [due] = council_due.reports_for(Actor.system("test"), date(2027, 1, 1))
    assert (due.hand_in, due.due) == (date(2026, 12, 18), date(2027, 2, 23)), "32 days before 19 January"
    assert due.meeting and due.meeting.name == "9. Sitzung"
    keeper = make_person(world.units["20"], "Ute", "Meise")
    account("digital-unit", person=keeper)
    assert telling_council.remind_of_reports() == 0, "four weeks are left"
    assert not council_due.reports_for(Actor.system("test"), date(2026, 12, 1))


def test_two_weeks_before_the_last_day_the_responsible_hears(council: Council, world: World) -> None:
    person = make_person(world.units["20"], "Uwe", "Amsel")
    _meeting(council, "9. Sitzung", 2027, 1, 5)
    values = {"next_report": date(2027, 1, 31), "responsible": person}
    tracking.change(council.tracking.pk, actor=SYSTEM, version=1, values=values)
    assert telling_council.remind_of_reports() == 1
    told = Notification.objects.filter(person_id=person.pk).latest("created_at")
    assert "04.12.2026" in told.text and "9. Sitzung" in told.text


def test_start_page_and_early_warnings_of_those_concerned(
    client_of: Any, api_client: Any, council: Council, world: World
) -> None:
    paper = council_actions.create_paper(actor=SYSTEM, values={
        "name": "Bericht WLAN", "kind": "resolution", "reference": "2026/0700"})  # fmt: skip
    council_actions.add_consultation(paper.pk, actor=SYSTEM, meeting=council.coming, role="Entscheidung")
    staff, member = client_of("digital-unit"), client_of("member", world.units["20"])
    start = words(page(staff, "/"))
    assert "Berichte und Vorlagen für den Rat" in start and "Nächster Bericht bis 25.11.2026" in start
    assert "Abgabe bis 02.12.2026 für „8. Sitzung“" in start
    comes = words(page(staff, "/was-kommt/?art=council"))
    assert "Bericht zu „2026/0214 E-Akte" in comes and "Abgabe „2026/0700 Bericht WLAN“" in comes
    assert world.open.title in comes and SECRET not in comes
    for other in (member, client_of("councillor")):
        assert "Berichte und Vorlagen" not in page(other, "/")
        assert "2026/0700" not in page(other, "/was-kommt/")
    kinds = {one["kind"] for one in read(api_client("digital-unit"), "/early-warnings?kind=council")}
    assert kinds == {"council"}
