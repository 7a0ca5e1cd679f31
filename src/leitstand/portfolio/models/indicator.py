"""Indicators: what a goal or programme wants to reach, and how far it has come."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity
from leitstand.portfolio.models.strategy import Goal, Programme


class Indicator(Entity):
    """A number that shall move from its baseline to its target.

    ``unit_label`` is what is written behind values ("%", "Tage"). ``source`` is empty for values
    that people enter, else the code of an indicator source that computes today's value.
    """

    class Direction(models.TextChoices):
        """Which way is better."""

        UP = "up", _("higher is better")
        DOWN = "down", _("lower is better")

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="indicators")
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="indicators"
    )
    unit_label = models.CharField(max_length=40, blank=True, default="")
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.UP)
    baseline_value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    baseline_date = models.DateField(null=True, blank=True)
    target_value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    target_date = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class IndicatorValue(Entity):
    """A measured value; one per indicator and day."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="measured")
    day = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField(max_length=300, blank=True, default="")
    entered_by = models.ForeignKey(
        "org.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("day",)
        constraints = [
            models.UniqueConstraint(fields=("indicator", "day"), name="portfolio_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.day.isoformat()}: {self.value}"
