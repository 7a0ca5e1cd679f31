"""Pages that answer an inquiry: what it is about, then columns, day and question."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.policy.grants import grants, why
from leitstand.core.ui import components as ui
from leitstand.reporting import policy
from leitstand.reporting.actions import reports as actions
from leitstand.reporting.models import Report
from leitstand.reporting.queries import inquiries
from leitstand.reporting.web import report_parts as parts
from leitstand.reporting.web.report_forms import InquiryForm
from leitstand.reporting.web.reports import form_page, own_unit


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Answer an inquiry: ``?quelle=`` says about what, ``?nach=<uuid>`` repeats an earlier one."""
    actor = actor_of(request)
    if not grants(actor, policy.CHANGE):
        raise NotAllowed(why(actor, policy.CHANGE).text)
    last = _last(request, actor)
    source = request.GET.get("quelle", "") or (last.source if last else "")
    if not source:
        return _choose(request, actor)
    offered = inquiries.offered(inquiries.frame_of(actor), source)
    data = request.POST if request.method == "POST" else None
    form = InquiryForm(data, source=source, offered=offered, row=last)
    if last is None:
        frame = inquiries.frame_of(actor)
        form.initial["unit"] = own_unit(actor)
        form.initial["title"] = inquiries.titled(frame, inquiries.Inquiry("", source))
        if (level := inquiries.level_of(frame, source)) is not None:
            form.initial["confidentiality"] = level
    else:
        form.initial.update({"day": clock.today(), "since": last.day, "reference": ""})
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.create_report(actor=actor, values=form.values())
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("The table is frozen. Now add your answer in words."))
            return redirect(parts.address(row))
    return form_page(request, form, _("Answer an inquiry"), reverse("reporting:reports"))


def _last(request: HttpRequest, actor: Actor) -> Report | None:
    try:
        key = uuid.UUID(request.GET.get("nach", ""))
    except ValueError:
        return None
    return policy.visible(actor).filter(pk=key, kind=Report.Kind.INQUIRY).first()


def _choose(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The first step: what is asked about."""
    frame = inquiries.frame_of(actor)
    columns = (ui.Column("source", _("What is the inquiry about?")),)
    rows = [
        ui.Row((ui.Cell(label, url=f"{request.path}?quelle={code}"),))
        for code, label in inquiries.sources(frame)
    ]
    table = ui.DataTable(_("What is the inquiry about?"), columns, rows, id="quellen")
    context = {
        "title": _("Answer an inquiry"), "table": table, "actions": [],
        "crumbs": [ui.Link(_("Reports"), reverse("reporting:reports")), ui.Link(_("Answer an inquiry"))],
    }  # fmt: skip
    return render(request, "reporting/reports.html", context)
