"""Prioritisation: must criteria first, then weighted scores, everything visible."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity
from leitstand.portfolio.models.project import Project


class PriorityCriterion(Entity):
    """A criterion; must criteria are met (score 1) or not (0), weighted ones score 0 to 5."""

    class Kind(models.TextChoices):
        """How the criterion counts."""

        MUST = "must", _("must criterion")
        WEIGHTED = "weighted", _("weighted criterion")

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    weight = models.PositiveSmallIntegerField(default=1)
    help = models.CharField(max_length=500, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class PriorityScore(Entity):
    """Score of a project for one criterion."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(PriorityCriterion, models.CASCADE, related_name="scores")
    score = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("project", "criterion"), name="portfolio_score_once"),
            models.CheckConstraint(condition=Q(score__lte=5), name="portfolio_score_range"),
        ]
