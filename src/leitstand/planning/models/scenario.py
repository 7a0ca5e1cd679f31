"""Scenarios: what is planned, what was changed to see what happens, and what came out."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity, Level


class Scenario(Entity):
    """A question about the whole portfolio up to ``confidentiality``.

    ``result`` is plain data (see ``queries/results.py``), ``state`` of the data that it belongs
    to: project number → digest of what the planner was told about it. Only the owner sees a
    scenario that is not shared.
    """

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    confidentiality = models.SmallIntegerField(choices=Level.choices, default=Level.INTERNAL)
    owner = models.ForeignKey(
        "accounts.Account", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    shared = models.BooleanField(default=False)
    ideas = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    seconds = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    result = models.JSONField(default=dict, blank=True)
    state = models.JSONField(default=dict, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    adopted_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.title


class ScenarioChange(Entity):
    """One "what if": ``day`` for move, pause and due, ``number`` for weight (1 to 20)."""

    class Kind(models.TextChoices):
        """What is done to the project."""

        MOVE = "move", _("begin not before")
        PAUSE = "pause", _("pause until")
        DROP = "drop", _("drop")
        WEIGHT = "weight", _("priority")
        DUE = "due", _("finish by")

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    project = models.CharField(max_length=20)
    day = models.DateField(null=True, blank=True)
    number = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("project", "kind")
        constraints = [
            models.UniqueConstraint(
                fields=("scenario", "project", "kind"), name="planning_change_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_kind_display()}"
