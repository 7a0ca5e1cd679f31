"""Reports: what was asked for, the frozen figures, the editors' words, the steps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity, Level


class Report(Entity):
    """A Sachstandsbericht, the answer to an inquiry or a report on a campaign.

    ``day`` is that of the figures, ``since`` that of the report before. ``selection`` is the query
    string of a list of projects, ``sections`` the chosen codes (empty: all), ``cover`` maps fields
    of the cover sheet to texts. An inquiry has a ``question``, asks about a ``source`` (``projects``
    or ``rollout:<id>``) and ``columns``; ``since`` is the day to compare with. A campaign report has
    a ``source`` ``campaign:<id>``. ``template`` is the city's own DOCX; co-signatures are asked for
    until ``cosign_by``.
    """

    class State(models.TextChoices):
        """Where the report stands."""

        DRAFT = "draft", _("draft")
        COSIGNING = "cosigning", _("in co-signature")
        RELEASED = "released", _("released")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Kind(models.TextChoices):
        """What kind of paper it is."""

        SACHSTAND = "sachstand", _("Progress report")
        INQUIRY = "inquiry", _("Answer to an inquiry")
        CAMPAIGN = "campaign", _("Campaign report")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SACHSTAND)
    title = models.CharField(max_length=300)
    day = models.DateField()
    since = models.DateField(null=True, blank=True)
    long = models.BooleanField(default=False)
    selection = models.CharField(max_length=2000, blank=True, default="")
    sections = models.JSONField(default=list, blank=True)
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    confidentiality = models.SmallIntegerField(choices=Level.choices, default=Level.PUBLIC)
    question = models.TextField(blank=True, default="")
    source = models.CharField(max_length=60, blank=True, default="")
    columns = models.JSONField(default=list, blank=True)
    cover = models.CharField(max_length=20, default="neutral")
    cover_fields = models.JSONField(default=dict, blank=True)
    template = models.ForeignKey(
        "reporting.PaperTemplate", models.PROTECT, null=True, blank=True, related_name="reports"
    )
    cosign_by = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=80, blank=True, default="", db_index=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)

    class Meta:
        ordering = ("-day", "-created_at")
        indexes = [models.Index(fields=("state", "confidentiality"), name="reporting_report_state")]

    def __str__(self) -> str:
        return self.title


class ReportVersion(Entity):
    """The figures as they were frozen once; never changed."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    day = models.DateField()
    content = models.JSONField()
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=("report", "number"), name="reporting_version_once")
        ]

    def __str__(self) -> str:
        return str(self.number)


class ReportWords(Entity):
    """What an editor wrote for a place of the report; figures come and go, this stays."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="words")
    slot = models.CharField(max_length=120)
    text = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("slot",)
        constraints = [
            models.UniqueConstraint(fields=("report", "slot"), name="reporting_words_once")
        ]

    def __str__(self) -> str:
        return self.slot


class CoSignature(Entity):
    """A unit that is to agree before the report leaves."""

    class State(models.TextChoices):
        """What the unit said."""

        ASKED = "asked", _("asked")
        SIGNED = "signed", _("co-signed")
        OBJECTED = "objected", _("objected")

    report = models.ForeignKey(Report, models.CASCADE, related_name="cosignatures")
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    note = models.TextField(blank=True, default="")
    person = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("unit__code",)
        constraints = [
            models.UniqueConstraint(fields=("report", "unit"), name="reporting_cosignature_once")
        ]

    def __str__(self) -> str:
        return str(self.unit)


class ReportStep(Entity):
    """A step of the report with its reason; only added to."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, default="")
    person = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.kind
