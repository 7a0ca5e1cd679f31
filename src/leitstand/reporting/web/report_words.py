"""The page on which editors write; two who write at once both keep their texts."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.ui import components as ui
from leitstand.reporting import policy
from leitstand.reporting.actions import reports as actions
from leitstand.reporting.models import Report
from leitstand.reporting.queries.reports import Reading, reading
from leitstand.reporting.web import report_parts as parts
from leitstand.reporting.web.report_forms import take

PICK, BASE = "wahl-", "initial-"


class WordsForm(forms.Form):
    """One field per place; field names are the places."""

    def __init__(self, read: Reading, data: Any = None) -> None:
        super().__init__(data, auto_id="text-%s")
        groups: dict[str, list[str]] = {}
        for place in read.places:
            self.fields[place.slot] = forms.CharField(
                label=place.label, required=False, max_length=actions.LONGEST,
                initial=read.words.get(place.slot, ""), widget=forms.Textarea(attrs={"rows": 4}),
            )  # fmt: skip
            groups.setdefault(place.section, []).append(place.slot)
        self.fieldsets = tuple(groups.items())

    def take(self, refusal: Invalid) -> None:
        """Show an action's refusal at its fields."""
        take(self, refusal)


@login_required
def words(request: HttpRequest, committee_report_id: uuid.UUID) -> HttpResponse:
    """Write the texts of a draft."""
    actor = actor_of(request)
    report = policy.get_visible(actor, committee_report_id)
    policy.require(actor, policy.CHANGE, report)
    read = reading(report)
    form = WordsForm(read, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given, base = _sent(request, form)
        try:
            actions.set_words(committee_report_id, actor=actor, words=given, base=base)
        except Invalid as refusal:
            form.take(refusal)
        except Conflict as conflict:
            return _both(request, report, read, given, conflict)
        else:
            messages.success(request, _("Saved."))
            return redirect(parts.address(report))
    context = {
        "title": _("Texts of the report"), "subline": report.title, "form": form,
        "submit": _("Save"), "action": request.path, "cancel_url": parts.address(report),
        "base": [(BASE + slot, _base(request, read, slot)) for slot in form.fields],
        "hint": _("Empty lines part paragraphs; lines that begin with “- ” become a list. The texts "
                  "stay when new figures are taken."),
        "crumbs": [ui.Link(report.title, parts.address(report)), ui.Link(_("Texts of the report"))],
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "reporting/report_words.html", context, status=status)


def _base(request: HttpRequest, read: Reading, slot: str) -> str:
    """What the place held when the page was opened."""
    return request.POST.get(BASE + slot, read.words.get(slot, ""))


def _sent(request: HttpRequest, form: WordsForm) -> tuple[dict[str, str], dict[str, str]]:
    """Texts and their basis; a place whose other version was chosen is left alone."""
    given = {
        slot: form.cleaned_data[slot]
        for slot in form.fields
        if request.POST.get(PICK + slot) != "theirs"
    }
    return given, {slot: request.POST.get(BASE + slot, "") for slot in given}


def _both(
    request: HttpRequest, report: Report, read: Reading, given: dict[str, str], conflict: Conflict
) -> HttpResponse:
    """The page on which the writer chooses between her text and the other one."""
    labels = {place.slot: place.label for place in read.places}
    fields = [
        ui.DiffField(PICK + slot, labels.get(slot, slot), conflict.mine[slot], theirs,
                     base=request.POST.get(BASE + slot, ""))
        for slot, theirs in conflict.theirs.items()
    ]  # fmt: skip
    now = {**{s: request.POST.get(BASE + s, "") for s in given}, **conflict.theirs}
    context = {
        "fields": fields, "text": conflict.text, "version": conflict.version,
        "object_title": report.title, "action": request.path, "cancel_url": parts.address(report),
        "kept": [*given.items(), *((BASE + slot, text) for slot, text in now.items())],
    }  # fmt: skip
    return render(request, "ui/conflict.html", context, status=409)
