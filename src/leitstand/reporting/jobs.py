"""Background work of committee reporting: reading council information systems."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.jobs import registry
from leitstand.core.jobs.models import Job
from leitstand.core.jobs.running import JobRun
from leitstand.core.policy.grants import require
from leitstand.reporting import policy_council
from leitstand.reporting.actions.oparl_sources import READ


def register() -> None:
    """Register the handlers."""
    registry.register(READ, gettext_lazy("Reading the council information system"), read, ended=ended)


def read(run: JobRun) -> dict[str, Any]:
    """Read a source; killed and run again it finds what was written and goes on."""
    from leitstand.reporting.actions import oparl_runs  # it loads the HTTP client

    require(run.actor, policy_council.SOURCES)
    source = oparl_runs.read_source(
        uuid.UUID(run.args["source"]), actor=run.actor, step=run.step,
        whole=bool(run.args.get("whole")),
    )  # fmt: skip
    return dict(source.counts)


def ended(job: Job) -> None:
    """Leave a clear state behind a job that has failed or was cancelled."""
    from leitstand.reporting.actions import oparl_runs

    text = job.error or job.message or _("Cancelled.")
    cancelled = job.state == Job.State.CANCELLED
    oparl_runs.stopped(uuid.UUID(job.args["source"]), text, cancelled=cancelled)
