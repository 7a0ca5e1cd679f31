"""Council papers and meetings as pages show them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.history import past as past_days
from leitstand.core.tables.filters import Filter, Kind
from leitstand.core.tables.query import Binding, ListSpec, Query
from leitstand.reporting import policy, policy_council
from leitstand.reporting.domain.deadlines import DEFAULT_DAYS, submission
from leitstand.reporting.models import (
    AgendaItem,
    Consultation,
    CouncilMeeting,
    Follower,
    LeadTime,
    Organization,
    Paper,
    Report,
)
from leitstand.reporting.tables.council import DEADLINE_COLUMNS, MEETINGS, PAPERS

DEADLINE_KINDS = ("resolution", "report", "motion", "inquiry")


def _years() -> list[tuple[str, str]]:
    """Years of public papers, latest first."""
    dates = Paper.objects.filter(confidentiality=0).exclude(date=None)
    return [(str(day.year), str(day.year)) for day in dates.dates("date", "year", order="DESC")]


def _of_years(value: tuple[str, ...], _actor: Actor) -> Q:
    return Q(date__year__in=[int(year) for year in value if year])


def _is_followed(_value: bool, actor: Actor) -> Q:
    return Q(Exists(followers(actor).filter(paper=OuterRef("pk"))))


PAPER_LIST = ListSpec(
    PAPERS,
    search=("name", "reference", "originator_text", "originator__name", "organization__name"),
    bindings={
        "state": Binding(path="tracking__state"),
        "next_report": Binding(path="tracking__next_report"),
    },
    extra=(
        Filter("year", _("Year"), Kind.CHOICE, choices=_years, where=_of_years),
        Filter("tracked", _("Only tracked ones"), Kind.FLAG,
               where=lambda _value, _actor: Q(tracking__isnull=False)),
        Filter("followed", _("Papers that I follow"), Kind.FLAG, where=_is_followed),
    ),
)  # fmt: skip


def midnight(day: date) -> datetime:
    """When the day begins on the city's clock."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _on_days(value: tuple[date | None, date | None], _actor: Actor) -> Q:
    first, last = value
    clause = Q(start__gte=midnight(first)) if first else Q()
    return clause & Q(start__lt=midnight(last + timedelta(days=1))) if last else clause


def _any(_value: bool, _actor: Actor) -> Q:
    """What ``past`` asks for decides the order, too: see ``sittings``."""
    return Q()


MEETING_LIST = ListSpec(
    MEETINGS,
    search=("name", "organization__name", "place"),
    bindings={
        "committee": Binding(path="organization_id"),
        "start": Binding(where=_on_days),
    },
    extra=(Filter("past", _("Past meetings"), Kind.FLAG, where=_any),),
)


def lead_times() -> dict[str, int]:
    """Days before a meeting by kind of paper: the city's, else as shipped."""
    return {**DEFAULT_DAYS, **dict(LeadTime.objects.values_list("kind", "days"))}


@dataclass(frozen=True)
class Sitting:
    """A meeting with the last days on which papers can be handed in."""

    meeting: CouncilMeeting
    day: date | None
    deadlines: Mapping[str, date]

    @property
    def next_deadline(self) -> date | None:
        """The next of the deadlines that has not passed."""
        today = clock.today()
        return min((day for day in self.deadlines.values() if day >= today), default=None)


def day_of(moment: datetime | None) -> date | None:
    """The day on the city's wall."""
    return timezone.localtime(moment).date() if moment else None


def sitting(meeting: CouncilMeeting, days: Mapping[str, int]) -> Sitting:
    """The meeting with its deadlines; a cancelled one or one without a day has none."""
    day = day_of(meeting.start)
    if day is None or meeting.cancelled:
        return Sitting(meeting, day, {})
    return Sitting(meeting, day, {kind: submission(day, days[kind]) for kind in DEADLINE_KINDS})


def meetings(
    actor: Actor, *, past: bool = False, committee: uuid.UUID | None = None
) -> QuerySet[CouncilMeeting]:
    """Coming meetings, soonest first; or past ones, latest first."""
    found = policy_council.visible_meetings(actor).filter(withdrawn_on=None)
    found = found.select_related("organization")
    if committee:
        found = found.filter(organization=committee)
    begin = midnight(clock.today())
    if past:
        return found.filter(start__lt=begin).order_by("-start", "id")
    coming = found.filter(Q(start__gte=begin) | Q(start=None))
    return coming.order_by(F("start").asc(nulls_last=True), "id")


def sittings(actor: Actor, query: Query) -> QuerySet[CouncilMeeting]:
    """The meetings that a query asks for: coming ones, past ones, or those of certain days."""
    base = policy_council.visible_meetings(actor).filter(withdrawn_on=None)
    found = query.narrow(base.select_related("organization"), actor)
    late = bool(query.filters.get("past"))
    if late or "start" not in query.filters:
        begin = midnight(clock.today())
        found = found.filter(Q(start__lt=begin) if late else Q(start__gte=begin) | Q(start=None))
    if query.sort:
        return query.order(found)
    start = F("start").desc() if late else F("start").asc(nulls_last=True)
    return found.order_by(start, "id")


def committees(actor: Actor) -> QuerySet[Organization]:
    """Committees that meet, and those entered by hand."""
    meet = policy_council.visible_meetings(actor).filter(organization=OuterRef("pk"))
    found = Organization.objects.filter(Q(Exists(meet)) | Q(address=""))
    return found if policy_council.level(actor) >= 0 else found.none()


@dataclass(frozen=True)
class Point:
    """A point of the agenda with the paper that it is about, as far as the reader sees it."""

    item: AgendaItem
    paper: Paper | None


def agenda(actor: Actor, meeting: CouncilMeeting) -> tuple[list[Point], list[Consultation]]:
    """The points of the agenda, and consultations without a point; three queries."""
    items = list(AgendaItem.objects.filter(meeting=meeting, withdrawn_on=None))
    seen = policy_council.visible_consultations(actor).filter(meeting=meeting)
    rows = list(seen.exclude(paper=None).select_related("paper"))
    papers = {row.agenda_item_id: row.paper for row in rows if row.agenda_item_id}
    points = [Point(item, papers.get(item.pk)) for item in items]
    known = {item.pk for item in items}
    return points, [row for row in rows if row.agenda_item_id not in known]


def papers(
    actor: Actor, *, search: str = "", kind: str = "", year: int | None = None,
    followed: bool = False, tracked: bool = False,
) -> QuerySet[Paper]:  # fmt: skip
    """The visible papers that fit, newest first."""
    found = policy_council.visible(actor).select_related("organization", "originator", "tracking")
    for word in search.split()[:8]:
        found = found.filter(
            Q(name__icontains=word) | Q(reference__icontains=word)
            | Q(originator_text__icontains=word) | Q(originator__name__icontains=word)
        )  # fmt: skip
    if kind:
        found = found.filter(kind=kind)
    if year:
        found = found.filter(date__year=year)
    if followed:
        found = found.filter(Exists(followers(actor).filter(paper=OuterRef("pk"))))
    if tracked:
        found = found.filter(tracking__isnull=False)
    return found.order_by(F("date").desc(nulls_last=True), "-reference", "id")


def followers(actor: Actor) -> QuerySet[Follower]:
    """What the actor follows."""
    if actor.account_id is None:
        return Follower.objects.none()
    return Follower.objects.filter(account_id=actor.account_id)


def consultations(actor: Actor, paper: Paper) -> list[Consultation]:
    """Where the paper was or will be dealt with, in time; on a past day without later results."""
    rows = policy_council.visible_consultations(actor).filter(paper=paper)
    rows = rows.select_related("meeting__organization", "agenda_item", "organization")
    found = list(rows.order_by(F("meeting__start").asc(nulls_last=True), "id"))
    if past_days.is_past():
        for row in found:
            held = day_of(row.meeting.start) if row.meeting else None
            if held is None or held > clock.today():
                row.agenda_item = None
    return found


def reports_on(actor: Actor, paper: Paper) -> list[Report]:
    """The visible reports that bear the paper's number."""
    if not paper.reference.strip():
        return []
    found = policy.visible(actor).filter(reference=paper.reference.strip())
    found = found.filter(day__lte=clock.today()) if past_days.is_past() else found
    return list(found[:20])


def committees_of(rows: Iterable[Consultation]) -> set[uuid.UUID]:
    """The committees that deal with a paper."""
    found = (row.organization_id or (row.meeting.organization_id if row.meeting else None)
             for row in rows)  # fmt: skip
    return {key for key in found if key}


def last_sitting(actor: Actor, rows: Iterable[Consultation]) -> CouncilMeeting | None:
    """The latest past meeting of a committee that deals with the paper."""
    held = policy_council.visible_meetings(actor).filter(
        organization__in=committees_of(rows), start__lt=midnight(clock.today()), cancelled=False,
        withdrawn_on=None,
    )  # fmt: skip
    return held.order_by("-start").first()


# --- rows of files ----------------------------------------------------------------------


def sender(paper: Paper) -> str:
    """Who submitted the paper: group or office."""
    one = paper.originator or paper.organization
    return paper.originator_text or (one.name if one else "")


def paper_rows(found: QuerySet[Paper]) -> Iterator[dict[str, Any]]:
    """Papers as rows of a file."""
    names = ("reference", "name", "kind", "type_text", "date", "withdrawn_on", "address")
    whole = found.select_related("organization", "originator", "tracking")
    for paper in whole.iterator(chunk_size=1000):
        tracking = getattr(paper, "tracking", None)
        yield {
            **{name: getattr(paper, name) for name in names}, "submitted_by": sender(paper),
            "confidentiality": str(paper.confidentiality),
            "state": tracking.state if tracking else "",
            "next_report": tracking.next_report if tracking else None,
        }  # fmt: skip


def meeting_rows(found: QuerySet[CouncilMeeting]) -> Iterator[dict[str, Any]]:
    """Meetings with the last days for papers as rows of a file."""
    days = lead_times()
    for row in found.iterator(chunk_size=1000):
        times = [timezone.localtime(one) if one else None for one in (row.start, row.end)]
        begins, ends = (f"{one:%H:%M}" if one else "" for one in times)
        deadlines = sitting(row, days).deadlines
        yield {
            "name": row.name, "committee": str(row.organization or ""), "start": day_of(row.start),
            "begins": begins, "ends": ends, "place": row.place, "cancelled": row.cancelled,
            **{column: deadlines.get(kind) for kind, column in DEADLINE_COLUMNS.items()},
            "confidentiality": str(row.confidentiality), "address": row.address,
        }  # fmt: skip
