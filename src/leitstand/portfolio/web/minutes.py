"""Pages of minutes: reading and printing, writing, release, addenda."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy_groups
from leitstand.portfolio.actions import minutes as actions
from leitstand.portfolio.models import AgendaItem, Meeting, Minutes
from leitstand.portfolio.queries import meetings as read
from leitstand.portfolio.tables.meetings import MINUTES, WRITTEN
from leitstand.portfolio.web import editing, meeting_words
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.meetings import address as meeting_address
from leitstand.portfolio.web.meetings import crumbs, point_of, written


def address(meeting_id: uuid.UUID) -> str:
    """Address of the minutes."""
    return reverse("portfolio:minutes", args=[meeting_id])


@login_required
def minutes_page(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """The minutes as they are read and printed; a draft for those who write it."""
    actor = actor_of(request)
    meeting = policy_groups.get_meeting(actor, meeting_id)
    writing = policy_groups.may_write(actor, meeting.group)
    minutes = read.minutes_of(meeting, writing=writing)
    if minutes is None:
        if writing:
            return redirect(meeting_address(meeting_id))
        raise NotFound(_("The minutes of this meeting are not released yet."))
    frozen = minutes.state == Minutes.State.RELEASED
    context = {
        "title": _("Minutes: %(title)s") % {"title": meeting.title},
        "meeting": meeting,
        "minutes": minutes,
        "when": meeting_words.when(meeting),
        "points": read.points(actor, meeting),
        "loose_tasks": [t for t in read.tasks_of(meeting) if t.agenda_item_id is None],
        "addenda": list(minutes.addenda.all()),
        "frozen": frozen,
        "writing": writing and not frozen,
        "actions": _actions(
            meeting, writing=writing, frozen=frozen,
            manage=policy_groups.may_manage(actor, meeting.group),
        ),
        "crumbs": crumbs(meeting, _("Minutes")),
    }  # fmt: skip
    return render(request, "portfolio/minutes.html", context)


def _actions(meeting: Meeting, *, writing: bool, frozen: bool, manage: bool) -> list[ui.Action]:
    def link(label: str, name: str, kind: Any = "secondary") -> ui.Action:
        return ui.Action(label, reverse(f"portfolio:{name}", args=[meeting.pk]), kind)

    if frozen:
        return [link(_("Write an addendum"), "addendum_new")] if writing else []
    found = [link(_("Release"), "minutes_release", "primary")] if manage else []
    return [*found, link(_("Present and remarks"), "minutes_edit")]


def _refuse_frozen(meeting: Meeting) -> None:
    if Minutes.objects.filter(meeting=meeting, state=Minutes.State.RELEASED).exists():
        raise Invalid(_("The minutes have been released; the meeting is closed."))


class WrittenForm(TableForm):
    """Text and resolution of a point."""

    def __init__(self, data: Any = None, *, row: AgendaItem) -> None:
        names = ["text", "resolution", *(["to_project"] if row.project_id else [])]
        super().__init__(WRITTEN.pick(names), AgendaItem, data, row=row)
        self.fields["text"].widget.attrs["rows"] = 12


@login_required
def point_write(request: HttpRequest, meeting_id: uuid.UUID, point_id: uuid.UUID) -> HttpResponse:
    """Write the minutes of one point; two writers get both texts to choose from."""
    actor, meeting = written(request, meeting_id)
    point = point_of(meeting, point_id)
    if request.method != "POST":
        _refuse_frozen(meeting)
    form = WrittenForm(merged(request.POST) if request.method == "POST" else None, row=point)

    def save() -> Any:
        values = form.values(form.changed_names())
        return actions.change_point(point_id, actor=actor, version=form.version, values=values)

    return editing.edit(
        request, form, save, title=_("Minutes of point %(n)d") % {"n": point.position},
        subline=point.title, back=lambda _row: f"{address(meeting_id)}#punkt-{point.position}",
        cancel_url=meeting_address(meeting_id), crumbs=crumbs(meeting, point.title),
        fresh=lambda: WrittenForm(row=point_of(meeting, point_id)),
    )  # fmt: skip


@login_required
def minutes_edit(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Change who was present, and the remarks."""
    actor, meeting = written(request, meeting_id)
    minutes = Minutes.objects.filter(meeting=meeting).first()
    if minutes is None:
        minutes = actions.begin_minutes(meeting_id, actor=actor)
    data = merged(request.POST) if request.method == "POST" else None
    form = TableForm(MINUTES.columns, Minutes, data, row=minutes)

    def fresh() -> TableForm:
        return TableForm(MINUTES.columns, Minutes, row=Minutes.objects.get(meeting=meeting))

    def save() -> Any:
        values = form.values(form.changed_names())
        return actions.change_minutes(meeting_id, actor=actor, version=form.version, values=values)

    return editing.edit(
        request, form, save, title=_("Present and remarks"), back=lambda _row: address(meeting_id),
        cancel_url=meeting_address(meeting_id), crumbs=crumbs(meeting, _("Minutes")), fresh=fresh,
    )  # fmt: skip


@login_required
def minutes_release(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Release the minutes, after a question."""
    actor, meeting = written(request, meeting_id)
    policy_groups.require_manage(actor, meeting.group)
    minutes = Minutes.objects.filter(meeting=meeting).first()
    version = editing.seen_version(request)
    lines = [
        _("From now on the minutes are read by everybody who sees the working group, and cannot be "
          "changed any more; corrections are added below."),
        _("Resolutions that are marked for it are entered among the decisions of their projects."),
    ]  # fmt: skip
    return editing.confirm(
        request, lambda _text: actions.release(meeting_id, actor=actor, version=version),
        title=_("Release the minutes"), label=_("Release"), lines=lines, back=address(meeting_id),
        done=_("The minutes are released."), version=minutes.version if minutes else 1,
        crumbs=crumbs(meeting, _("Release the minutes")),
    )  # fmt: skip


@login_required
def addendum_new(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Add a correction below released minutes."""
    actor, meeting = written(request, meeting_id)
    return editing.confirm(
        request, lambda text: actions.add_addendum(meeting_id, actor=actor, text=text),
        title=_("Write an addendum"), label=_("Save"), text_label=_("What is to be corrected?"),
        lines=[_("The minutes stay as they are; the addendum stands below with your name.")],
        back=address(meeting_id), crumbs=crumbs(meeting, _("Write an addendum")),
    )  # fmt: skip
