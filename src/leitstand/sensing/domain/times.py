"""Moments as whole microseconds since 1970-01-01T00:00:00Z, periods as pairs of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from leitstand.sensing.domain.problems import RequestError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
SECOND, HOUR = 1_000_000, 3_600_000_000
_DURATION = re.compile(
    r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


def parse_instant(text: object, *, naive: bool = False) -> int:
    """Return the moment of an ISO 8601 text; raises ``RequestError``.

    An offset is needed unless ``naive``, which then means UTC.
    """
    if not isinstance(text, str) or len(text) > 40:
        raise RequestError("a time in ISO 8601 is needed, such as 2026-11-20T10:00:00Z")
    return _instant(text, naive)


@lru_cache(maxsize=8192)  # senders of a city measure at the same full minutes
def _instant(text: str, naive: bool) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RequestError(f"“{text}” is no time in ISO 8601") from None
    if moment.tzinfo is None:
        if not naive:
            raise RequestError(f"“{text}” lacks its offset, such as Z or +01:00")
        moment = moment.replace(tzinfo=UTC)
    gone = moment - EPOCH
    return (gone.days * 86_400 + gone.seconds) * SECOND + gone.microseconds


def parse_period(text: object, *, naive: bool = False) -> tuple[int, int]:
    """Return start and end of ``start/end``."""
    if not isinstance(text, str) or text.count("/") != 1:
        raise RequestError("an interval is needed, such as 2026-11-20T10:00:00Z/2026-11-20T11:00:00Z")
    first, second = text.split("/")
    start, end = parse_instant(first, naive=naive), parse_instant(second, naive=naive)
    if end < start:
        raise RequestError(f"“{text}” ends before it begins")
    return start, end


def parse_moment(text: object) -> tuple[int, int | None]:
    """Return an instant as (start, None) or an interval as (start, end)."""
    if isinstance(text, str) and "/" in text:
        return parse_period(text)
    return parse_instant(text), None


def parse_duration(text: str) -> int:
    """Return the microseconds of an ISO 8601 duration; months and years have no fixed length."""
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise RequestError(f"“{text}” is no duration in ISO 8601, such as PT1H30M")
    sign, years, months, weeks, days, hours, minutes, seconds = match.groups()
    if years or months:
        raise RequestError("months and years have no fixed length: use days")
    total = timedelta(
        weeks=int(weeks or 0), days=int(days or 0), hours=int(hours or 0),
        minutes=int(minutes or 0), seconds=float(seconds or 0),
    )  # fmt: skip
    return (-1 if sign else 1) * (total // _US)


def instant(moment: int) -> str:
    """Return the ISO 8601 text in UTC; milliseconds only where there are any."""
    value = EPOCH + timedelta(microseconds=moment)
    part = moment % SECOND
    spec = "seconds" if not part else "milliseconds" if part % 1000 == 0 else "microseconds"
    return value.replace(tzinfo=None).isoformat(timespec=spec) + "Z"


def period(start: int, end: int | None) -> str:
    """Return ``start/end``, or the instant if there is no end."""
    return instant(start) if end is None else f"{instant(start)}/{instant(end)}"


def moment_of(value: datetime) -> int:
    """Return an aware ``datetime`` as microseconds since 1970."""
    return (value - EPOCH) // _US
