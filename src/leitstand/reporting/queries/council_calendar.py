"""Meetings and the last days for their papers as calendar events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from leitstand.core.base.icalendar import Appointment, Occasion
from leitstand.reporting.models import CouncilMeeting, PaperKind
from leitstand.reporting.queries import council

_LENGTH = timedelta(hours=2)


def events(meetings: Iterable[CouncilMeeting], address: str) -> Iterator[Occasion | Appointment]:
    """Each meeting that has a day, and its deadlines; ``address`` is a meeting's page with ``{}``.

    A meeting without an end is taken to last two hours. Kinds of papers with the same last day
    share one event.
    """
    days = council.lead_times()
    labels = dict(PaperKind.choices)
    for row in meetings:
        url = address.format(row.pk)
        if row.start is None:
            continue
        yield _meeting(row, url)
        by_day: dict[date, list[str]] = {}
        for kind, day in council.sitting(row, days).deadlines.items():
            by_day.setdefault(day, []).append(kind)
        for day, kinds in by_day.items():
            names = ", ".join(str(labels[kind]) for kind in kinds)
            values = {"kinds": names, "meeting": row.name}
            yield Occasion(
                uid=f"{row.pk}-{kinds[0]}@leitstand", day=day, stamp=row.updated_at, url=url,
                summary=_("Last day for papers (%(kinds)s): %(meeting)s") % values,
                sequence=row.version - 1,
            )  # fmt: skip


def _meeting(row: CouncilMeeting, url: str) -> Appointment:
    assert row.start is not None  # noqa: S101 - the caller has looked
    committee = str(row.organization or "")
    return Appointment(
        uid=f"{row.pk}@leitstand", start=row.start, end=row.end or row.start + _LENGTH,
        summary=row.name, stamp=row.updated_at, place=row.place, url=url,
        description=committee if committee != row.name else "", sequence=row.version - 1,
        cancelled=row.cancelled,
    )  # fmt: skip
