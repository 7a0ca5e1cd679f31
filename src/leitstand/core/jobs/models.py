"""Background jobs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leitstand.core.base.models import Entity


class Job(Entity):
    """Background work, written in the same transaction as the action that asks for it.

    ``worker`` is ``host:process id:start`` of the worker that runs or ran it. The job acts as the
    actor who asked: ``actor_kind`` and ``scopes`` are the actor's; without an owner only what the
    product itself asked for (``system``) is run.
    """

    class State(models.TextChoices):
        """Life of a job."""

        QUEUED = "queued", _("waiting")
        RUNNING = "running", pgettext_lazy("job", "running")
        DONE = "done", pgettext_lazy("job", "done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True, default="")
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    cancel_requested = models.BooleanField(default=False)
    heartbeat = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True, default="")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="jobs"
    )
    actor_kind = models.CharField(max_length=10, default="user")
    scopes = models.JSONField(null=True)
    next_url = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index(fields=("state", "heartbeat"), name="jobs_state_heartbeat")]

    @property
    def is_finished(self) -> bool:
        """Whether the job has come to an end, good or bad."""
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}

    @property
    def percent(self) -> int:
        """Progress from 0 to 100."""
        return min(100, round(100 * self.progress / self.total)) if self.total else 0
