"""Periods that the city has set itself; without a row the default of the kind holds."""

from __future__ import annotations

from django.db import models

from leitstand.core.base.models import Entity


class RetentionRule(Entity):
    """How many months a kind of data is kept; ``None`` means without limit, with a reason."""

    code = models.CharField(max_length=80, unique=True)
    months = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("code",)
