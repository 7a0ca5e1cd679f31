"""Council papers, their meetings and consultations, and what became of resolutions.

Rows with an ``address`` mirror an object of a council information system (OParl 1.1) and are
written by its import alone; the others were entered by hand. Links hold the other object's address
beside the key, so that an object that comes later finds those that speak of it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity, Level
from leitstand.reporting.domain.oparl import LONGEST_ADDRESS


class OparlSource(Entity):
    """A council information system that is read, and how the last reading went.

    ``read_until`` is from when changes are asked for next time; it moves only when everything
    could be read. ``bodies`` (names of what was found there), ``failures`` and
    ``findings`` are those of the last run.
    """

    class State(models.TextChoices):
        """How the last reading ended."""

        NEVER = "never", _("not read yet")
        RUNNING = "running", _("is being read")
        DONE = "done", _("read completely")
        PARTLY = "partly", _("read in part")
        FAILED = "failed", _("could not be read")
        CANCELLED = "cancelled", _("cancelled")

    name = models.CharField(max_length=200)
    url = models.CharField(max_length=LONGEST_ADDRESS, unique=True)
    active = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEVER)
    read_until = models.DateTimeField(null=True, blank=True)
    last_run = models.DateTimeField(null=True, blank=True)
    bodies = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    failures = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Mirrored(Entity):
    """Something that may mirror an object of a council information system.

    ``content_mark`` tells whether the object has changed over there, ``withdrawn_on`` since when it is
    no longer published; nothing is deleted.
    """

    source = models.ForeignKey(
        OparlSource, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    address = models.CharField(
        max_length=LONGEST_ADDRESS, blank=True, default="", db_index=True
    )
    modified = models.DateTimeField(null=True, blank=True)
    content_mark = models.CharField(max_length=40, blank=True, default="")
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


def _address_once(table: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=("address",), condition=~Q(address=""), name=f"reporting_{table}_address"
    )


def _council_level() -> Any:
    """Mirrored things are public; what is entered by hand may be internal, never confidential."""
    choices = [(level.value, level.label) for level in (Level.PUBLIC, Level.INTERNAL)]
    return models.SmallIntegerField(choices=choices, default=Level.PUBLIC)


def _at_most_internal(table: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(confidentiality__lte=Level.INTERNAL), name=f"reporting_{table}_level"
    )


def _reference() -> Any:
    return models.CharField(max_length=LONGEST_ADDRESS, blank=True, default="")


def _link(target: str) -> Any:
    return models.ForeignKey(target, models.SET_NULL, null=True, blank=True, related_name="+")


class Organization(Mirrored):
    """A committee, a parliamentary group or an office as the council's papers name them."""

    name = models.CharField(max_length=300)
    short_name = models.CharField(max_length=100, blank=True, default="")
    type_text = models.CharField(max_length=100, blank=True, default="")
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("name", "id")
        constraints = [_address_once("organization")]

    def __str__(self) -> str:
        return self.name


class CouncilMeeting(Mirrored):
    """A meeting of a committee; ``files`` are pairs of title and address."""

    name = models.CharField(max_length=300)
    organization = _link("reporting.Organization")
    organization_ref = _reference()
    start = models.DateTimeField(null=True, blank=True)
    end = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=300, blank=True, default="")
    cancelled = models.BooleanField(default=False)
    files = models.JSONField(default=list)
    confidentiality = _council_level()

    class Meta:
        ordering = ("-start", "id")
        constraints = [_address_once("meeting"), _at_most_internal("meeting")]
        indexes = [models.Index(fields=("start",), name="reporting_meeting_start")]

    def __str__(self) -> str:
        return self.name


class AgendaItem(Mirrored):
    """A point of a meeting's agenda with what came of it."""

    meeting = models.ForeignKey(
        CouncilMeeting, models.CASCADE, null=True, blank=True, related_name="agenda"
    )
    meeting_ref = _reference()
    consultation_ref = _reference()
    number = models.CharField(max_length=40, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=1000, blank=True, default="")
    public = models.BooleanField(null=True, blank=True)
    result = models.CharField(max_length=1000, blank=True, default="")
    resolution = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("position", "id")
        constraints = [_address_once("agendaitem")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()


class PaperKind(models.TextChoices):
    """What a paper is; ``type_text`` has the city's own word for it."""

    MOTION = "motion", _("Motion")
    INQUIRY = "inquiry", _("Inquiry")
    RESOLUTION = "resolution", _("Proposed resolution")
    REPORT = "report", _("Report to the council")
    OTHER = "other", _("Other paper")


class Paper(Mirrored):
    """A council paper (Vorlage, Antrag, Anfrage); mirrored ones are public."""

    name = models.CharField(max_length=1000)
    reference = models.CharField(max_length=100, blank=True, default="", db_index=True)
    date = models.DateField(null=True, blank=True)
    kind = models.CharField(max_length=10, choices=PaperKind.choices, default=PaperKind.OTHER)
    type_text = models.CharField(max_length=200, blank=True, default="")
    organization = _link("reporting.Organization")
    organization_ref = _reference()
    originator = _link("reporting.Organization")
    originator_ref = _reference()
    originator_text = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField(blank=True, default="")
    files = models.JSONField(default=list)
    confidentiality = _council_level()

    class Meta:
        ordering = ("-date", "-id")
        constraints = [_address_once("paper"), _at_most_internal("paper")]
        indexes = [models.Index(fields=("kind", "date"), name="reporting_paper_kind")]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}".strip()


class Consultation(Mirrored):
    """That a committee deals with a paper in a meeting."""

    paper = models.ForeignKey(
        Paper, models.CASCADE, null=True, blank=True, related_name="consultations"
    )
    paper_ref = _reference()
    meeting = _link("reporting.CouncilMeeting")
    meeting_ref = _reference()
    agenda_item = _link("reporting.AgendaItem")
    agenda_item_ref = _reference()
    organization = _link("reporting.Organization")
    organization_ref = _reference()
    authoritative = models.BooleanField(null=True, blank=True)
    role = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("id",)
        constraints = [_address_once("consultation")]

    def __str__(self) -> str:
        return self.role or str(self.pk)


class LeadTime(Entity):
    """How many days before a meeting a paper of a kind has to be handed in, if the city says so.

    Without a row the value as shipped counts (``domain/deadlines.py``).
    """

    kind = models.CharField(max_length=10, choices=PaperKind.choices, unique=True)
    days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("kind",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.days}"


class ResolutionTracking(Entity):
    """What becomes of a motion, inquiry or resolution (Beschlusskontrolle).

    ``progress`` is read by everybody who may see the paper, councillors included.
    """

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open", _("open")
        RUNNING = "running", _("in progress")
        DONE = "done", _("carried out")
        REJECTED = "rejected", _("rejected")
        DROPPED = "dropped", _("no longer pursued")

    paper = models.OneToOneField(Paper, models.CASCADE, related_name="tracking")
    resolution = models.TextField(blank=True, default="")
    decided_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    progress = models.TextField(blank=True, default="")
    next_report = models.DateField(null=True, blank=True)
    unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    responsible = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("next_report", "id")
        indexes = [models.Index(fields=("state", "next_report"), name="reporting_tracking_due")]

    def __str__(self) -> str:
        return str(self.paper)


class TrackedProject(Entity):
    """A project that carries out a resolution; goes with the project, the trail stays."""

    tracking = models.ForeignKey(ResolutionTracking, models.CASCADE, related_name="projects")
    project = models.ForeignKey("portfolio.Project", models.CASCADE, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("tracking", "project"), name="reporting_project_once")
        ]

    def __str__(self) -> str:
        return str(self.project_id)


class TrackingStep(Entity):
    """A state that a resolution has reached; added only."""

    tracking = models.ForeignKey(ResolutionTracking, models.CASCADE, related_name="steps")
    on = models.DateField()
    state = models.CharField(max_length=10, choices=ResolutionTracking.State.choices)
    progress = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("on", "id")

    def __str__(self) -> str:
        return f"{self.on}: {self.get_state_display()}"


class Follower(Entity):
    """Somebody who follows a paper: a councillor her motion, an office what concerns it."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="followers")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("paper", "account"), name="reporting_follows_once")
        ]

    def __str__(self) -> str:
        return str(self.account_id)
