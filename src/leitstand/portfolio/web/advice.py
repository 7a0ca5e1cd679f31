"""What can be done with a need: take on, estimate, ask, reply, answer, decline, merge, accept."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
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
from leitstand.portfolio import policy, policy_intake
from leitstand.portfolio.actions import advice as actions
from leitstand.portfolio.actions import needs as need_actions
from leitstand.portfolio.models import CLOSED_CASES, AdviceCase, Need, Overlap, Project
from leitstand.portfolio.tables.intake import CASES
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.intake import address, crumbs
from leitstand.portfolio.web.project import address as project_address

State = AdviceCase.State


@dataclass(frozen=True)
class Step:
    """One step: its label, the help above its text field, and when it is offered."""

    label: Any
    help: Any
    submit: Any
    offered: Callable[[AdviceCase], bool]
    done: Any = ""


def _open(case: AdviceCase) -> bool:
    return case.state not in CLOSED_CASES


STEPS: dict[str, Step] = {
    "uebernehmen": Step(
        gettext_lazy("Take on"), gettext_lazy("You become the handler of this need."),
        gettext_lazy("Take on"), lambda case: _open(case) and case.handler_id is None,
        gettext_lazy("You handle this need now."),
    ),
    "einschaetzung": Step(
        gettext_lazy("Estimate and recommendation"), "", gettext_lazy("Save"), _open,
    ),
    "frage": Step(
        gettext_lazy("Ask the department"),
        gettext_lazy("The department reads the question on the page of its need."),
        gettext_lazy("Send the question"), _open, gettext_lazy("The question has been sent."),
    ),
    "notiz": Step(
        gettext_lazy("Internal note"), gettext_lazy("Only those who advise read the note."),
        gettext_lazy("Keep the note"), lambda case: True,
    ),
    "beantworten": Step(
        gettext_lazy("Answer"), gettext_lazy("The department reads the answer; the case is closed."),
        gettext_lazy("Send the answer"), _open, gettext_lazy("The answer has been sent."),
    ),
    "vorhaben": Step(
        gettext_lazy("Make it a project"),
        gettext_lazy("Title, need, unit, size and dates are carried over into a sketch. The "
                     "department reads the reason."),
        gettext_lazy("Create the project"), _open, gettext_lazy("The need has become a project."),
    ),
    "zusammenfuehren": Step(
        gettext_lazy("Merge"), gettext_lazy("The department reads the reason."),
        gettext_lazy("Merge"), _open, gettext_lazy("The need has been merged."),
    ),
    "ablehnen": Step(
        gettext_lazy("Decline"), gettext_lazy("The department reads the reason."),
        gettext_lazy("Decline"), _open, gettext_lazy("The need has been declined."),
    ),
    "wieder-oeffnen": Step(
        gettext_lazy("Open again"), gettext_lazy("The reason stands in the audit trail."),
        gettext_lazy("Open again"), lambda case: not _open(case),
        gettext_lazy("The case is open again."),
    ),
    "antwort": Step(
        gettext_lazy("Reply to the digital unit"), "", gettext_lazy("Send the reply"),
        lambda case: False, gettext_lazy("Your reply has been sent."),
    ),
}  # fmt: skip
_LABELS = {
    "frage": gettext_lazy("Question"), "antwort": gettext_lazy("Reply"),
    "notiz": gettext_lazy("Internal note"), "beantworten": gettext_lazy("Answer"),
}  # fmt: skip


class StepForm(forms.Form):
    """One text, and where the step asks for it the need or project that is meant."""

    def __init__(self, code: str, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        if code == "zusammenfuehren":
            self.fields["target"] = _target_field()
        if code != "uebernehmen":
            area = forms.Textarea(attrs={"rows": 6})
            label = _LABELS.get(code, gettext_lazy("Reason"))
            self.fields["text"] = forms.CharField(
                label=label, widget=area, help_text=STEPS[code].help
            )


def _target_field() -> forms.CharField:
    return forms.CharField(
        label=_("Identifier of the need or project"), max_length=20,
        help_text=_("For example B-00012 or P-00034."),
    )  # fmt: skip


def target_of(actor: Actor, number: str, *, field: str = "target") -> Need | Project:
    """The visible need or project of this identifier; ``Invalid`` if there is none."""
    text = number.strip().upper()
    found: Need | Project | None = policy_intake.visible(actor).filter(number=text).first()
    found = found or policy.visible(actor).filter(number=text).first()
    if found is None:
        raise Invalid(_("There is no need or project of this identifier."), field=field)
    return found


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _do(code: str, need: Need, actor: Actor, version: int, data: dict[str, Any]) -> Any:
    text = data.get("text", "")
    key: Any = {"actor": actor, "text": text}
    decided: Any = {"actor": actor, "version": version}
    calls: dict[str, Callable[[], Any]] = {
        "uebernehmen": lambda: actions.take(need.pk, **decided),
        "frage": lambda: actions.ask(need.pk, **key),
        "antwort": lambda: actions.reply(need.pk, **key),
        "notiz": lambda: actions.note(need.pk, **key),
        "beantworten": lambda: actions.answer(need.pk, **decided, text=text),
        "ablehnen": lambda: actions.decline(need.pk, **decided, reason=text),
        "vorhaben": lambda: actions.accept(need.pk, **decided, reason=text),
        "zusammenfuehren": lambda: actions.merge(
            need.pk, **decided, reason=text, target=target_of(actor, data["target"])
        ),
        "wieder-oeffnen": lambda: actions.reopen(need.pk, **decided, reason=text),
    }
    return calls[code]()


@login_required
def need_step(request: HttpRequest, need_id: uuid.UUID, step: str) -> HttpResponse:
    """The page of one step; the change comes with POST."""
    if step not in STEPS:
        raise NotFound
    actor = actor_of(request)
    need = policy_intake.get_visible(actor, need_id)
    if step == "antwort":
        policy_intake.require_voice(actor, need)
    else:
        policy_intake.require_advice(actor, need)
    if step == "einschaetzung":
        return _assess(request, actor, need)
    posted = request.method == "POST"
    initial = {"target": request.GET.get("ziel", "")}
    form = StepForm(step, request.POST if posted else None, initial)
    version = _version(request) if posted else need.case.version
    if posted and form.is_valid():
        try:
            result = _do(step, need, actor, version, form.cleaned_data)
        except Conflict as error:
            form.add_error(None, error.text)
            version = policy_intake.get_visible(actor, need_id).case.version
        except Invalid as error:
            for name, texts in error.errors.items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, str(STEPS[step].done or _("Saved.")))
            return redirect(project_address(result.pk) if step == "vorhaben" else address(need_id))
    return _show_step(request, need, step, form, version)


def _show_step(
    request: HttpRequest, need: Need, step: str, form: forms.Form, version: int
) -> HttpResponse:
    what = STEPS[step]
    context = {
        "title": what.label,
        "preline": need.number,
        "subline": need.title,
        "form": form,
        "version": version,
        "submit_label": what.submit,
        "cancel_url": address(need.pk),
        "crumbs": crumbs(need, str(what.label)),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/form_page.html", context, status=status)


def _case_form(case: AdviceCase, data: Any = None) -> TableForm:
    return TableForm(CASES.columns, AdviceCase, data, row=case)


def _assess(request: HttpRequest, actor: Actor, need: Need) -> HttpResponse:
    form = _case_form(need.case, merged(request.POST) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.values(form.changed_names())
        try:
            actions.assess(need.pk, actor=actor, version=form.version, values=values)
        except Conflict:
            fresh = policy_intake.get_visible(actor, need.pk)
            found = conflict.context(
                form, _case_form(fresh.case), object_title=need.title, cancel_url=address(need.pk)
            )
            if found is not None:
                return conflict.page(request, found)
            return redirect(address(need.pk))
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(address(need.pk))
    title = STEPS["einschaetzung"].label
    context = {"title": title, "form": form, "cancel_url": address(need.pk),
               "crumbs": crumbs(need, str(title))}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/edit.html", context, status=status)


# --- overlaps ---------------------------------------------------------------------------


class TieForm(forms.Form):
    """Which other need or project, how they belong together, and a note."""

    target = forms.CharField(max_length=20)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Overlap.Kind.choices)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["target"] = _target_field()


@login_required
def need_tie(request: HttpRequest, need_id: uuid.UUID) -> HttpResponse:
    """Note an overlap or a synergy."""
    actor = actor_of(request)
    need = policy_intake.get_visible(actor, need_id)
    policy_intake.require_advice(actor, need)
    initial = {"target": request.GET.get("ziel", "")}
    form = TieForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            other = target_of(actor, data["target"])
            need_actions.tie(
                need_id, actor=actor, other=other, kind=data["kind"], note=data["note"]
            )
        except Invalid as error:
            for name, texts in error.errors.items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("Saved."))
            return redirect(address(need_id) + "#schnittmengen")
    title = _("Note an overlap")
    context = {"title": title, "preline": need.number, "subline": need.title, "form": form,
               "submit_label": _("Save"), "cancel_url": address(need_id),
               "crumbs": crumbs(need, title)}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/form_page.html", context, status=status)


@login_required
def need_untie(request: HttpRequest, need_id: uuid.UUID, overlap_id: uuid.UUID) -> HttpResponse:
    """Take an overlap off, after a question."""
    actor = actor_of(request)
    need = policy_intake.get_visible(actor, need_id)
    policy_intake.require_advice(actor, need)
    if not Overlap.objects.filter(pk=overlap_id, need=need).exists():
        raise NotFound
    if request.method == "POST":
        need_actions.untie(need_id, overlap_id, actor=actor)
        messages.success(request, _("Removed."))
        return redirect(address(need_id) + "#schnittmengen")
    title = _("Remove the overlap")
    context = {"title": title, "lines": [_("Remove this overlap? The history keeps it.")],
               "action": reverse("portfolio:need_untie", args=[need_id, overlap_id]),
               "confirm_label": _("Remove"), "danger": True, "cancel_url": address(need_id),
               "crumbs": crumbs(need, title)}  # fmt: skip
    return render(request, "ui/confirm.html", context)
