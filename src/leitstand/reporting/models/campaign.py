"""Campaigns and the figures of their channels."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from leitstand.core.base.models import Entity, Level


class Campaign(Entity):
    """A campaign of public relations; ``purpose`` says whom it is to tell what."""

    title = models.CharField(max_length=300)
    purpose = models.TextField(blank=True, default="")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    confidentiality = models.SmallIntegerField(choices=Level.choices, default=Level.INTERNAL)

    class Meta:
        ordering = ("-start", "title")
        constraints = [
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=F("start")), name="reporting_campaign_period"
            )
        ]

    def __str__(self) -> str:
        return self.title


class CampaignFigure(Entity):
    """Gross contacts of one channel in a period: how often something was seen, not by how many.

    ``method`` says how they were counted, ``source`` who says so. Figures of several channels are
    never added: one person meets a campaign more than once.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="figures")
    channel = models.CharField(max_length=120)
    start = models.DateField()
    end = models.DateField()
    gross_contacts = models.PositiveBigIntegerField()
    method = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("channel", "start", "method")
        constraints = [
            models.UniqueConstraint(
                fields=("campaign", "channel", "start", "end", "method"),
                name="reporting_figure_once",
            ),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="reporting_figure_period"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.start}"
