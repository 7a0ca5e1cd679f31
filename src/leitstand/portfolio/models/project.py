"""The project."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity, Level
from leitstand.portfolio.models.strategy import FieldOfAction, Goal, Programme


class Phase(models.TextChoices):
    """Phase of a project."""

    IDEA = "idea", _("idea")
    REQUESTED = "requested", _("requested")
    PLANNED = "planned", _("planned")
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    DONE = "done", _("completed")
    CANCELLED = "cancelled", _("cancelled")


class Size(models.TextChoices):
    """T-shirt size; carries an effort default."""

    S = "S", _("S – up to one month")
    M = "M", _("M – a few months")
    L = "L", _("L – about a year")
    XL = "XL", _("XL – several years")


class DatePrecision(models.TextChoices):
    """How exactly a date is known."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")


class DueKind(models.TextChoices):
    """Where a due date comes from: by law or self-set are told apart everywhere."""

    LAW = "law", _("by law")
    SELF_SET = "self_set", _("self-set")


class Light(models.TextChoices):
    """Traffic light; grey means not set."""

    GREEN = "green", _("green")
    YELLOW = "yellow", _("yellow")
    RED = "red", _("red")
    GREY = "grey", _("not set")


class NumberSeries(models.Model):
    """The last running number that was given, so that none is ever given twice."""

    code = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)


class Project(Entity):
    """A digitalisation project; ``progress`` in percent, effort in person days elsewhere.

    ``start`` and ``end`` are days; ``*_precision`` says how exactly they are meant, so that a
    sketch "2nd quarter 2027" is stored as 1 April and 30 June with precision quarter.
    """

    number = models.CharField(max_length=20, unique=True)
    external_key = models.CharField(max_length=80, blank=True, default="", db_index=True)
    title = models.CharField(max_length=300)
    need = models.TextField(blank=True, default="")
    summary = models.TextField(blank=True, default="")
    phase = models.CharField(max_length=12, choices=Phase.choices, default=Phase.IDEA)
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="projects"
    )
    fields_of_action = models.ManyToManyField(FieldOfAction, blank=True, related_name="projects")
    goals = models.ManyToManyField(Goal, blank=True, related_name="projects")
    lead_unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    size = models.CharField(max_length=2, choices=Size.choices, blank=True, default="")
    start = models.DateField(null=True, blank=True)
    start_precision = models.CharField(
        max_length=8, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    end = models.DateField(null=True, blank=True)
    end_precision = models.CharField(
        max_length=8, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    due = models.DateField(null=True, blank=True)
    due_kind = models.CharField(max_length=10, choices=DueKind.choices, blank=True, default="")
    due_basis = models.CharField(max_length=300, blank=True, default="")
    progress = models.PositiveSmallIntegerField(default=0)
    light = models.CharField(max_length=8, choices=Light.choices, default=Light.GREY)
    light_note = models.TextField(blank=True, default="")
    source_status = models.CharField(max_length=80, blank=True, default="")
    confidentiality = models.SmallIntegerField(choices=Level.choices, default=Level.INTERNAL)
    published = models.BooleanField(default=False)
    public_text = models.TextField(blank=True, default="")
    public_contact = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("number",)
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                name="portfolio_project_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="portfolio_project_progress"
            ),
            models.CheckConstraint(
                condition=Q(published=False) | Q(confidentiality=Level.PUBLIC),
                name="portfolio_published_is_public",
            ),
        ]
        indexes = [
            models.Index(fields=("lead_unit", "confidentiality"), name="portfolio_project_unit"),
            models.Index(fields=("phase", "end"), name="portfolio_project_phase"),
            models.Index(fields=("confidentiality", "title"), name="portfolio_project_title"),
        ]

    def __str__(self) -> str:
        return self.title
