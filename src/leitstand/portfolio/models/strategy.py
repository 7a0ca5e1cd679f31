"""Strategy: fields of action, goals, programmes; skills for which effort is planned."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from leitstand.core.base.models import Entity


class FieldOfAction(Entity):
    """A field of action (Handlungsfeld) of the city's digital strategy."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class Goal(Entity):
    """A strategic goal within a field of action."""

    field_of_action = models.ForeignKey(FieldOfAction, models.PROTECT, related_name="goal_set")
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    target_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("field_of_action__position", "code")

    def __str__(self) -> str:
        return self.name


class Programme(Entity):
    """A programme that bundles projects."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    lead_unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                name="portfolio_programme_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Skill(Entity):
    """A role for which effort is planned (never a person)."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
