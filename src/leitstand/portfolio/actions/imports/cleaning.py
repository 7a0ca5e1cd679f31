"""Removes imports that are over: staging rows hold personal data and must not lie about."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from leitstand.core.base import clock
from leitstand.core.files.actions import remove_file
from leitstand.core.privacy.actions.retention import limit
from leitstand.portfolio.models import ImportRow, ImportRun

State = ImportRun.State
KEPT_FAILED = timedelta(days=1)
_AT_ONCE = 20


def remove_old() -> int:
    """Remove failed and discarded imports after a day, all others after the city's period.

    A few at a time; the round comes every minute. Returns how many were removed.
    """
    now = clock.now()
    failed = Q(state__in=(State.FAILED, State.DISCARDED), updated_at__lt=now - KEPT_FAILED)
    before = limit("imports")
    late = Q(updated_at__lt=before) if before else Q(pk__in=())
    old = ImportRun.objects.filter(failed | late).order_by("updated_at")
    found = list(old.select_related("file")[:_AT_ONCE])
    for run in found:
        remove(run)
    return len(found)


def remove(run: ImportRun) -> None:
    """Remove a run with its staging rows and its file; the audit trail keeps what was done."""
    file = run.file
    with transaction.atomic():
        ImportRow.objects.filter(run=run).delete()
        run.delete()
        remove_file(file)
