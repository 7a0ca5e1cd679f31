"""What there is to work with: positions, what roles do besides, costs, restrictions, the basis.

A position is no person: nothing here names who holds it.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity
from leitstand.planning.domain.holidays import STATES


def _percent(default: int) -> models.PositiveSmallIntegerField:  # type: ignore[type-arg]
    return models.PositiveSmallIntegerField(default=default, validators=[MaxValueValidator(100)])


def _skill() -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey("portfolio.Skill", models.PROTECT, related_name="+")


class Position(Entity):
    """A position of the staff plan; ``share`` in full-time equivalents.

    A vacant position works from ``filled_from`` on, without that day not at all; one that falls
    away (``kw``) is not filled again. ``end`` is the last day of a fixed term or of the position.
    """

    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    skill = _skill()
    grade = models.CharField(max_length=20, blank=True, default="")
    share = models.DecimalField(
        max_digits=4, decimal_places=2, default=1, validators=[MinValueValidator(0)]
    )
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    fixed_term = models.BooleanField(default=False)
    vacant = models.BooleanField(default=False)
    filled_from = models.DateField(null=True, blank=True)
    kw = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("number",)
        constraints = [
            models.CheckConstraint(
                condition=Q(share__gt=0) & Q(share__lte=1), name="planning_position_share"
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                name="planning_position_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class RoleBasis(Entity):
    """What holds for a role: work besides projects, its part of an effort without roles, and the
    grade of new positions."""

    skill = models.OneToOneField("portfolio.Skill", models.PROTECT, related_name="+")
    background_percent = _percent(0)
    mix_percent = _percent(0)
    grade = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.background_percent} %"


class GradeCost(Entity):
    """Euro that a full-time position of a grade costs in a year."""

    grade = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    amount = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        ordering = ("grade", "year")
        constraints = [
            models.UniqueConstraint(fields=("grade", "year"), name="planning_grade_year_once")
        ]

    def __str__(self) -> str:
        return f"{self.grade} {self.year}"


class Restriction(Entity):
    """A time in which no position is filled."""

    class Kind(models.TextChoices):
        """Why."""

        FREEZE = "freeze", _("hiring freeze")
        INTERIM = "interim", _("interim budget")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FREEZE)
    start = models.DateField()
    end = models.DateField()
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("start",)
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gte=F("start")), name="planning_restriction_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class PlanningBasis(Entity):
    """What all planning starts from; at most one row, without it the shipped one holds."""

    state = models.CharField(max_length=2, choices=STATES, default="NW")
    absence_percent = _percent(20)
    filling_months = models.PositiveSmallIntegerField(default=6, validators=[MaxValueValidator(36)])
    years = models.PositiveSmallIntegerField(
        default=4, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    assumed_size = models.CharField(
        max_length=2,
        blank=True,
        default="",
        choices=[(size, size) for size in ("S", "M", "L", "XL")],
    )
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only=True), name="planning_one_basis")]

    def __str__(self) -> str:
        return str(_("Basis of the planning"))
