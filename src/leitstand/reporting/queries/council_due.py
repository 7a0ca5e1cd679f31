"""What the council waits for: reports that are due, papers to be handed in before a meeting."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base import clock, early
from leitstand.core.base.actor import Actor
from leitstand.core.base.early import Coming, EarlyWarningSource, early_warning_sources
from leitstand.core.policy.grants import grants
from leitstand.portfolio import facade_council as portfolio
from leitstand.reporting import policy_council
from leitstand.reporting.domain.deadlines import submission
from leitstand.reporting.models import (
    Consultation,
    CouncilMeeting,
    Paper,
    ResolutionTracking,
    TrackedProject,
)
from leitstand.reporting.queries import council
from leitstand.reporting.queries.tracking import OPEN, SOON_DAYS, trackings

LEAD_DAYS = 14
"""How long before its day a date of the council is told as one that comes."""


@dataclass(frozen=True)
class DueReport:
    """An open resolution whose report is due; ``hand_in`` is the last day on which the report can
    be handed in for ``meeting``, the last one of a committee of the paper before ``due``."""

    tracking: ResolutionTracking
    due: date
    hand_in: date | None
    meeting: CouncilMeeting | None

    @property
    def day(self) -> date:
        """The day by which somebody must have done something."""
        return self.hand_in or self.due

    @property
    def is_late(self) -> bool:
        """Whether the report itself is overdue."""
        return self.due < clock.today()


def due_reports(actor: Actor, rows: Iterable[ResolutionTracking]) -> list[DueReport]:
    """Those of the resolutions that are open and have a day, the soonest first; two queries."""
    found = [row for row in rows if row.state in OPEN and row.next_report]
    committees = _committees([row.paper_id for row in found])
    last = max((row.next_report for row in found if row.next_report), default=clock.today())
    sittings = _sittings(actor, {key for some in committees.values() for key in some}, last)
    days = council.lead_times()["report"]
    reports = [_due(row, committees.get(row.paper_id, ()), sittings, days) for row in found]
    return sorted(reports, key=lambda one: (one.day, one.due, str(one.tracking.pk)))


def _committees(papers: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, set[uuid.UUID]]:
    """The committees that deal with each paper."""
    rows = Consultation.objects.filter(paper__in=papers, withdrawn_on=None)
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    held: Iterable[Any] = rows.values_list("paper_id", "organization_id", "meeting__organization_id")
    for paper, own, meeting in held:
        if own or meeting:
            found[paper].add(own or meeting)
    return found


def _sittings(
    actor: Actor, committees: set[uuid.UUID], last: date
) -> Mapping[uuid.UUID, list[tuple[date, CouncilMeeting]]]:
    """Coming meetings of the committees up to a day, in time."""
    found: dict[uuid.UUID, list[tuple[date, CouncilMeeting]]] = defaultdict(list)
    rows = council.meetings(actor).filter(
        organization__in=committees, cancelled=False, start__lt=council.midnight(last + timedelta(days=1))
    )  # fmt: skip
    for row in rows:
        day = council.day_of(row.start)
        if day and row.organization_id:
            found[row.organization_id].append((day, row))
    return found


def _due(
    row: ResolutionTracking, committees: Iterable[uuid.UUID],
    sittings: Mapping[uuid.UUID, list[tuple[date, CouncilMeeting]]], lead: int,
) -> DueReport:  # fmt: skip
    """The report with the last meeting before its day for which it can still be handed in."""
    assert row.next_report is not None  # noqa: S101 - the caller has looked
    fitting = [
        (day, meeting)
        for key in committees
        for day, meeting in sittings.get(key, ())
        if day <= row.next_report and submission(day, lead) >= clock.today()
    ]
    if not fitting:
        return DueReport(row, row.next_report, None, None)
    day, meeting = max(fitting, key=lambda pair: pair[0])
    return DueReport(row, row.next_report, submission(day, lead), meeting)


@dataclass(frozen=True)
class Submission:
    """A paper entered by hand that has to be handed in for a coming meeting."""

    key: uuid.UUID
    paper: Paper
    meeting: CouncilMeeting
    day: date


def submissions(actor: Actor, until: date) -> list[Submission]:
    """Papers entered by hand on coming agendas whose last day lies not behind ``until``."""
    today = clock.today()
    rows = policy_council.visible_consultations(actor).filter(
        address="", paper__address="", paper__withdrawn_on=None,
        meeting__start__gte=council.midnight(today), meeting__cancelled=False,
    )  # fmt: skip
    days = council.lead_times()
    found = []
    for row in rows.select_related("paper", "meeting"):
        held = council.day_of(row.meeting.start) if row.meeting else None
        if row.paper is None or row.meeting is None or held is None or row.paper.kind not in days:
            continue
        last = submission(held, days[row.paper.kind])
        if today <= last <= until:
            found.append(Submission(row.pk, row.paper, row.meeting, last))
    return sorted(found, key=lambda one: (one.day, str(one.key)))


# --- who is concerned -------------------------------------------------------------------


def reports_for(actor: Actor, until: date) -> list[DueReport]:
    """Reports whose day lies not behind ``until``, of the resolutions in the actor's charge: by
    role in the city or in the unit that carries them out, or as the person responsible."""
    if not (actor.is_system or actor.person_id or grants(actor, policy_council.TRACK)):
        return []
    mine = policy_council.changeable_trackings(actor).values("pk")
    rows = trackings(actor, state="open").filter(pk__in=mine).exclude(next_report=None)
    return [one for one in due_reports(actor, rows) if one.day <= until]


def submissions_for(actor: Actor, until: date) -> list[Submission]:
    """Papers to be handed in, for those who keep the council's papers."""
    if not (actor.is_system or grants(actor, policy_council.CHANGE)):
        return []
    return submissions(actor, until)


def soon() -> date:
    """Up to which day the start page looks ahead."""
    return clock.today() + timedelta(days=SOON_DAYS)


# --- as early warnings ------------------------------------------------------------------


def register() -> None:
    """Fill the registry of early warnings; called once when Django is ready."""
    kinds = {early.COUNCIL: gettext_lazy("council")}
    for source in (
        EarlyWarningSource("reporting.reports", gettext_lazy("reports to the council"), _reports,
                           kinds=kinds, on_start=False),
        EarlyWarningSource("reporting.submissions", gettext_lazy("papers to be handed in"),
                           _submissions, kinds=kinds, on_start=False),
    ):  # fmt: skip
        early_warning_sources.add(source.code, source)


def _reports(actor: Actor, until: date) -> list[Coming]:
    found = reports_for(actor, until)
    touches = _touches(actor, [one.tracking.pk for one in found])
    return [
        Coming(
            f"council-report:{one.tracking.pk}", early.COUNCIL,
            _("Report on “%(title)s”") % {"title": str(one.tracking.paper)[:200]}, one.day,
            LEAD_DAYS, reverse("reporting:paper", args=[one.tracking.paper_id]),
            meeting_words(one.meeting) if one.meeting else _("next report"),
            tuple(touches.get(one.tracking.pk, ())),
        )
        for one in found
    ]  # fmt: skip


def _touches(actor: Actor, keys: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[tuple[str, str]]]:
    links = TrackedProject.objects.filter(tracking__in=keys)
    pairs = list(links.values_list("tracking_id", "project_id"))
    seen = portfolio.seen(actor, {project for _tracking, project in pairs})
    found: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    for tracking, project in pairs:
        if project in seen:
            found[tracking].append((seen[project].title, seen[project].url))
    return found


def _submissions(actor: Actor, until: date) -> list[Coming]:
    found = []
    for one in submissions_for(actor, until):
        title = _("Hand in “%(title)s”") % {"title": str(one.paper)[:200]}
        url = reverse("reporting:paper", args=[one.paper.pk])
        where = meeting_words(one.meeting)
        key = f"council-paper:{one.key}"
        found.append(Coming(key, early.COUNCIL, title, one.day, LEAD_DAYS, url, where))
    return found


def meeting_words(meeting: CouncilMeeting) -> str:
    """For which meeting, in words."""
    day = council.day_of(meeting.start)
    values = {"meeting": meeting.name, "day": f"{day:%d.%m.%Y}" if day else "–"}
    return _("for “%(meeting)s” on %(day)s") % values
