"""Indicators: who keeps them, values over time, progress and its words, sources, import, export."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.figures import Scope, indicator_sources
from leitstand.portfolio.actions.indicator_import import import_indicators
from leitstand.portfolio.actions.indicator_values_import import import_values
from leitstand.portfolio.domain.progress import Course, Pace, progress, together
from leitstand.portfolio.models import Indicator, IndicatorValue
from tests.portfolio.making import SYSTEM, form_of, send
from tests.portfolio.views import World, body, page, words

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture
def indicator(world: World) -> Indicator:
    return Indicator.objects.create(
        code="K1", name="Online-Quote", goal=world.goal, unit_label="%", baseline_value=10,
        baseline_date=date(2024, 1, 1), target_value=60, target_date=date(2028, 12, 31),
    )  # fmt: skip


def course(value: float | None, **values: Any) -> Course:
    base: dict[str, Any] = {
        "higher_is_better": True, "baseline": 0.0, "baseline_date": date(2026, 1, 1),
        "target": 100.0, "target_date": date(2026, 12, 31), "value": value,
        "value_date": date(2026, 7, 2),
    }  # fmt: skip
    return Course(**(base | values))


@pytest.mark.parametrize(
    ("given", "pace", "share"),
    [
        (course(50), Pace.ON_TRACK, 50), (course(41), Pace.ON_TRACK, 41),
        (course(39), Pace.BEHIND, 39), (course(100), Pace.REACHED, 100),
        (course(130), Pace.REACHED, 130), (course(-20), Pace.BEHIND, -20),
        (course(None), Pace.UNKNOWN, None), (course(50, target=None), Pace.UNKNOWN, None),
        (course(50, baseline=None), Pace.UNKNOWN, None),
        (course(100, baseline=None), Pace.REACHED, None),
        (course(50, target_date=None), Pace.UNKNOWN, 50),
        (course(50, target_date=date(2026, 11, 19)), Pace.MISSED, 50),
        (course(20, higher_is_better=False, baseline=80.0, target=20.0), Pace.REACHED, 100),
        (course(50, higher_is_better=False, baseline=80.0, target=20.0), Pace.ON_TRACK, 50),
        (course(50, baseline=100.0), Pace.UNKNOWN, None),
    ],
)  # fmt: skip
def test_progress(given: Course, pace: Pace, share: float | None) -> None:
    found = progress(given, TODAY)
    assert (found.pace, found.share) == (pace, share)


def test_the_mean_counts_from_0_to_100() -> None:
    parts = [progress(course(value), TODAY) for value in (-50, 200, None, 50)]
    assert together(parts) == 50
    assert together([]) is None


@pytest.mark.parametrize(
    "role", ["digital-unit", "unit-head", "member", "councillor", "", "anonymous"]
)
def test_everybody_inside_reads_and_the_digital_unit_writes(
    client_of: Any, indicator: Indicator, role: str
) -> None:
    value = IndicatorValue.objects.create(indicator=indicator, day=TODAY, value=20)
    client = Client() if role == "anonymous" else client_of(role)
    url = f"/kennzahlen/{indicator.pk}/"
    assert client.get(url).status_code == (200 if role not in ("", "anonymous") else 403)
    may = role == "digital-unit"
    for path in (
        "wert/neu/", f"wert/{value.pk}/", f"wert/{value.pk}/entfernen/", "werte/import/",
        "../werte/import/",
    ):  # fmt: skip
        place = "/kennzahlen/werte/import/" if path.startswith("..") else url + path
        assert client.get(place).status_code == (200 if may else 403), path
        if not may:
            assert client.post(place, {}).status_code == 403, path
    assert ("Wert eintragen" in words(client.get(url).content.decode())) is may


def test_values_are_entered_changed_removed_and_in_the_trail(
    staff: Any, indicator: Indicator
) -> None:
    url = f"/kennzahlen/{indicator.pk}/"
    new = {"day": "30.06.2026", "value": "24,5", "note": "Halbjahr"}
    assert staff.post(url + "wert/neu/", new).status_code == 302
    shown = words(page(staff, url))
    assert "24,5 %" in shown
    assert "Ausgangswert 10 %, jetzt 24,5 %: 29 % des Wegs zum Zielwert 60 %." in shown
    assert "<svg" in page(staff, url)
    value = IndicatorValue.objects.get()
    place = f"{url}wert/{value.pk}/"
    assert send(staff, place, {"value": "25"}).status_code == 302
    assert staff.post(place + "entfernen/").status_code == 302
    assert not IndicatorValue.objects.exists()
    events = AuditEvent.objects.filter(type="portfolio.indicator.measured").order_by("id")
    assert [event.changes.get("value") for event in events] == [
        [None, "24.5"],
        ["24.5", "25"],
        ["25", None],
    ]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"day": "21.11.2026", "value": "1"}, "liegt in der Zukunft"),
        ({"day": "1.10.2026", "value": "1"}, "gibt es schon einen Wert"),
        ({"day": "1.11.2026", "value": "viel"}, "Wert"),
        ({"day": "", "value": "1"}, "Tag"),
        ({"day": "1.11.2026", "value": "9999999999999"}, "Wert"),
    ],
)  # fmt: skip
def test_wrong_values_are_told_at_the_field(
    staff: Any, indicator: Indicator, values: dict[str, str], text: str
) -> None:
    IndicatorValue.objects.create(indicator=indicator, day=date(2026, 10, 1), value=20)
    answer = staff.post(f"/kennzahlen/{indicator.pk}/wert/neu/", values)
    assert answer.status_code == 422
    shown = words(answer.content.decode())
    assert text in shown, shown[shown.index("Kennzahl") :][:900]
    assert IndicatorValue.objects.count() == 1


def test_two_people_change_one_value(staff: Any, indicator: Indicator) -> None:
    value = IndicatorValue.objects.create(indicator=indicator, day=date(2026, 10, 1), value=20)
    place = f"/kennzahlen/{indicator.pk}/wert/{value.pk}/"
    mine = form_of(page(staff, place))
    send(staff, place, {"value": "21"})
    assert staff.post(place, {**mine, "value": ["22"]}).status_code == 409
    value.refresh_from_db()
    assert value.value == 21


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"source": "unfug"}, "source"),
        ({"target_value": "10", "baseline_value": "10"}, "target_value"),
        ({"baseline_date": "2027", "target_date": "2026"}, "target_date"),
    ],
)
def test_indicators_that_make_no_sense_are_refused(
    staff: Any, world: World, values: dict[str, str], field: str
) -> None:
    answer = staff.post(
        "/strategie/indicator/neu/", {"code": "K9", "name": "x", "direction": "up", **values}
    )
    assert answer.status_code == 422
    assert f'id="id_{field}' in answer.content.decode()
    assert not Indicator.objects.exists()


def test_an_indicator_with_values_stays(staff: Any, indicator: Indicator) -> None:
    IndicatorValue.objects.create(indicator=indicator, day=TODAY, value=20)
    assert staff.post(f"/strategie/indicator/{indicator.pk}/loeschen/").status_code == 422
    assert staff.post(f"/strategie/goal/{indicator.goal_id}/loeschen/").status_code == 422


def test_a_goal_shows_its_progress_and_why(staff: Any, indicator: Indicator) -> None:
    IndicatorValue.objects.create(indicator=indicator, day=date(2026, 10, 1), value=35)
    shown = words(page(staff, f"/ziele/{indicator.goal_id}/"))
    assert "Fortschritt nach Kennzahlen: 50 % (aus einer Kennzahl)." in shown
    assert "Ausgangswert 10 %, jetzt 35 %: 50 % des Wegs zum Zielwert 60 %." in shown
    assert "Online-Quote" in words(page(staff, "/strategie/"))


def test_a_source_counts_what_the_reader_may_see(
    world: World, actor_in: Any, client_of: Any
) -> None:
    done = indicator_sources["portfolio.done"]
    assert done.value(actor_in("digital-unit"), Scope()) == 50
    assert done.value(SYSTEM, Scope()) == pytest.approx(100 / 3)
    assert done.value(actor_in("digital-unit"), Scope(goal_id=world.goal.id)) == 0
    assert done.value(actor_in(""), Scope()) is None
    assert indicator_sources["portfolio.rollout"].value(SYSTEM, Scope()) is None
    row = Indicator.objects.create(
        code="K2", name="Fertig", source="portfolio.done", unit_label="%"
    )
    client = client_of("digital-unit")
    assert "50 %" in words(page(client, f"/kennzahlen/{row.pk}/"))
    assert 'value="50"' in page(client, f"/kennzahlen/{row.pk}/wert/neu/")


def test_export_and_import_round_trip(staff: Any, indicator: Indicator) -> None:
    IndicatorValue.objects.create(
        indicator=indicator, day=date(2026, 10, 1), value="35.5", note="ja"
    )
    for kind in ("indicator", "indicator-value"):
        text = body(staff.get(f"/vorhaben/export/{kind}.csv")).decode("utf-8-sig")
        assert "K1" in text
        assert ("35,5" in text) is (kind == "indicator-value")


def test_import_is_all_or_nothing(indicator: Indicator) -> None:
    good = {"indicator": "K1", "day": "2026-09-30", "value": "30"}
    wrong = [
        {"indicator": "K7", "day": "2026-09-30", "value": "30"},
        {"indicator": "K1", "day": "x", "value": "1"},
    ]
    result = import_values([good, *wrong], actor=SYSTEM)
    assert (result.added, [number for number, _text in result.errors]) == (0, [3, 4])
    assert not IndicatorValue.objects.exists()
    assert import_values([good], actor=SYSTEM, dry_run=True).added == 1
    assert not IndicatorValue.objects.exists()
    assert import_values([good], actor=SYSTEM).added == 1
    assert import_values([good], actor=SYSTEM).same == 1
    made = import_indicators(
        [{"code": "K5", "name": "Neu", "goal": "z1"}, {"code": "K1", "name": "x"}], actor=SYSTEM
    )
    assert (made.added, made.same) == (1, 1)
    assert import_indicators([{"code": "K6", "name": "Neu", "goal": "zz"}], actor=SYSTEM).errors


def test_queries_do_not_grow_with_values(staff: Any, indicator: Indicator) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(staff, f"/ziele/{indicator.goal_id}/")
        return len(seen)

    IndicatorValue.objects.create(indicator=indicator, day=date(2026, 1, 1), value=1)
    page(staff, f"/ziele/{indicator.goal_id}/")
    few = count()
    for number in range(2, 9):
        other = Indicator.objects.create(code=f"K{number}", name="x", goal=indicator.goal)
        IndicatorValue.objects.create(indicator=other, day=date(2026, number, 1), value=number)
    assert count() == few
