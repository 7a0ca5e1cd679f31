"""Pages of campaigns: the list, one campaign with its figures, entering, changing, the paper."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import may, needs, paged
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.ui import components as ui
from leitstand.core.ui.editing import ask, edit
from leitstand.reporting import policy as policy_reports
from leitstand.reporting import policy_campaigns as policy
from leitstand.reporting.actions import campaigns as actions
from leitstand.reporting.actions import reports
from leitstand.reporting.models import Campaign, CampaignFigure, Report
from leitstand.reporting.queries import campaigns as queries
from leitstand.reporting.queries.cells import number
from leitstand.reporting.web import report_parts as parts
from leitstand.reporting.web.campaign_forms import CampaignForm, CampaignPaperForm, FigureForm
from leitstand.reporting.web.reports import form_page, own_unit


def address(row: Campaign, name: str = "campaign") -> str:
    """The address of a campaign's page."""
    return reverse(f"reporting:{name}", args=[row.pk])


def crumbs(row: Campaign | None = None, title: str = "") -> list[ui.Link]:
    """The way to a page of campaigns."""
    links = [ui.Link(_("Reports"), reverse("reporting:reports"))]
    last = row is None and not title
    links.append(ui.Link(_("Campaigns"), "" if last else reverse("reporting:campaigns")))
    if row is not None:
        links.append(ui.Link(row.title, address(row) if title else ""))
    return [*links, ui.Link(title)] if title else links


@needs(policy.VIEW)
def listing(request: HttpRequest) -> HttpResponse:
    """All campaigns that the reader sees."""
    actor = actor_of(request)
    page = paged(request, queries.campaigns(actor))
    new = ui.Action(_("New campaign"), reverse("reporting:campaign_new"), "primary", "add")
    adders = [new] if may(actor, policy.CHANGE) else []
    columns = [
        ui.Column("title", _("Campaign")), ui.Column("start", _("Beginning"), nowrap=True),
        ui.Column("end", _("End"), nowrap=True), ui.Column("unit", _("Responsible unit")),
        ui.Column("channels", _("Channels"), numeric=True),
        ui.Column("number", _("Number of figures"), numeric=True),
    ]  # fmt: skip
    rows = [
        ui.Row((ui.Cell(row.title, url=address(row)), row.start, row.end, row.unit.name,
                row.channels, row.number), label=row.title)
        for row in page
    ]  # fmt: skip
    table = ui.DataTable(
        _("Campaigns"), columns, rows, id="kampagnen", empty_title=_("No campaigns yet"),
        empty_text=_("Enter a campaign, then its contacts by channel, by hand or from a table."),
        empty_actions=adders,
    )  # fmt: skip
    context = {"title": _("Campaigns"), "table": table, "page": page, "actions": adders,
               "crumbs": crumbs()}  # fmt: skip
    return render(request, "reporting/campaigns/list.html", context)


@needs(policy.VIEW)
def one(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """A campaign, its contacts by channel with the method, and the papers made of it."""
    actor = actor_of(request)
    row = policy.get_visible(actor, campaign_id)
    change = policy.may_change(actor, row)
    facts = [
        (_("Period"), f"{row.start:%d.%m.%Y} – {f'{row.end:%d.%m.%Y}' if row.end else _('open-ended')}"),
        (_("Responsible unit"), row.unit.name),
        (_("Confidentiality"), row.get_confidentiality_display()),
    ]  # fmt: skip
    context = {
        "title": row.title, "campaign": row, "facts": facts, "warning": queries.warning(),
        "actions": _actions(actor, row, change), "table": _table(row, change),
        "papers": _papers(actor, row), "crumbs": crumbs(row),
    }  # fmt: skip
    return render(request, "reporting/campaigns/one.html", context)


def _actions(actor: Actor, row: Campaign, change: bool) -> list[ui.Action]:
    found = []
    if change:
        found = [
            ui.Action(_("Enter a figure"), address(row, "campaign_figure_new"), "primary", "add"),
            ui.Action(_("Import figures"), address(row, "campaign_import")),
        ]
    if may(actor, policy_reports.CHANGE):
        found.append(ui.Action(_("Make the paper"), address(row, "campaign_paper")))
    if change:
        found.append(ui.Action(_("Edit"), address(row, "campaign_edit")))
        found.append(ui.Action(_("Delete"), address(row, "campaign_delete"), "tertiary"))
    return found


def _table(row: Campaign, change: bool) -> ui.DataTable:
    columns = [
        ui.Column("channel", _("Channel")), ui.Column("start", _("Period from"), nowrap=True),
        ui.Column("end", _("Period until"), nowrap=True),
        ui.Column("gross", _("Gross contacts"), numeric=True),
        ui.Column("method", _("Method of counting")),
        ui.Column("source", _("Source of the figure")), ui.Column("note", _("Remark")),
    ]  # fmt: skip
    rows = [_figure(one, change) for one in queries.figures(row)]
    enter = ui.Action(_("Enter a figure"), address(row, "campaign_figure_new"), "primary", "add")
    return ui.DataTable(
        _("Gross contacts by channel and period"), columns, rows, id="kontakte",
        caption_visible=True, empty_title=_("No figures yet"),
        empty_text=_("Every figure says how it was counted and who says so."),
        empty_actions=[enter] if change else [],
    )  # fmt: skip


def _figure(row: CampaignFigure, change: bool) -> ui.Row:
    place = reverse("reporting:campaign_figure", args=[row.campaign_id, row.pk]) if change else ""
    cells = (ui.Cell(row.channel, url=place), row.start, row.end, number(row.gross_contacts).text,
             row.method, row.source, row.note)  # fmt: skip
    return ui.Row(cells, label=f"{row.channel} {row.start:%d.%m.%Y}")


def _papers(actor: Actor, row: Campaign) -> list[ui.Link]:
    found = policy_reports.visible(actor).filter(source=f"{queries.SOURCE}{row.pk}")
    return [ui.Link(f"{one.title} ({one.day:%d.%m.%Y})", parts.address(one)) for one in found[:20]]


# --- entering and changing ------------------------------------------------------------------------


@needs(policy.CHANGE)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a campaign."""
    actor = actor_of(request)
    title = _("New campaign")
    return edit(
        request, lambda data: CampaignForm(data, initial={"unit": own_unit(actor), "confidentiality": 1}),
        lambda given: actions.create_campaign(actor=actor, values=given), title=title, back=address,
        cancel_url=reverse("reporting:campaigns"), crumbs=crumbs(title=title),
    )  # fmt: skip


def _own(request: HttpRequest, campaign_id: uuid.UUID) -> tuple[Actor, Campaign]:
    actor = actor_of(request)
    row = policy.get_visible(actor, campaign_id)
    policy.require_change(actor, row)
    return actor, row


@needs(policy.VIEW)
def change(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Change a campaign; a conflict shows both versions."""
    actor, row = _own(request, campaign_id)
    title = _("Edit the campaign")

    def save(given: dict[str, Any]) -> Campaign:
        version = given["version"] or 0
        return actions.change_campaign(campaign_id, actor=actor, version=version, values=given)

    return edit(
        request, lambda data: CampaignForm.of(policy.get_visible(actor, campaign_id), data), save,
        title=title, back=address, cancel_url=address(row), crumbs=crumbs(row, title),
    )  # fmt: skip


@needs(policy.VIEW)
def delete(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Delete a campaign after a question."""
    actor, row = _own(request, campaign_id)
    title = _("Delete the campaign")
    if request.method == "POST":
        try:
            actions.delete_campaign(campaign_id, actor=actor)
        except Invalid as refusal:
            messages.warning(request, refusal.text)
            return redirect(address(row))
        messages.success(request, _("“%(title)s” has been deleted.") % {"title": row})
        return redirect("reporting:campaigns")
    lines = [_("Delete “%(name)s” with all its figures? Papers made of it keep theirs.") % {"name": row}]
    context = {"title": title, "lines": lines, "danger": True, "action": request.path,
               "confirm_label": _("Delete"), "cancel_url": address(row),
               "crumbs": crumbs(row, title)}  # fmt: skip
    return render(request, "ui/confirm.html", context)


@needs(policy.VIEW)
def figure_new(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Enter a figure."""
    actor, row = _own(request, campaign_id)
    title = _("Enter a figure")
    return edit(
        request, FigureForm,
        lambda given: actions.add_figure(campaign_id, actor=actor, values=given), title=title,
        back=lambda _figure: address(row), cancel_url=address(row), crumbs=crumbs(row, title),
    )  # fmt: skip


@needs(policy.VIEW)
def figure(request: HttpRequest, campaign_id: uuid.UUID, figure_id: uuid.UUID) -> HttpResponse:
    """Correct a figure, or go on to remove it."""
    actor, row = _own(request, campaign_id)
    title = _("Correct the figure")

    def save(given: dict[str, Any]) -> CampaignFigure:
        version = given["version"] or 0
        return actions.change_figure(figure_id, actor=actor, version=version, values=given)

    remove = ui.Link(
        _("Remove the figure"),
        reverse("reporting:campaign_figure_remove", args=[campaign_id, figure_id]),
    )
    return edit(
        request, lambda data: FigureForm(data, row=_of(row, figure_id)), save, title=title,
        back=lambda _figure: address(row), cancel_url=address(row), crumbs=crumbs(row, title),
        links=[remove],
    )  # fmt: skip


def _of(row: Campaign, figure_id: uuid.UUID) -> CampaignFigure:
    found = row.figures.filter(pk=figure_id).first()
    if found is None:
        raise NotFound
    return found


@needs(policy.VIEW)
def figure_remove(
    request: HttpRequest, campaign_id: uuid.UUID, figure_id: uuid.UUID
) -> HttpResponse:
    """Remove a figure after a question."""
    actor, row = _own(request, campaign_id)
    found = _of(row, figure_id)
    title = _("Remove the figure")
    return ask(
        request, lambda: actions.remove_figure(figure_id, actor=actor), title=title,
        lines=[_("Remove the contacts of %(channel)s from %(start)s to %(end)s?")
               % {"channel": found.channel, "start": f"{found.start:%d.%m.%Y}",
                  "end": f"{found.end:%d.%m.%Y}"}],
        back=address(row), done=_("Removed."), crumbs=crumbs(row, title),
    )  # fmt: skip


# --- the paper ------------------------------------------------------------------------------------


@needs(policy.VIEW)
def paper(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Make the paper; ``?nach=<uuid>`` begins with what the last one asked for."""
    actor = actor_of(request)
    row = policy.get_visible(actor, campaign_id)
    policy_reports.require_any(actor)
    source = f"{queries.SOURCE}{row.pk}"
    last = _last(request, actor, source)
    first: dict[str, Any] = {"title": _("Report on the campaign “%(title)s”") % {"title": row.title}}
    data = request.POST if request.method == "POST" else None
    if last is None:
        first |= {"unit": str(row.unit_id), "confidentiality": row.confidentiality}
        form = CampaignPaperForm(data, source=source, **first)
    else:
        form = CampaignPaperForm(data, source=source, row=last, **first, since=last.day, reference="")
    if request.method == "POST" and form.is_valid():
        try:
            made = reports.create_report(actor=actor, values=form.values())
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("The figures are frozen. Now add your own words."))
            return redirect(parts.address(made))
    return form_page(request, form, _("Paper on the campaign"), address(row))


def _last(request: HttpRequest, actor: Actor, source: str) -> Report | None:
    text = request.GET.get("nach", "")
    try:
        last = policy_reports.get_visible(actor, uuid.UUID(text)) if text else None
    except ValueError:
        return None
    return last if last and last.source == source else None
