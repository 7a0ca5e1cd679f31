"""Holidays, person days per role and quarter, the heat map, who sees what in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from leitstand.planning.domain.capacity import Quarter, Seat, Terms, capacity, first_open, quarters
from leitstand.planning.domain.demand import period_left, split
from leitstand.planning.domain.holidays import STATES, easter, holidays, working_days
from tests.planning.staffing import Office
from tests.portfolio.making import make_item, make_project
from tests.portfolio.talking import read
from tests.portfolio.views import SECRET, page, words

ROLES = ("admin", "digital-unit", "project-lead", "unit-head", "member", "auditor", "councillor",
         "emergency", "")  # fmt: skip
SEES = ("admin", "digital-unit", "project-lead", "unit-head", "member", "auditor")
KEEPS = ("digital-unit",)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(2024, 3, 31), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (2285, 3, 22)],
)
def test_easter(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


def test_holidays_of_the_states() -> None:
    numbers = {code: len(holidays(2026, code)) for code, _name in STATES}
    assert numbers == {"BW": 12, "BY": 12, "BE": 10, "BB": 10, "HB": 10, "HH": 10, "HE": 10,
                       "MV": 11, "NI": 10, "NW": 11, "RP": 11, "SL": 12, "SN": 11, "ST": 11,
                       "SH": 10, "TH": 11}  # fmt: skip
    assert date(2026, 11, 18) in holidays(2026, "SN"), "Buß- und Bettag"
    assert working_days(date(2026, 1, 1), date(2026, 12, 31), "NW") == 253


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(-3, 900), st.sampled_from(STATES))
@settings(max_examples=60, deadline=None)
def test_working_days_add_up(first: date, length: int, state: tuple[str, str]) -> None:
    last = date.fromordinal(first.toordinal() + length)
    middle = date.fromordinal(first.toordinal() + length // 2)
    after = date.fromordinal(middle.toordinal() + 1)
    whole = working_days(first, last, state[0])
    if length < 0:
        assert whole == 0
    else:
        assert whole == working_days(first, middle, state[0]) + working_days(after, last, state[0])


def test_a_seat_counts_while_somebody_works_on_it() -> None:
    span = quarters(date(2026, 11, 20), 4)
    assert span[0] == Quarter(2026, 4) and span[-1].last == date(2027, 9, 30)
    role: Any = "r"
    terms = Terms("NW", 0.2, {role: 0.5}, [(date(2027, 1, 1), date(2027, 3, 31))])
    full = [working_days(q.first, q.last, "NW") * 0.4 for q in span]

    def days(**values: Any) -> list[float]:
        return capacity([Seat(role, 1.0, **values)], span, terms)[role]

    assert days() == pytest.approx(full)
    assert days(vacant=True) == days(vacant=True, kw=True, filled_from=date(2027, 1, 1)) == [0] * 4
    assert days(vacant=True, filled_from=date(2027, 2, 1)) == pytest.approx([0, 0, *full[2:]])
    assert days(end=date(2026, 12, 31)) == pytest.approx([full[0], 0, 0, 0])
    assert first_open(date(2027, 1, 5), [(date(2027, 2, 1), date(2027, 2, 9)),
                                         (date(2027, 1, 1), date(2027, 1, 31))]) == date(2027, 2, 10)  # fmt: skip


def test_what_is_left_is_never_in_the_past() -> None:
    today = date(2026, 11, 20)
    assert period_left(date(2026, 1, 1), date(2027, 1, 1), today) == (today, date(2027, 1, 1))
    assert period_left(date(2026, 1, 1), date(2026, 2, 1), today) == (today, date(2027, 2, 18))
    assert period_left(date(2027, 1, 1), date(2027, 1, 1), today) == (date(2027, 1, 1),) * 2
    assert split(10, {}) == {} and split(10, {"a": 1.0, "b": 3.0}) == {"a": 2.5, "b": 7.5}  # type: ignore[dict-item]


@pytest.mark.parametrize("role", ROLES)
def test_who_may_see_the_planning(
    client_of: Any, api_client: Any, office: Office, role: str
) -> None:
    client = client_of(role, office.world.units["20"] if role == "unit-head" else None)
    places = {
        "/planung/": SEES, "/planung/?rolle=FACH&quartal=2026-4": SEES, "/planung/stellen/": KEEPS,
        "/planung/grundlagen/": KEEPS, "/planung/stellen/import/": KEEPS,
        "/planung/stellen/position/neu/": KEEPS,
        f"/planung/stellen/position/{office.position.pk}/": KEEPS,
        f"/planung/stellen/position/{office.position.pk}/entfernen/": KEEPS,
    }  # fmt: skip
    for url, who in places.items():
        answer = client.get(url)
        assert answer.status_code == (200 if role in who else 403), (url, role)
        assert SECRET not in answer.content.decode(), "not even in the unit that leads it"
        if who is KEEPS and role not in who:
            assert client.post(url, {}).status_code == 403
    asking = api_client(role) if role else Client()
    for path, who in (("capacity", SEES), ("positions", KEEPS), ("costs", KEEPS)):
        status = asking.get(f"/api/v1/planning/{path}").status_code
        assert status == (200 if role in who else 403 if role else 401), (path, role)


def test_a_unit_s_keeper_keeps_nothing(client_of: Any, office: Office) -> None:
    client = client_of("digital-unit", office.world.units["10"])
    assert client.get("/planung/stellen/").status_code == 403


def test_the_heat_map_tells_what_is_missing(staff: Any, office: Office) -> None:
    html = page(staff, "/planung/")
    text = words(html)
    assert "Überlastet" in text and "überlastet" in text
    assert "weder Aufwände je Rolle noch eine Größe" in text and "Ohne alles" in text
    assert f"/vorhaben/{office.bare.pk}/bearbeiten/" in html
    assert "1 Vorhaben über Ihrer Vertraulichkeitsstufe ist nicht mitgezählt." in text
    assert "Keine Arbeit neben Vorhaben ist angegeben für: Facharbeit." in text
    detail = words(page(staff, "/planung/?rolle=PL&quartal=2027-1#vorhaben"))
    assert "Projektleitung in Q1 2027: wofür sie gebraucht wird" in detail
    assert "Personalakte" in detail and "Übergabe der E-Akte" in detail
    for odd in ("?jahre=9", "?rolle=PL&quartal=x", "?rolle=gibtsnicht&quartal=2027-1"):
        assert staff.get(f"/planung/{odd}").status_code == 200


def test_figures_and_queries(api_client: Any, staff: Any, office: Office) -> None:
    client = api_client("digital-unit")
    found = read(client, "/planning/capacity?years=1")
    roles = {one["code"]: one["quarters"] for one in found["roles"]}
    assert found["hidden"] == 1 and [one["missing"] for one in found["missing"]] == ["no_effort"]
    days = working_days(date(2027, 1, 1), date(2027, 3, 31), "NW")
    assert roles["PL"][1]["supply"] == pytest.approx(days * 0.8 * 0.5, abs=0.01)
    assert roles["PL"][2]["supply"] > roles["PL"][1]["supply"] * 1.8, (
        "filled after the interim budget"
    )
    asked = sum(one["demand"] for one in roles["PL"])
    assert asked == pytest.approx(100 * 0.6 + 20, abs=1), (
        "60 left, and S falls to the only role that others name"
    )
    assert len(read(client, "/planning/positions?limit=2")["items"]) == 2
    for path in ("capacity?years=0", "capacity?years=x", "positions?limit=0"):
        assert client.get(f"/api/v1/planning/{path}").status_code == 422
    page(staff, "/planung/")  # what is cached is cached
    counts = []
    for number in (0, 4):
        for place in range(number):
            more = make_project(office.world.units["10"], f"Mehr {place}", phase="running",
                                start=date(2026, 1, 1), end=date(2027, 5, 1))  # fmt: skip
            make_item("effort", more, skill=office.craft, effort_days=9)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            page(staff, "/planung/?rolle=FACH&quartal=2027-1")
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 40
