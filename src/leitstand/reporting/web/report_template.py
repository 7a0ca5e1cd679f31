"""The report poured into a city's own Word template."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.errors import NotFound, Refused
from leitstand.core.ui import components as ui
from leitstand.reporting import policy
from leitstand.reporting.actions.reports import note_download
from leitstand.reporting.domain import covers
from leitstand.reporting.models import Report
from leitstand.reporting.output import word_template
from leitstand.reporting.output.formats import FORMATS
from leitstand.reporting.queries.reports import Reading, reading
from leitstand.reporting.web import report_parts as parts


class TemplateForm(forms.Form):
    """The template; it is used once and not kept."""

    def __init__(self, read: Reading, data: object = None, files: object = None) -> None:
        super().__init__(data, files)  # type: ignore[arg-type]
        known = word_template.field_names(read.document(), covers.every_field())
        names = ", ".join(f"{{{{ {name} }}}}" for name in known)
        text = _("A Word document with {{ inhalt }} alone in a paragraph; the paper is put there. "
                 "Fields that you may use: %(names)s.")  # fmt: skip
        self.fields["template"] = forms.FileField(
            label=_("Template (DOCX)"), help_text=text % {"names": names},
            widget=forms.FileInput(attrs={"accept": ".docx"}),
        )  # fmt: skip


@login_required
def into_template(request: HttpRequest, committee_report_id: uuid.UUID) -> HttpResponse:
    """Take a template, give back the filled document; wrong fields are named."""
    actor = actor_of(request)
    report = policy.get_visible(actor, committee_report_id)
    read = reading(report)
    if read.version is None:
        raise NotFound
    form = TemplateForm(read, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            with translation.override(str(read.version.content.get("language", "de"))):
                data = form.cleaned_data["template"].read()
                written = word_template.into_template(read.document(), data, covers.every_field())
        except Refused as refusal:
            form.add_error("template", f"{refusal.text} {refusal.remedy}")
        else:
            note_download(report, "docx", actor=actor)
            answer = HttpResponse(written.data, content_type=FORMATS["docx"].media_type)
            answer["Content-Disposition"] = (
                f'attachment; filename="{parts.file_name(report, "docx")}"'
            )
            return answer
    return _page(request, report, form)


def _page(request: HttpRequest, report: Report, form: TemplateForm) -> HttpResponse:
    title, back = _("Into your own template"), parts.address(report)
    context = {
        "title": title, "form": form, "submit": _("Fill in"), "action": request.path,
        "cancel_url": back, "crumbs": [ui.Link(report.title, back), ui.Link(title)],
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "reporting/report_form.html", context, status=status)
