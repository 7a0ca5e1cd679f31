"""Health, readiness and metrics for the operator."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from leitstand.core.base import metrics
from leitstand.core.jobs.models import Job


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process lives; touches nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 if the database answers and is migrated, else 503 with the reason."""
    problems = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM jobs_job LIMIT 1")
    except Exception as problem:  # noqa: BLE001 - any failure means not ready
        problems.append(f"database: {type(problem).__name__}")
    return JsonResponse(
        {"ready": not problems, "problems": problems}, status=503 if problems else 200
    )


def metrics_page(request: HttpRequest) -> HttpResponse:
    """Answer counters in the Prometheus text format."""
    gauges: dict[str, float] = {}
    try:
        for state in (Job.State.QUEUED, Job.State.RUNNING, Job.State.FAILED):
            gauges[f"leitstand_jobs_{state}"] = Job.objects.filter(state=state).count()
        gauges["leitstand_database_up"] = 1
    except DatabaseError:
        gauges["leitstand_database_up"] = 0
    return HttpResponse(metrics.render(gauges), content_type="text/plain; version=0.0.4")
