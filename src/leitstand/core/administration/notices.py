"""One's own notices: list, open, mark as read, choose how they come."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import carried_out, paged
from leitstand.core.base.errors import NotFound
from leitstand.core.notify import actions, queries
from leitstand.core.notify.kinds import Channel, kinds
from leitstand.core.notify.models import Notification
from leitstand.core.ui.components import Action, Badge, Cell, Column, DataTable, Link, Row

_MOST = 500


class _PreferencesForm(forms.Form):
    def __init__(self, chosen: dict[str, str], data: Any = None) -> None:
        super().__init__(data)
        for kind in kinds:
            self.fields[kind.code] = forms.ChoiceField(
                label=kind.label,
                help_text=kind.help,
                choices=Channel.choices,
                initial=chosen[kind.code],
            )


@never_cache
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """List one's own notices, the unread ones first asked for; ``?alle=1`` shows all."""
    actor = actor_of(request)
    everything = request.GET.get("alle") == "1"
    mine = queries.notices_of(actor.account_id)
    unread = mine.filter(read_at=None)
    page = paged(request, mine if everything else unread)
    here = reverse("administration:notices")
    context = {
        "title": _("Notices"),
        "tabs": [
            Link(_("Unread"), here, current=not everything, count=unread.count()),
            Link(_("All notices"), f"{here}?alle=1", current=everything),
        ],
        "page": page,
        "table": _table(list(page), everything=everything),
        "form_id": "chosen",
        "actions": [
            Action(_("Choose how notices come"), reverse("administration:notice_preferences"))
        ],
        "everything": everything,
    }
    return render(request, "administration/notices.html", context)


def _table(found: list[Notification], *, everything: bool) -> DataTable:
    rows = []
    for notice in found:
        state = (
            Badge(pgettext("notice", "read"), "neutral")
            if notice.read_at
            else Badge(pgettext("notice", "new"), "info")
        )
        url = reverse("administration:notice_open", args=[notice.id]) if notice.url else ""
        kind = str(kinds[notice.kind].label) if notice.kind in kinds else ""
        cells = [
            Cell(notice.subject, url, note=notice.text),
            Cell(kind),
            Cell(notice.created_at),
            Cell(badge=state),
        ]
        rows.append(Row(cells, key=str(notice.id), label=notice.subject))
    return DataTable(
        caption=_("Notices"),
        columns=[
            Column("subject", _("What")),
            Column("kind", _("Kind")),
            Column("at", _("When"), nowrap=True),
            Column("state", _("Condition")),
        ],
        rows=rows,
        select_name="id",
        select_form="chosen",
        empty_title=_("There are no notices.") if everything else _("You have read everything."),
        empty_text=_("What concerns you, such as a request or an answer, appears here."),
    )


@never_cache
@login_required
def notice_open(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    found = actions.mark_read(notice_id, actor=actor_of(request))
    inside = found.url.startswith("/") and not found.url.startswith("//")
    return redirect(found.url if inside else reverse("administration:notices"))


@require_POST
@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark the chosen notices, or all of them, as read, or the chosen ones as unread."""
    actor = actor_of(request)
    what = request.POST.get("what", "")
    if what == "all":
        count = actions.mark_all_read(actor=actor)
        text = ngettext("One notice marked as read.", "%(count)d notices marked as read.", count)
        messages.success(request, text % {"count": count})
    else:
        for identifier in _chosen(request):
            actions.mark_read(identifier, actor=actor, read=what != "unread")
    back = reverse("administration:notices")
    return redirect(f"{back}?alle=1" if request.POST.get("everything") else back)


def _chosen(request: HttpRequest) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text) for text in request.POST.getlist("id")[:_MOST]]
    except (ValueError, ValidationError):
        raise NotFound from None


@login_required
def notice_preferences(request: HttpRequest) -> HttpResponse:
    """Choose per kind: e-mail at once, once a day, or the page only."""
    actor = actor_of(request)
    form = _PreferencesForm(queries.channels_of(actor.account_id), request.POST or None)
    if request.method == "POST" and carried_out(
        form, lambda values: actions.choose_channels(values, actor=actor)
    ):
        messages.success(request, _("Your choice has been saved."))
        return redirect("administration:notices")
    context = {
        "form": form,
        "title": _("How notices come"),
        "subline": _subline(),
        "submit_label": _("Save"),
        "cancel_url": reverse("administration:notices"),
        "crumbs": [
            Link(_("Notices"), reverse("administration:notices")),
            Link(_("How notices come")),
        ],
    }
    return render(request, "ui/form_page.html", context)


def _subline() -> str:
    if not settings.CONFIG.smtp_url:
        return _("No mail server is set here: at present notices appear on the page only.")
    when = queries.schedule().daily_at
    return _("The daily e-mail leaves on working days at %(time)s.") % {"time": f"{when:%H:%M}"}
