"""Periods, and the run that deletes what is older: in small steps, recorded, at any time again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import authority, clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.jobs.running import JobRun
from leitstand.core.privacy.models import RetentionRule
from leitstand.core.privacy.registry import RetentionKind, retention_kinds

RETAIN = "privacy.retain"
RUN = "privacy.retention"
_MOST_MONTHS = 1200
_DAYS_PER_MONTH = 30.44


@dataclass(frozen=True)
class Period:
    """The period that holds for a kind: the city's own or the default."""

    kind: RetentionKind
    months: int | None
    reason: str
    is_default: bool
    version: int

    @property
    def before(self) -> datetime | None:
        """What is older than this goes."""
        if self.months is None:
            return None
        return clock.now() - timedelta(days=self.months * _DAYS_PER_MONTH)

    def due(self) -> int:
        """How much would go now."""
        return int(self.kind.due(self.before).count()) if self.before else 0


def periods() -> list[Period]:
    """Return the period of every kind."""
    own = {row.code: row for row in RetentionRule.objects.all()}
    found = []
    for kind in retention_kinds:
        row = own.get(kind.code)
        if row is None:
            found.append(Period(kind, kind.months, str(kind.reason), True, 0))
        else:
            found.append(Period(kind, row.months, row.reason, False, row.version))
    return found


def limit(code: str) -> datetime | None:
    """What is older goes, by the period that holds for the kind; None if all is kept."""
    return next(period.before for period in periods() if period.kind.code == code)


@transaction.atomic
def set_period(code: str, *, months: int | None, reason: str, actor: Actor) -> None:
    """Set the city's own period for a kind; ``None`` keeps without limit."""
    authority.require(actor, RETAIN, citywide=True)
    kind = retention_kinds[code]
    errors: dict[str, list[str]] = {}
    if months is not None and not kind.at_least <= months <= _MOST_MONTHS:
        errors["months"] = [
            _("Between %(low)d and %(high)d months.") % {"low": kind.at_least, "high": _MOST_MONTHS}
        ]
    if not reason.strip():
        errors["reason"] = [_("Say why, for example the law or the deletion plan.")]
    if errors:
        raise Invalid(errors)
    row = RetentionRule.objects.select_for_update().filter(code=code).first()
    before = row.months if row else kind.months
    row = row or RetentionRule(code=code, version=0)
    row.months, row.reason, row.version = months, reason.strip()[:500], row.version + 1
    row.save()
    events.record(
        events.Event(
            type="privacy.period.changed", actor=actor, object_kind="retention",
            object_title=str(kind.label), changes={"months": [before, months]},
            reason=reason.strip(),
        )
    )  # fmt: skip


def run(*, actor: Actor, step: Callable[[int, int, str], None] = lambda *_: None) -> dict[str, int]:
    """Delete what is older than its period; returns the number per kind.

    A kill costs at most one step, which is rolled back; the next run goes on.
    """
    authority.require(actor, RETAIN, citywide=True)
    removed: dict[str, int] = {}
    all_periods = periods()
    for number, period in enumerate(all_periods):
        step(number, len(all_periods), str(period.kind.label))
        count = _remove(period, actor)
        if count:
            removed[period.kind.code] = count
    return removed


def _remove(period: Period, actor: Actor) -> int:
    if period.before is None:
        return 0
    keys = list(period.kind.due(period.before).values_list("pk", flat=True))
    total = 0
    for part in _parts(keys, period.kind.step):
        with transaction.atomic():
            count = period.kind.remove(part)
            total += count
            events.record(
                events.Event(
                    type="privacy.removed", actor=actor, object_kind="retention",
                    object_title=str(period.kind.label),
                    changes={"kind": [None, period.kind.code], "count": [None, count]},
                    reason=period.reason,
                )
            )  # fmt: skip
    return total


def _parts(keys: list[Any], step: int) -> Iterator[list[Any]]:
    rest = iter(keys)
    while part := list(islice(rest, step)):
        yield part


def run_job(job: JobRun) -> dict[str, Any]:
    """The run as background work."""
    return run(actor=job.actor, step=job.step)
