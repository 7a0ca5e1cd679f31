"""Intake: what departments ask for, how the digital unit advises, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity, Level
from leitstand.portfolio.models.project import Project, Size


class Need(Entity):
    """A need (Bedarf) of a department; ``number`` runs ("B-00001")."""

    class Urgency(models.TextChoices):
        """How soon the department needs an answer."""

        LOW = "low", _("can wait")
        NORMAL = "normal", _("this year")
        HIGH = "high", _("within three months")
        URGENT = "urgent", _("at once")

    number = models.CharField(max_length=20, unique=True)
    external_key = models.CharField(max_length=80, blank=True, default="", db_index=True)
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    urgency = models.CharField(max_length=8, choices=Urgency.choices, default=Urgency.NORMAL)
    wished = models.DateField(null=True, blank=True)
    legal_basis = models.CharField(max_length=300, blank=True, default="")
    contact = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    confidentiality = models.SmallIntegerField(choices=Level.choices, default=Level.INTERNAL)
    filed_by = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")
    filed_on = models.DateField()

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.CheckConstraint(
                condition=Q(confidentiality__lt=Level.STRICT), name="portfolio_need_can_be_advised"
            )
        ]
        indexes = [models.Index(fields=("unit", "confidentiality"), name="portfolio_need_unit")]

    def __str__(self) -> str:
        return self.title


class AdviceCase(Entity):
    """The digital unit's work on a need (Beratungsfall): exactly one per need.

    ``answer`` and ``decision_reason`` are what the department reads; ``recommendation`` is the
    digital unit's own note until then. Outcomes keep who decided, when and why.
    """

    class State(models.TextChoices):
        """State of the case."""

        NEW = "new", _("new")
        IN_REVIEW = "in_review", _("in review")
        QUESTION = "question", _("question to the department")
        ANSWERED = "answered", _("answered")
        ACCEPTED = "accepted", _("became a project")
        DECLINED = "declined", _("declined")
        MERGED = "merged", _("merged")

    need = models.OneToOneField(Need, models.CASCADE, related_name="case")
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    state_since = models.DateField()
    handling_unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    handler = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    effort = models.CharField(max_length=2, choices=Size.choices, blank=True, default="")
    recommendation = models.TextField(blank=True, default="")
    answer = models.TextField(blank=True, default="")
    decision_reason = models.TextField(blank=True, default="")
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="needs"
    )
    merged_into = models.ForeignKey(
        Need, models.SET_NULL, null=True, blank=True, related_name="merged"
    )

    class Meta:
        indexes = [models.Index(fields=("state", "state_since"), name="portfolio_case_state")]

    def __str__(self) -> str:
        return str(self.need)


CLOSED_CASES = (
    AdviceCase.State.ANSWERED,
    AdviceCase.State.ACCEPTED,
    AdviceCase.State.DECLINED,
    AdviceCase.State.MERGED,
)


class CaseMessage(Entity):
    """One message between the digital unit and the asking department; never changed."""

    class Kind(models.TextChoices):
        """What the message is."""

        QUESTION = "question", _("question of the digital unit")
        REPLY = "reply", _("reply of the department")
        ANSWER = "answer", _("answer of the digital unit")
        NOTE = "note", _("note of the digital unit")

    case = models.ForeignKey(AdviceCase, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.TextField()
    author = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=200)

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.text[:80]


class Overlap(Entity):
    """What a need shares with another need or a project: an overlap, or a synergy to use."""

    class Kind(models.TextChoices):
        """Whether two things are the same in part, or help each other."""

        OVERLAP = "overlap", _("overlap")
        SYNERGY = "synergy", _("synergy")

    need = models.ForeignKey(Need, models.CASCADE, related_name="overlaps")
    other_need = models.ForeignKey(
        Need, models.CASCADE, null=True, blank=True, related_name="overlapped_by"
    )
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="overlaps"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OVERLAP)
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(other_need__isnull=True) ^ Q(project__isnull=True),
                name="portfolio_overlap_has_one_end",
            ),
            models.UniqueConstraint(
                fields=("need", "other_need"), condition=Q(other_need__isnull=False),
                name="portfolio_overlap_need_once",
            ),
            models.UniqueConstraint(
                fields=("need", "project"), condition=Q(project__isnull=False),
                name="portfolio_overlap_project_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.note or str(self.get_kind_display())
