"""Pages of the city's Word templates: which there are, adding, changing, taking away."""

from __future__ import annotations

import uuid
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
from leitstand.core.administration.access import may, needs
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed
from leitstand.core.files.serving import attachment
from leitstand.core.policy.grants import why
from leitstand.core.ui import components as ui
from leitstand.reporting import policy, policy_templates
from leitstand.reporting.actions import templates as actions
from leitstand.reporting.domain import covers
from leitstand.reporting.models import PaperTemplate
from leitstand.reporting.output import word_template
from leitstand.reporting.web.report_forms import take


def _home() -> str:
    return reverse("reporting:paper_templates")


def _crumbs(title: str = "") -> list[ui.Link]:
    links = [ui.Link(_("Reports"), reverse("reporting:reports"))]
    links.append(ui.Link(_("Word templates"), _home() if title else ""))
    return [*links, ui.Link(title)] if title else links


class TemplateForm(forms.Form):
    """Name, file and the city's own fields."""

    def __init__(
        self, data: Any = None, files: Any = None, *, row: PaperTemplate | None = None
    ) -> None:
        super().__init__(data, files)
        known = ", ".join((*word_template.FIELDS, *covers.every_field()))
        self.fields["name"] = forms.CharField(
            label=_("Name"), max_length=120, initial=row.name if row else ""
        )
        self.fields["file"] = forms.FileField(
            label=_("Template (DOCX)"), required=row is None,
            widget=forms.FileInput(attrs={"accept": ".docx"}),
            help_text=_("A Word document of at most 10 MB without macros. Fields are written as "
                        "{{ titel }} or are content controls with the field's name as tag; "
                        "{{ inhalt }} stands alone in a paragraph, the paper is put there. Fields: "
                        "%(names)s.") % {"names": known},
        )  # fmt: skip
        if row:
            self.fields["file"].help_text = _("Empty: the file stays as it is.")
        self.fields["own_fields"] = forms.CharField(
            label=_("Further fields of your cover sheet"), required=False, max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            initial="\n".join(row.own_fields) if row else "",
            help_text=_("One per line. Whoever writes a paper with this template is asked for them."),
        )  # fmt: skip


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """All templates, for those who write papers or keep templates."""
    actor = actor_of(request)
    if not policy_templates.may_see(actor):
        raise NotAllowed(why(actor, policy.CHANGE).text)
    keeps = may(actor, policy_templates.CHANGE)
    columns = [ui.Column("name", _("Name")), ui.Column("file", _("File")),
               ui.Column("fields", _("Fields")), ui.Column("state", _("State"), nowrap=True)]  # fmt: skip
    if keeps:
        columns.append(ui.Column("do", _("What you can do"), nowrap=True))
    rows = [_row(row, keeps) for row in policy_templates.visible(actor)]
    adders = [ui.Action(_("New template"), reverse("reporting:paper_template_new"), "primary", "add")]
    table = ui.DataTable(
        _("Word templates"), columns, rows, id="vorlagen", empty_title=_("No templates yet"),
        empty_text=_("Papers come out in the neutral form until the city's own Word template is kept here."),
        empty_actions=adders if keeps else [],
    )  # fmt: skip
    context = {"title": _("Word templates"), "table": table, "crumbs": _crumbs(),
               "actions": adders if keeps else []}  # fmt: skip
    return render(request, "reporting/reports.html", context)


def _row(row: PaperTemplate, keeps: bool) -> ui.Row:
    state = ui.Badge(_("offered"), "success") if row.active else ui.Badge(_("no longer offered"))
    edit = reverse("reporting:paper_template_edit", args=[row.pk])
    cells: list[Any] = [
        ui.Cell(row.name, url=edit) if keeps else row.name,
        ui.Cell(row.file.name, url=reverse("reporting:paper_template_file", args=[row.pk])),
        ", ".join(row.fields), ui.Cell(badge=state),
    ]  # fmt: skip
    if keeps:
        remove = reverse("reporting:paper_template_remove", args=[row.pk])
        cells.append(ui.Cell(_("Take away"), url=remove))
    return ui.Row(cells, label=row.name)


@needs(policy_templates.CHANGE)
def new(request: HttpRequest) -> HttpResponse:
    """Keep a new template."""
    form = TemplateForm(*_sent(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row, others = actions.add_template(
                actor=actor_of(request), name=given["name"], own_fields=given["own_fields"],
                file_name=given["file"].name, data=given["file"].read(actions.LARGEST + 1),
            )  # fmt: skip
        except Invalid as refusal:
            take(form, refusal)
        else:
            return _done(request, row, others)
    return _page(request, form, _("New template"))


@needs(policy_templates.CHANGE)
def edit(request: HttpRequest, paper_template_id: uuid.UUID) -> HttpResponse:
    """Rename a template, or put another file in its place."""
    row = policy_templates.get_visible(actor_of(request), paper_template_id)
    form = TemplateForm(*_sent(request), row=row)
    if request.method == "POST" and form.is_valid():
        given, file = form.cleaned_data, form.cleaned_data["file"]
        text = request.POST.get("version", "")
        try:
            row, others = actions.change_template(
                row.pk, actor=actor_of(request), name=given["name"],
                version=int(text) if text.isdigit() and len(text) < 10 else 0,
                own_fields=given["own_fields"], file_name=file.name if file else "",
                data=file.read(actions.LARGEST + 1) if file else b"",
            )  # fmt: skip
        except Invalid as refusal:
            take(form, refusal)
        except Conflict as conflict:
            hint = _("Your entries are still here; saving once more overwrites the other ones.")
            form.add_error(None, f"{conflict.text} {hint}")
            row.refresh_from_db()
        else:
            return _done(request, row, others)
    return _page(request, form, _("Change the template"), version=row.version)


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _done(request: HttpRequest, row: PaperTemplate, others: tuple[str, ...]) -> HttpResponse:
    messages.success(request, _("“%(name)s” is kept and offered in every paper.") % {"name": row})
    if others:
        text = _("These content controls are no fields and stay as they are: %(names)s")
        messages.warning(request, text % {"names": ", ".join(others)})
    return redirect(_home())


def _page(request: HttpRequest, form: TemplateForm, title: str, **more: Any) -> HttpResponse:
    context = {"title": title, "form": form, "submit": _("Save"), "action": request.path,
               "cancel_url": _home(), "crumbs": _crumbs(title), **more}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "reporting/report_form.html", context, status=status)


@needs(policy_templates.CHANGE)
def remove(request: HttpRequest, paper_template_id: uuid.UUID) -> HttpResponse:
    """Take a template away after a question."""
    actor = actor_of(request)
    row = policy_templates.get_visible(actor, paper_template_id)
    if request.method == "POST":
        gone = actions.remove_template(row.pk, actor=actor)
        text = _("The template is deleted.") if gone else _(
            "Papers use the template, so it stays for them; it is no longer offered."
        )  # fmt: skip
        messages.success(request, text)
        return redirect(_home())
    title = _("Take the template away")
    context = {
        "title": title, "lines": [_("Take “%(name)s” away?") % {"name": row}], "danger": True,
        "action": request.path, "confirm_label": title, "cancel_url": _home(),
        "crumbs": _crumbs(title),
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


@login_required
def file(request: HttpRequest, paper_template_id: uuid.UUID) -> HttpResponseBase:
    """The template's file."""
    return attachment(policy_templates.get_visible(actor_of(request), paper_template_id).file)
