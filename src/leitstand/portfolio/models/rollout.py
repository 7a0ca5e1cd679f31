"""Rollouts: the same steps through many units, in waves, until the last one has gone live."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity, Level
from leitstand.portfolio.models.governance import Obstacle
from leitstand.portfolio.models.project import DueKind, Project


class StepKind(models.TextChoices):
    """What a step is; every rollout has exactly one step of the kind ``go_live``."""

    MEETING = "meeting", _("kick-off")
    PREPARATION = "preparation", _("preparation")
    TECHNICAL = "technical", _("technical work")
    TRAINING = "training", _("training")
    GO_LIVE = "go_live", _("go-live day")
    SUPPORT = "support", _("continuous support")
    EXTRA = "extra", _("additional service")


class UnitSize(models.TextChoices):
    """Size of a unit in a rollout; steps that depend on it take their least, mean or most time."""

    S = "S", _("S – small")
    M = "M", _("M – medium")
    L = "L", _("L – large")


class CellState(models.TextChoices):
    """How far a unit is with a step."""

    OPEN = "open", _("open")
    PLANNED = "planned", _("planned")
    RUNNING = "running", _("in progress")
    DONE = "done", _("done")
    NOT_NEEDED = "not_needed", _("not needed")


class _Step(Entity):
    """A step: ``min_days`` to ``max_days`` calendar days; ``weight`` is its share of the work.

    With ``by_size`` a small unit takes the least, a large one the most time; otherwise the two
    bound what is usual for every unit.
    """

    position = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    min_days = models.PositiveSmallIntegerField(default=1)
    max_days = models.PositiveSmallIntegerField(default=1)
    by_size = models.BooleanField(default=False)
    weight = models.PositiveSmallIntegerField(default=1)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class RolloutTemplate(Entity):
    """Steps to begin a rollout with; ``code`` names those that are shipped or imported to."""

    code = models.CharField(max_length=40, blank=True, default="", db_index=True)
    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class RolloutTemplateStep(_Step):
    """A step of a template."""

    template = models.ForeignKey(RolloutTemplate, models.CASCADE, related_name="steps")

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(max_days__gte=F("min_days")), name="portfolio_template_step_days"
            )
        ]


class Rollout(Entity):
    """An introduction in many units; it may belong to a project."""

    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    code = models.CharField(max_length=40, blank=True, default="", db_index=True)
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="rollouts"
    )
    lead_unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    confidentiality = models.SmallIntegerField(choices=Level.choices, default=Level.INTERNAL)
    start = models.DateField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    due_kind = models.CharField(max_length=10, choices=DueKind.choices, blank=True, default="")
    due_basis = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("title", "id")
        indexes = [
            models.Index(fields=("lead_unit", "confidentiality"), name="portfolio_rollout_unit")
        ]

    def __str__(self) -> str:
        return self.title


class RolloutStep(_Step):
    """A step of a rollout."""

    rollout = models.ForeignKey(Rollout, models.CASCADE, related_name="steps")

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(max_days__gte=F("min_days")), name="portfolio_rollout_step_days"
            ),
            models.UniqueConstraint(
                fields=("rollout",), condition=Q(kind=StepKind.GO_LIVE),
                name="portfolio_one_go_live",
            ),
        ]  # fmt: skip


class Wave(Entity):
    """Units that go live together; ``capacity`` is how many the central team can take on."""

    rollout = models.ForeignKey(Rollout, models.CASCADE, related_name="waves")
    title = models.CharField(max_length=120)
    start = models.DateField(null=True, blank=True)
    go_live = models.DateField(null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = (F("go_live").asc(nulls_last=True), "title", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(go_live__isnull=True)
                | Q(go_live__gte=F("start")),
                name="portfolio_wave_go_live_after_start",
            ),
            models.UniqueConstraint(fields=("rollout", "title"), name="portfolio_wave_once"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class RolloutUnit(Entity):
    """A unit in a rollout; one that is not affected says why and counts nowhere."""

    rollout = models.ForeignKey(Rollout, models.CASCADE, related_name="members")
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, blank=True, related_name="members")
    size = models.CharField(max_length=1, choices=UnitSize.choices, default=UnitSize.M)
    affected = models.BooleanField(default=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("unit__code",)
        constraints = [
            models.UniqueConstraint(fields=("rollout", "unit"), name="portfolio_rollout_unit_once")
        ]

    def __str__(self) -> str:
        return self.unit.name


class RolloutCell(Entity):
    """How far one unit is with one step. A step may be done without anybody knowing the day."""

    member = models.ForeignKey(RolloutUnit, models.CASCADE, related_name="cells")
    step = models.ForeignKey(RolloutStep, models.CASCADE, related_name="cells")
    state = models.CharField(max_length=12, choices=CellState.choices, default=CellState.OPEN)
    planned_start = models.DateField(null=True, blank=True)
    planned_end = models.DateField(null=True, blank=True)
    actual_start = models.DateField(null=True, blank=True)
    actual_end = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("member__unit__code", "step__position")
        constraints = [
            models.UniqueConstraint(fields=("member", "step"), name="portfolio_cell_once"),
            models.CheckConstraint(
                condition=Q(planned_start__isnull=True) | Q(planned_end__isnull=True)
                | Q(planned_end__gte=F("planned_start")),
                name="portfolio_cell_plan_order",
            ),
            models.CheckConstraint(
                condition=Q(actual_start__isnull=True) | Q(actual_end__isnull=True)
                | Q(actual_end__gte=F("actual_start")),
                name="portfolio_cell_actual_order",
            ),
            models.CheckConstraint(
                condition=Q(actual_end__isnull=True) | Q(state=CellState.DONE),
                name="portfolio_cell_end_is_done",
            ),
            models.CheckConstraint(
                condition=Q(actual_start__isnull=True)
                | Q(state__in=(CellState.RUNNING, CellState.DONE)),
                name="portfolio_cell_start_is_begun",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=("step", "state", "actual_end"), name="portfolio_cell_day")]


class RolloutObstacle(Entity):
    """What holds a unit up; the kinds are those of the projects' obstacles."""

    member = models.ForeignKey(RolloutUnit, models.CASCADE, related_name="obstacles")
    kind = models.CharField(max_length=20, choices=Obstacle.Kind.choices)
    title = models.CharField(max_length=300)
    since = models.DateField(null=True, blank=True)
    resolved_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("since", "title")

    def __str__(self) -> str:
        return self.title
