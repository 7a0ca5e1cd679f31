"""How far an indicator has come from its baseline to its target, and whether that is in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

BEHIND = 10
"""Percentage points by which progress may lag behind the time before it counts as behind."""


class Pace(StrEnum):
    """Where an indicator stands; unknown where a number is missing."""

    UNKNOWN = "unknown"
    REACHED = "reached"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of an indicator: where it began, where it shall go, where it stands."""

    higher_is_better: bool
    baseline: float | None
    baseline_date: date | None
    target: float | None
    target_date: date | None
    value: float | None
    value_date: date | None


@dataclass(frozen=True, slots=True)
class Progress:
    """``share`` of the way in percent (below 0: the wrong way, above 100: beyond the target).

    ``expected`` is the share of the time that had passed on the day of the value.
    """

    pace: Pace
    share: float | None = None
    expected: float | None = None


def progress(course: Course, on: date) -> Progress:
    """The progress as of ``on``; a target without a baseline knows reached or not, no share."""
    if course.value is None or course.target is None:
        return Progress(Pace.UNKNOWN)
    reached = (
        course.value >= course.target if course.higher_is_better else course.value <= course.target
    )
    share, expected = _share(course), _expected(course)
    if reached:
        return Progress(Pace.REACHED, share, expected)
    if course.target_date is not None and on > course.target_date:
        return Progress(Pace.MISSED, share, expected)
    if share is None or expected is None:
        return Progress(Pace.UNKNOWN, share, expected)
    pace = Pace.ON_TRACK if share >= expected - BEHIND else Pace.BEHIND
    return Progress(pace, share, expected)


def _share(course: Course) -> float | None:
    if course.baseline is None or course.target is None or course.value is None:
        return None
    way = course.target - course.baseline
    return 100 * (course.value - course.baseline) / way if way else None


def _expected(course: Course) -> float | None:
    if not (course.baseline_date and course.target_date and course.value_date):
        return None
    whole = (course.target_date - course.baseline_date).days
    if whole <= 0:
        return None
    gone = (course.value_date - course.baseline_date).days
    return min(max(100 * gone / whole, 0.0), 100.0)


def together(parts: Iterable[Progress]) -> float | None:
    """The mean share of several indicators, each counted from 0 to 100; None without any."""
    shares = [min(max(part.share, 0.0), 100.0) for part in parts if part.share is not None]
    return sum(shares) / len(shares) if shares else None
