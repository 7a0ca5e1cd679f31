"""Pages of the sources: council information systems, their last reading, failures."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import needs
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.jobs import actions as jobs
from leitstand.core.ui import components as ui
from leitstand.core.ui.editing import ask, edit
from leitstand.reporting import policy_council
from leitstand.reporting.actions import oparl_sources as actions
from leitstand.reporting.models import OparlSource
from leitstand.reporting.queries.oparl import advice, count_pairs, finding_text
from leitstand.reporting.web.council import crumbs, tabs
from leitstand.reporting.web.council_forms import SourceChangeForm, SourceForm

State = OparlSource.State
_KINDS: dict[str, ui.Kind] = {
    State.NEVER: "neutral", State.RUNNING: "info", State.DONE: "success", State.PARTLY: "warning",
    State.FAILED: "danger", State.CANCELLED: "neutral",
}  # fmt: skip


def _home() -> str:
    return reverse("reporting:oparl_sources")


def _address(source: OparlSource) -> str:
    return reverse("reporting:oparl_source", args=[source.pk])


def _way(source: OparlSource | None, *more: str) -> list[ui.Link]:
    links = [ui.Link(_("Sources"), _home())]
    if source:
        links.append(ui.Link(source.name, _address(source) if more else ""))
    return crumbs(*links, *(ui.Link(text) for text in more))


def _source(source_id: uuid.UUID) -> OparlSource:
    found = OparlSource.objects.select_related("job").filter(pk=source_id).first()
    if found is None:
        raise NotFound
    return found


def badge(source: OparlSource) -> ui.Badge:
    """How the last reading went."""
    return ui.Badge(State(source.state).label, _KINDS[source.state])


@needs(policy_council.SOURCES)
def sources(request: HttpRequest) -> HttpResponse:
    """All sources with their last reading."""
    actor = actor_of(request)
    new = [ui.Action(_("New source"), reverse("reporting:oparl_source_new"), "primary", "add")]
    columns = [
        ui.Column("name", _("Council information system")), ui.Column("state", _("Condition")),
        ui.Column("last", _("Last read")), ui.Column("failures", _("Failures"), numeric=True),
    ]  # fmt: skip
    rows = [
        ui.Row(
            [ui.Cell(row.name, _address(row), note=row.url), ui.Cell(badge=badge(row)),
             row.last_run, len(row.failures)],
            label=row.name,
        )
        for row in OparlSource.objects.all()
    ]  # fmt: skip
    table = ui.DataTable(
        _("Sources"), columns, rows, id="sources", empty_title=_("No sources yet"),
        empty_text=_("Name the OParl address of the council information system. Its committees, "
                     "meetings and papers are then read; nothing is written there."),
        empty_actions=new,
    )  # fmt: skip
    context = {"title": _("Council information systems"), "tabs": tabs(actor, "oparl_sources"),
               "table": table, "actions": new if rows else [],
               "crumbs": crumbs(ui.Link(_("Sources")))}  # fmt: skip
    return render(request, "reporting/council/list.html", context)


@needs(policy_council.SOURCES)
def source_new(request: HttpRequest) -> HttpResponse:
    """Set a source up."""
    actor = actor_of(request)
    return edit(
        request, SourceForm,
        lambda given: actions.add_source(actor=actor, name=given["name"], url=given["url"]),
        title=_("New source"), back=_address, cancel_url=_home(),
        crumbs=_way(None, _("New source")),
    )  # fmt: skip


@needs(policy_council.SOURCES)
def source_page(request: HttpRequest, source_id: uuid.UUID) -> HttpResponse:
    """The last reading: counts, failures, peculiarities; progress while it runs."""
    source = _source(source_id)
    running = source.job is not None and not source.job.is_finished
    if request.headers.get("HX-Request") and not running:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = _address(source)
        return response
    context = {
        "title": source.name, "source": source, "badge": badge(source), "job": source.job,
        "running": running, "poll_url": _address(source), "job_title": _("Reading"),
        "cancel_url": reverse("reporting:oparl_cancel", args=[source.pk]),
        "counts": count_pairs(source.counts) if source.counts else [],
        "findings": [(finding_text(one), one.get("example", "")) for one in source.findings],
        "advice": advice(source.failures), "crumbs": _way(source),
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return render(request, "ui/job.html", {**context, "title": _("Reading")})
    return render(request, "reporting/council/source.html", context)


@needs(policy_council.SOURCES)
def source_edit(request: HttpRequest, source_id: uuid.UUID) -> HttpResponse:
    """Change name and address, switch on and off."""
    actor, source = actor_of(request), _source(source_id)

    def make(data: Any) -> SourceChangeForm:
        row = _source(source_id)
        names = ("name", "url", "active", "version")
        return SourceChangeForm(data, initial={name: getattr(row, name) for name in names})

    def save(given: dict[str, Any]) -> OparlSource:
        version = given.pop("version") or 0
        return actions.change_source(source_id, actor=actor, version=version, **given)

    return edit(
        request, make, save, title=_("Edit the source"), back=_address,
        cancel_url=_address(source), crumbs=_way(source, _("Edit")),
    )  # fmt: skip


@needs(policy_council.SOURCES)
def source_remove(request: HttpRequest, source_id: uuid.UUID) -> HttpResponse:
    """Take a source off, after a question; what was read stays."""
    actor, source = actor_of(request), _source(source_id)
    return ask(
        request, lambda: actions.remove_source(source_id, actor=actor, version=source.version),
        title=_("Remove the source"), done=_("Removed."), back=_home(),
        lines=[_("“%(name)s” is no longer read. Papers and meetings that came from it stay.")
               % {"name": source.name}],
        crumbs=_way(source, _("Remove the source")),
    )  # fmt: skip


@require_POST
@needs(policy_council.SOURCES)
def source_read(request: HttpRequest, source_id: uuid.UUID) -> HttpResponse:
    """Have the source read in the background."""
    try:
        actions.start(source_id, actor=actor_of(request), whole="ganz" in request.POST)
    except Invalid as problem:
        messages.warning(request, problem.text)
    return redirect("reporting:oparl_source", source_id)


@require_POST
@needs(policy_council.SOURCES)
def source_cancel(request: HttpRequest, source_id: uuid.UUID) -> HttpResponse:
    """Cancel the reading; what was read so far stays."""
    source = _source(source_id)
    if source.job is not None:
        jobs.cancel(source.job.pk, actor=actor_of(request))
        messages.info(request, _("The reading is being cancelled. What was read so far stays."))
    return redirect("reporting:oparl_source", source_id)


@require_POST
@needs(policy_council.SOURCES)
def source_check(request: HttpRequest, source_id: uuid.UUID) -> HttpResponse:
    """Ask the address once, and say who answers."""
    from leitstand.reporting.actions.oparl_runs import check  # it loads the HTTP client

    source = _source(source_id)
    try:
        names = ", ".join(check(source.url))
        messages.success(request, _("The address answers: %(names)s.") % {"names": names})
    except Invalid as problem:
        messages.warning(request, problem.text)
    return redirect("reporting:oparl_source", source_id)
