"""Early warnings: laws, ends of contracts and support, funding, and what they touch."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity, Level
from leitstand.portfolio.models.project import Project


class EarlyWarning(Entity):
    """A date that somebody has entered; ``unit`` watches it, ``settled_on`` ends it.

    Texts of laws are the city's own data: nothing here knows any law.
    """

    class Kind(models.TextChoices):
        """What kind of date."""

        LAW = "law", _("law")
        CONTRACT = "contract", _("end of a contract")
        SUPPORT = "support", _("end of support")
        FUNDING = "funding", _("funding")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=300)
    day = models.DateField()
    lead_days = models.PositiveSmallIntegerField(default=180)
    description = models.TextField(blank=True, default="")
    source_text = models.CharField(max_length=300, blank=True, default="")
    source_url = models.URLField(max_length=600, blank=True, default="")
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    confidentiality = models.SmallIntegerField(choices=Level.choices, default=Level.INTERNAL)
    projects = models.ManyToManyField(Project, blank=True, related_name="warnings")
    units = models.ManyToManyField("org.OrgUnit", blank=True, related_name="+")
    settled_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("day", "title")
        indexes = [models.Index(fields=("settled_on", "day"), name="portfolio_warning_day")]

    def __str__(self) -> str:
        return self.title
