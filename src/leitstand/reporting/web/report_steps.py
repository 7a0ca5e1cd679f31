"""One page per step of a report: what it does, the reason, a button."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.ui import components as ui
from leitstand.reporting import policy
from leitstand.reporting.actions import report_steps as steps
from leitstand.reporting.actions import reports as actions
from leitstand.reporting.models import Report
from leitstand.reporting.web import report_parts as parts
from leitstand.reporting.web.report_forms import StepForm

Values = dict[str, Any]


@dataclass(frozen=True)
class Move:
    """A step: its name, what it means, and the action behind it."""

    title: Any
    text: Any
    run: Callable[[uuid.UUID, Actor, Values], Any]
    permission: str = ""
    needs_reason: bool = True
    units: bool = False
    day: bool = False
    danger: bool = False


MOVES: dict[str, Move] = {
    "zahlen": Move(
        gettext_lazy("Take new figures"),
        gettext_lazy("The figures of the day are frozen as a new version. Your texts stay."),
        lambda key, actor, v: actions.generate(key, actor=actor, day=v["day"], reason=v["reason"]),
        policy.CHANGE, needs_reason=False, day=True,
    ),
    "mitzeichnung": Move(
        gettext_lazy("Send for co-signature"),
        gettext_lazy("The units read this version. Until all have answered, nothing can be changed."),
        lambda key, actor, v: steps.send(key, actor=actor, units=v["units"], note=v["reason"],
                                          until=v["until"]),
        policy.CHANGE, needs_reason=False, units=True,
    ),
    "mitzeichnen": Move(
        gettext_lazy("Co-sign"), gettext_lazy("You agree for your unit that the report leaves as it is."),
        lambda key, actor, v: steps.cosign(key, actor=actor, agree=True, note=v["reason"]),
        needs_reason=False,
    ),
    "widersprechen": Move(
        gettext_lazy("Raise an objection"),
        gettext_lazy("The report goes back to those who write it, with your reason."),
        lambda key, actor, v: steps.cosign(key, actor=actor, agree=False, note=v["reason"]),
    ),
    "zurueckholen": Move(
        gettext_lazy("Call back"),
        gettext_lazy("The report becomes a draft again; signatures given so far lapse."),
        lambda key, actor, v: steps.call_back(key, actor=actor, reason=v["reason"]), policy.CHANGE,
    ),
    "freigeben": Move(
        gettext_lazy("Release"),
        gettext_lazy("From now on everybody reads the report whose role reaches its confidentiality level."),
        lambda key, actor, v: steps.release(key, actor=actor, reason=v["reason"]), policy.RELEASE,
    ),
    "zurueckziehen": Move(
        gettext_lazy("Withdraw the report"), gettext_lazy("Only those who write reports will see it."),
        lambda key, actor, v: steps.withdraw(key, actor=actor, reason=v["reason"]), policy.RELEASE,
        danger=True,
    ),
    "loeschen": Move(
        gettext_lazy("Delete"), gettext_lazy("The draft, its versions and texts are deleted."),
        lambda key, actor, v: actions.delete_report(key, actor=actor, reason=v["reason"]),
        policy.CHANGE, danger=True,
    ),
}  # fmt: skip


@login_required
def step(request: HttpRequest, committee_report_id: uuid.UUID, move: str) -> HttpResponse:
    """Ask for the reason, then take the step."""
    actor = actor_of(request)
    report = policy.get_visible(actor, committee_report_id)
    chosen = MOVES.get(move)
    if chosen is None:
        raise NotFound
    if chosen.permission:
        policy.require(actor, chosen.permission, report)
    form = StepForm(
        request.POST if request.method == "POST" else None, needs_reason=chosen.needs_reason,
        units=chosen.units, day=report.day if chosen.day else None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            chosen.run(committee_report_id, actor, form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        except Conflict as conflict:
            form.add_error(None, conflict.text)
        else:
            messages.success(request, _("Done: %(step)s") % {"step": chosen.title})
            gone = move == "loeschen"
            return redirect(reverse("reporting:reports") if gone else parts.address(report))
    return _page(request, report, chosen, form)


def _page(request: HttpRequest, report: Report, chosen: Move, form: StepForm) -> HttpResponse:
    back = parts.address(report)
    context = {
        "title": chosen.title, "lines": [chosen.text], "form": form, "danger": chosen.danger,
        "action": request.path, "confirm_label": chosen.title, "cancel_url": back,
        "crumbs": [ui.Link(report.title, back), ui.Link(chosen.title)],
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/confirm.html", context, status=status)
