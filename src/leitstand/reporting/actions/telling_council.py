"""Who is told of tracked resolutions: followers, and who is in charge of the next report."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.base.actions import recall, remember
from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.notify import kinds
from leitstand.core.notify.actions.sending import send
from leitstand.core.notify.notices import Notice
from leitstand.core.notify.people import tell
from leitstand.core.policy import registry
from leitstand.core.policy.models import RoleAssignment
from leitstand.reporting import policy_council
from leitstand.reporting.models import Follower, ResolutionTracking
from leitstand.reporting.queries.council_due import DueReport, reports_for

FOLLOWED, REPORT = "council.followed", "council.report"
DAYS_BEFORE = 14
_MOST_KEEPERS = 50
_REMINDED = "reporting.reports.reminded"


def register() -> None:
    """Register the kinds of notices."""
    kinds.register(FOLLOWED, gettext_lazy("Papers that you follow"),
                   gettext_lazy("What becomes of the motions and resolutions that you follow."),
                   "digest")  # fmt: skip
    kinds.register(REPORT, gettext_lazy("Reports to the council"),
                   gettext_lazy("A resolution was handed to you, or its next report is due."))  # fmt: skip


def _url(tracking: ResolutionTracking) -> str:
    return reverse("reporting:paper", args=[tracking.paper_id])


def _title(tracking: ResolutionTracking) -> str:
    return _("“%(title)s”") % {"title": str(tracking.paper)[:120]}


def changed(
    tracking: ResolutionTracking, actor: Actor, *, began: bool = False, handed: bool = False
) -> None:
    """Tell followers who still see the paper, and the person to whom it was handed."""
    if began or handed:
        _hand_over(tracking, actor)
    rows = Follower.objects.filter(paper=tracking.paper_id).select_related("account__person")
    level = tracking.paper.confidentiality
    cause = f"resolution:{tracking.pk}:{tracking.version}"
    notices = []
    for row in rows:
        account = row.account
        sees = account.is_active and policy_council.level(of_account(account)) >= level
        if not sees or account.pk == actor.account_id:
            continue
        with translation.override(account.language):
            values = {"title": _title(tracking), "state": tracking.get_state_display()}
            subject = _("News of a paper that you follow")
            text = _("%(title)s: %(state)s.") % values
        notices.append(Notice(key=f"{cause}:{account.pk}", kind=FOLLOWED, subject=subject,
                              text=text, url=_url(tracking), account_id=account.pk))  # fmt: skip
    if notices:
        send(*notices)


def _hand_over(tracking: ResolutionTracking, actor: Actor) -> None:
    def words() -> tuple[str, str]:
        due = f"{tracking.next_report:%d.%m.%Y}" if tracking.next_report else "–"
        values = {"title": _title(tracking), "due": due}
        return (
            _("A resolution was handed to you"),
            _("You are in charge of %(title)s. Next report to the council: %(due)s.") % values,
        )

    cause = f"resolution:{tracking.pk}:handed:{tracking.responsible_id}"
    people = _seeing(tracking, [tracking.responsible_id])
    tell(REPORT, cause, people, words, _url(tracking), but=actor.person_id)


def _seeing(
    tracking: ResolutionTracking, people: Iterable[uuid.UUID | None]
) -> list[uuid.UUID | None]:
    """Those of the people who may see the paper: a public one everybody, others by their role."""
    level = tracking.paper.confidentiality
    if level <= Level.PUBLIC:
        return list(people)
    accounts = Account.objects.filter(person__in=[one for one in people if one], is_active=True)
    return [
        account.person_id
        for account in accounts.select_related("person")
        if policy_council.level(of_account(account)) >= level
    ]


@transaction.atomic
def remind_of_reports() -> int:
    """Tell, once per resolution and date, that a report is due within two weeks or overdue; where
    a meeting is known for which it has to be handed in, two weeks before that last day.

    Goes to the person responsible, else to those who track in the unit that carries it out, else
    to those who do for the whole city; to all of them only as far as they see the paper. Runs
    with the worker's round every minute and does its work once a day.
    """
    today = clock.today()
    if recall(_REMINDED) == today.isoformat():
        return 0
    found = reports_for(Actor.system("council"), today + timedelta(days=DAYS_BEFORE))
    everywhere, by_unit = _keepers()
    number = sum(_remind(one, everywhere, by_unit) for one in found)
    remember(_REMINDED, today.isoformat())
    return number


def _keepers() -> tuple[list[uuid.UUID], Mapping[uuid.UUID, list[uuid.UUID]]]:
    """Who tracks resolutions in the whole city, and who does in a unit (its own, not those above)."""
    roles = RoleAssignment.objects.filter(
        role__in=registry.roles_with(policy_council.TRACK), account__is_active=True
    ).exclude(account__person=None)
    today = clock.today()
    roles = roles.exclude(valid_from__gt=today).exclude(valid_until__lt=today)
    everywhere: list[uuid.UUID] = []
    by_unit: dict[uuid.UUID, list[uuid.UUID]] = {}
    held: Iterable[Any] = roles.order_by("id").values_list("unit_id", "account__person_id")
    for unit, person in held:
        if unit is None:
            everywhere.append(person)
        else:
            by_unit.setdefault(unit, []).append(person)
    return everywhere[:_MOST_KEEPERS], by_unit


def _remind(
    report: DueReport, everywhere: list[uuid.UUID], by_unit: Mapping[uuid.UUID, list[uuid.UUID]]
) -> int:
    """Tell the person responsible, else those of the unit that carries it out, else the city's."""
    tracking, late = report.tracking, report.is_late

    def words() -> tuple[str, str]:
        values = {"title": _title(tracking), "due": f"{report.due:%d.%m.%Y}"}
        subject = _("Report overdue") if late else _("Report due on %(due)s") % values
        text = _("The council expects a report on %(title)s by %(due)s.") % values
        if report.hand_in and report.meeting:
            last = {"day": f"{report.hand_in:%d.%m.%Y}", "meeting": report.meeting.name}
            text += " " + _("It has to be handed in by %(day)s for “%(meeting)s”.") % last
        return subject, text

    person = tracking.responsible
    own = [person.pk] if person and person.active else []
    unit = by_unit.get(tracking.unit_id, []) if tracking.unit_id else []
    people = _seeing(tracking, own) or _seeing(tracking, unit) or _seeing(tracking, everywhere)
    cause = f"resolution:{tracking.pk}:{report.day}:{'late' if late else 'soon'}"
    return tell(REPORT, cause, people, words, _url(tracking))
