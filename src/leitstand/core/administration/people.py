"""Pages of people: list with filter, create, change."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import carried_out, may, needs, paged
from leitstand.core.administration.choices import UnitField
from leitstand.core.administration.views_of_units import people_table
from leitstand.core.base.errors import Conflict, NotFound
from leitstand.core.org import actions
from leitstand.core.org.models import OrgUnit, Person
from leitstand.core.org.queries import subtree_ids
from leitstand.core.ui import problems
from leitstand.core.ui.components import Action, DiffField, Link


class _FilterForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or e-mail"), required=False, max_length=100)
    unit = UnitField(label=gettext_lazy("Unit with sub-units"), required=False)
    inactive = forms.BooleanField(label=gettext_lazy("Also inactive ones"), required=False)


class _PersonForm(forms.Form):
    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=100, required=False)
    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=100)
    unit = UnitField()
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    function = forms.CharField(label=gettext_lazy("Function"), max_length=200, required=False)
    widths = {"given_name": "half", "family_name": "half"}


class _ChangeForm(_PersonForm):
    active = forms.BooleanField(
        label=gettext_lazy("Works for the city"),
        required=False,
        help_text=gettext_lazy("Without the tick the person can no longer be chosen."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


@needs("org.view")
def people(request: HttpRequest) -> HttpResponse:
    """List people with filter; 50 to a page."""
    form = _FilterForm(request.GET or None)
    found = Person.objects.select_related("unit")
    values = form.cleaned_data if form.is_valid() else {}
    for word in str(values.get("q", "")).split():
        found = found.filter(
            Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(email__icontains=word)
        )
    if values.get("unit"):
        found = found.filter(unit_id__in=subtree_ids([values["unit"].id]))
    if not values.get("inactive"):
        found = found.filter(active=True)
    page = paged(request, found)
    changeable = may(actor_of(request), actions.CHANGE)
    context = {
        "title": _("People"),
        "form": form,
        "page": page,
        "table": people_table(list(page), changeable=changeable),
        "actions": _actions() if changeable else [],
    }
    return render(request, "administration/people.html", context)


def _actions() -> list[Action]:
    return [
        Action(_("New person"), reverse("administration:person_new"), "primary", "add"),
        Action(_("Import people"), reverse("administration:people_import")),
    ]


@needs(actions.CHANGE)
def person_new(request: HttpRequest) -> HttpResponse:
    """Create a person; ``?einheit=`` proposes the unit."""
    form = _PersonForm(request.POST or None, initial={"unit": request.GET.get("einheit", "")})
    if request.method == "POST" and carried_out(
        form, lambda values: actions.create_person(actor=actor_of(request), **values)
    ):
        messages.success(request, _("The person has been created."))
        return redirect("administration:people")
    return _page(request, form, _("New person"), _("Create"))


@needs(actions.CHANGE)
def person(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Change a person."""
    found = Person.objects.select_related("unit").filter(pk=person_id).first()
    if found is None:
        raise NotFound
    initial = {
        name: getattr(found, name)
        for name in ("given_name", "family_name", "email", "function", "active", "version")
    }
    form = _ChangeForm(request.POST or None, initial={**initial, "unit": found.unit_id})
    try:
        if request.method == "POST" and carried_out(
            form, lambda values: actions.change_person(found, actor=actor_of(request), **values)
        ):
            messages.success(request, _("The person has been changed."))
            return redirect("administration:people")
    except Conflict as conflict:
        fields = _differences(form, conflict)
        return problems.conflict(request, conflict, fields=fields, object_title=str(found))
    return _page(request, form, str(found), _("Save"))


def _differences(form: forms.Form, conflict: Conflict) -> list[DiffField]:
    """Return the differing fields with the form's labels and postable values."""
    return [
        DiffField(
            name=name,
            label=form.fields[name].label or name,
            mine=mine,
            theirs=conflict.theirs[name],
            mine_value=_posted(mine),
            theirs_value=_posted(conflict.theirs[name]),
        )
        for name, mine in conflict.mine.items()
        if mine != conflict.theirs[name]
    ]


def _posted(value: Any) -> str:
    if isinstance(value, OrgUnit):
        return str(value.id)
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value)


def _page(request: HttpRequest, form: forms.Form, title: str, label: str) -> HttpResponse:
    back = reverse("administration:people")
    context = {
        "form": form,
        "title": title,
        "submit_label": label,
        "cancel_url": back,
        "crumbs": [Link(_("People"), back), Link(title)],
    }
    return render(request, "ui/form_page.html", context)
