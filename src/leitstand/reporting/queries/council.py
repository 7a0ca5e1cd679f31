"""Council papers and meetings as pages show them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
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

DEADLINE_KINDS = ("resolution", "report", "motion", "inquiry")


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
    begin = timezone.make_aware(datetime.combine(clock.today(), datetime.min.time()))
    if past:
        return found.filter(start__lt=begin).order_by("-start", "id")
    coming = found.filter(Q(start__gte=begin) | Q(start=None))
    return coming.order_by(F("start").asc(nulls_last=True), "id")


def committees(actor: Actor) -> QuerySet[Organization]:
    """Committees that meet, and those entered by hand."""
    meet = CouncilMeeting.objects.filter(organization=OuterRef("pk"))
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
    seen = Consultation.objects.filter(
        meeting=meeting, withdrawn_on=None, paper__in=policy_council.visible(actor)
    ).select_related("paper")
    rows = list(seen)
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


def years(actor: Actor) -> list[int]:
    """The years of visible papers, latest first."""
    dates = policy_council.visible(actor).exclude(date=None).dates("date", "year", order="DESC")
    return [day.year for day in dates]


def consultations(paper: Paper) -> list[Consultation]:
    """Where the paper was or will be dealt with, in time."""
    rows = Consultation.objects.filter(paper=paper, withdrawn_on=None)
    rows = rows.select_related("meeting__organization", "agenda_item", "organization")
    return list(rows.order_by(F("meeting__start").asc(nulls_last=True), "id"))


def by_reference(actor: Actor, reference: str) -> Paper | None:
    """The visible paper of this number, if there is exactly one; reports are tied by it."""
    found = list(policy_council.visible(actor).filter(reference=reference.strip())[:2])
    return found[0] if reference.strip() and len(found) == 1 else None


def reports_on(actor: Actor, paper: Paper) -> list[Report]:
    """The visible reports that bear the paper's number."""
    if not paper.reference.strip():
        return []
    return list(policy.visible(actor).filter(reference=paper.reference.strip())[:20])


def last_sitting(rows: list[Consultation]) -> CouncilMeeting | None:
    """The latest past meeting of a committee that deals with the paper."""
    committees = {row.organization_id or (row.meeting.organization_id if row.meeting else None)
                  for row in rows} - {None}  # fmt: skip
    if not committees:
        return None
    now = clock.now()
    held = CouncilMeeting.objects.filter(
        organization__in=committees, start__lt=now, cancelled=False, withdrawn_on=None
    )
    today = clock.today()
    found = held.order_by("-start")[:20]
    return next((one for one in found if (day_of(one.start) or today) < today), None)
