"""Plan of a project: milestones, work packages, dependencies, baselines, effort, waiting times."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity
from leitstand.portfolio.models.project import Project
from leitstand.portfolio.models.strategy import Skill


class Milestone(Entity):
    """A date by which something must be there; ``public`` shows it on the public page."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=300)
    due = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    public = models.BooleanField(default=False)

    class Meta:
        ordering = ("due", "title")

    def __str__(self) -> str:
        return self.title


class WorkPackage(Entity):
    """A piece of work; ``effort_days`` in person days."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="work_packages")
    title = models.CharField(max_length=300)
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    effort_days = models.DecimalField(max_digits=8, decimal_places=1, null=True, blank=True)
    done = models.BooleanField(default=False)

    class Meta:
        ordering = ("start", "title")
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                name="portfolio_package_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.title


class RoleEffort(Entity):
    """Effort of one role for the whole project, in person days."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="efforts")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    effort_days = models.DecimalField(max_digits=8, decimal_places=1)

    class Meta:
        ordering = ("skill__name",)
        constraints = [
            models.UniqueConstraint(fields=("project", "skill"), name="portfolio_effort_once")
        ]

    def __str__(self) -> str:
        return str(self.skill)


class WaitingTime(Entity):
    """Time that occupies the calendar, not the staff."""

    class Kind(models.TextChoices):
        """What the project waits for."""

        PROCUREMENT = "procurement", _("procurement")
        STAFF_COUNCIL = "staff_council", _("staff council")
        IMPACT_ASSESSMENT = "impact_assessment", _("data protection impact assessment")
        COMMITTEE = "committee", _("committee run")
        FUNDING = "funding", _("funding decision")
        POSITION = "position", _("filling a post")

    project = models.ForeignKey(Project, models.CASCADE, related_name="waiting_times")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    start = models.DateField()
    end = models.DateField()
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("start",)
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gte=F("start")), name="portfolio_waiting_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Dependency(Entity):
    """``successor`` depends on ``predecessor``; ``lag_days`` in calendar days, may be negative."""

    class Kind(models.TextChoices):
        """Which ends are tied."""

        FS = "FS", _("finish to start")
        SS = "SS", _("start to start")
        FF = "FF", _("finish to finish")
        SF = "SF", _("start to finish")

    predecessor = models.ForeignKey(Project, models.CASCADE, related_name="successor_links")
    successor = models.ForeignKey(Project, models.CASCADE, related_name="predecessor_links")
    kind = models.CharField(max_length=2, choices=Kind.choices, default=Kind.FS)
    lag_days = models.SmallIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("predecessor__number", "successor__number")
        constraints = [
            models.UniqueConstraint(
                fields=("predecessor", "successor"), name="portfolio_dependency_once"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="portfolio_dependency_not_self"
            ),
        ]


class Baseline(Entity):
    """A frozen period of a project; never changed afterwards."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="baselines")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    frozen_on = models.DateField()
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("project", "number")
        constraints = [
            models.UniqueConstraint(fields=("project", "number"), name="portfolio_baseline_number")
        ]

    def __str__(self) -> str:
        return self.name


class BaselineMilestone(models.Model):
    """A milestone as it stood when the baseline was frozen."""

    baseline = models.ForeignKey(Baseline, models.CASCADE, related_name="milestones")
    milestone_id = models.UUIDField()
    title = models.CharField(max_length=300)
    due = models.DateField()
