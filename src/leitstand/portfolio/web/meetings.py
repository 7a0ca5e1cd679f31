"""Pages of one meeting: invitation, agenda, calendar file."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import icalendar
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.comments.queries import thread
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy_groups
from leitstand.portfolio.actions import groups as group_actions
from leitstand.portfolio.actions import minutes as actions
from leitstand.portfolio.models import AgendaItem, Meeting, Minutes, Need, Project
from leitstand.portfolio.queries import meetings as read
from leitstand.portfolio.tables.meetings import MEETINGS, POINTS
from leitstand.portfolio.web import editing, meeting_words
from leitstand.portfolio.web.advice import target_of
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.groups import address as group_address
from leitstand.portfolio.web.groups import crumbs as group_crumbs


def address(meeting_id: uuid.UUID) -> str:
    """Address of the meeting's page."""
    return reverse("portfolio:meeting", args=[meeting_id])


def crumbs(meeting: Meeting, *more: str) -> list[ui.Link]:
    """The way to a meeting's page; ``more`` are the steps below it."""
    links = [*group_crumbs(meeting.group, "")[:-1]]
    links.append(ui.Link(meeting.title, address(meeting.pk) if more else ""))
    return [*links, *(ui.Link(text) for text in more)]


class MeetingForm(TableForm):
    """Day, time and place; the time is written as people write it."""

    def __init__(self, data: Any = None, *, row: Meeting | None = None, **options: Any) -> None:
        initial = {**(options.pop("initial", None) or {})}
        if row is not None:
            initial["begins"] = row.begins.strftime("%H:%M")
        super().__init__(MEETINGS.columns, Meeting, data, row=row, initial=initial, **options)
        self.widths["begins"] = "half"


@login_required
def meeting_new(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Plan a meeting."""
    actor = actor_of(request)
    group = policy_groups.get_group(actor, group_id)
    policy_groups.require_manage(actor, group)
    initial = {"title": group.title, "place": group.place, "video_link": group.video_link,
               "duration": 60}  # fmt: skip
    form = MeetingForm(request.POST if request.method == "POST" else None, initial=initial)
    return editing.edit(
        request, form,
        lambda: group_actions.plan_meeting(group_id, actor=actor, values=form.values()),
        title=_("Plan a meeting"), back=lambda meeting: address(meeting.pk),
        cancel_url=group_address(group_id), crumbs=group_crumbs(group, _("Plan a meeting")),
    )  # fmt: skip


def _managed(request: HttpRequest, meeting_id: uuid.UUID) -> tuple[Actor, Meeting]:
    actor = actor_of(request)
    meeting = policy_groups.get_meeting(actor, meeting_id)
    policy_groups.require_manage(actor, meeting.group)
    return actor, meeting


def written(request: HttpRequest, meeting_id: uuid.UUID) -> tuple[Actor, Meeting]:
    """Actor and meeting, for those who write its minutes."""
    actor = actor_of(request)
    meeting = policy_groups.get_meeting(actor, meeting_id)
    policy_groups.require_write(actor, meeting.group)
    return actor, meeting


@login_required
def meeting_edit(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Change time and place."""
    actor, meeting = _managed(request, meeting_id)
    form = MeetingForm(merged(request.POST) if request.method == "POST" else None, row=meeting)

    def save() -> Any:
        values = form.values(form.changed_names())
        return group_actions.change_meeting(
            meeting_id, actor=actor, version=form.version, values=values
        )

    return editing.edit(
        request, form, save, title=_("Edit meeting"), back=lambda _row: address(meeting_id),
        cancel_url=address(meeting_id), crumbs=crumbs(meeting, _("Edit")),
        fresh=lambda: MeetingForm(row=policy_groups.get_meeting(actor, meeting_id)),
    )  # fmt: skip


@login_required
def meeting_invite(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Invite the members, after a question."""
    actor, meeting = _managed(request, meeting_id)
    people = len(read.members(meeting.group))
    lines = [
        meeting_words.when(meeting),
        ngettext("%(n)d member is invited.", "%(n)d members are invited.", people) % {"n": people},
    ]
    return editing.confirm(
        request, lambda _text: group_actions.invite(meeting_id, actor=actor),
        title=_("Invite"), lines=lines, back=address(meeting_id),
        done=_("The members are invited."), crumbs=crumbs(meeting, _("Invite")),
    )  # fmt: skip


@login_required
def meeting_cancel(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Call the meeting off, with a reason."""
    actor, meeting = _managed(request, meeting_id)
    return editing.confirm(
        request, lambda text: group_actions.cancel(meeting_id, actor=actor, reason=text),
        title=_("Call off"), lines=[meeting_words.when(meeting)], back=address(meeting_id),
        text_label=_("Reason"), danger=True, done=_("The meeting has been called off."),
        crumbs=crumbs(meeting, _("Call off")),
    )  # fmt: skip


@login_required
def meeting_calendar(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """The meeting as a calendar file."""
    meeting = policy_groups.get_meeting(actor_of(request), meeting_id)
    url = settings.CONFIG.base_url + address(meeting_id)
    body = b"".join(icalendar.write(meeting.title, [read.appointment(meeting, url)]))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    name = slugify(meeting.title) or "termin"
    response["Content-Disposition"] = f'attachment; filename="{name}-{meeting.day.isoformat()}.ics"'
    return response


# --- the page ---------------------------------------------------------------------------


@login_required
def meeting_page(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """When and where, the agenda, minutes and tasks."""
    actor = actor_of(request)
    meeting = policy_groups.get_meeting(actor, meeting_id)
    writing = policy_groups.may_write(actor, meeting.group)
    manage = policy_groups.may_manage(actor, meeting.group)
    minutes = read.minutes_of(meeting, writing=writing)
    frozen = minutes is not None and minutes.state == Minutes.State.RELEASED
    context = {
        "title": meeting.title,
        "meeting": meeting,
        "when": meeting_words.when(meeting),
        "badge": meeting_words.state_badge(meeting.state),
        "points": read.points(actor, meeting),
        "minutes": minutes,
        "frozen": frozen,
        "writing": writing and not frozen,
        "may_give": writing,
        "open_before": read.open_before(meeting) if writing and not frozen else 0,
        "tasks": [(task, meeting_words.task_badge(task)) for task in read.tasks_of(meeting)],
        "actions": _actions(meeting, manage=manage and not frozen, minutes=minutes),
        "crumbs": crumbs(meeting),
        "thread": thread(actor, "meeting", meeting),
    }
    return render(request, "portfolio/meeting.html", context)


def _actions(meeting: Meeting, *, manage: bool, minutes: Minutes | None) -> list[ui.Action]:
    def link(label: str, name: str, kind: Any = "secondary", icon: str = "") -> ui.Action:
        return ui.Action(label, reverse(f"portfolio:{name}", args=[meeting.pk]), kind, icon)

    found = [link(_("To my calendar"), "meeting_calendar", icon="download")]
    if minutes is not None:
        found.insert(0, link(_("Minutes"), "minutes", "primary"))
    if manage and meeting.state != Meeting.State.CANCELLED:
        found += [link(_("Edit"), "meeting_edit", icon="edit"), link(_("Invite"), "meeting_invite")]
        found.append(link(_("Call off"), "meeting_cancel", "tertiary"))
    return found


# --- agenda -----------------------------------------------------------------------------


class PointForm(TableForm):
    """A point of the agenda with the identifier of what it is about."""

    def __init__(self, data: Any = None, *, row: AgendaItem | None = None, link: str = "") -> None:
        super().__init__(POINTS.columns, AgendaItem, data, row=row, initial={"link": link})
        self.fields["link"] = forms.CharField(
            label=_("Identifier of the need or project"), max_length=20, required=False,
            help_text=_("For example B-00012 or P-00034."),
        )  # fmt: skip
        self.widths |= {"position": "half", "link": "half"}
        self.fields["position"].required = False

    def linked(self, actor: Actor) -> dict[str, Any]:
        """Project and need of the identifier; both empty for none."""
        text = self.cleaned_data.get("link") or ""
        found = target_of(actor, text, field="link") if text.strip() else None
        return {
            "project": found if isinstance(found, Project) else None,
            "need": found if isinstance(found, Need) else None,
        }


def _link_of(actor: Actor, point: AgendaItem) -> str:
    """The identifier of what the point is about, "" if there is none or it is hidden."""
    for shown in read.points(actor, point.meeting):
        if shown.item.pk == point.pk and shown.link_id:
            model: Any = Project if shown.link_kind == "project" else Need
            return str(model.objects.values_list("number", flat=True).get(pk=shown.link_id))
    return ""


@login_required
def point_new(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Add a point to the agenda."""
    actor, meeting = written(request, meeting_id)
    form = PointForm(request.POST if request.method == "POST" else None)

    def save() -> Any:
        names = [name for name in form.fields if form.cleaned_data.get(name) not in (None, "")]
        values = {**form.values(names), **form.linked(actor)}
        return actions.add_point(meeting_id, actor=actor, values=values)

    return editing.edit(
        request, form, save, title=_("Add a point"), back=lambda _row: address(meeting_id),
        cancel_url=address(meeting_id), crumbs=crumbs(meeting, _("Add a point")),
    )  # fmt: skip


def point_of(meeting: Meeting, point_id: uuid.UUID) -> AgendaItem:
    """The point of the meeting; ``NotFound`` for any other."""
    point = AgendaItem.objects.filter(pk=point_id, meeting=meeting).first()
    if point is None:
        raise NotFound
    point.meeting = meeting
    return point


@login_required
def point_edit(request: HttpRequest, meeting_id: uuid.UUID, point_id: uuid.UUID) -> HttpResponse:
    """Change a point of the agenda."""
    actor, meeting = written(request, meeting_id)

    def fresh() -> PointForm:
        point = point_of(meeting, point_id)
        return PointForm(row=point, link=_link_of(actor, point))

    point = point_of(meeting, point_id)
    data = merged(request.POST) if request.method == "POST" else None
    form = PointForm(data, row=point, link=_link_of(actor, point))

    def save() -> Any:
        changed = form.changed_names()
        values = form.values(changed) | (form.linked(actor) if "link" in changed else {})
        return actions.change_point(point_id, actor=actor, version=form.version, values=values)

    return editing.edit(
        request, form, save, title=_("Edit the point"), back=lambda _row: address(meeting_id),
        cancel_url=address(meeting_id), crumbs=crumbs(meeting, _("Edit the point")), fresh=fresh,
    )  # fmt: skip


@login_required
def point_remove(request: HttpRequest, meeting_id: uuid.UUID, point_id: uuid.UUID) -> HttpResponse:
    """Take a point off the agenda, after a question."""
    actor, meeting = written(request, meeting_id)
    point = point_of(meeting, point_id)
    version = editing.seen_version(request)
    return editing.confirm(
        request, lambda _text: actions.remove_point(point_id, actor=actor, version=version),
        title=_("Remove the point"), lines=[_("Remove “%(name)s” from the agenda?") % {"name": point}],
        back=address(meeting_id), danger=True, label=_("Remove"), done=_("Removed."),
        crumbs=crumbs(meeting, _("Remove the point")), version=point.version,
    )  # fmt: skip


@login_required
def meeting_carry(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Put the open tasks of earlier meetings on the agenda, after a question."""
    actor, meeting = written(request, meeting_id)
    if request.method == "POST":
        count = actions.carry_over(meeting_id, actor=actor)
        text = ngettext("%(n)d point added.", "%(n)d points added.", count) % {"n": count}
        messages.success(request, text)
        return redirect(address(meeting_id))
    count = read.open_before(meeting)
    text = ngettext(
        "%(n)d open task of earlier meetings becomes a point of the agenda.",
        "%(n)d open tasks of earlier meetings become points of the agenda.", count,
    )  # fmt: skip
    return editing.confirm(
        request, lambda _text: None, title=_("Take over open tasks"), lines=[text % {"n": count}],
        back=address(meeting_id), crumbs=crumbs(meeting, _("Take over open tasks")),
    )  # fmt: skip
