"""Background work of the portfolio: the steps of an import."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base.errors import Conflict, Refused
from leitstand.core.jobs import registry
from leitstand.core.jobs.models import Job
from leitstand.core.jobs.running import JobRun, minute_rounds
from leitstand.core.policy import grants
from leitstand.portfolio import policy
from leitstand.portfolio.actions.imports import applying, checking, cleaning, runs, staging
from leitstand.portfolio.models import ImportRun

State = ImportRun.State


def register() -> None:
    """Register the handlers and the round that removes old imports."""
    for code, label in (
        ("portfolio.import.read", gettext_lazy("Reading the file")),
        ("portfolio.import.check", gettext_lazy("Checking the rows")),
        ("portfolio.import.apply", gettext_lazy("Applying the import")),
    ):
        registry.register(code, label, advance, ended=ended)
    minute_rounds.add("portfolio.imports", cleaning.remove_old)


def advance(job_run: JobRun) -> dict[str, Any]:
    """Do what the state of the run asks for, however far a killed worker has come before.

    Only the job that the run waits for may work on it.
    """
    runs_of_job = ImportRun.objects.select_related("file").filter(job_id=job_run.job.pk)
    run = runs_of_job.filter(pk=job_run.args["run"]).first()
    if run is None:
        return {}
    grants.require(job_run.actor, policy.IMPORT)
    if run.state == State.UPLOADED:
        run = _read(run, job_run)
    if run.state == State.APPLYING:
        run = _apply(run, job_run)
    if run.state == State.CHECKING:
        run = checking.check_rows(run, job_run.actor, job_run.step)
    return dict(run.counts)


def _read(run: ImportRun, job_run: JobRun) -> ImportRun:
    try:
        return staging.read_file(run, job_run.step)
    except Refused as problem:
        place = _("Place: %(where)s") % {"where": problem.where} if problem.where else ""
        raise Refused("\n".join(filter(None, [problem.text, place, problem.remedy]))) from None


def _apply(run: ImportRun, job_run: JobRun) -> ImportRun:
    """Apply the confirmed rows; if somebody was faster, check again and show the preview."""
    try:
        return applying.apply_rows(run, job_run.actor, job_run.step)
    except Conflict as problem:
        return runs.back_to_check(run, problem.text)


def ended(job: Job) -> None:
    """Leave a clear state behind a job that has failed or was cancelled."""
    text = job.error or job.message or _("Cancelled.")
    run_id = uuid.UUID(job.args["run"])
    runs.stopped(run_id, job.pk, text, cancelled=job.state == Job.State.CANCELLED)
