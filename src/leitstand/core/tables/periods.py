"""Periods in one cell: "01/2026 – 12/2027", "2026-2028", "Q1–Q3 2027", "ab 2027".

Each side is a date as `datetext` accepts it; a start without a year takes the end's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.dates import Period
from leitstand.core.tables.datetext import (
    LONGEST,
    Span,
    span_of_cell,
    span_of_text,
    whole_year,
)
from leitstand.core.tables.problems import ValueProblem


def parse_period(raw: object) -> Period:
    """Start and end from one cell: "01/2026 – 12/2027", "2026-2028", "Q1–Q3 2027", "ab 2027"."""
    period = _period_of_cell(raw)
    if period is None:
        raise ValueProblem(
            _("Not a period. Accepted: 01/2026 – 12/2027, Q1 2026 – Q3 2027, 2026–2028 or 2027."),
            code="period",
        )
    if period.start and period.end and period.start.first > period.end.last:
        raise ValueProblem(_("The period ends before it starts."), code="period_order")
    return period


_JOINT = re.compile(r"\s*(?:–|—|-|\bbis(?: zum)?\b|\bto\b|\buntil\b|/)\s*")
_FROM = re.compile(r"^(?:ab|seit|von|vom|from|since|start(?:ing)?:?|beginn:?)\s+")
_TO = re.compile(r"^(?:bis(?: zum)?|until|till|to|ende:?)\s+")
_ONWARDS = re.compile(r"\s*(?:ff\.?|\bfortlaufend|-|–)$")


def _period_of_cell(raw: object) -> Period | None:
    if not isinstance(raw, str):
        span = span_of_cell(raw)
        return Period(span.first, span.last) if span else None
    if len(raw) > LONGEST:
        return None
    text = " ".join(raw.casefold().split())
    whole = span_of_text(text)
    if whole:
        return Period(whole.first, whole.last)
    return _from_one(text) or _from_two(text)


def _from_two(text: str) -> Period | None:
    bare = _FROM.sub("", text)
    for left, right in _splits(bare):
        end = span_of_text(right)
        start = span_of_text(left) or (end and _borrowing(left, end))
        if start and end:
            return Period(start.first, end.last)
    years = re.fullmatch(r"(\d{4})\s*[/–-]\s*(\d{2})", bare)
    if years and (end := span_of_text(years[1][:2] + years[2])):
        return Period(whole_year(int(years[1])).first, end.last)
    return None


def _from_one(text: str) -> Period | None:
    for pattern, is_start in ((_FROM, True), (_ONWARDS, True), (_TO, False)):
        rest = pattern.sub("", text)
        span = span_of_text(rest) if rest != text else None
        if span:
            return Period(span.first, None) if is_start else Period(None, span.last)
    return None


def _splits(text: str) -> Iterator[tuple[str, str]]:
    for joint in _JOINT.finditer(text):
        left, right = text[: joint.start()], text[joint.end() :]
        if left and right:
            yield left, right


def _borrowing(left: str, end: Span) -> Span | None:
    """The start takes its year from the end: "Q1–Q3 2027", "1.3.–31.5.2027", "Jan–März 2027"."""
    year = end.last.date.year
    for glue in (" ", "", "/"):
        span = span_of_text(f"{left}{glue}{year}")
        if span:
            return span
    return None
