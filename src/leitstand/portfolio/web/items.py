"""Parts of a project: added, changed and removed in place, or on pages of their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.files.serving import attachment
from leitstand.portfolio import policy
from leitstand.portfolio.actions.documents import add_document
from leitstand.portfolio.actions.items import (
    ITEM_KINDS,
    ItemKind,
    add_item,
    change_item,
    remove_item,
)
from leitstand.portfolio.models import Project, ProjectDocument
from leitstand.portfolio.queries.profile import part_rows
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.project import address, crumbs
from leitstand.portfolio.web.sections import Section, section_of


class ItemForm(TableForm):
    """A part of a project; a new document may bring its file along."""

    def __init__(
        self, kind: ItemKind, data: Any = None, files: Any = None, row: Any = None
    ) -> None:
        columns = [c for c in kind.table if c.editable]
        if kind.code == "document" and row is not None and row.file_id:
            columns = [c for c in columns if c.name != "url"]
        super().__init__(columns, kind.model, data, files, row=row)
        if kind.code == "document" and row is None:
            self.fields["file"] = forms.FileField(
                label=_("File"), required=False, max_length=255,
                help_text=_("Or give the address under which the document can be found."),
            )  # fmt: skip
            self.fields["title"].required = False
            self.fields["title"].help_text = _("Left empty, the file's name is taken.")
            self.order_fields(["file", "title", "url"])


def _kind(code: str) -> ItemKind:
    if code not in ITEM_KINDS:
        raise NotFound
    return ITEM_KINDS[code]


def _in_place(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


def _changeable(actor: Actor, project_id: uuid.UUID) -> Project:
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.CHANGE, project)
    return project


def _item(project: Project, kind: ItemKind, item_id: uuid.UUID) -> Any:
    row = part_rows(project, kind.code).filter(pk=item_id).first()
    if row is None:
        raise NotFound
    return row


def _place(project: Project, kind: ItemKind) -> str:
    return f"{address(project.pk)}#teil-{kind.code}"


@login_required
def section(request: HttpRequest, project_id: uuid.UUID, kind: str) -> HttpResponse:
    """One section alone, for the answer to "Cancel" in place; a page reader gets the profile."""
    actor = actor_of(request)
    project, item_kind = policy.get_visible(actor, project_id), _kind(kind)
    if not _in_place(request):
        return redirect(_place(project, item_kind))
    return _section(request, actor, project, item_kind, focus=True)


def _section(
    request: HttpRequest,
    actor: Actor,
    project: Project,
    kind: ItemKind,
    *,
    saved: str = "",
    **doing: Any,
) -> HttpResponse:
    change = policy.can(actor, policy.CHANGE, project)
    drawn: Section = section_of(project, kind.code, clock.today(), change=change, **doing)
    context = {"section": drawn, "project": project, "saved": saved}
    return render(request, "portfolio/section.html", context)


# --- add and change -----------------------------------------------------------------------


@login_required
def item_add(request: HttpRequest, project_id: uuid.UUID, kind: str) -> HttpResponse:
    """Add a part."""
    actor = actor_of(request)
    project, item_kind = _changeable(actor, project_id), _kind(kind)
    posted = request.method == "POST"
    form = ItemForm(item_kind, request.POST if posted else None, request.FILES if posted else None)
    title = _("Add %(what)s") % {"what": item_kind.table.label}

    def save() -> None:
        file = form.cleaned_data.get("file")
        if file is not None:
            add_document(
                project_id, actor=actor, title=form.cleaned_data["title"] or "",
                name=file.name, chunks=file.chunks(),
            )  # fmt: skip
            return
        if item_kind.code == "document" and not form.cleaned_data.get("url"):
            raise Invalid(_("Choose a file or give an address."), field="file")
        if item_kind.code == "document" and not form.cleaned_data.get("title"):
            raise Invalid(_("Give the document a title."), field="title")
        values = form.values(column.name for column in form.columns)
        add_item(item_kind.code, project_id, actor=actor, values=values)

    return _answer(request, actor, project, item_kind, form, title, save)


@login_required
def item_edit(
    request: HttpRequest, project_id: uuid.UUID, kind: str, item_id: uuid.UUID
) -> HttpResponse:
    """Change a part; a conflict shows both versions."""
    actor = actor_of(request)
    project, item_kind = _changeable(actor, project_id), _kind(kind)
    row = _item(project, item_kind, item_id)
    form = ItemForm(item_kind, merged(request.POST) if request.method == "POST" else None, row=row)
    title = _("Edit: %(what)s") % {"what": item_kind.table.label}

    def save() -> None:
        values = form.values(form.changed_names())
        change_item(item_kind.code, item_id, actor=actor, version=form.version, values=values)

    try:
        return _answer(request, actor, project, item_kind, form, title, save)
    except Conflict:
        return _conflict(request, actor, project, item_kind, form, item_id)


def _answer(
    request: HttpRequest,
    actor: Actor,
    project: Project,
    kind: ItemKind,
    form: ItemForm,
    title: str,
    save: Callable[[], None],
) -> HttpResponse:
    """Save and show the section or the profile, or show the form (again)."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Invalid as error:
            form.take(error)
        else:
            return _done(request, actor, project, kind, _("Saved."))
    _focus(form)
    doing: dict[str, Any] = {
        "form": form,
        "form_title": title,
        "action": request.path,
        "submit": _("Save"),
    }
    if _in_place(request):
        return _section(request, actor, project, kind, **doing)
    context = {
        **doing,
        "title": title,
        "project": project,
        "cancel_url": _place(project, kind),
        "crumbs": crumbs(project, title),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/item.html", context, status=status)


def _focus(form: forms.Form) -> None:
    """The first field, or the first with an error, gets the focus after a swap."""
    wrong = list(form.errors) if form.is_bound else []
    name = next((n for n in form.fields if n in wrong), next(iter(form.fields)))
    form.fields[name].widget.attrs["data-focus"] = ""


def _done(
    request: HttpRequest, actor: Actor, project: Project, kind: ItemKind, text: str
) -> HttpResponse:
    """The section after a change; the profile's page without JavaScript."""
    seen = policy.visible(actor).filter(pk=project.pk).first()
    if seen is None:
        messages.success(request, text)
        target = reverse("portfolio:list")
        if not _in_place(request):
            return redirect(target)
        response = HttpResponse()
        response["HX-Redirect"] = target
        return response
    if _in_place(request):
        return _section(request, actor, seen, kind, saved=text, focus=True)
    messages.success(request, text)
    return redirect(_place(project, kind))


def _conflict(
    request: HttpRequest,
    actor: Actor,
    project: Project,
    kind: ItemKind,
    form: ItemForm,
    item_id: uuid.UUID,
) -> HttpResponse:
    row = _item(project, kind, item_id)
    values = conflict.context(
        form,
        ItemForm(kind, row=row),
        action=request.path,
        object_title=str(row),
        cancel_url=_place(project, kind),
    )
    if values is None:
        return _done(request, actor, project, kind, _("Somebody else has saved the same."))
    if _in_place(request):
        return _section(request, actor, project, kind, conflict=values, action=request.path)
    return conflict.page(request, {**values, "crumbs": crumbs(project, _("Edit"))})


# --- remove -------------------------------------------------------------------------------


@login_required
def item_remove(
    request: HttpRequest, project_id: uuid.UUID, kind: str, item_id: uuid.UUID
) -> HttpResponse:
    """Remove a part after a question."""
    actor = actor_of(request)
    project, item_kind = _changeable(actor, project_id), _kind(kind)
    row = _item(project, item_kind, item_id)
    changed = False
    if request.method == "POST":
        try:
            remove_item(item_kind.code, item_id, actor=actor, version=_seen_version(request))
        except Conflict:
            changed = True
        else:
            return _done(request, actor, project, item_kind, _("Removed."))
    title = _("Remove: %(what)s") % {"what": item_kind.table.label}
    question = _("Remove “%(name)s” from the project? The history keeps it.") % {"name": row}
    if changed:
        row = _item(project, item_kind, item_id)
        question = _(
            "Somebody else has changed this entry in the meantime. It is now called “%(name)s”. "
            "Remove it all the same?"
        ) % {"name": row}
    doing: dict[str, Any] = {
        "action": request.path,
        "submit": _("Remove"),
        "danger": True,
        "question": question,
        "version": row.version,
        "form_title": title,
    }
    if _in_place(request):
        return _section(request, actor, project, item_kind, **doing)
    context = {
        "title": title,
        "lines": [question],
        "action": request.path,
        "confirm_label": _("Remove"),
        "danger": True,
        "version": row.version,
        "cancel_url": _place(project, item_kind),
        "crumbs": crumbs(project, title),
    }
    return render(request, "portfolio/remove.html", context, status=409 if changed else 200)


def _seen_version(request: HttpRequest) -> int:
    """The version that the question was asked for; 0 matches none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


# --- documents ----------------------------------------------------------------------------


@login_required
def document(request: HttpRequest, project_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponseBase:
    """Hand out a document's file, as attachment, to those who see the project."""
    project = policy.get_visible(actor_of(request), project_id)
    row = ProjectDocument.objects.filter(project=project, pk=item_id).select_related("file").first()
    if row is None or row.file is None:
        raise NotFound
    return attachment(row.file)
