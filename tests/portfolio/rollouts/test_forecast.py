"""The forecast: properties that must hold whatever the data."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from leitstand.portfolio.domain.forecast import (
    FEWEST_DAYS,
    FEWEST_UNITS,
    Finished,
    Forecast,
    TooLittle,
    Work,
    forecast,
)

TODAY = date(2026, 11, 20)
FAR = date.max
records = st.lists(st.integers(0, 900), min_size=FEWEST_UNITS, max_size=60)
works = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda p: Work(min(p), max(p))),
    min_size=1, max_size=60,
)  # fmt: skip


def days(ago: list[int]) -> list[date]:
    return [TODAY - timedelta(days=n) for n in ago]


def answer(ago: list[int], remaining: list[Work]) -> Forecast:
    since = TODAY - timedelta(days=max(*ago, FEWEST_DAYS))
    found = forecast(days(ago), remaining, since=since, today=TODAY)
    assert isinstance(found, Forecast)
    return found


def three(found: Forecast) -> tuple[date, date, date]:
    return found.p10 or FAR, found.p50 or FAR, found.p90 or FAR


@settings(deadline=None, max_examples=60)
@given(records, works)
def test_in_order_and_never_before_the_work_can_be_done(
    ago: list[int], remaining: list[Work]
) -> None:
    early, middle, late = three(answer(ago, remaining))
    floor = TODAY + timedelta(days=max(work.least for work in remaining))
    assert TODAY <= floor <= early <= middle <= late


@settings(deadline=None, max_examples=60)
@given(records, works, works)
def test_more_work_is_never_finished_earlier(
    ago: list[int], some: list[Work], more: list[Work]
) -> None:
    for less, much in zip(three(answer(ago, some)), three(answer(ago, some + more)), strict=True):
        assert less <= much


@settings(deadline=None, max_examples=60)
@given(records, works, st.integers(1, 100))
def test_longer_steps_are_never_finished_earlier(ago: list[int], some: list[Work], by: int) -> None:
    longer = [Work(w.least + by, w.most + by) for w in some]
    for less, much in zip(three(answer(ago, some)), three(answer(ago, longer)), strict=True):
        assert less <= much


@settings(deadline=None, max_examples=40)
@given(st.integers(6, 40), st.integers(5, 30), st.integers(5, 40))
def test_less_data_is_wider(gap: int, few: int, remaining: int) -> None:
    """The same pace, known for half the time: the span is not narrower."""
    few = max(few, FEWEST_DAYS // gap + 1)
    work = [Work(0, 0)] * remaining
    widths = []
    for number in (few, few * 3):
        ago = [gap * place for place in range(number)]
        early, _middle, late = three(
            _sure(
                forecast(
                    days(ago), work, since=TODAY - timedelta(days=gap * number - 1), today=TODAY
                )
            )
        )
        widths.append((late - early).days if late != FAR else 10**6)
    assert widths[1] <= widths[0] + 2


def _sure(found: object) -> Forecast:
    assert isinstance(found, Forecast)
    return found


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 900), max_size=FEWEST_UNITS - 1), works)
def test_too_little_says_so(ago: list[int], remaining: list[Work]) -> None:
    found = forecast(days(ago), remaining, since=TODAY - timedelta(days=900), today=TODAY)
    assert isinstance(found, TooLittle)
    assert found.remaining == len(remaining)


def test_a_short_record_is_too_little() -> None:
    ago = [1, 2, 3, 4, 5, 6]
    found = forecast(days(ago), [Work(1, 1)], since=TODAY - timedelta(days=20), today=TODAY)
    assert isinstance(found, TooLittle)


def test_nothing_left_is_finished() -> None:
    found = forecast(days([3, 90]), [], since=TODAY - timedelta(days=100), today=TODAY)
    assert found == Finished(TODAY - timedelta(days=3))
    assert forecast([], [], since=TODAY, today=TODAY) == Finished(None)


def test_the_same_data_give_the_same_days() -> None:
    ago = [10, 40, 80, 120, 200, 230]
    assert answer(ago, [Work(5, 9)] * 7) == answer(ago, [Work(5, 9)] * 7)


def test_a_steady_pace_is_continued() -> None:
    """One unit a fortnight for two years, 13 remain: about half a year."""
    ago = [14 * place for place in range(52)]
    found = answer(ago, [Work(10, 20)] * 13)
    assert found.p50 and 140 <= (found.p50 - TODAY).days <= 240


def test_a_pace_that_has_stopped_is_far_away() -> None:
    ago = [400 + 14 * place for place in range(20)]
    moving = [14 * place for place in range(20)]
    assert three(answer(ago, [Work(1, 1)] * 10))[1] > three(answer(moving, [Work(1, 1)] * 10))[1]
