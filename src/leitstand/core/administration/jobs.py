"""Pages of background jobs: one's own, all for people who run the instance, progress, cancel."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import may, paged
from leitstand.core.jobs import actions
from leitstand.core.jobs.models import Job
from leitstand.core.jobs.registry import job_kinds
from leitstand.core.ui.components import (
    Badge,
    Cell,
    Column,
    DataTable,
    Kind,
    Link,
    Row,
)

_BADGES: dict[str, Kind] = {
    Job.State.QUEUED: "neutral",
    Job.State.RUNNING: "info",
    Job.State.DONE: "success",
    Job.State.FAILED: "danger",
    Job.State.CANCELLED: "neutral",
}


def _label(job: Job) -> str:
    return str(job_kinds[job.kind].label) if job.kind in job_kinds else job.kind


@login_required
def jobs(request: HttpRequest) -> HttpResponse:
    """List one's own jobs; with ``jobs.view`` and ``?alle=1`` everybody's."""
    actor = actor_of(request)
    sees_all = may(actor, actions.VIEW)
    everybody = sees_all and request.GET.get("alle") == "1"
    found = Job.objects.select_related("owner__person").order_by("-pk")
    if not everybody:
        found = found.filter(owner_id=actor.account_id)
    page = paged(request, found)
    here = reverse("administration:jobs")
    tabs = [
        Link(_("My jobs"), here, current=not everybody),
        Link(_("All jobs"), f"{here}?alle=1", current=everybody),
    ]
    context = {
        "title": _("Background jobs"),
        "page": page,
        "tabs": tabs if sees_all else [],
        "table": _table(list(page), with_owner=everybody),
    }
    return render(request, "administration/jobs.html", context)


def _table(found: list[Job], *, with_owner: bool) -> DataTable:
    columns = [
        Column("kind", _("Job")),
        Column("state", _("Condition")),
        Column("progress", _("Progress"), numeric=True),
        Column("created", _("Asked for at")),
        Column("finished", _("Finished at")),
        Column("message", _("Message")),
    ]
    rows = []
    for job in found:
        cells: list[Any] = [
            Cell(_label(job), reverse("administration:job", args=[job.id])),
            Cell(badge=Badge(job.get_state_display(), _BADGES[job.state])),
            f"{job.percent} %" if job.state == Job.State.RUNNING else "",
            Cell(job.created_at),
            Cell(job.finished_at),
            job.error or job.message,
        ]
        if with_owner:
            cells.append(Cell(job.owner.display_name if job.owner else _("Leitstand itself")))
        rows.append(Row(cells, label=_label(job)))
    return DataTable(
        caption=_("Background jobs"),
        columns=[*columns, Column("owner", _("Asked for by"))] if with_owner else columns,
        rows=rows,
        empty_title=_("There are no jobs."),
        empty_text=_("Long work such as imports appears here while it runs and afterwards."),
    )


@login_required
def job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Show a job's progress; htmx fetches only the part that changes."""
    found = actions.visible_job(job_id, actor=actor_of(request))
    here = reverse("administration:job", args=[found.id])
    context = {
        "title": _label(found),
        "job": found,
        "poll_url": here,
        "cancel_url": reverse("administration:job_cancel", args=[found.id]),
        "done_url": found.next_url,
        "done_label": _("Continue"),
        "crumbs": [
            Link(_("Background jobs"), reverse("administration:jobs")),
            Link(_label(found)),
        ],
    }
    template = "ui/job.html" if request.headers.get("HX-Request") else "ui/job_page.html"
    return render(request, template, context)


@require_POST
@login_required
def job_cancel(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Ask a job to stop."""
    actions.cancel(job_id, actor=actor_of(request))
    return redirect("administration:job", job_id)
