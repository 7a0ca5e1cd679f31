"""Pages of the organisation: the tree on any day, one unit with its history, changes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import views_of_units as views
from leitstand.core.administration.access import carried_out, may, needs
from leitstand.core.administration.choices import DayField, UnitField
from leitstand.core.base import clock
from leitstand.core.base.errors import NotFound
from leitstand.core.org import actions
from leitstand.core.org.models import OrgUnit, UnitKind
from leitstand.core.org.queries import tree

_FORM = "ui/form_page.html"


class _ReasonForm(forms.Form):
    """Day and reason of a change; forms below put their own fields first."""

    on = DayField(
        label=gettext_lazy("Takes effect on"),
        required=False,
        help_text=gettext_lazy("Empty means today. A later day cannot be entered in advance."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("For example the decision by which this was ordered."),
    )


class _NamesForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=40, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", gettext_lazy("Please choose")), *UnitKind.choices]
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)


class _NewForm(_NamesForm):
    code = forms.CharField(
        label=gettext_lazy("Unit code"),
        max_length=40,
        help_text=gettext_lazy("As in the organisation plan, for example 40 or 40.1."),
    )
    parent = UnitField(
        label=gettext_lazy("Belongs to"),
        required=False,
        empty=gettext_lazy("nothing (top of the tree)"),
    )
    active_from = DayField(label=gettext_lazy("Exists since"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, required=False)
    field_order = ("code", "name", "short_name", "kind", "parent", "email", "active_from", "reason")


class _RenameForm(_ReasonForm, _NamesForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("name", "short_name", "kind", "email", "on", "reason", "version")


class _MoveForm(_ReasonForm):
    parent = UnitField(
        label=gettext_lazy("New place below"),
        required=False,
        empty=gettext_lazy("nothing (top of the tree)"),
    )
    field_order = ("parent", "on", "reason")


class _MergeForm(_ReasonForm):
    into = UnitField(
        label=gettext_lazy("Merge into"),
        empty="",
        help_text=gettext_lazy(
            "Sub-units, people and projects move there. Roles on the old unit are not handed "
            "over; assign them anew."
        ),
    )
    field_order = ("into", "on", "reason")


@needs("org.view")
def units(request: HttpRequest) -> HttpResponse:
    """Show the tree; ``?stand=`` is left here for days before the record: from the chronicle."""
    day = _day(request.GET.get("stand", ""))
    actor = actor_of(request)
    context = views.tree_page(day, changeable=day is None and may(actor, actions.CHANGE))
    return render(request, "administration/units.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@needs("org.view")
def unit(request: HttpRequest, unit_id: uuid.UUID) -> HttpResponse:
    """Show one unit: facts, sub-units, people, history."""
    actor = actor_of(request)
    found = _unit(unit_id)
    context = views.unit_page(found, changeable=may(actor, actions.CHANGE))
    return render(request, "administration/unit.html", context)


def _top() -> str:
    """The unit at the top of the tree, if there is just one."""
    tops = [str(node.id) for node in tree() if not node.depth]
    return tops[0] if len(tops) == 1 else ""


def _below(found: OrgUnit) -> list[uuid.UUID]:
    """The unit and all units below it: none of them can be its new place."""
    ids: list[uuid.UUID] = []
    base = -1
    for node in tree():  # in tree order: what follows a unit and is deeper lies below it
        if node.id == found.id:
            base = node.depth
        elif base >= 0 and node.depth <= base:
            break
        if base >= 0:
            ids.append(node.id)
    return ids


def _unit(unit_id: uuid.UUID) -> OrgUnit:
    found = OrgUnit.objects.select_related("parent", "successor").filter(pk=unit_id).first()
    if found is None:
        raise NotFound
    return found


@needs(actions.CHANGE)
def unit_new(request: HttpRequest) -> HttpResponse:
    """Create a unit; ``?unter=`` proposes the parent."""
    parent = request.GET.get("unter", "") or _top()
    form = _NewForm(request.POST or None, initial={"parent": parent})
    made: list[OrgUnit] = []
    if request.method == "POST" and carried_out(
        form, lambda values: made.append(actions.create_unit(actor=actor_of(request), **values))
    ):
        messages.success(request, _("The unit has been created."))
        return redirect("administration:unit", made[0].id)
    context = {
        "form": form,
        "title": _("New unit"),
        "submit_label": _("Create"),
        "cancel_url": reverse("administration:units"),
        "crumbs": views.crumbs((_("New unit"), "")),
    }
    return render(request, _FORM, context)


@needs(actions.CHANGE)
def unit_rename(request: HttpRequest, unit_id: uuid.UUID) -> HttpResponse:
    """Rename a unit from a day on."""
    found = _unit(unit_id)
    initial = {
        "name": found.name, "short_name": found.short_name, "kind": found.kind,
        "email": found.email, "version": found.version,
    }  # fmt: skip
    form = _RenameForm(request.POST or None, initial=initial)
    return _change(
        request, found, form, _("Rename"), _("The unit has been renamed."),
        lambda values: actions.rename_unit(found, actor=actor_of(request), **_today(values)),
    )  # fmt: skip


@needs(actions.CHANGE)
def unit_move(request: HttpRequest, unit_id: uuid.UUID) -> HttpResponse:
    """Hang a unit below another one."""
    found = _unit(unit_id)
    form = _MoveForm(request.POST or None, initial={"parent": found.parent_id})
    field: Any = form.fields["parent"]
    field.leave_out(_below(found))
    return _change(
        request, found, form, _("Move"), _("The unit has been moved."),
        lambda values: actions.move_unit(found, actor=actor_of(request), **_today(values)),
    )  # fmt: skip


@needs(actions.CHANGE)
def unit_merge(request: HttpRequest, unit_id: uuid.UUID) -> HttpResponse:
    """Merge a unit into another one."""
    found = _unit(unit_id)
    form = _MergeForm(request.POST or None)
    return _change(
        request, found, form, _("Merge"), _("The unit has been merged."),
        lambda values: actions.merge_units(found, actor=actor_of(request), **_today(values)),
    )  # fmt: skip


@needs(actions.CHANGE)
def unit_dissolve(request: HttpRequest, unit_id: uuid.UUID) -> HttpResponse:
    """End a unit; says what still stands against it."""
    found = _unit(unit_id)
    form = _ReasonForm(request.POST or None)
    return _change(
        request, found, form, _("Dissolve"), _("The unit has been dissolved."),
        lambda values: actions.dissolve_unit(found, actor=actor_of(request), **_today(values)),
    )  # fmt: skip


def _today(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with today for an empty day."""
    return {**values, "on": values.get("on") or clock.today()}


def _change(
    request: HttpRequest,
    found: OrgUnit,
    form: forms.Form,
    title: str,
    done: str,
    action: Callable[[dict[str, Any]], Any],
) -> HttpResponse:
    here = reverse("administration:unit", args=[found.id])
    if request.method == "POST" and carried_out(form, action):
        messages.success(request, done)
        return redirect(here)
    context = {
        "form": form,
        "title": title,
        "preline": found.name,
        "submit_label": title,
        "cancel_url": here,
        "crumbs": views.crumbs((found.name, here), (title, "")),
    }
    return render(request, _FORM, context)
