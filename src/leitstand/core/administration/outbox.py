"""The outbox: whom e-mails were sent to and what became of them; never what they say."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import carried_out, needs, paged
from leitstand.core.base.errors import NotFound
from leitstand.core.notify import actions, queries
from leitstand.core.notify.actions import outbox as states
from leitstand.core.notify.actions import timetable
from leitstand.core.notify.kinds import kinds
from leitstand.core.notify.models import Mail
from leitstand.core.ui.components import (
    Action,
    Badge,
    Cell,
    Column,
    DataTable,
    Kind,
    Link,
    Row,
)

_BADGES: dict[str, Kind] = {
    Mail.State.WAITING: "neutral",
    Mail.State.SENDING: "info",
    Mail.State.SENT: "success",
    Mail.State.UNCERTAIN: "warning",
    Mail.State.REJECTED: "danger",
    Mail.State.BOUNCED: "danger",
    Mail.State.FAILED: "danger",
    Mail.State.SKIPPED: "neutral",
}
_DAYS = (
    ("1", gettext_lazy("Monday")),
    ("2", gettext_lazy("Tuesday")),
    ("3", gettext_lazy("Wednesday")),
    ("4", gettext_lazy("Thursday")),
    ("5", gettext_lazy("Friday")),
    ("6", gettext_lazy("Saturday")),
    ("7", gettext_lazy("Sunday")),
)


class _ScheduleForm(forms.Form):
    daily_at = forms.TimeField(
        label=gettext_lazy("Time of day"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    daily_days = forms.MultipleChoiceField(
        label=gettext_lazy("Days"), choices=_DAYS, widget=forms.CheckboxSelectMultiple
    )


@needs(states.OUTBOX)
def outbox(request: HttpRequest) -> HttpResponse:
    """List e-mails by state, the newest first."""
    state = request.GET.get("zustand", "")
    state = state if state in Mail.State.values else ""
    page = paged(request, queries.outbox(state))
    here = reverse("administration:outbox")
    counts = queries.counts_by_state()
    tabs = [Link(_("All e-mails"), here, current=not state, count=sum(counts.values()))]
    tabs += [
        Link(value.label, f"{here}?zustand={value}", current=value == state, count=counts[value])
        for value in Mail.State
        if counts.get(value) or value == state
    ]
    context = {
        "title": _("Outbox"),
        "tabs": tabs,
        "page": page,
        "table": _table(list(page)),
        "has_server": bool(settings.CONFIG.smtp_url),
        "resting": _rest(),
        "actions": [Action(_("Daily e-mail"), reverse("administration:mail_schedule"))],
    }
    return render(request, "administration/outbox.html", context)


def _rest() -> dict[str, Any] | None:
    note = states.paused()
    if not states.is_resting():
        return None
    return {"until": datetime.fromisoformat(note["until"]), "said": note.get("said", "")}


def _table(found: list[Mail]) -> DataTable:
    rows = []
    for mail in found:
        again = ""
        if mail.state in states.AGAIN and settings.CONFIG.smtp_url:
            again = reverse("administration:mail_resend", args=[mail.id])
        kind = str(kinds[mail.kind].label) if mail.kind in kinds else ""
        cells = [
            Cell(mail.address or _("no address"), note=str(mail.account or "")),
            Cell(kind),
            Cell(badge=Badge(mail.get_state_display(), _BADGES[mail.state])),
            Cell(queries.reason_of(mail)),
            Cell(mail.created_at),
            Cell(mail.sent_at),
            Cell(_("Resend") if again else "", again),
        ]
        rows.append(Row(cells, key=str(mail.id), label=mail.address))
    return DataTable(
        caption=_("Outbox"),
        columns=[
            Column("address", pgettext("mail", "To")),
            Column("kind", _("Kind")),
            Column("state", _("Condition")),
            Column("reason", _("Reason")),
            Column("created", _("Written at"), nowrap=True),
            Column("sent", _("Sent at"), nowrap=True),
            Column("again", _("Action")),
        ],
        rows=rows,
        empty_title=_("There are no e-mails here."),
        empty_text=_("E-mails to people appear here with what became of them."),
    )


@needs(states.OUTBOX)
def mail_resend(request: HttpRequest, mail_id: uuid.UUID) -> HttpResponse:
    """Ask, then send an e-mail again."""
    mail = Mail.objects.filter(pk=mail_id).defer("body").first()
    if mail is None:
        raise NotFound
    form = forms.Form(request.POST or None)
    if request.method == "POST":
        form = forms.Form(request.POST)
        if carried_out(form, lambda _values: actions.resend(mail_id, actor=actor_of(request))):
            messages.success(request, _("The e-mail is sent again."))
            return redirect("administration:outbox")
    lines = [
        _("To: %(address)s") % {"address": mail.address or _("no address")},
        _("Present state: %(state)s. %(reason)s")
        % {"state": mail.get_state_display(), "reason": queries.reason_of(mail)},
        _("If it arrived the first time after all, the receiver gets it twice."),
    ]
    context = {
        "title": _("Send the e-mail again?"),
        "lines": lines,
        "form": form,
        "action": reverse("administration:mail_resend", args=[mail_id]),
        "confirm_label": _("Resend"),
        "cancel_url": reverse("administration:outbox"),
        "crumbs": _crumbs(_("Resend")),
    }
    return render(request, "ui/confirm.html", context)


@needs(states.OUTBOX)
def mail_schedule(request: HttpRequest) -> HttpResponse:
    """Set when the daily e-mail leaves."""
    now = queries.schedule()
    initial = {"daily_at": now.daily_at, "daily_days": list(now.daily_days)}
    form = _ScheduleForm(request.POST or None, initial=initial)
    if request.method == "POST" and carried_out(
        form,
        lambda values: timetable.set_schedule(
            daily_at=values["daily_at"],
            daily_days="".join(sorted(values["daily_days"])),
            actor=actor_of(request),
        ),
    ):
        messages.success(request, _("The time has been saved."))
        return redirect("administration:outbox")
    context = {
        "form": form,
        "title": _("Daily e-mail"),
        "subline": _("It says in one e-mail what came in since the last one."),
        "submit_label": _("Save"),
        "cancel_url": reverse("administration:outbox"),
        "crumbs": _crumbs(_("Daily e-mail")),
    }
    return render(request, "ui/form_page.html", context)


def _crumbs(label: str) -> list[Link]:
    return [Link(_("Outbox"), reverse("administration:outbox")), Link(label)]
