"""Background work of the portfolio: the three steps of an import."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base.errors import Conflict
from leitstand.core.jobs import registry
from leitstand.core.jobs.models import Job
from leitstand.core.jobs.running import JobRun
from leitstand.portfolio.actions.imports import applying, checking, runs, staging
from leitstand.portfolio.models import ImportRun

State = ImportRun.State


def register() -> None:
    """Register the handlers."""
    for code, label, work in (
        ("portfolio.import.read", gettext_lazy("Reading the file"), read),
        ("portfolio.import.check", gettext_lazy("Checking the rows"), check),
        ("portfolio.import.apply", gettext_lazy("Applying the import"), apply),
    ):
        registry.register(code, label, work, ended=ended)


def _run(job_run: JobRun) -> ImportRun:
    return ImportRun.objects.select_related("file").get(pk=job_run.args["run"])


def read(job_run: JobRun) -> dict[str, Any]:
    """Read the file; a header that is remembered goes straight on to checking."""
    run = _run(job_run)
    if run.state not in {State.UPLOADED, State.MAPPING}:
        return {}
    run = staging.read_file(run, job_run.step)
    if run.counts.get("remembered"):
        runs.check_again(run)
        checking.check_rows(run, job_run.actor, job_run.step)
    return {"rows": run.counts["rows"]}


def check(job_run: JobRun) -> dict[str, Any]:
    """Check all rows and open the preview."""
    run = _run(job_run)
    if run.state != State.CHECKING:
        return {}
    return dict(checking.check_rows(run, job_run.actor, job_run.step).counts)


def apply(job_run: JobRun) -> dict[str, Any]:
    """Apply the confirmed rows; if somebody was faster, check again and show the preview."""
    run = _run(job_run)
    if run.state != State.APPLYING:
        return {}
    try:
        applying.apply_rows(run, job_run.actor, job_run.step)
    except Conflict as problem:
        run.refresh_from_db()
        runs.check_again(run, problem.text)
        checking.check_rows(run, job_run.actor, job_run.step)
    return dict(run.counts)


def ended(job: Job) -> None:
    """Mark the run of a job that has failed or was cancelled."""
    runs.fail(job.args["run"], job.error or job.message or _("Cancelled."))
