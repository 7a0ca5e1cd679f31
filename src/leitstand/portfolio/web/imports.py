"""Pages of the import: upload, assign columns, look, confirm."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, DomainError, Invalid, Refused
from leitstand.core.base.models import Level
from leitstand.core.files import store
from leitstand.core.files.actions import keep_file
from leitstand.core.jobs.actions import cancel as cancel_job
from leitstand.core.policy import grants
from leitstand.core.ui.components import Link, Step
from leitstand.portfolio import policy
from leitstand.portfolio.actions import imports
from leitstand.portfolio.actions.imports.rights import may_create_units
from leitstand.portfolio.models import ImportRow, ImportRun
from leitstand.portfolio.queries import imports as queries
from leitstand.portfolio.web.import_forms import MappingForm, options_of

State = ImportRun.State
_WORKING = {
    State.UPLOADED: gettext_lazy("Reading the file"),
    State.CHECKING: gettext_lazy("Checking the rows"),
    State.APPLYING: gettext_lazy("Applying the import"),
}
_OVER = {State.APPLYING, State.DONE}
_PER_PAGE = 50


class UploadForm(forms.Form):
    """The file to import."""

    file = forms.FileField(
        label=gettext_lazy("Your project list"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv,.txt,.xlsm"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.CONFIG.max_upload
        field = self.fields["file"]
        text = _("Excel (.xlsx), LibreOffice (.ods) or CSV, up to %(most)d MB.")
        field.help_text = text % {"most": most >> 20}
        refusal = store.too_large()
        field.widget.attrs["data-most-bytes"] = str(most)
        field.widget.attrs["data-too-large"] = f"{refusal.text} {refusal.remedy}"


def _crumbs(here: str = "") -> list[Link]:
    crumbs = [
        Link(_("Projects"), reverse("portfolio:list")),
        Link(_("Import"), reverse("portfolio:imports") if here else ""),
    ]
    return [*crumbs, Link(here)] if here else crumbs


@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Choose a file; below it one's own earlier imports."""
    actor = actor_of(request)
    grants.require(actor, policy.IMPORT)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("portfolio:import", _take(form.cleaned_data["file"], actor).id)
        except (Invalid, Refused) as problem:
            form.add_error("file", _words(problem))
    context = {
        "form": form,
        "runs": queries.own_runs(actor),
        "crumbs": _crumbs(),
        "steps": _steps(None),
    }
    status = 422 if form.errors else 200
    return render(request, "portfolio/import_start.html", context, status=status)


def _words(problem: DomainError) -> str:
    parts = [problem.text, getattr(problem, "where", ""), getattr(problem, "remedy", "")]
    return " ".join(filter(None, parts))


def _take(upload: Any, actor: Actor) -> ImportRun:
    """Store the file and start; raises ``Refused`` for what is no table, before it is stored."""
    imports.refuse_other_files(upload)
    file = keep_file(
        upload.chunks(), actor=actor, name=upload.name, confidentiality=Level.CONFIDENTIAL
    )
    return imports.start_import(actor=actor, file=file)


def _steps(state: str | None) -> list[Step]:
    """Return the four steps with the present one marked."""
    order = [_("Choose file"), _("Assign columns"), _("Check"), _("Done")]
    at = {
        State.UPLOADED: 0, State.MAPPING: 1, State.CHECKING: 2, State.PREVIEW: 2,
        State.APPLYING: 3, State.DONE: 3,
    }.get(State(state), 0) if state else 0  # fmt: skip
    return [
        Step(label, "done" if i < at else "current" if i == at else "todo")
        for i, label in enumerate(order)
    ]


@require_GET
def show(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Show the step that the run is at."""
    actor = actor_of(request)
    run = queries.own_run(run_id, actor)
    if imports.settle(run):
        run = queries.own_run(run_id, actor)
    if run.state in _WORKING:
        return _progress_page(request, run)
    if run.state == State.MAPPING or (run.state == State.PREVIEW and "zuordnung" in request.GET):
        return _mapping_page(request, run, MappingForm(run, actor))
    if run.state == State.PREVIEW:
        return _preview_page(request, run)
    context = {"run": run, "steps": _steps(run.state), "crumbs": _crumbs(run.file.name)}
    context["summary"] = queries.summary(run)
    return render(request, "portfolio/import_end.html", context)


def _progress_page(request: HttpRequest, run: ImportRun) -> HttpResponse:
    context = {
        "run": run,
        "job": run.job,
        "steps": _steps(run.state),
        "crumbs": _crumbs(run.file.name),
        "poll_url": reverse("portfolio:import_progress", args=[run.id]),
        "cancel_url": reverse("portfolio:import_cancel", args=[run.id]),
        "title": _WORKING[State(run.state)],
    }
    return render(request, "portfolio/import_working.html", context)


@require_GET
def progress(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Answer the progress for htmx; when the step is over, send the browser to the next one."""
    run = queries.own_run(run_id, actor_of(request))
    if run.state in _WORKING and run.job and not run.job.is_finished:
        context = {
            "job": run.job,
            "poll_url": request.path,
            "cancel_url": reverse("portfolio:import_cancel", args=[run.id]),
            "title": _WORKING[State(run.state)],
        }
        return render(request, "ui/job.html", context)
    url = reverse("portfolio:import", args=[run.id])
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return redirect(url)


@require_POST
def cancel(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Cancel the step that is running."""
    actor = actor_of(request)
    run = queries.own_run(run_id, actor)
    if run.job:
        cancel_job(run.job.id, actor=actor)
        messages.info(request, _("The import is being cancelled."))
    return redirect("portfolio:import", run.id)


@require_POST
def mapping(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Take the assignment of columns and check the rows."""
    actor = actor_of(request)
    run = queries.own_run(run_id, actor)
    form = MappingForm(run, actor, request.POST)
    if not form.is_valid():
        return _mapping_page(request, run, form, status=422)
    try:
        imports.choose_mapping(
            run.id, actor=actor, mapping=form.mapping(), options=options_of(form)
        )
    except Invalid as problem:
        column = f"column_{problem.field}"
        form.add_error(column if column in form.fields else None, problem.text)
        return _mapping_page(request, run, form, status=422)
    return redirect("portfolio:import", run.id)


def _mapping_page(
    request: HttpRequest, run: ImportRun, form: MappingForm, status: int = 200
) -> HttpResponse:
    context = {
        "run": run,
        "form": form,
        "columns": form.columns(queries.samples(run)),
        "assigned": sum(1 for name in run.mapping.values() if name),
        "steps": _steps(State.MAPPING),
        "crumbs": _crumbs(run.file.name),
    }
    return render(request, "portfolio/import_mapping.html", context, status=status)


def _preview_page(request: HttpRequest, run: ImportRun) -> HttpResponse:
    verdict = request.GET.get("art", "")
    rows = ImportRow.objects.filter(run=run).select_related("project").order_by("number")
    if verdict in ImportRow.Verdict.values:
        rows = rows.filter(verdict=verdict)
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("seite"))
    created = queries.named(run, "new_objects")
    context = {
        "run": run,
        "page": page,
        "table": queries.preview_table(list(page.object_list)),
        "tabs": queries.verdict_links(run, verdict, request.path),
        "take": queries.chosen_count(run),
        "selectable": queries.selectable_count(run),
        "several_pages": page.paginator.num_pages > 1,
        "may_create": may_create_units(actor_of(request)),
        "created": created,
        "created_title": queries.created_title(created),
        "skipped": queries.named(run, "skipped"),
        "shown": ",".join(str(row.number) for row in page.object_list),
        "steps": _steps(run.state),
        "crumbs": _crumbs(run.file.name),
    }
    return render(request, "portfolio/import_preview.html", context)


@require_POST
def confirm(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Keep the ticks of the shown rows; without ``keep`` apply the import."""
    actor = actor_of(request)
    run = queries.own_run(run_id, actor)
    if run.state in _OVER:  # clicked twice
        return redirect("portfolio:import", run.id)
    try:
        _take_ticks(request, run, actor)
        if "keep" in request.POST:
            messages.success(request, _("The selection was kept."))
            return _same_page(request, run)
        version = request.POST.get("version", "")
        imports.confirm(run.id, actor=actor, version=int(version) if version.isdigit() else 0)
    except (Conflict, Invalid) as problem:
        messages.warning(request, problem.text)
    return redirect("portfolio:import", run.id)


def _take_ticks(request: HttpRequest, run: ImportRun, actor: Actor) -> None:
    shown = _numbers(request.POST.get("shown", "").split(","))
    if shown:
        chosen = _numbers(request.POST.getlist("row"))
        imports.choose_rows(run.id, actor=actor, chosen=chosen, shown=shown)


def _same_page(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Go back to the part of the preview that the person was looking at."""
    asked = QueryDict(request.POST.get("keep", ""))
    kept = {name: asked[name] for name in ("art", "seite") if name in asked}
    query = f"?{urlencode(kept)}" if kept else ""
    return redirect(reverse("portfolio:import", args=[run.id]) + query)


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdigit() and len(text) < 9]


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Ask, then throw the run away."""
    actor = actor_of(request)
    run = queries.own_run(run_id, actor)
    if request.method == "POST":
        imports.discard(run.id, actor=actor)
        messages.success(request, _("The import was discarded. No project was changed."))
        return redirect("portfolio:imports")
    context = {
        "title": _("Discard the import?"),
        "text": _("The file %(file)s will not be applied. No project is changed.")
        % {"file": run.file.name},
        "submit_label": _("Discard"),
        "cancel_url": reverse("portfolio:import", args=[run.id]),
        "crumbs": _crumbs(run.file.name),
    }
    return render(request, "ui/confirm.html", context)


@require_GET
def error_file(request: HttpRequest, run_id: uuid.UUID) -> FileResponse:
    """The rows with errors as a workbook to mend and import again."""
    run = queries.own_run(run_id, actor_of(request))
    return FileResponse(
        queries.error_workbook(run), as_attachment=True, filename=f"fehler-{run.id.hex[-6:]}.xlsx"
    )
