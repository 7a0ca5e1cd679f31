"""Pages of the committee calendar: meetings with the deadlines of their papers."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import may, needs
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed
from leitstand.core.ui import components as ui
from leitstand.core.ui.editing import edit
from leitstand.reporting import policy_council
from leitstand.reporting.actions import council as actions
from leitstand.reporting.models import CouncilMeeting, PaperKind
from leitstand.reporting.queries import council
from leitstand.reporting.web.council_forms import LeadTimesForm, MeetingForm
from leitstand.reporting.web.council_lists import MEETINGS, asked_of, empty


def home() -> str:
    """Address of the calendar."""
    return reverse("reporting:council")


def crumbs(*more: ui.Link) -> list[ui.Link]:
    """The way to a page of the council."""
    return [ui.Link(_("Committees"), home()), *more]


def tabs(actor: Actor, current: str) -> list[ui.Link]:
    """The pages of the council; following takes an account, sources a permission."""
    found = [
        ("council", _("Meetings and deadlines")), ("papers", _("Papers")),
        ("trackings", _("Resolutions")), ("following", _("My papers")),
    ]  # fmt: skip
    if may(actor, policy_council.SOURCES):
        found.append(("oparl_sources", _("Sources")))
    first = {"trackings": "?open=yes"}  # what is settled is seldom asked for
    return [
        ui.Link(label, reverse(f"reporting:{name}") + first.get(name, ""), name == current)
        for name, label in found
    ]


def meeting_url(meeting: CouncilMeeting) -> str:
    """Address of a meeting."""
    return reverse("reporting:council_meeting", args=[meeting.pk])


def when(meeting: CouncilMeeting) -> str:
    """Day and time on the city's clock."""
    if meeting.start is None:
        return _("no date yet")
    start = timezone.localtime(meeting.start)
    day = date_format(start, "D, d.m.Y")
    if meeting.end is None:
        return _("%(day)s, %(time)s") % {"day": day, "time": f"{start:%H:%M}"}
    values = {"day": day, "from": f"{start:%H:%M}", "to": f"{timezone.localtime(meeting.end):%H:%M}"}
    return _("%(day)s, %(from)s to %(to)s") % values


@needs(policy_council.VIEW)
def calendar(request: HttpRequest) -> HttpResponse:
    """Coming meetings with the last days for papers, or past ones."""
    asked = asked_of(request, MEETINGS)
    if isinstance(asked, HttpResponseRedirect):
        return asked
    actor, past = asked.actor, bool(asked.query.filters.get("past"))
    page = asked.page(council.sittings(actor, asked.query))
    days = council.lead_times()
    rows = [council.sitting(row, days) for row in page]
    calendar_url = asked.query.url(reverse("reporting:council_ics"), selection_only=True)
    context = {
        **asked.context(), "title": _("Meetings and deadlines"), "tabs": tabs(actor, "council"),
        "page": page, "actions": _actions(actor),
        "table": _table(actor, rows, past=past, narrowed=asked.query.is_narrowed),
        "crumbs": crumbs(), "note": "" if past else _deadline_note(days),
        "calendar_url": calendar_url,
    }  # fmt: skip
    return render(request, "reporting/council/list.html", context)


def _deadline_note(days: dict[str, int]) -> str:
    labels = dict(PaperKind.choices)
    parts = ", ".join(f"{labels[kind]} {days[kind]}" for kind in council.DEADLINE_KINDS)
    return _("A paper has to be handed in so many days before the meeting: %(parts)s.") % {
        "parts": parts
    }


def _actions(actor: Actor) -> list[ui.Action]:
    if not may(actor, policy_council.CHANGE):
        return []
    return [
        ui.Action(_("New meeting"), reverse("reporting:council_meeting_new"), "primary", "add"),
        ui.Action(_("Deadlines"), reverse("reporting:lead_times")),
    ]


def _table(
    actor: Actor, rows: list[council.Sitting], *, past: bool, narrowed: bool
) -> ui.DataTable:
    """Meetings with a column per kind of paper."""
    labels = dict(PaperKind.choices)
    kinds = () if past else council.DEADLINE_KINDS
    columns = [
        ui.Column("meeting", _("Meeting")), ui.Column("when", _("When")),
        *(ui.Column(kind, _("%(kind)s until") % {"kind": labels[kind]}, nowrap=True) for kind in kinds),
    ]  # fmt: skip
    return ui.DataTable(
        _("Meetings and deadlines"), columns,
        [_row(row, kinds) for row in rows], id="meetings",
        **empty(
            narrowed, _("No meetings"),
            _("Meetings come from the council information system, or are entered by hand."),
        ),
        empty_actions=_actions(actor)[:1],
    )  # fmt: skip


def _row(row: council.Sitting, kinds: tuple[str, ...]) -> ui.Row:
    meeting, today = row.meeting, clock.today()
    committee = str(meeting.organization) if meeting.organization else ""
    cells: list[Any] = [
        ui.Cell(meeting.name, meeting_url(meeting),
                note=committee if committee != meeting.name else ""),
        ui.Cell(when(meeting), note=_standing(meeting)),
    ]  # fmt: skip
    for kind in kinds:
        day = row.deadlines.get(kind)
        over = day is not None and day < today
        cells.append(ui.Cell(day, note=pgettext("deadline", "over") if over else ""))
    return ui.Row(cells, label=meeting.name, kind="warning" if meeting.cancelled else "")


def _standing(meeting: CouncilMeeting) -> str:
    """What is special about a meeting, in words."""
    words = [_("called off")] if meeting.cancelled else []
    return ", ".join([*words, *([_("internal")] if meeting.confidentiality else [])])


# --- one meeting ------------------------------------------------------------------------


@needs(policy_council.VIEW)
def meeting_page(request: HttpRequest, council_meeting_id: uuid.UUID) -> HttpResponse:
    """Agenda with papers and results, deadlines, files."""
    actor = actor_of(request)
    meeting = policy_council.get_meeting(actor, council_meeting_id)
    points, others = council.agenda(actor, meeting)
    row = council.sitting(meeting, council.lead_times())
    labels, today = dict(PaperKind.choices), clock.today()
    deadlines = [(labels[kind], day, day < today) for kind, day in row.deadlines.items()]
    badge = ui.Badge(_standing(meeting), "warning") if _standing(meeting) else None
    can = may(actor, policy_council.CHANGE) and not meeting.address
    context = {
        "title": meeting.name, "meeting": meeting, "when": when(meeting), "badge": badge,
        "points": points, "others": others,
        "deadlines": deadlines if row.day and row.day >= today else [],
        "actions": _meeting_actions(meeting, change=can),
        "crumbs": crumbs(ui.Link(meeting.name)),
    }  # fmt: skip
    return render(request, "reporting/council/meeting.html", context)


def _meeting_actions(meeting: CouncilMeeting, *, change: bool) -> list[ui.Action]:
    found = []
    if meeting.start:
        url = reverse("reporting:council_meeting_ics", args=[meeting.pk])
        found.append(ui.Action(_("Into my calendar"), url))
    if change:
        found += [
            ui.Action(_("Edit"), reverse("reporting:council_meeting_edit", args=[meeting.pk]), icon="edit"),
            ui.Action(_("Remove"), reverse("reporting:council_meeting_remove", args=[meeting.pk])),
        ]
    return found


@needs(policy_council.CHANGE)
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Enter a meeting."""
    return _meeting_form(request, None)


@needs(policy_council.CHANGE)
def meeting_edit(request: HttpRequest, council_meeting_id: uuid.UUID) -> HttpResponse:
    """Change a meeting that was entered by hand."""
    meeting = policy_council.get_meeting(actor_of(request), council_meeting_id)
    if meeting.address:
        raise NotAllowed(_("This comes from the council information system and is changed there."))
    return _meeting_form(request, meeting)


def _meeting_form(request: HttpRequest, meeting: CouncilMeeting | None) -> HttpResponse:
    actor = actor_of(request)
    forms: list[MeetingForm] = []

    def make(data: Any) -> MeetingForm:
        fresh = policy_council.get_meeting(actor, meeting.pk) if meeting else None
        forms.append(MeetingForm(actor, data, fresh))
        return forms[-1]

    def save(given: dict[str, Any]) -> CouncilMeeting:
        values = forms[0].values(actor)
        if given["committee"]:
            values["organization"] = actions.create_committee(actor=actor, name=given["committee"])
        if meeting is None:
            return actions.create_meeting(actor=actor, values=values)
        version = given["version"] or 0
        return actions.change_meeting(meeting.pk, actor=actor, version=version, values=values)

    title = _("Edit meeting") if meeting else _("New meeting")
    return edit(
        request, make, save, title=title, back=meeting_url,
        cancel_url=meeting_url(meeting) if meeting else home(), crumbs=crumbs(ui.Link(title)),
    )  # fmt: skip


@needs(policy_council.CHANGE)
def lead_times(request: HttpRequest) -> HttpResponse:
    """How many days before a meeting papers have to be handed in."""
    actor = actor_of(request)
    title = _("Deadlines of papers")
    return edit(
        request, LeadTimesForm, lambda days: actions.set_lead_times(actor=actor, days=days),
        title=title, back=lambda _done: home(), cancel_url=home(), crumbs=crumbs(ui.Link(title)),
    )  # fmt: skip
