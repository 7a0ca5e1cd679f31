"""What is internal or confidential shows to nobody outside: pages, counts, files, calendars, API, mails."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leitstand.core.notify.models import Notification
from leitstand.core.policy.grants import Grant
from leitstand.reporting import policy_council
from leitstand.reporting.actions import council as council_actions
from leitstand.reporting.actions import telling_council, tracking
from tests.portfolio.making import make_item, make_person
from tests.portfolio.talking import call, read
from tests.portfolio.views import SECRET, World
from tests.reporting.council_scene import SYSTEM, Council
from tests.reporting.test_council_pages import shown

PAGES = (
    "/", "/gremien/", "/gremien/?past=yes", "/gremien/?q=Rabenhorst&past=yes", "/gremien/vorlagen/",
    "/gremien/vorlagen/?q=Sperbernest", "/gremien/vorlagen/?state=running", "/gremien/meine/",
    "/gremien/beschluesse/", "/gremien/beschluesse/?open=yes&late=yes", "/gremien/export.csv?past=yes",
    "/gremien/export.json?past=yes", "/gremien/export.xlsx?past=yes", "/gremien/termine.ics?past=yes",
    "/gremien/vorlagen/export.csv", "/gremien/vorlagen/export.json", "/gremien/vorlagen/export.xlsx",
    "/gremien/beschluesse/export.csv", "/gremien/beschluesse/export.json",
    "/gremien/beschluesse/export.xlsx", "/gremien/vorlagen/{c.motion.pk}/",
    "/gremien/vorlagen/{c.motion.pk}/?seit=2026-01-01", "/gremien/sitzungen/{c.past.pk}/",
    "/gremien/sitzungen/{c.past.pk}/termin.ics", "/was-kommt/", "/berichte/",
)  # fmt: skip
MISSING = (
    "/gremien/vorlagen/{c.internal.pk}/", "/gremien/sitzungen/{c.closed.pk}/",
    "/gremien/sitzungen/{c.closed.pk}/termin.ics", "/id/paper/{c.internal.pk}",
    "/id/council-meeting/{c.closed.pk}",
)  # fmt: skip
API = (
    "/council/meetings?past=true", "/council/papers", "/council/papers?q=Sperbernest",
    "/council/resolutions", "/council/papers/{c.motion.pk}", "/council/resolutions/{c.tracking.pk}",
    "/council/meetings/{c.past.pk}", "/early-warnings",
)  # fmt: skip
API_MISSING = (
    "/council/papers/{c.internal.pk}", "/council/meetings/{c.closed.pk}",
    "/council/resolutions/{c.closed_motion.pk}",
)  # fmt: skip
HIDDEN = (SECRET, "Rabenhorst", "Sperbernest", "555")


def _tied(council: Council, world: World) -> tuple[str, ...]:
    """A secret and an internal project carry the public motion out; words that stay hidden."""
    make_item("budget", world.secret, year=2026, kind="investment", planned=555_000)
    make_item("budget", world.idea, year=2026, kind="investment", planned=5_551)
    tracking.tie(council.tracking.pk, actor=SYSTEM, project=world.idea.number)
    return (*HIDDEN, world.secret.number, world.idea.number, "Tierpark")


def test_nothing_hidden_is_on_a_councillor_s_pages_and_in_her_files(
    client_of: Any, council: Council, world: World
) -> None:
    hidden = _tied(council, world)
    councillor = client_of("councillor")
    council_actions.follow(council.motion.pk, actor=_of(councillor), yes=True)
    leaks = []
    for place in PAGES:
        answer = councillor.get(place.format(c=council))
        text = shown(answer)
        leaks += [(place, word) for word in hidden if word in text.replace("q=Rabenhorst", "")]
        if answer.status_code != 200 and "was-kommt" not in place:
            leaks.append((place, answer.status_code))
    leaks = [(place, word) for place, word in leaks if f"q={word}" not in place]
    assert not leaks
    found = {place: councillor.get(place.format(c=council)).status_code for place in MISSING}
    assert set(found.values()) == {404}, found
    staff = client_of("digital-unit")
    seen = "".join(shown(staff.get(place.format(c=council))) for place in PAGES)
    assert all(word in seen for word in ("Rabenhorst", "Sperbernest", "Tierpark"))
    assert SECRET not in seen


def _of(client: Any) -> Any:
    from leitstand.core.accounts.identity import of_account

    return of_account(client.account)


def test_nothing_hidden_is_answered_by_the_api(api_client: Any, council: Council, world: World) -> None:
    hidden = _tied(council, world)
    councillor, staff = api_client("councillor"), api_client("digital-unit")
    for place in API:
        text = call(councillor, "GET", place.format(c=council)).content.decode()
        assert not [word for word in hidden if word in text], place
    for place in API_MISSING:
        assert call(councillor, "GET", place.format(c=council)).status_code == 404, place
        assert call(staff, "GET", place.format(c=council)).status_code == 200, place
    totals = [read(one, "/council/resolutions")["total"] for one in (councillor, staff)]
    assert totals == [1, 2]
    assert [read(one, "/council/papers")["total"] for one in (councillor, staff)] == [2, 3]


def test_mails_and_notices_tell_nobody_what_she_may_not_see(
    council: Council, world: World, account: Any
) -> None:
    """Whoever follows or is responsible without seeing the paper hears nothing of it."""
    outside = make_person(world.units["20"], "Rita", "Rat")
    account("councillor", person=outside)
    keeper = make_person(world.units["20"], "Ute", "Meise")
    account("digital-unit", person=keeper)
    head = make_person(world.units["11"], "Heinz", "Habicht")
    account("unit-head", world.units["11"], person=head)
    tracking.change(council.closed_motion.pk, actor=SYSTEM, version=1,
                    values={"responsible": outside, "next_report": date(2026, 11, 24)})  # fmt: skip
    tracking.change(council.tracking.pk, actor=SYSTEM, version=1, values={"unit": world.units["11"]})
    telling_council.remind_of_reports()
    told = Notification.objects.filter(kind=telling_council.REPORT)
    assert {(row.person_id, "Sperbernest" in row.text) for row in told} == {
        (keeper.pk, True), (head.pk, False)
    }  # fmt: skip
    assert not [row for row in told if SECRET in row.text]


@pytest.mark.parametrize(
    ("grant", "level"), [((1, {}), 1), ((0, {"unit": 3}), 0), ((-1, {"unit": 2}), 0), ((-1, {}), -1)]
)
def test_a_unit_s_level_opens_no_paper_of_the_city(
    monkeypatch: Any, grant: tuple[int, dict[Any, int]], level: int
) -> None:
    from leitstand.core.base.actor import Actor

    monkeypatch.setattr(policy_council, "grants", lambda _actor, _permission: Grant(*grant))
    assert policy_council.level(Actor("user", "x")) == level


def test_the_trail_guards_what_was_internal(council: Council) -> None:
    from leitstand.core.audit.models import AuditEvent

    row = council_actions.change_meeting(
        council.closed.pk, actor=SYSTEM, version=1, values={"confidentiality": 0}
    )
    assert row.confidentiality == 0
    kinds = ("reporting.meeting.created", "reporting.meeting.changed", "reporting.paper.changed")
    said = AuditEvent.objects.filter(type__in=kinds, level=0)
    assert not [event for event in said if "Rabenhorst" in f"{event.object_title}{event.changes}"]
    assert date(2026, 11, 3) == row.start.date()
