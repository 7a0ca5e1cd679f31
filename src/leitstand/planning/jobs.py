"""Background work of planning: computing a scenario, step by step, with progress and cancel."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.jobs import registry
from leitstand.core.jobs.running import JobRun
from leitstand.planning import policy
from leitstand.planning.actions.scenarios import COMPUTE, keep_result
from leitstand.planning.queries.computing import computed
from leitstand.planning.queries.digests import digests
from leitstand.planning.queries.what_if import translation_of


def register() -> None:
    """Register the handler."""
    registry.register(COMPUTE, gettext_lazy("Computing the scenario"), compute)


def compute(run: JobRun) -> dict[str, Any]:
    """Compute a scenario and keep the result; a killed worker's successor begins anew."""
    key = uuid.UUID(run.args["scenario"])
    row = policy.visible(run.actor).filter(pk=key, job_id=run.job.pk).first()
    if row is None:
        return {}
    run.step(0, 100, _("Reading the portfolio"))
    told = translation_of(row)
    result = computed(told, row.seconds, run.step)
    keep_result(key, run.job.pk, result=result, state=digests(told))
    return {"late": sum(one[5] > 0 for one in result["projects"]), "left": len(result["left"])}

