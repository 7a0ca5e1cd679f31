"""Status rounds: who is asked, what was answered, and what a closed round has frozen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity
from leitstand.core.history.tracked import told_now
from leitstand.portfolio.domain import reminders
from leitstand.portfolio.models.project import Light, Phase, Project
from leitstand.portfolio.models.status_rules import LightDimension
from leitstand.portfolio.models.strategy import Programme


class StatusRound(Entity):
    """A round of status reports as of a day, over all started and planned projects.

    ``programme`` and ``unit`` (with its sub-units) narrow it down. ``reminder_days`` are days
    before ``due_on`` on which it reminds by itself: "7, 2". What it sends by itself leaves from
    ``mail_hour`` on, by the clock on the city's wall.
    """

    class State(models.TextChoices):
        """Where the round stands."""

        PLANNED = "planned", _("planned")
        OPEN = "open", _("open")
        CLOSED = "closed", _("completed")
        CANCELLED = "cancelled", _("cancelled")

    title = models.CharField(max_length=200)
    as_of = models.DateField()
    opens_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+")
    message = models.TextField(blank=True, default="")
    reminder_days = models.CharField(max_length=40, blank=True, default="7, 2")
    mail_hour = models.PositiveSmallIntegerField(default=8)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-as_of", "-created_at")
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")), name="portfolio_round_due_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(mail_hour__range=(reminders.EARLIEST, reminders.LATEST)),
                name="portfolio_round_mails_by_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RoundReminder(Entity):
    """A reminder of a round, at most one a day; ``planned`` ones were sent by themselves.

    ``people`` is to how many it went; None until its job has ended.
    """

    round = models.ForeignKey(StatusRound, models.CASCADE, related_name="reminders")
    day = models.DateField()
    planned = models.BooleanField(default=False)
    people = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("day",)
        constraints = [
            models.UniqueConstraint(fields=("round", "day"), name="portfolio_reminder_once_a_day")
        ]


class StatusRequest(Entity):
    """A project that is asked for in a round, and the person who is to answer, if there is one."""

    round = models.ForeignKey(StatusRound, models.CASCADE, related_name="requests")
    project = models.ForeignKey(Project, models.CASCADE, related_name="status_requests")
    person = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("project__number",)
        constraints = [
            models.UniqueConstraint(fields=("round", "project"), name="portfolio_request_once")
        ]


class RoundLink(Entity):
    """A personal link to the requests of ``answers_for`` in a round, until ``expires_at``.

    ``person`` receives it: the responsible person herself or somebody standing in for her.
    """

    round = models.ForeignKey(StatusRound, models.CASCADE, related_name="links")
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    answers_for = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("round", "person", "answers_for"), name="portfolio_round_link_once"
            )
        ]


class Substitution(Entity):
    """``substitute`` answers for ``person`` from ``valid_from`` to ``valid_until``, both included."""

    person = models.ForeignKey("org.Person", models.CASCADE, related_name="+")
    substitute = models.ForeignKey("org.Person", models.CASCADE, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField()

    class Meta:
        ordering = ("valid_from",)
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="portfolio_substitution_ends"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("substitute")), name="portfolio_substitution_not_self"
            ),
        ]


class StatusReport(Entity):
    """What somebody said of a project as of a day; never changed afterwards, only followed."""

    class Way(models.TextChoices):
        """How the report came in."""

        LINK = "link", _("by the link of the e-mail")
        PAGE = "page", _("in Leitstand")
        OTHERS = "others", _("on behalf of the responsible person")
        API = "api", _("by the interface")
        IMPORT = "import", _("imported")

    created_at = models.DateTimeField(default=told_now, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="status_reports")
    round = models.ForeignKey(StatusRound, models.PROTECT, null=True, related_name="reports")
    as_of = models.DateField()
    way = models.CharField(max_length=8, choices=Way.choices)
    person = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")
    unchanged = models.BooleanField(default=False)
    light = models.CharField(max_length=8, choices=Light.choices, default=Light.GREY)
    summary = models.TextField(blank=True, default="")
    outlook = models.TextField(blank=True, default="")
    progress = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-as_of", "-id")
        indexes = [models.Index(fields=("project", "-as_of", "-id"), name="portfolio_report_latest")]

    def __str__(self) -> str:
        return f"{self.project.title}, {self.as_of:%d.%m.%Y}"


class StatusLight(Entity):
    """One of the five lights of a report: what was proposed and why, what was set and why."""

    class Trend(models.TextChoices):
        """Against the report before."""

        BETTER = "better", _("better")
        SAME = "same", _("unchanged")
        WORSE = "worse", _("worse")

    created_at = models.DateTimeField(default=told_now, editable=False)
    report = models.ForeignKey(StatusReport, models.CASCADE, related_name="lights")
    dimension = models.CharField(max_length=10, choices=LightDimension.choices)
    proposed = models.CharField(max_length=8, choices=Light.choices)
    reasons = models.JSONField(default=list, blank=True)
    light = models.CharField(max_length=8, choices=Light.choices)
    deviation = models.TextField(blank=True, default="")
    trend = models.CharField(max_length=8, choices=Trend.choices, blank=True, default="")

    class Meta:
        ordering = ("report", "dimension")
        constraints = [
            models.UniqueConstraint(fields=("report", "dimension"), name="portfolio_light_once")
        ]


class RoundResult(models.Model):
    """A project as a closed round has frozen it; never changed, ends with its round.

    ``project_ref`` is the project's id, whether it still exists or not. ``lights`` maps dimensions
    to ``[light, trend]``; without a report it is empty.
    """

    round = models.ForeignKey(StatusRound, models.CASCADE, related_name="results")
    project_ref = models.UUIDField(db_index=True)
    number = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    lead_unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    unit_name = models.CharField(max_length=200)
    confidentiality = models.SmallIntegerField()
    phase = models.CharField(max_length=12, choices=Phase.choices)
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    progress = models.PositiveSmallIntegerField()
    reported = models.BooleanField()
    light = models.CharField(max_length=8, choices=Light.choices)
    lights = models.JSONField(default=dict)
    summary = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=("round", "project_ref"), name="portfolio_result_once")
        ]
