"""Data protection: one's own data, answers for others, shredding, periods and deletion runs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import carried_out, may, needs
from leitstand.core.administration.choices import DayField, PersonField
from leitstand.core.audit.actions import SHRED
from leitstand.core.base import authority, clock
from leitstand.core.base.errors import NotFound
from leitstand.core.jobs.actions import enqueue
from leitstand.core.org.models import Person
from leitstand.core.privacy.actions import disclosure, retention, shredding
from leitstand.core.privacy.registry import kept_records, retention_kinds
from leitstand.core.ui.components import Action, Badge, Cell, Column, DataTable, Link, Row


class _AboutForm(forms.Form):
    person = PersonField(label=gettext_lazy("Person"))
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=gettext_lazy(
            "For example “Request under Art. 15 GDPR of 3 November”. It is recorded with your name."
        ),
    )


class _ShredForm(forms.Form):
    day = DayField(label=gettext_lazy("Everything before this day"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I know that this cannot be undone."),
    )


class _PeriodForm(forms.Form):
    months = forms.IntegerField(
        label=gettext_lazy("Months"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Empty: kept without limit."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )


@never_cache
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """Say what the answer holds; a POST hands it out."""
    if request.method == "POST":
        return _download(disclosure.about_me(actor=actor_of(request)))
    context = {
        "title": _("What is stored about me"),
        "crumbs": [
            Link(_("My account"), reverse("administration:account")),
            Link(_("What is stored about me")),
        ],
    }
    return render(request, "administration/my_data.html", context)


def _download(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/zip")
    name = f"auskunft-{clock.today():%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@needs(disclosure.DISCLOSE)
def privacy(request: HttpRequest) -> HttpResponse:
    """Periods, what a run would delete now, and the ways to the other pages."""
    actor = actor_of(request)
    found = [(period, period.due()) for period in retention.periods()]
    context = {
        "title": _("Data protection"),
        "table": _table(found),
        "kept": _kept(),
        "due": sum(count for _period, count in found),
        "actions": [
            Action(_("Answer for a person"), reverse("administration:privacy_about")),
            *(
                [Action(_("Shred the audit trail"), reverse("administration:privacy_shred"))]
                if may(actor, SHRED)
                else []
            ),
        ],
    }
    return render(request, "administration/privacy.html", context)


def _table(found: list[tuple[retention.Period, int]]) -> DataTable:
    rows = []
    for period, count in found:
        months = (
            ngettext("%(count)d month", "%(count)d months", period.months)
            % {"count": period.months}
            if period.months is not None
            else _("without limit")
        )
        own = Badge(_("default"), "neutral") if period.is_default else Badge(_("set here"), "info")
        url = reverse("administration:privacy_period", args=[period.kind.code])
        cells = [
            Cell(period.kind.label, url),
            Cell(months),
            Cell(badge=own),
            Cell(period.reason),
            Cell(count),
        ]
        rows.append(Row(cells, label=str(period.kind.label)))
    return DataTable(
        caption=_("Retention periods"),
        columns=[
            Column("kind", _("What")),
            Column("months", _("Kept for"), nowrap=True),
            Column("origin", _("Origin")),
            Column("reason", _("Reason")),
            Column("due", _("Would go now"), numeric=True),
        ],
        rows=rows,
    )


def _kept() -> DataTable:
    return DataTable(
        caption=_("Kept without a period"),
        columns=[Column("what", _("What")), Column("reason", _("Reason"))],
        rows=[Row((Cell(one.label), Cell(one.reason))) for one in kept_records],
    )


@needs(disclosure.DISCLOSE)
def privacy_about(request: HttpRequest) -> HttpResponse:
    """Choose a person, state the purpose, get the answer."""
    form = _AboutForm(request.POST or None)
    made: list[bytes] = []

    def disclose(values: dict[str, Any]) -> None:
        person: Person = values["person"]
        made.append(disclosure.about(person, actor=actor_of(request), purpose=values["purpose"]))

    if request.method == "POST" and carried_out(form, disclose):
        return _download(made[0])
    context = {
        "form": form,
        "title": _("Answer for a person"),
        "subline": _(
            "Everything stored about a person, as a ZIP with a readable page, CSV and JSON."
        ),
        "submit_label": _("Put together and download"),
        "cancel_url": reverse("administration:privacy"),
        "crumbs": _crumbs(_("Answer for a person")),
    }
    return render(request, "ui/form_page.html", context)


@needs(SHRED)
def privacy_shred(request: HttpRequest) -> HttpResponse:
    """Say what goes, ask for the reason, shred."""
    form = _ShredForm(request.POST or None, initial={"day": shredding.last_day()})
    counts: list[int] = []
    if request.method == "POST" and carried_out(
        form,
        lambda values: counts.append(
            shredding.shred(values["day"], actor=actor_of(request), reason=values["reason"])
        ),
    ):
        text = ngettext("One event shredded.", "%(count)d events shredded.", counts[0])
        messages.success(request, text % {"count": counts[0]})
        return redirect("administration:privacy")
    count = shredding.count_before(shredding.last_day())
    text = _(
        "Up to %(day)s, %(count)d events still say who did them. What was done stays; the chain "
        "stays whole and can be verified."
    )
    context = {
        "form": form,
        "title": _("Shred the audit trail"),
        "lines": [
            text % {"day": f"{shredding.last_day():%d.%m.%Y}", "count": count},
            _("Name, account, network address and details go for good, also from new backups."),
        ],
        "action": reverse("administration:privacy_shred"),
        "confirm_label": _("Shred for good"),
        "danger": True,
        "cancel_url": reverse("administration:privacy"),
        "crumbs": _crumbs(_("Shred the audit trail")),
    }
    return render(request, "ui/confirm.html", context)


@needs(retention.RETAIN)
def privacy_period(request: HttpRequest, code: str) -> HttpResponse:
    """Set the period of one kind of data."""
    if code not in retention_kinds:
        raise NotFound
    now = next(p for p in retention.periods() if p.kind.code == code)
    initial = {"months": now.months, "reason": now.reason}
    form = _PeriodForm(request.POST or None, initial=initial)
    if request.method == "POST" and carried_out(
        form, lambda values: retention.set_period(code, actor=actor_of(request), **values)
    ):
        messages.success(request, _("The period has been saved."))
        return redirect("administration:privacy")
    context = {
        "form": form,
        "title": now.kind.label,
        "subline": _("How long is it kept?"),
        "submit_label": _("Save"),
        "cancel_url": reverse("administration:privacy"),
        "crumbs": _crumbs(str(now.kind.label)),
    }
    return render(request, "ui/form_page.html", context)


@require_POST
@needs(retention.RETAIN)
def privacy_run(request: HttpRequest) -> HttpResponse:
    """Have a deletion run done in the background."""
    actor = actor_of(request)
    authority.require(actor, retention.RETAIN, citywide=True)
    job = enqueue(retention.RUN, actor=actor, next_url=reverse("administration:privacy"))
    return redirect("administration:job", job.id)


def _crumbs(label: str) -> list[Link]:
    return [Link(_("Data protection"), reverse("administration:privacy")), Link(label)]
