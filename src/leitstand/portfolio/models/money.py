"""Money of a project: budget lines and funding; all amounts in euro."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity
from leitstand.portfolio.models.project import Project


class BudgetLine(Entity):
    """One line per year and kind."""

    class Kind(models.TextChoices):
        """Kind of cost."""

        INVESTMENT = "investment", _("investment")
        OPERATING = "operating", _("operating expense")
        FOLLOW_UP = "follow_up", _("follow-up cost")

    project = models.ForeignKey(Project, models.CASCADE, related_name="budget_lines")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    planned = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    committed = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    spent = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    account = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ("year", "kind")

    def __str__(self) -> str:
        return f"{self.year} {self.get_kind_display()}"


class Funding(Entity):
    """Third-party money; ``rate`` in percent of the eligible cost."""

    class State(models.TextChoices):
        """State of the funding."""

        PLANNED = "planned", _("planned")
        APPLIED = "applied", _("applied for")
        GRANTED = "granted", _("granted")
        REJECTED = "rejected", _("rejected")
        ACCOUNTED = "accounted", _("accounted for")

    project = models.ForeignKey(Project, models.CASCADE, related_name="fundings")
    programme_name = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    rate = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    deadline = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("programme_name",)

    def __str__(self) -> str:
        return self.programme_name
