"""Dates as people write them: to the day, or only to the month, quarter or year.

Accepted (German first, English too); ISO 8601 always:
    day      31.12.2026 · 1.1.27 · 31. Dezember 2026 · 2026-12-31 · 31/12/2026 · KW 7/2027 (Monday)
    month    12/2026 · 12.2026 · Dez. 2026 · Ende März 2027 · 2026-12
    quarter  Q2 2027 · 2. Quartal 2027 · II/2027 · 2027-Q2 · Anfang, Frühjahr, Mitte, Sommer,
             Herbst, Ende 2027 · 1. Halbjahr 2027
    year     2027

Rules where writing is ambiguous:
* 03/04/2026 is 3 April (day first) unless the second number exceeds 12.
* Two-digit years are 2000-2079, then 1980-1999.
* Anfang = Q1, Frühjahr and Mitte = Q2, Sommer = Q3, Herbst and Ende = Q4; Winter 2026/27 = Q1 2027.
* A half-year given as one date is its second quarter (it is mostly a deadline);
  given as a period it spans both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.dates import PartialDate, Precision, from_serial
from leitstand.core.tables.problems import ValueProblem

FIRST_YEAR, LAST_YEAR = 1900, 2199
_SERIALS = range(14_611, 73_051)  # 1940-2099: what may be meant as Excel's day number
LONGEST = 80


def parse_date(raw: object) -> PartialDate:
    """One date from a cell: text, number (year or Excel serial), date or datetime."""
    span = span_of_cell(raw)
    if span is None:
        raise ValueProblem(
            _("Not a date. Accepted: 31.12.2026, 12/2026, Q2 2027, 2. Quartal 2027 or 2027."),
            code="date",
        )
    return span.single


@dataclass(frozen=True, slots=True)
class Span:
    """What one expression covers. `single` is its reading as one date."""

    first: PartialDate
    last: PartialDate
    single: PartialDate


def _one(part: PartialDate) -> Span:
    return Span(part, part, part)


def _day(year: int, month: int, day: int) -> Span:
    return _one(PartialDate(date(_in_range(year), month, day)))


def _month(year: int, month: int) -> Span:
    return _one(PartialDate(date(_in_range(year), month, 1), Precision.MONTH))


def _quarter_of(year: int, quarter: int) -> Span:
    if not 1 <= quarter <= 4:
        raise ValueError("no such quarter")
    return _one(PartialDate(date(_in_range(year), 3 * quarter - 2, 1), Precision.QUARTER))


def _half(year: int, half: int) -> Span:
    if not 1 <= half <= 2:
        raise ValueError("no such half-year")
    first, last = (
        _quarter_of(year, 2 * half - 1).first,
        _quarter_of(year, 2 * half).first,
    )
    return Span(first, last, last)


def whole_year(year: int) -> Span:
    """1 January to 31 December; ValueError outside 1900-2199."""
    return _one(PartialDate(date(_in_range(year), 1, 1), Precision.YEAR))


def _week(year: int, week: int) -> Span:
    monday = date.fromisocalendar(_in_range(year), week, 1)
    return Span(
        PartialDate(monday),
        PartialDate(monday + timedelta(days=6)),
        PartialDate(monday),
    )


def _in_range(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("year out of range")
    return year


def _year(text: str) -> int:
    number = int(text)
    if len(text) == 2:
        return 2000 + number if number < 80 else 1900 + number
    return number


def _winter(groups: dict[str, str]) -> Span:
    if (int(groups["a"]) + 1) % 100 != int(groups["b"]):
        raise ValueError("a winter joins two neighbouring years")
    return _quarter_of(_year(groups["b"]), 1)


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jan jänner january jaenner",
            "februar feb feber february",
            "märz mär mrz maerz march mar",
            "april apr",
            "mai may",
            "juni jun june",
            "juli jul july",
            "august aug",
            "september sep sept",
            "oktober okt october oct",
            "november nov",
            "dezember dez december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_SEASONS = {
    name: quarter
    for quarter, names in (
        (1, "anfang jahresanfang jahresbeginn beginn early start"),
        (
            2,
            "frühjahr fruehjahr frühling fruehling spring mitte jahresmitte mid middle",
        ),
        (3, "sommer summer"),
        (4, "herbst autumn fall ende jahresende end late"),
    )
    for name in names.split()
}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

_Y = r"(?P<y>\d{4})"
_YY = r"'?(?P<y>\d{4}|\d{2})"
_NAME = r"(?P<name>[a-zäöü]+)\.?"
_N = r"(?P<n>[1-4]|iv|i{1,3})"


def _number(text: str) -> int:
    return _ROMAN.get(text) or int(text)


def _slashed(first: int, second: int, year: int) -> Span:
    """Day first; month first only where nothing else is possible."""
    return _day(year, first, second) if second > 12 else _day(year, second, first)


_Build = Callable[[dict[str, str]], Span]
_FORMS: tuple[tuple[re.Pattern[str], _Build], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (
            rf"(?P<d>\d{{1,2}})\. ?(?P<m>\d{{1,2}})\. ?{_YY}",
            lambda g: _day(_year(g["y"]), int(g["m"]), int(g["d"])),
        ),
        (
            rf"{_Y}([-/.]?)(?P<m>\d{{2}})\2(?P<d>\d{{2}})",
            lambda g: _day(int(g["y"]), int(g["m"]), int(g["d"])),
        ),
        (
            rf"(?P<a>\d{{1,2}})([-/])(?P<b>\d{{1,2}})\2{_YY}",
            lambda g: _slashed(int(g["a"]), int(g["b"]), _year(g["y"])),
        ),
        (
            rf"(?P<d>\d{{1,2}})(?:\.|st|nd|rd|th)? ?{_NAME} ?{_YY}",
            lambda g: _day(_year(g["y"]), _MONTHS[g["name"]], int(g["d"])),
        ),
        (
            rf"{_NAME} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? {_Y}",
            lambda g: _day(int(g["y"]), _MONTHS[g["name"]], int(g["d"])),
        ),
        (rf"(?P<m>\d{{1,2}})[/.-]{_Y}", lambda g: _month(int(g["y"]), int(g["m"]))),
        (rf"{_Y}[/-](?P<m>\d{{1,2}})", lambda g: _month(int(g["y"]), int(g["m"]))),
        (r"(?P<m>\d{1,2})/(?P<y>\d{2})", lambda g: _month(_year(g["y"]), int(g["m"]))),
        (
            rf"(?:(?:anfang|mitte|ende|early|mid|late|end of) )?{_NAME}[ /-]?{_YY}",
            lambda g: _month(_year(g["y"]), _MONTHS[g["name"]]),
        ),
        (
            rf"(?:q|quartal |quarter ){_N}[ /.-]*{_YY}",
            lambda g: _quarter_of(_year(g["y"]), _number(g["n"])),
        ),
        (
            rf"{_N}\.? ?(?:q|qu|quartal|quarter)\.?[ /-]*{_YY}",
            lambda g: _quarter_of(_year(g["y"]), _number(g["n"])),
        ),
        (
            rf"{_Y}[ /-]?(?:q|quartal )(?P<n>[1-4])",
            lambda g: _quarter_of(int(g["y"]), int(g["n"])),
        ),
        (
            r"(?P<n>iv|i{1,3})[ /]" + _YY,
            lambda g: _quarter_of(_year(g["y"]), _number(g["n"])),
        ),
        (
            rf"(?:h|hj ?){_N}[ /-]*{_YY}",
            lambda g: _half(_year(g["y"]), _number(g["n"])),
        ),
        (
            rf"{_N}\.? ?(?:hj|halbjahr|half)\.?(?: of)?[ /-]*{_YY}",
            lambda g: _half(_year(g["y"]), _number(g["n"])),
        ),
        (r"winter \d{2}(?P<a>\d{2})/(?:\d{2})?(?P<b>\d{2})", _winter),
        (
            rf"{_NAME}(?: of|-)? ?{_Y}",
            lambda g: _quarter_of(int(g["y"]), _SEASONS[g["name"]]),
        ),
        (
            rf"(?:kw|cw|week) ?(?P<w>\d{{1,2}})[ /-]+{_YY}",
            lambda g: _week(_year(g["y"]), int(g["w"])),
        ),
        (
            rf"(?P<w>\d{{1,2}})\. ?kw[ /-]+{_YY}",
            lambda g: _week(_year(g["y"]), int(g["w"])),
        ),
        (
            rf"(?:(?:haushalts|kalender)?jahr |hh |year |fy ?)?{_Y}",
            lambda g: whole_year(int(g["y"])),
        ),
    )
)


_NOISE = re.compile(
    r"^(?:ca\.?|circa|etwa|rund|voraussichtlich|voraus\.|vsl\.?|geplant:?|spätestens|frühestens|approx\.?|expected|by)\s+"
)
_WEEKDAY = re.compile(
    r"^(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)\.?,? (?=\d)"
)
_TIME = re.compile(r"(?<=\d)(?:t|,? )\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?uhr|z|[+-]\d\d:\d\d)?$")


def _tidy(text: str) -> str:
    tidy = " ".join(text.casefold().split())
    tidy = re.sub(r" ?([./]) ?(?=\d)", r"\1", tidy) if "/" in tidy else tidy
    tidy = _WEEKDAY.sub("", _NOISE.sub("", tidy))
    return _TIME.sub("", tidy)


def span_of_cell(raw: object) -> Span | None:
    """What a cell's content covers; None if it is no date."""
    if isinstance(raw, PartialDate):
        return _one(raw)
    if isinstance(raw, datetime | date):
        return _guarded(lambda: _day(raw.year, raw.month, raw.day))
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return _span_of_number(raw)
    return span_of_text(str(raw))


def _span_of_number(number: int | float) -> Span | None:
    """1900-2199 is a year; 14611-73050 is Excel's day number (1940-2099)."""
    if not FIRST_YEAR <= number <= _SERIALS[-1]:  # neither NaN nor infinite
        return None
    if number == int(number) and number <= LAST_YEAR:
        return whole_year(int(number))
    if int(number) in _SERIALS:
        day = from_serial(number)
        return _day(day.year, day.month, day.day)
    return None


@lru_cache(maxsize=20_000)
def span_of_text(text: str) -> Span | None:
    """What a text covers; None if it is no date."""
    if len(text) > LONGEST:
        return None
    tidy = _tidy(text)
    if re.fullmatch(r"\d{5}(?:[.,]0+)?", tidy):
        return _span_of_number(float(tidy[:5]))
    for form, build in _FORMS:
        match = form.fullmatch(tidy)
        if match:
            span = _guarded(lambda b=build, m=match: b(m.groupdict()))  # type: ignore[misc]
            if span is not None:
                return span
    return None


def _guarded(build: Callable[[], Span]) -> Span | None:
    """31.02. and month 13 look like dates but are none; "Foo 2027" names no month."""
    try:
        return build()
    except (ValueError, KeyError):
        return None
