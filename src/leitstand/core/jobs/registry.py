"""Handlers of background work, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leitstand.core.base.registry import Registry

if TYPE_CHECKING:
    from leitstand.core.jobs.running import JobRun


@dataclass(frozen=True)
class JobKind:
    """A kind of work; ``ended(job)`` is called once when a job fails or is cancelled for good."""

    code: str
    label: Any
    work: Callable[[JobRun], dict[str, Any] | None]
    ended: Callable[[Any], None] | None = None


job_kinds: Registry[JobKind] = Registry("job kind")


def register(
    code: str,
    label: Any,
    work: Callable[[JobRun], dict[str, Any] | None],
    *,
    ended: Callable[[Any], None] | None = None,
) -> None:
    """Register a handler; it must be idempotent and commit in small steps."""
    job_kinds.add(code, JobKind(code, label, work, ended))
