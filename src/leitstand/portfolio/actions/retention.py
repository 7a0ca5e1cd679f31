"""What of the portfolio has a period of its own, how it goes, and what is kept for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from leitstand.core.comments.actions import forget as forget_comments
from leitstand.core.history import tracked
from leitstand.core.privacy.actions.removing import remove_rows
from leitstand.portfolio.actions.imports import cleaning
from leitstand.portfolio.models import (
    CLOSED_CASES,
    ActionItem,
    GroupMember,
    ImportRun,
    IndicatorValue,
    Meeting,
    Minutes,
    Need,
    RoundLink,
    StatusReport,
    StatusRequest,
    StatusRound,
)

# --- meetings, groups, tasks, needs ---------------------------------------------------------------


def old_meetings(before: datetime) -> QuerySet[Meeting]:
    """Meetings of that time without released minutes: called off, or never written about."""
    held = Meeting.objects.filter(day__lt=timezone.localdate(before))
    return held.exclude(minutes__state=Minutes.State.RELEASED)


def old_minutes(before: datetime) -> QuerySet[Meeting]:
    """Meetings whose minutes were released before."""
    return Meeting.objects.filter(
        minutes__state=Minutes.State.RELEASED, minutes__released_on__lt=timezone.localdate(before)
    )


@transaction.atomic
def remove_meetings(keys: Sequence[Any]) -> int:
    """Delete meetings with agenda, minutes and comments; tasks and decisions stay."""
    forget_comments("meeting", *keys)
    return remove_rows(Meeting.objects.filter(pk__in=keys))


def old_members(before: datetime) -> QuerySet[GroupMember]:
    """Members of working groups that ended before."""
    return GroupMember.objects.filter(group__active=False, group__updated_at__lt=before)


@transaction.atomic
def remove_members(keys: Sequence[Any]) -> int:
    """Delete who was a member; the group stays."""
    return remove_rows(GroupMember.objects.filter(pk__in=keys))


def old_tasks(before: datetime) -> QuerySet[ActionItem]:
    """Tasks that were done before."""
    day = timezone.localdate(before)
    return ActionItem.objects.filter(state=ActionItem.State.DONE, done_on__lt=day)


@transaction.atomic
def remove_tasks(keys: Sequence[Any]) -> int:
    """Delete tasks with their comments."""
    forget_comments("task", *keys)
    return remove_rows(ActionItem.objects.filter(pk__in=keys))


def old_needs(before: datetime) -> QuerySet[Need]:
    """Needs that were decided on before and have not been opened again."""
    day = timezone.localdate(before)
    return Need.objects.filter(case__state__in=CLOSED_CASES, case__state_since__lt=day)


@transaction.atomic
def remove_needs(keys: Sequence[Any]) -> int:
    """Delete needs with case, messages, overlaps and comments; what became of them stays."""
    forget_comments("need", *keys)
    return remove_rows(Need.objects.filter(pk__in=keys))


# --- rounds ---------------------------------------------------------------------------------------


def _ended(before: datetime) -> QuerySet[StatusRound]:
    return StatusRound.objects.filter(
        state__in=(StatusRound.State.CLOSED, StatusRound.State.CANCELLED), closed_at__lt=before
    )


def old_requests(before: datetime) -> QuerySet[StatusRound]:
    """Rounds that ended before and still say who was asked or had a link."""
    asked = StatusRequest.objects.filter(round=OuterRef("pk"), person__isnull=False)
    links = RoundLink.objects.filter(round=OuterRef("pk"))
    return _ended(before).filter(Q(Exists(asked)) | Q(Exists(links)))


@transaction.atomic
def forget_requests(keys: Sequence[Any]) -> int:
    """Take from ended rounds whom they asked and by which links; reports and results stay."""
    RoundLink.objects.filter(round__in=keys).delete()
    StatusRequest.objects.filter(round__in=keys).update(person=None)
    return len(keys)


def old_rounds(before: datetime) -> QuerySet[StatusRound]:
    """Rounds that ended before."""
    return _ended(before)


@transaction.atomic
def remove_rounds(keys: Sequence[Any]) -> int:
    """Delete rounds with their reports, frozen results and comments."""
    reports = StatusReport.objects.filter(round__in=keys)
    forget_comments("status-report", *reports.values_list("pk", flat=True))
    forget_comments("status-round", *keys)
    remove_rows(reports)
    return remove_rows(StatusRound.objects.filter(pk__in=keys))


# --- imports, indicators --------------------------------------------------------------------------


def old_imports(before: datetime) -> QuerySet[ImportRun]:
    """Imports that nobody has touched since."""
    return ImportRun.objects.filter(updated_at__lt=before)


def remove_imports(keys: Sequence[Any]) -> int:
    """Delete import runs with staging rows and file; the trail keeps what was done."""
    runs = ImportRun.objects.filter(pk__in=keys).select_related("file")
    for run in runs:
        cleaning.remove(run)
    return len(runs)


def old_entries(before: datetime) -> QuerySet[IndicatorValue]:
    """Values of indicators that say who entered them before."""
    return IndicatorValue.objects.filter(updated_at__lt=before).exclude(entered_by=None)


@transaction.atomic
def forget_entries(keys: Sequence[Any]) -> int:
    """Take from values who entered them, in past versions too; the values stay."""
    count = IndicatorValue.objects.filter(pk__in=keys).update(entered_by=None)
    versions = tracked.of(IndicatorValue).period._default_manager
    versions.filter(object_id__in=keys).update(entered_by_id=None)
    return count
