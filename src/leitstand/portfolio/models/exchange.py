"""Import runs with their staging rows; remembered mappings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity
from leitstand.portfolio.models.project import Project


class ImportMapping(Entity):
    """Which column means what, remembered by the digest of the header row."""

    name = models.CharField(max_length=200)
    header_digest = models.CharField(max_length=64, unique=True)
    mapping = models.JSONField(default=dict)


class ImportRun(Entity):
    """One import from upload to applied rows."""

    class State(models.TextChoices):
        """Life of an import."""

        UPLOADED = "uploaded", _("being read")
        MAPPING = "mapping", _("columns to be assigned")
        CHECKING = "checking", _("being checked")
        PREVIEW = "preview", _("ready to confirm")
        APPLYING = "applying", _("being applied")
        DONE = "done", _("applied")
        FAILED = "failed", _("failed")
        DISCARDED = "discarded", _("discarded")

    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    sheet = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    header_row = models.PositiveIntegerField(default=0)
    titles = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    error = models.TextField(blank=True, default="")
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-created_at",)


class ImportRow(models.Model):
    """A staging row; ``number`` is the row number seen in the spreadsheet program."""

    class Verdict(models.TextChoices):
        """What the import will do with the row."""

        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        SAME = "same", _("unchanged")
        CONFLICT = "conflict", _("conflict")
        ERROR = "error", _("error")
        HEADING = "heading", _("heading")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    raw = models.JSONField(default=list)
    parsed = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    diff = models.JSONField(default=dict)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default="")
    project = models.ForeignKey(Project, models.SET_NULL, null=True, related_name="+")
    chosen = models.BooleanField(default=True)

    class Meta:
        ordering = ("run", "number")
        constraints = [
            models.UniqueConstraint(fields=("run", "number"), name="portfolio_import_row_once")
        ]
        indexes = [models.Index(fields=("run", "verdict"), name="portfolio_import_verdict")]
