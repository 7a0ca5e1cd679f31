"""Pages of working groups: list, one group, its members."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.comments.queries import thread
from leitstand.core.org.models import Person
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy.grants import grants
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy_groups
from leitstand.portfolio.actions import groups as actions
from leitstand.portfolio.models import GroupMember, WorkingGroup
from leitstand.portfolio.queries import choices, meetings
from leitstand.portfolio.tables.meetings import GROUPS
from leitstand.portfolio.web import editing, meeting_words
from leitstand.portfolio.web.fields import ObjectField, PersonField
from leitstand.portfolio.web.forms import TableForm, merged


def address(group_id: uuid.UUID) -> str:
    """Address of the group's page."""
    return reverse("portfolio:group", args=[group_id])


def crumbs(group: WorkingGroup | None, *more: str) -> list[ui.Link]:
    """The way to a group's page; ``more`` are the steps below it."""
    links = [ui.Link(_("Working groups"), reverse("portfolio:groups"))]
    if group is not None:
        links.append(ui.Link(group.title, address(group.pk) if more else ""))
    return [*links, *(ui.Link(text) for text in more)]


@login_required
def groups(request: HttpRequest) -> HttpResponse:
    """All visible working groups with their next meeting."""
    actor = actor_of(request)
    policy_grants.require(actor, policy_groups.VIEW)
    rows = [
        ui.Row(
            [
                ui.Cell(line.group.title, url=address(line.group.pk), note=str(line.group.unit)),
                str(line.group.lead),
                line.members,
                line.upcoming or _("none planned"),
                _("meets") if line.group.active else _("ended"),
            ],
            label=line.group.title,
        )
        for line in meetings.groups(actor)
    ]
    columns = [
        ui.Column("title", _("Working group")),
        ui.Column("lead", _("Lead")),
        ui.Column("members", _("Members"), numeric=True),
        ui.Column("next", _("Next meeting")),
        ui.Column("state", _("State")),
    ]
    new = _may_create(actor)
    table = ui.DataTable(
        _("Working groups"), columns, rows, id="groups", empty_title=_("No working groups yet"),
        empty_text=_("A working group has members, meetings, minutes and tasks."),
        empty_actions=new,
    )  # fmt: skip
    context = {"title": _("Working groups"), "table": table, "actions": new,
               "crumbs": [ui.Link(_("Start page"), "/"), ui.Link(_("Working groups"))]}  # fmt: skip
    return render(request, "portfolio/table_page.html", context)


def _may_create(actor: Actor) -> list[ui.Action]:
    if not grants(actor, policy_groups.MANAGE):
        return []
    return [ui.Action(_("New working group"), reverse("portfolio:group_new"), "primary", "add")]


def _form(
    actor: Actor, data: Any = None, group: WorkingGroup | None = None, **more: Any
) -> TableForm:
    keep = group.unit if group else None
    offers = {"unit": choices.units_where(actor, policy_groups.MANAGE, keep=keep)}
    return TableForm(GROUPS.columns, WorkingGroup, data, row=group, offers=offers, **more)


@login_required
def group_new(request: HttpRequest) -> HttpResponse:
    """Set up a working group."""
    actor = actor_of(request)
    policy_grants.require(actor, policy_groups.MANAGE)
    people = Person.objects.select_related("unit")
    person = people.filter(pk=actor.person_id).first() if actor.person_id else None
    initial: dict[str, Any] = {"active": True}
    if person:
        initial |= {"lead": person, "unit": str(person.unit_id)}
    form = _form(actor, request.POST if request.method == "POST" else None, initial=initial)
    return editing.edit(
        request, form, lambda: actions.create_group(actor=actor, values=form.values()),
        title=_("New working group"), back=lambda group: address(group.pk),
        cancel_url=reverse("portfolio:groups"), crumbs=crumbs(None, _("New working group")),
    )  # fmt: skip


@login_required
def group_edit(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Change a working group."""
    actor = actor_of(request)
    group = policy_groups.get_group(actor, group_id)
    policy_groups.require_manage(actor, group)
    form = _form(actor, merged(request.POST) if request.method == "POST" else None, group)

    def save() -> Any:
        values = form.values(form.changed_names())
        return actions.change_group(group_id, actor=actor, version=form.version, values=values)

    return editing.edit(
        request, form, save, title=_("Edit working group"), back=lambda _group: address(group_id),
        cancel_url=address(group_id), crumbs=crumbs(group, _("Edit")),
        fresh=lambda: _form(actor, group=policy_groups.get_group(actor, group_id)),
    )  # fmt: skip


@login_required
def group_page(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Purpose, members, meetings."""
    actor = actor_of(request)
    group = policy_groups.get_group(actor, group_id)
    manage = policy_groups.may_manage(actor, group)
    found = meetings.meetings(group)
    context = {
        "title": group.title,
        "group": group,
        "manage": manage,
        "facts": [
            (_("Lead"), str(group.lead)),
            (_("Unit"), group.unit.name),
            (_("Venue"), group.place or "–"),
            (_("Confidentiality"), group.get_confidentiality_display()),
        ],
        "members": meetings.members(group),
        "table": _meeting_table(group, found, manage=manage),
        "actions": _actions(group) if manage else [],
        "crumbs": crumbs(group),
        "thread": thread(actor, "working-group", group),
    }
    return render(request, "portfolio/group.html", context)


def _actions(group: WorkingGroup) -> list[ui.Action]:
    plan = reverse("portfolio:meeting_new", args=[group.pk])
    change = reverse("portfolio:group_edit", args=[group.pk])
    return [
        ui.Action(_("Plan a meeting"), plan, "primary", "add"),
        ui.Action(_("Edit"), change, icon="edit"),
    ]


def _meeting_table(group: WorkingGroup, found: Any, *, manage: bool) -> ui.DataTable:
    rows = [
        ui.Row(
            [
                ui.Cell(meeting.title, url=reverse("portfolio:meeting", args=[meeting.pk])),
                meeting_words.when(meeting),
                ui.Cell(badge=meeting_words.state_badge(meeting.state)),
                meeting_words.minutes_state(meeting),
            ],
            label=meeting.title,
        )
        for meeting in found
    ]
    columns = [
        ui.Column("title", _("Meeting")),
        ui.Column("when", _("When")),
        ui.Column("state", _("State")),
        ui.Column("minutes", _("Minutes")),
    ]
    plan = ui.Action(
        _("Plan a meeting"), reverse("portfolio:meeting_new", args=[group.pk]), "primary"
    )
    return ui.DataTable(
        _("Meetings of the working group"), columns, rows, id="meetings", empty_title=_("No meetings yet"),
        empty_actions=[plan] if manage else [],
    )  # fmt: skip


class MemberForm(forms.Form):
    """A person, or a unit with everybody in it."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["person"] = PersonField(label=_("Person"), required=False)
        self.fields["unit"] = ObjectField(
            choices.units(), required=False, label=_("Or a whole unit")
        )


@login_required
def member_new(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Add a member."""
    actor = actor_of(request)
    group = policy_groups.get_group(actor, group_id)
    policy_groups.require_manage(actor, group)
    form = MemberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.add_member(group_id, actor=actor, person=data["person"], unit=data["unit"])
        except Invalid as error:
            form.add_error("person", error.text)
        else:
            messages.success(request, _("Saved."))
            return redirect(address(group_id) + "#mitglieder")
    title = _("Add a member")
    context = {"title": title, "subline": group.title, "form": form, "submit_label": _("Add"),
               "cancel_url": address(group_id), "crumbs": crumbs(group, title)}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/form_page.html", context, status=status)


@login_required
def member_remove(request: HttpRequest, group_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """Take a member off, after a question."""
    actor = actor_of(request)
    group = policy_groups.get_group(actor, group_id)
    policy_groups.require_manage(actor, group)
    member = GroupMember.objects.filter(pk=member_id, group=group).first()
    if member is None:
        raise NotFound
    return editing.confirm(
        request, lambda _text: actions.remove_member(group_id, member_id, actor=actor),
        title=_("Remove the member"), danger=True, label=_("Remove"), done=_("Removed."),
        lines=[_("Remove “%(name)s” from the working group?") % {"name": member}],
        back=address(group_id), crumbs=crumbs(group, _("Remove the member")),
    )  # fmt: skip
