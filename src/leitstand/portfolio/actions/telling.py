"""Who is told of what happens to needs, meetings and tasks; nothing confidential is said."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.base.actions import recall, remember
from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.notify import kinds
from leitstand.core.notify.notices import About
from leitstand.core.notify.people import Telling, key, tell, tell_all
from leitstand.core.notify.queries import known_keys
from leitstand.core.org.models import Person
from leitstand.core.policy import registry
from leitstand.core.policy.models import RoleAssignment
from leitstand.portfolio import policy_intake
from leitstand.portfolio.models import ActionItem, AdviceCase, GroupMember, Meeting, Need

NEW, CASE, MEETING, TASK = "need.new", "need.case", "meeting", "task"
DAYS_BEFORE = 3
_REMINDED = "portfolio.tasks.reminded"


def register() -> None:
    """Register the kinds of notices."""
    kinds.register(NEW, gettext_lazy("New needs"),
                   gettext_lazy("A department has filed a need."), "digest")  # fmt: skip
    kinds.register(CASE, gettext_lazy("Course of needs"),
                   gettext_lazy("Questions, replies and decisions on needs that are yours."))  # fmt: skip
    kinds.register(MEETING, gettext_lazy("Meetings"),
                   gettext_lazy("Invitations to meetings, changes, calling off."))  # fmt: skip
    kinds.register(TASK, gettext_lazy("Tasks"), gettext_lazy("New tasks, and those that are due."))


def _title(title: str, level: int) -> str:
    """A title for an e-mail: that of a confidential thing is not said."""
    if level >= Level.CONFIDENTIAL:
        return _("(confidential)")
    return _("“%(title)s”") % {"title": title}


# --- needs ------------------------------------------------------------------------------


def _advisers(need: Need) -> list[uuid.UUID | None]:
    holders = registry.roles_with(policy_intake.ADVISE)
    roles = RoleAssignment.objects.filter(role__in=holders)
    accounts = Account.objects.filter(pk__in=roles.values("account"), is_active=True)
    return [
        account.person_id
        for account in accounts.exclude(person=None).select_related("person")[:50]
        if policy_intake.may_advise(of_account(account), need)
    ]


def _need_url(need: Need) -> str:
    return reverse("portfolio:need", args=[need.pk])


def _of_need(need: Need) -> About:
    return About("need", need.pk, need.title)


def need_filed(need: Need, actor: Actor) -> None:
    """Tell those who advise that a need has come in."""

    def words() -> tuple[str, str]:
        title = _title(need.title, need.confidentiality)
        values = {"number": need.number, "title": title}
        return (
            _("New need %(number)s") % values,
            _("A department has filed the need %(number)s %(title)s.") % values,
        )

    tell(NEW, f"need:{need.pk}", _advisers(need), words, _need_url(need), but=actor.person_id,
         about=_of_need(need))  # fmt: skip


def case_moved(need: Need, case: AdviceCase, actor: Actor, cause: str, *, to_unit: bool) -> None:
    """Tell the asking unit of a question or decision, or the handler of a reply."""

    def words() -> tuple[str, str]:
        title = _title(need.title, need.confidentiality)
        values = {"number": need.number, "title": title, "state": case.get_state_display()}
        if not to_unit:
            return (
                _("Reply to %(number)s") % values,
                _("The department has replied on the need %(number)s %(title)s.") % values,
            )
        return (
            _("News of your need %(number)s") % values,
            _("Your need %(number)s %(title)s: %(state)s.") % values,
        )

    people = [need.filed_by_id, need.contact_id] if to_unit else [case.handler_id]
    cause = f"need:{need.pk}:{cause}"
    about = _of_need(need)
    tell(CASE, cause, people, words, _need_url(need), but=actor.person_id, about=about)


# --- meetings ---------------------------------------------------------------------------


def _invited(meeting: Meeting) -> Iterable[uuid.UUID]:
    """The group's people, and everybody of its member units."""
    rows = GroupMember.objects.filter(group=meeting.group_id)
    units = rows.exclude(unit=None).values("unit")
    people = Person.objects.filter(active=True)
    yield from people.filter(pk__in=rows.exclude(person=None).values("person")).values_list(
        "pk", flat=True
    )
    yield from people.filter(unit__in=units).values_list("pk", flat=True)


def meeting_set(meeting: Meeting, actor: Actor) -> None:
    """Tell the members of an invitation, a change, or that the meeting is called off."""

    def words() -> tuple[str, str]:
        title = _title(meeting.title, meeting.group.confidentiality)
        values = {
            "title": title,
            "day": f"{meeting.day:%d.%m.%Y}",
            "time": f"{meeting.begins:%H:%M}",
        }
        if meeting.state == Meeting.State.CANCELLED:
            return (
                _("Meeting on %(day)s called off") % values,
                _("The meeting %(title)s on %(day)s has been called off.") % values,
            )
        return (
            _("Meeting on %(day)s at %(time)s") % values,
            _("You are invited to the meeting %(title)s on %(day)s at %(time)s. Its page has the "
              "agenda and a calendar file.") % values,
        )  # fmt: skip

    cause = f"meeting:{meeting.pk}:{meeting.version}"
    url = reverse("portfolio:meeting", args=[meeting.pk])
    about = About("working-group", meeting.group_id, meeting.title)
    tell(MEETING, cause, _invited(meeting), words, url, but=actor.person_id, about=about)


# --- tasks ------------------------------------------------------------------------------


def _task_title(task: ActionItem) -> str:
    level = Level.INTERNAL.value
    if task.meeting:
        level = task.meeting.group.confidentiality
    elif task.project:
        level = task.project.confidentiality
    return _title(task.title, level)


def _of_task(task: ActionItem) -> About | None:
    """What protects a task: its meeting's group or its project."""
    if task.meeting:
        return About("working-group", task.meeting.group_id, task.title)
    return About("project", task.project_id, task.title) if task.project_id else None


def task_given(task: ActionItem, actor: Actor) -> None:
    """Tell the person responsible of a task that somebody else has given her."""

    def words() -> tuple[str, str]:
        values = {"title": _task_title(task), "due": f"{task.due:%d.%m.%Y}" if task.due else "–"}
        return _("A task for you"), _("Task %(title)s, due: %(due)s.") % values

    cause = f"task:{task.pk}:v{task.version}"  # given back she hears of it again
    url = reverse("portfolio:task", args=[task.pk])
    people = [task.responsible_id]
    tell(TASK, cause, people, words, url, but=actor.person_id, about=_of_task(task))


def remind_of_tasks() -> int:
    """Tell, once per task and date, of what is due within three days or has become overdue.

    Runs with the worker's round every minute and does its work once a day.
    """
    today = clock.today()
    if recall(_REMINDED) == today.isoformat():
        return 0
    due = ActionItem.objects.filter(
        state=ActionItem.State.OPEN, due__lte=today + timedelta(days=DAYS_BEFORE)
    ).select_related("meeting__group", "project")
    wanted = {key(one.cause, one.people[0]): one for one in map(_reminder, due)}
    told = known_keys(wanted)
    number = tell_all(TASK, [one for name, one in wanted.items() if name not in told])
    remember(_REMINDED, today.isoformat())
    return number


def _reminder(task: ActionItem) -> Telling:
    late = task.due is not None and task.due < clock.today()

    def words() -> tuple[str, str]:
        values = {"title": _task_title(task), "due": f"{task.due:%d.%m.%Y}"}
        subject = _("Task overdue") if late else _("Task due on %(due)s") % values
        return subject, _("Task %(title)s, due: %(due)s.") % values

    cause = f"task:{task.pk}:{task.due}:{'late' if late else 'soon'}"
    url = reverse("portfolio:task", args=[task.pk])
    return Telling(cause, [task.responsible_id], words, url, _of_task(task))
