"""Pages of saved views: the list, save, open by a link, rename or share, delete."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.choices import UnitField
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed, NotFound
from leitstand.core.policy.grants import grants
from leitstand.core.saved import actions, policy, queries
from leitstand.core.saved.models import SavedView
from leitstand.core.saved.registry import pages
from leitstand.core.ui import components as ui


class ViewForm(forms.Form):
    """Name of a view and who finds it; sharing only for those who may."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=100)

    def __init__(self, actor: Actor, *args: Any, shared: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not grants(actor, policy.SHARE) and not shared:
            return
        self.fields["audience"] = forms.ChoiceField(
            label=_("Who finds the view"),
            choices=SavedView.Audience.choices,
            help_text=_(
                "Everybody sees only what she or he may see anyway. The filters themselves, such "
                "as a search term, can be read by all who find the view."
            ),
        )
        self.fields["unit"] = UnitField(label=_("Unit"), required=False)

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "audience": data.get("audience") or "private",
            "unit": data.get("unit") or None,
        }


class NewForm(ViewForm):
    """The same for a selection that is new, or that replaces the one of a view."""

    def __init__(self, actor: Actor, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        own = policy.visible(actor).filter(page=page).order_by("name")
        self._own = {
            f"{view.pk}:{view.version}": view for view in own if policy.may_change(actor, view)
        }
        if not self._own:
            return
        choices = [("", _("a new view")), *((key, v.name) for key, v in self._own.items())]
        self.fields["replaces"] = forms.ChoiceField(
            label=_("Save as"), choices=choices, required=False,
            help_text=_("An existing view keeps its name and gets this selection."),
        )  # fmt: skip
        self.fields["name"].required = False
        self.order_fields(["replaces"])

    def replaced(self) -> SavedView | None:
        """The view that gets the selection, with the version that the reader has seen."""
        return self._own.get(self.cleaned_data.get("replaces", ""))


def _crumbs(*more: ui.Link) -> list[ui.Link]:
    return [ui.Link(_("Start page"), "/"), ui.Link(_("Saved views"), reverse("saved:list")), *more]


@require_safe
@login_required
def views(request: HttpRequest) -> HttpResponse:
    """All views that the reader finds."""
    actor = actor_of(request)
    found = queries.listed(actor).select_related("account__person", "unit")
    context = {
        "title": _("Saved views"),
        "crumbs": [ui.Link(_("Start page"), "/"), ui.Link(_("Saved views"))],
        "table": _table(actor, list(found)),
    }
    return render(request, "saved/list.html", context)


def _table(actor: Actor, found: list[Any]) -> ui.DataTable:
    heads = [
        ui.Column("name", _("Name of the view")),
        ui.Column("page", _("Page")),
        ui.Column("audience", _("Who finds the view")),
        ui.Column("owner", _("Saved by")),
        ui.Column("start", _("Start view")),
        ui.Column("change", _("Change")),
    ]
    return ui.DataTable(
        caption=_("Saved views"),
        columns=heads,
        rows=[_row(actor, view) for view in found],
        id="views",
        empty_title=_("No view is saved yet"),
        empty_text=_(
            "Set filters, columns and order on one of the lists, then choose “Save this view” there."
        ),
    )


def _row(actor: Actor, view: Any) -> ui.Row:
    own = view.account_id == actor.account_id
    audience = view.unit.name if view.unit else SavedView.Audience(view.audience).label
    edit = reverse("saved:edit", args=[view.pk])
    page = pages[view.page]
    broken = _("partly outdated") if page.problems(view.query) else ""
    return ui.Row(
        [
            ui.Cell(view.name, reverse("saved:open", args=[view.pk]), note=broken),
            ui.Cell(page.label),
            ui.Cell(audience),
            ui.Cell(_("you") if own else view.account.display_name),
            ui.Cell(
                _("my start view") if view.is_start else _("choose"),
                reverse("saved:start", args=[view.pk]),
            ),
            ui.Cell(_("Change"), edit) if policy.may_change(actor, view) else ui.Cell(""),
        ],
        label=view.name,
    )


@require_safe
@login_required
def follow(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    """Lead to the page; this address can be passed on."""
    return redirect(queries.address(policy.get(actor_of(request), view_id)))


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Save the selection that the address names, as a new view or in place of another's."""
    actor = actor_of(request)
    page, query = request.GET.get("page", ""), request.GET.get("query", "")
    if page not in pages:
        raise NotFound
    if not grants(actor, pages[page].permission):
        raise NotAllowed(_("This page is not open to you."))
    form = NewForm(actor, page, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            view = _save(actor, page, query, form)
        except Invalid as problem:
            _say(form, problem)
        else:
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return redirect(queries.address(view))
    title = _("Save this view")
    back = f"{reverse(pages[page].url_name)}?{query}"
    return _draw(request, form, title, back, **_about(actor, page, query))


def _save(actor: Actor, page: str, query: str, form: NewForm) -> SavedView:
    old = form.replaced()
    if old is None:
        return actions.save_view(actor=actor, page=page, query=query, **form.values())
    return actions.change_view(
        old.pk, actor=actor, version=old.version, query=query,
        name=old.name, audience=old.audience, unit=old.unit,
    )  # fmt: skip


def _about(actor: Actor, page: str, query: str) -> dict[str, Any]:
    """Page and selection in words, and what of it is no longer understood."""
    found = pages[page]
    return {
        "subline": found.label,
        "words": found.words(actor, query),
        "problems": found.problems(query),
    }


def _say(form: forms.Form, problem: Invalid) -> None:
    field = problem.field if problem.field in form.fields else None
    form.add_error(field, str(problem.text))


def _draw(
    request: HttpRequest, form: forms.Form, title: str, back: str, **more: Any
) -> HttpResponse:
    context = {
        "title": title,
        "crumbs": _crumbs(ui.Link(title)),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": back,
        **more,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "saved/form.html", context, status=status)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _changeable(actor: Actor, view_id: uuid.UUID) -> SavedView:
    view = policy.get(actor, view_id)
    if not policy.may_change(actor, view):
        raise NotAllowed(_("You may change your own views only."))
    return view


@login_required
def edit(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    """Rename a view, or change who finds it."""
    actor = actor_of(request)
    view = _changeable(actor, view_id)
    initial = {
        "name": view.name, "audience": view.audience,
        "unit": str(view.unit_id) if view.unit_id else "",
    }  # fmt: skip
    data = request.POST if request.method == "POST" else None
    shared = view.audience != SavedView.Audience.PRIVATE
    form = ViewForm(actor, data, initial=initial, shared=shared)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_view(view.pk, actor=actor, version=_version(request), **form.values())
        except Invalid as problem:
            _say(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("saved:list")
    remove = ui.Action(_("Delete view"), reverse("saved:delete", args=[view.pk]))
    version = _version(request) if data else view.version
    return _draw(
        request, form, _("Change view"), reverse("saved:list"),
        version=version, actions=[remove], **_about(actor, view.page, view.query),
    )  # fmt: skip


@login_required
def delete(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    """Delete a view, after a question."""
    actor = actor_of(request)
    view = _changeable(actor, view_id)
    if request.method == "POST":
        actions.delete_view(view.pk, actor=actor, version=_version(request))
        messages.success(request, _("Deleted."))
        return redirect("saved:list")
    title = _("Delete view")
    lines = [_("The view “%(name)s” is deleted. The projects stay as they are.") % {"name": view}]
    if view.audience != SavedView.Audience.PRIVATE:
        lines.append(_("It is shared: others will no longer find it either."))
    context = {
        "title": title, "lines": lines, "action": request.path, "danger": True,
        "confirm_label": _("Delete"), "cancel_url": reverse("saved:list"),
        "version": view.version, "crumbs": _crumbs(ui.Link(title)),
    }  # fmt: skip
    return render(request, "saved/delete.html", context)


@login_required
def start(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    """Let one's page open with this view, or with everything again; after a question."""
    actor = actor_of(request)
    view = policy.get(actor, view_id)
    chosen = queries.listed(actor).filter(pk=view.pk, is_start=True).exists()
    page = pages[view.page].label
    names = {"name": view.name, "page": page}
    if request.method == "POST":
        if chosen:
            actions.start_without(view.pk, actor=actor)
            messages.success(request, _("“%(page)s” opens with everything again.") % names)
        else:
            actions.start_with(view.pk, actor=actor)
            messages.success(request, _("“%(page)s” now opens with “%(name)s”.") % names)
        return redirect(queries.address(view))
    if chosen:
        title, label = _("Take off the start view"), _("Open with everything")
        line = _("“%(page)s” opens for you with “%(name)s”. Shall it open with everything again?")
    else:
        title, label = _("Choose as start view"), _("Open with this view")
        line = _("Shall “%(page)s” open for you with “%(name)s”? For others nothing changes.")
    context = {
        "title": title, "lines": [line % names], "action": request.path, "confirm_label": label,
        "cancel_url": reverse("saved:list"), "crumbs": _crumbs(ui.Link(title)),
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


def start_section(actor: Actor) -> dict[str, Any] | None:
    """Saved views on the start page, own ones first."""
    found = queries.first(actor)
    if not found:
        return None
    lines = [
        {"name": view.name, "url": queries.address(view), "page": pages[view.page].label}
        for view in found
    ]
    return {"lines": lines, "id": "saved-views", "all_url": reverse("saved:list")}
