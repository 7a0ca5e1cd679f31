"""Pages of tasks: one's own, giving and changing one, done and open again, calendar."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import icalendar
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.comments.queries import thread
from leitstand.core.history import past
from leitstand.core.org.models import Person
from leitstand.core.policy import grants as policy_grants
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy, policy_groups
from leitstand.portfolio.actions import tasks as actions
from leitstand.portfolio.models import ActionItem, Meeting, Project
from leitstand.portfolio.queries import meetings as read
from leitstand.portfolio.tables.meetings import GIVEN, TASKS
from leitstand.portfolio.web import editing, meeting_words
from leitstand.portfolio.web.advice import target_of
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.meetings import address as meeting_address
from leitstand.portfolio.web.meetings import crumbs as meeting_crumbs
from leitstand.portfolio.web.meetings import point_of, written
from leitstand.portfolio.web.project import address as project_address


def address(task_id: uuid.UUID) -> str:
    """Address of the task's page."""
    return reverse("portfolio:task", args=[task_id])


def _crumbs(*more: str) -> list[ui.Link]:
    home = reverse("portfolio:tasks")
    return [ui.Link(_("My tasks"), home if more else ""), *(ui.Link(text) for text in more)]


@login_required
def tasks(request: HttpRequest) -> HttpResponse:
    """The reader's open tasks by date, those she gave, and those done lately."""
    actor = actor_of(request)
    own = read.own_tasks(actor)
    opened = read.soon_first(own.filter(state=ActionItem.State.OPEN))
    done = own.filter(state=ActionItem.State.DONE).order_by("-done_on", "-updated_at")[:20]
    may_give = policy_groups.may_create_tasks(actor)
    new = [ui.Action(_("New task"), reverse("portfolio:task_new"), "primary", "add")]
    context = {
        "title": _("My tasks"),
        "has_person": actor.person_id is not None,
        "own": lines(actor, opened),
        "given": lines(actor, read.soon_first(read.given_tasks(actor))),
        "done": lines(actor, done),
        "actions": []
        if past.is_past()
        else [  # the calendar file is of today
            *(new if may_give else []),
            ui.Action(_("To my calendar"), reverse("portfolio:tasks_calendar"), icon="download"),
        ],
        "empty_actions": new if may_give else [],
        "crumbs": _crumbs(),
    }
    return render(request, "portfolio/tasks.html", context)


def lines(actor: Actor, rows: Any) -> list[dict[str, Any]]:
    """Tasks with their badge and what they belong to."""
    return [
        {"line": line, "badge": meeting_words.task_badge(line.task)}
        for line in read.task_lines(actor, rows)
    ]


def tasks_calendar(request: HttpRequest) -> HttpResponse:
    """The reader's open tasks as a calendar; a bearer token reads it too."""
    actor = reader(request)
    pattern = address(uuid.UUID(int=0)).replace(str(uuid.UUID(int=0)), "{}")
    found = read.task_occasions(actor, settings.CONFIG.base_url + pattern)
    body = b"".join(icalendar.write(_("My tasks"), found))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="aufgaben.ics"'
    return response


class TaskForm(TableForm):
    """A task with the identifier of its project."""

    def __init__(
        self, data: Any = None, *, row: ActionItem | None = None, link: str = "",
        initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        start = {"link": link, **(initial or {})}
        super().__init__(TASKS.pick(GIVEN), ActionItem, data, row=row, initial=start)
        self.fields["link"] = forms.CharField(
            label=_("Identifier of the project"), max_length=20, required=False,
            help_text=_("For example P-00034."),
        )  # fmt: skip
        self.widths["link"] = "half"

    def project(self, actor: Actor) -> Project | None:
        """The visible project of the identifier."""
        text = self.cleaned_data.get("link") or ""
        if not text.strip():
            return None
        found = target_of(actor, text, field="link")
        if not isinstance(found, Project):
            raise Invalid(_("Give the identifier of a project."), field="link")
        return found


def _filled(form: TaskForm, actor: Actor) -> dict[str, Any]:
    return {**form.values(GIVEN), "project": form.project(actor)}


@login_required
def task_new(request: HttpRequest) -> HttpResponse:
    """Give a task, to oneself or somebody else; ``?vorhaben=`` names its project."""
    actor = actor_of(request)
    if not policy_groups.may_create_tasks(actor):
        raise NotAllowed(policy_grants.why(actor, policy.CREATE, level=1).text)
    person = Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None
    link = request.GET.get("vorhaben", "")[:20]
    data = request.POST if request.method == "POST" else None
    form = TaskForm(data, link=link, initial={"responsible": person} if person else {})

    def back(task: ActionItem) -> str:
        return project_address(task.project_id) if task.project_id else reverse("portfolio:tasks")

    return editing.edit(
        request, form, lambda: actions.give_task(actor=actor, values=_filled(form, actor)),
        title=_("New task"), back=back, cancel_url=reverse("portfolio:tasks"),
        crumbs=_crumbs(_("New task")),
    )  # fmt: skip


@login_required
def meeting_task_new(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Give a task in a meeting; ``?punkt=`` names the point of the agenda."""
    actor, meeting = written(request, meeting_id)
    point = _point(request, meeting)
    form = TaskForm(request.POST if request.method == "POST" else None)

    def save() -> Any:
        values = _filled(form, actor)
        if values["project"] is None and point is not None and point.project is not None:
            seen = policy.visible(actor).filter(pk=point.project_id).first()
            values["project"] = seen
        return actions.give_task(actor=actor, values=values, meeting=meeting, agenda_item=point)

    return editing.edit(
        request, form, save, title=_("New task"), subline=point.title if point else meeting.title,
        back=lambda _task: meeting_address(meeting_id), cancel_url=meeting_address(meeting_id),
        crumbs=meeting_crumbs(meeting, _("New task")),
    )  # fmt: skip


def _point(request: HttpRequest, meeting: Meeting) -> Any:
    text = request.GET.get("punkt", "")
    try:
        return point_of(meeting, uuid.UUID(text)) if text else None
    except ValueError:
        return None


@login_required
def task(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """One task; a form for those who may change it."""
    actor = actor_of(request)
    found = policy_groups.get_task(actor, task_id)
    if not policy_groups.changeable_tasks(actor).filter(pk=task_id).exists():
        return _read_only(request, actor, found)
    link = _link(actor, found)
    data = merged(request.POST) if request.method == "POST" else None
    form = TaskForm(data, row=found, link=link)

    def save() -> Any:
        changed = form.changed_names()
        values = form.values(changed)
        if "link" in changed:
            values["project"] = form.project(actor)
        return actions.change_task(task_id, actor=actor, version=form.version, values=values)

    def fresh() -> TaskForm:
        row = policy_groups.get_task(actor, task_id)
        return TaskForm(row=row, link=_link(actor, row))

    return editing.edit(
        request, form, save, title=_("Edit task"), back=lambda _task: reverse("portfolio:tasks"),
        cancel_url=reverse("portfolio:tasks"), crumbs=_crumbs(found.title), fresh=fresh,
        thread=thread(actor, "task", found),
    )  # fmt: skip


def _link(actor: Actor, found: ActionItem) -> str:
    if not found.project_id:
        return ""
    numbers = policy.visible(actor).filter(pk=found.project_id).values_list("number", flat=True)
    return numbers.first() or ""


def _read_only(request: HttpRequest, actor: Actor, found: ActionItem) -> HttpResponse:
    if request.method == "POST":
        policy_groups.require_task(actor, found)
    (line,) = read.task_lines(actor, [found])
    facts: Sequence[tuple[Any, Any]] = [
        (_("Person responsible"), str(found.responsible)),
        (_("Due"), found.due or "–"),
        (_("Done on"), found.done_on or "–"),
        (_("Note"), found.note or "–"),
    ]
    context = {"title": found.title, "facts": facts, "line": line,
               "badge": meeting_words.task_badge(found), "crumbs": _crumbs(found.title),
               "thread": thread(actor, "task", found)}  # fmt: skip
    return render(request, "portfolio/task.html", context)


@login_required
def task_state(request: HttpRequest, task_id: uuid.UUID, state: str) -> HttpResponse:
    """Mark a task done (``erledigt``) or open it again (``offen``); asked first without POST."""
    actor = actor_of(request)
    found = policy_groups.get_task(actor, task_id)
    policy_groups.require_task(actor, found)
    done = state == "erledigt"
    if request.method == "POST":
        (actions.finish if done else actions.reopen)(task_id, actor=actor)
        text = _("“%(title)s” is done.") if done else _("“%(title)s” is open again.")
        messages.success(request, text % {"title": found.title})
        return redirect(_back(request))
    title = _("Mark as done") if done else _("Open again")
    context = {"title": title, "lines": [found.title], "action": request.path,
               "confirm_label": title, "cancel_url": reverse("portfolio:tasks"),
               "crumbs": _crumbs(title)}  # fmt: skip
    return render(request, "ui/confirm.html", context)


def _back(request: HttpRequest) -> str:
    """Where the button stood, if that is a page of ours."""
    url = request.POST.get("back", "")
    safe = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if safe else reverse("portfolio:tasks")
