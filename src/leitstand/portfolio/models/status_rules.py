"""Rules that propose traffic lights, where the city departs from what is shipped."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity


class LightDimension(models.TextChoices):
    """What a traffic light speaks about."""

    SCHEDULE = "schedule", _("schedule")
    COST = "cost", _("cost")
    RESOURCES = "resources", _("resources")
    SCOPE = "scope", _("scope and quality")
    RISKS = "risks", _("risks")


class StatusRule(Entity):
    """A rule as the city has changed it; kinds without a row hold as shipped.

    Thresholds count what the kind counts (days, percent, points); ``None`` never proposes that
    colour.
    """

    kind = models.CharField(max_length=40, unique=True)
    dimension = models.CharField(max_length=12, choices=LightDimension.choices)
    active = models.BooleanField(default=True)
    yellow = models.IntegerField(null=True, blank=True)
    red = models.IntegerField(null=True, blank=True)

    class Meta:
        ordering = ("kind",)

    def __str__(self) -> str:
        return self.kind
