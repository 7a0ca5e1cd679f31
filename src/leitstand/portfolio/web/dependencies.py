"""Dependencies across projects: find the other one, tie, untie."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.portfolio import policy
from leitstand.portfolio.actions.dependencies import (
    add_dependency,
    change_dependency,
    remove_dependency,
)
from leitstand.portfolio.models import Dependency, Project
from leitstand.portfolio.queries.profile import Tie, ties_of
from leitstand.portfolio.tables.exports import DEPENDENCIES
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.project import address, crumbs, status_of

MOST = 20
_NUMBER = re.compile(r"^\s*(P-\d+)\b", re.IGNORECASE)


def find(actor: Actor, text: str, but: uuid.UUID) -> Sequence[Project]:
    """Visible projects by identifier, own number or part of the title, at most 20."""
    projects = policy.visible(actor).exclude(pk=but).order_by("number")
    number = _NUMBER.match(text)
    if number:
        exact = projects.filter(number__iexact=number[1])
        if exact.exists():
            return list(exact)
    words = text.split()
    clause = Q()
    for word in words[:8]:
        clause &= (
            Q(title__icontains=word) | Q(number__icontains=word) | Q(external_key__iexact=word)
        )
    return list(projects.filter(clause)[:MOST]) if words else []


class OtherProject(forms.TextInput):
    """A search field: proposals come while typing, and after sending without JavaScript."""

    def __init__(self, url: str) -> None:
        super().__init__(
            attrs={
                "autocomplete": "off", "list": "andere-vorhaben", "hx-get": url,
                "hx-trigger": "input changed delay:250ms", "hx-target": "#andere-vorhaben",
                "hx-swap": "innerHTML", "hx-sync": "this:replace", "data-focus": "",
            }
        )  # fmt: skip

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The input and an empty list that fills while typing."""
        field = super().render(name, value, attrs, renderer)
        return format_html('{}<datalist id="andere-vorhaben"></datalist>', field)


class DependencyForm(forms.Form):
    """The other project, which of the two comes first, and how they are tied."""

    def __init__(self, actor: Actor, project: Project, data: Any = None) -> None:
        super().__init__(data)
        self.actor, self.project = actor, project
        self.found: Sequence[Project] = ()
        url = reverse("portfolio:dependency_search", args=[project.pk])
        self.fields["other"] = forms.CharField(
            label=_("Other project"), max_length=400, widget=OtherProject(url),
            help_text=_("Part of the title, or the identifier such as P-00012."),
        )  # fmt: skip
        self.fields["direction"] = forms.ChoiceField(
            label=_("Relation"), initial="before", widget=forms.RadioSelect,
            choices=[("before", _("The other project must come first")),
                     ("after", _("The other project waits for this one"))],
        )  # fmt: skip
        self.fields["kind"] = forms.ChoiceField(label=_("Kind"), choices=Dependency.Kind.choices)
        self.fields["lag_days"] = forms.IntegerField(
            label=_("Lag in days"), initial=0, required=False,
            help_text=_("Calendar days between the two; a minus lets them overlap."),
        )  # fmt: skip
        self.fields["note"] = forms.CharField(label=_("Note"), max_length=300, required=False)
        self.widths = {"kind": "half", "lag_days": "half"}
        chosen = self.data.get("other_id") if self.is_bound else None
        if chosen:
            self.fields["other"].required = False

    def clean(self) -> dict[str, Any]:
        """Find the other project; several fitting ones are offered to choose from."""
        cleaned = super().clean() or {}
        text = str(cleaned.get("other") or "")
        chosen = self.data.get("other_id", "")
        if chosen:
            cleaned["found"] = self._by_id(chosen)
        elif text:
            self.found = find(self.actor, text, self.project.pk)
            if len(self.found) == 1:
                cleaned["found"] = self.found[0]
            else:
                self._several()
        return cleaned

    def _by_id(self, text: str) -> Project:
        try:
            return policy.get_visible(self.actor, uuid.UUID(text))
        except (ValueError, NotFound):
            raise ValidationError(_("This project does not exist or is not open to you.")) from None

    def _several(self) -> None:
        if self.found:
            self.add_error("other", _("Several projects fit. Choose one of them below."))
        else:
            self.add_error("other", _("No project that you can see fits. Try another word."))


@login_required
def dependency_add(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Tie the project to another one."""
    actor = actor_of(request)
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.CHANGE, project)
    form = DependencyForm(actor, project, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _tie(actor, project, form.cleaned_data)
        except Invalid as error:
            for name, texts in error.errors.items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{address(project_id)}#abhaengigkeiten")
    title = _("Add dependency")
    context = {"title": title, "project": project, "form": form, "found": form.found,
               "cancel_url": f"{address(project_id)}#abhaengigkeiten",
               "crumbs": crumbs(project, title)}  # fmt: skip
    return render(request, "portfolio/dependency.html", context, status=status_of(form))


def _tie(actor: Actor, project: Project, cleaned: dict[str, Any]) -> None:
    pair = [cleaned["found"].pk, project.pk]
    if cleaned["direction"] == "after":
        pair.reverse()
    add_dependency(
        actor=actor,
        predecessor_id=pair[0],
        successor_id=pair[1],
        kind=cleaned["kind"],
        lag_days=cleaned["lag_days"] or 0,
        note=cleaned["note"],
    )


@login_required
def dependency_search(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Proposals for the search field: options of a ``<datalist>``."""
    actor = actor_of(request)
    project = policy.get_visible(actor, project_id)
    found = find(actor, request.GET.get("other", "")[:400], project.pk)
    return render(request, "portfolio/proposals.html", {"found": found})


def _found(actor: Actor, project_id: uuid.UUID, dependency_id: uuid.UUID) -> tuple[Project, Tie]:
    """A project that the actor may change, and one of its dependencies."""
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.CHANGE, project)
    tie = next((tie for tie in ties_of(actor, project) if tie.id == dependency_id), None)
    if tie is None:
        raise NotFound
    return project, tie


def _name(tie: Tie) -> str:
    return f"{tie.number} {tie.title}".strip() or _("another project")


def _edit_form(tie: Tie, data: Any = None) -> TableForm:
    """Kind, lag and note; without the note if the other project is hidden."""
    names = ["kind", "lag_days", "note"] if tie.project_id else ["kind", "lag_days"]
    row = Dependency.objects.get(pk=tie.id)
    return TableForm([DEPENDENCIES[name] for name in names], Dependency, data, row=row)


@login_required
def dependency_edit(
    request: HttpRequest, project_id: uuid.UUID, dependency_id: uuid.UUID
) -> HttpResponse:
    """Change how two projects are tied; a conflict shows both versions."""
    actor = actor_of(request)
    project, tie = _found(actor, project_id, dependency_id)
    form = _edit_form(tie, merged(request.POST) if request.method == "POST" else None)
    back = f"{address(project_id)}#abhaengigkeiten"
    title = _("Edit dependency")
    if request.method == "POST" and form.is_valid():
        try:
            values = form.values(form.changed_names())
            change_dependency(dependency_id, actor=actor, version=form.version, values=values)
        except Invalid as error:
            form.take(error)
        except Conflict:
            values_ = conflict.context(
                form, _edit_form(tie), object_title=_name(tie), cancel_url=back,
                crumbs=crumbs(project, title),
            )  # fmt: skip
            if values_ is not None:
                return conflict.page(request, values_)
            messages.success(request, _("Somebody else has saved the same."))
            return redirect(back)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    direction = _("must come first") if tie.before else _("waits for this project")
    context = {
        "form": form, "action": request.path, "form_title": title, "submit": _("Save"),
        "title": title, "project": project, "cancel_url": back, "crumbs": crumbs(project, title),
        "lead": f"{_name(tie)}: {direction}",
    }  # fmt: skip
    return render(request, "portfolio/item.html", context, status=status_of(form))


@login_required
def dependency_remove(
    request: HttpRequest, project_id: uuid.UUID, dependency_id: uuid.UUID
) -> HttpResponse:
    """Untie after a question."""
    actor = actor_of(request)
    project, tie = _found(actor, project_id, dependency_id)
    back = f"{address(project_id)}#abhaengigkeiten"
    if request.method == "POST":
        remove_dependency(dependency_id, actor=actor)
        messages.success(request, _("Removed."))
        return redirect(back)
    title = _("Remove dependency")
    context = {
        "title": title,
        "lines": [_("Remove the dependency on “%(name)s”?") % {"name": _name(tie)}],
        "action": request.path,
        "confirm_label": _("Remove"),
        "danger": True,
        "cancel_url": back,
        "crumbs": crumbs(project, title),
    }
    return render(request, "ui/confirm.html", context)
