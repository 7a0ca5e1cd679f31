"""Pages of reports: the list, one report with preview and files, making and changing one."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from leitstand.core.org.models import Person
from leitstand.core.policy.grants import grants, why
from leitstand.core.ui import components as ui
from leitstand.reporting import policy, policy_campaigns, policy_templates
from leitstand.reporting.actions import reports as actions
from leitstand.reporting.models import Report
from leitstand.reporting.output import html
from leitstand.reporting.output.formats import FORMATS
from leitstand.reporting.queries import inquiries
from leitstand.reporting.queries.files import written
from leitstand.reporting.queries.reports import Reading, papers_of, reading
from leitstand.reporting.web import report_conflict
from leitstand.reporting.web import report_parts as parts
from leitstand.reporting.web.campaign_forms import CampaignPaperForm
from leitstand.reporting.web.report_forms import InquiryForm, PaperForm, ReportForm


def reader(request: HttpRequest) -> Actor:
    """The actor, if she may see reports at all; otherwise ``NotAllowed`` with the reason."""
    actor = actor_of(request)
    if not actor.is_system and not grants(actor, policy.VIEW):
        raise NotAllowed(why(actor, policy.VIEW).text)
    return actor


def listing(request: HttpRequest) -> HttpResponse:
    """All reports that the reader sees."""
    actor = reader(request)
    rows = policy.visible(actor).select_related("unit")
    write = [
        ui.Action(_("New report"), reverse("reporting:report_new"), "primary", "add"),
        ui.Action(_("Answer an inquiry"), reverse("reporting:inquiry_new")),
    ]
    actions_ = write if grants(actor, policy.CHANGE) else []
    if grants(actor, policy_campaigns.VIEW):
        actions_ = [*actions_, ui.Action(_("Campaigns"), reverse("reporting:campaigns"), "tertiary")]
    if policy_templates.may_see(actor):
        templates = ui.Action(_("Word templates"), reverse("reporting:paper_templates"), "tertiary")
        actions_ = [*actions_, templates]
    columns = (
        ui.Column("title", _("Title")), ui.Column("kind", _("Kind")), ui.Column("state", _("State")),
        ui.Column("day", _("Figures as of"), nowrap=True), ui.Column("unit", _("Responsible unit")),
        ui.Column("reference", _("Paper")),
    )  # fmt: skip
    lines = [
        ui.Row((ui.Cell(row.title, url=parts.address(row)), str(Report.Kind(row.kind).label),
                ui.Cell(badge=parts.badge(row)), row.day,
                row.unit.name, row.reference))
        for row in rows
    ]  # fmt: skip
    table = ui.DataTable(
        _("Reports"), columns, lines, id="berichte", empty_title=_("No reports yet"),
        empty_text=_("A report takes its figures from the projects; you add what figures do not say."),
        empty_actions=actions_,
    )  # fmt: skip
    context = {"title": _("Reports"), "table": table, "actions": actions_,
               "crumbs": [ui.Link(_("Start page"), "/"), ui.Link(_("Reports"))]}  # fmt: skip
    return render(request, "reporting/reports.html", context)


def one(request: HttpRequest, committee_report_id: uuid.UUID) -> HttpResponse:
    """One report: where it stands, what can be done, its files, and the paper itself."""
    actor = reader(request)
    report = policy.get_visible(actor, committee_report_id)
    read = _reading(request, report, actor)
    context = {
        "title": report.title, "report": report, "badge": parts.badge(report),
        "subline": parts.subline(report, read), "actions": parts.actions(report, actor),
        "hint": parts.hint(report, actor, read),
        "too_long": parts.too_long(read) if policy.may(actor, policy.CHANGE, report) else "",
        "papers": _papers(report, actor),
        "files": parts.files(report, read.version),
        "tables": parts.tables(report) if policy.is_insider(actor, report) else [],
        "homeless": read.homeless if policy.may(actor, policy.CHANGE, report) else [],
        "paper": html.body(read.document()) if read.version else "",
        "crumbs": [ui.Link(_("Reports"), reverse("reporting:reports")), ui.Link(report.title)],
    }  # fmt: skip
    return render(request, "reporting/report.html", context)


def _papers(report: Report, actor: Actor) -> list[ui.Link]:
    """The council's papers that carry the report's number."""
    return [
        ui.Link(paper.name, reverse("reporting:paper", args=[paper.pk]))
        for paper in papers_of(report, actor)
    ]


def _reading(request: HttpRequest, report: Report, actor: Actor) -> Reading:
    """The version asked for by ``?fassung=``, else the newest; ``NotFound`` for none.

    Older versions are for those who work on the report.
    """
    text, newest = request.GET.get("fassung", ""), reading(report)
    if not text or (newest.version and text == str(newest.version.number)):
        return newest
    number = int(text) if text.isdigit() and len(text) < 7 else 0
    if not number or not policy.is_insider(actor, report):
        raise NotFound
    found = reading(report, number)
    if found.version is None:
        raise NotFound
    return found


def download(request: HttpRequest, committee_report_id: uuid.UUID, output: str) -> HttpResponse:
    """The report as a file."""
    actor = reader(request)
    report = policy.get_visible(actor, committee_report_id)
    read = _reading(request, report, actor)
    if output not in FORMATS or read.version is None:
        raise NotFound
    made = written(read, output)
    actions.note_download(report, output, actor=actor)
    response = HttpResponse(made.data, content_type=FORMATS[output].media_type)
    name = parts.file_name(report, output)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Make a report; ``?nach=<uuid>`` begins with what the last one asked for."""
    actor = actor_of(request)
    if not grants(actor, policy.CHANGE):
        raise NotAllowed(why(actor, policy.CHANGE).text)
    form = ReportForm(request.POST) if request.method == "POST" else _first(request, actor)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.create_report(actor=actor, values=form.values())
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("The figures are frozen. Now add your own words."))
            return redirect(parts.address(row))
    return form_page(request, form, _("New report"), reverse("reporting:reports"))


def own_unit(actor: Actor) -> str:
    """The unit of the actor's person, to begin with."""
    if actor.person_id is None:
        return ""
    found = Person.objects.filter(pk=actor.person_id).values_list("unit_id", flat=True).first()
    return str(found or "")


def _first(request: HttpRequest, actor: Actor) -> ReportForm:
    text = request.GET.get("nach", "")
    try:
        last = policy.get_visible(actor, uuid.UUID(text)) if text else None
    except ValueError:
        last = None
    form = ReportForm(row=last)
    if last is None:
        form.initial["unit"] = own_unit(actor)
    else:
        fresh = {"day": clock.today(), "since": last.day, "reference": "", "title": ""}
        form.initial.update(fresh)
    return form


@login_required
def edit(request: HttpRequest, committee_report_id: uuid.UUID) -> HttpResponse:
    """Change what a draft asks for."""
    actor = actor_of(request)
    row = policy.get_visible(actor, committee_report_id)
    policy.require(actor, policy.CHANGE, row)
    data = report_conflict.resolved(request.POST, ("sections", "columns"))
    form = _form_of(row, actor, data if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        number = int(version) if version.isdigit() and len(version) < 10 else 0
        try:
            actions.change_report(
                committee_report_id, actor=actor, version=number, values=form.values()
            )
        except Invalid as refusal:
            form.take(refusal)
        except Conflict as conflict:
            fresh = _form_of(policy.get_visible(actor, committee_report_id), actor, None)
            both = report_conflict.page(request, conflict, form, fresh, object_title=row.title,
                                        cancel_url=parts.address(row))  # fmt: skip
            return both or redirect(parts.address(row))
        else:
            messages.success(request, _("Saved. Take new figures so that the paper follows."))
            return redirect(parts.address(row))
    return form_page(request, form, _("Edit report"), parts.address(row), version=row.version)


def _form_of(row: Report, actor: Actor, data: Any) -> PaperForm:
    if row.kind == Report.Kind.CAMPAIGN:
        return CampaignPaperForm(data, source=row.source, row=row)
    if row.kind != Report.Kind.INQUIRY:
        return ReportForm(data, row=row)
    frame = inquiries.frame_of(actor, level=row.confidentiality, unit_id=row.unit_id)
    offered = inquiries.offered(frame, row.source)
    return InquiryForm(data, source=row.source, offered=offered, row=row)


def form_page(
    request: HttpRequest, form: PaperForm, title: str, back: str, **more: Any
) -> HttpResponse:
    """The page of a form over a paper."""
    context = {
        "title": title, "form": form, "submit": _("Save"), "action": request.get_full_path(),
        "cancel_url": back, **more,
        "crumbs": [ui.Link(_("Reports"), reverse("reporting:reports")), ui.Link(title)],
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "reporting/report_form.html", context, status=status)
