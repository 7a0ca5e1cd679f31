"""The audit trail, open to its readers for half an hour after they have stated a purpose."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import views_of_audit as views
from leitstand.core.administration.access import carried_out, needs, paged
from leitstand.core.administration.choices import DayField
from leitstand.core.administration.tables import TRAIL
from leitstand.core.audit import actions
from leitstand.core.audit.models import AuditEvent
from leitstand.core.audit.queries import trail
from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.jobs.actions import enqueue
from leitstand.core.policy.grants import grants, predicate
from leitstand.core.tables.writing import csv_chunks
from leitstand.core.ui.components import Action

_UNTIL, _PURPOSE = "audit_until", "audit_purpose"
_MOST_EXPORTED = 100_000


class _PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=gettext_lazy(
            "For example “Complaint of 12 March about changed dates in project 4711”. "
            "The purpose is recorded with your name."
        ),
    )


class _FilterForm(forms.Form):
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("To"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of object"), required=False)
    who = forms.CharField(label=gettext_lazy("Who"), required=False, max_length=100)
    text = forms.CharField(label=gettext_lazy("Object"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = sorted(((t.code, str(t.label)) for t in events.event_types), key=lambda t: t[1])
        self.fields["type"].choices = [("", _("everything")), *types]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("all")), *views.kind_choices()]  # type: ignore[attr-defined]


def _open(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view be opened by readers of the trail whose purpose is still fresh."""

    @needs(actions.READ)
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        until = request.session.get(_UNTIL, "")
        if not until or datetime.fromisoformat(until) <= clock.now():
            return redirect("administration:audit_purpose")
        return view(request, *args, **kwargs)

    return guarded


@needs(actions.READ)
def audit_purpose(request: HttpRequest) -> HttpResponse:
    """Ask for the purpose and open the trail for 30 minutes."""
    form = _PurposeForm(request.POST or None)
    opened: list[datetime] = []
    if request.method == "POST" and carried_out(
        form,
        lambda values: opened.append(
            actions.state_purpose(values["purpose"], actor=actor_of(request))
        ),
    ):
        request.session[_UNTIL] = opened[0].isoformat()
        request.session[_PURPOSE] = form.cleaned_data["purpose"].strip()
        return redirect("administration:audit")
    context = {
        "form": form,
        "title": _("Audit trail"),
        "subline": _("Please state first what you need it for."),
        "submit_label": _("Open for 30 minutes"),
        "cancel_url": "/",
    }
    return render(request, "ui/form_page.html", context)


@_open
def audit(request: HttpRequest) -> HttpResponse:
    """Show the trail with filters; the sight of it is recorded, with the filter."""
    actor = actor_of(request)
    form = _FilterForm(request.GET or None)
    found = _filtered(actor, form)
    page = paged(request, found)
    _record_sight("audit.viewed", request, actor, form)
    query = request.GET.copy()
    query.pop("seite", None)
    context = {
        "title": _("Audit trail"),
        "form": form,
        "page": page,
        "table": views.trail_table(list(page)),
        "purpose": request.session.get(_PURPOSE, ""),
        "until": datetime.fromisoformat(request.session[_UNTIL]),
        "actions": [
            Action(
                _("Export as CSV"),
                f"{reverse('administration:audit_export')}?{query.urlencode()}",
                icon="download",
            ),
            Action(_("Verify the chain"), reverse("administration:audit_verify"), post=True),
        ],
        "verified": views.last_verification(),
    }
    return render(request, "administration/audit.html", context)


def _filtered(actor: Actor, form: _FilterForm) -> QuerySet[AuditEvent]:
    """Return the events that the actor may see and the filter leaves."""
    clause = predicate(grants(actor, actions.READ), unit="unit_id", level="level")
    found = trail().filter(clause)
    values = form.cleaned_data if form.is_valid() else {}
    if values.get("since"):
        found = found.filter(at__gte=_midnight(values["since"]))
    if values.get("until"):
        found = found.filter(at__lt=_midnight(values["until"] + timedelta(days=1)))
    if values.get("type"):
        found = found.filter(type=values["type"])
    if values.get("kind"):
        found = found.filter(object_kind=values["kind"])
    if values.get("who"):
        found = found.filter(personal__actor_name__icontains=values["who"])
    if values.get("text"):
        found = found.filter(object_title__icontains=values["text"])
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _record_sight(type_: str, request: HttpRequest, actor: Actor, form: _FilterForm) -> None:
    values = form.cleaned_data if form.is_valid() else {}
    events.record(
        events.Event(
            type=type_,
            actor=actor,
            object_kind="audit-trail",
            reason=request.session.get(_PURPOSE, ""),
            personal={"filter": {k: str(v) for k, v in values.items() if v}},
        )
    )


@_open
def audit_export(request: HttpRequest) -> StreamingHttpResponse:
    """Hand out the filtered trail as CSV, at most 100,000 events; this is recorded."""
    actor = actor_of(request)
    form = _FilterForm(request.GET or None)
    found = _filtered(actor, form)[:_MOST_EXPORTED]
    _record_sight("audit.exported", request, actor, form)
    response = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    name = f"protokoll-{clock.today():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(found: QuerySet[AuditEvent]) -> Iterator[bytes]:
    rows = (views.export_row(event) for event in found.iterator(chunk_size=1000))
    return csv_chunks(TRAIL.exported(), rows)


@require_POST
@_open
def audit_verify(request: HttpRequest) -> HttpResponse:
    """Let the worker verify the whole chain."""
    job = enqueue("audit.verify", actor=actor_of(request), next_url=reverse("administration:audit"))
    messages.info(request, _("The chain is being verified."))
    return redirect("administration:job", job.id)
