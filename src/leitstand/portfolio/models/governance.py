"""Who and what is around a project: units, people, consultations, risks, decisions, partners."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity
from leitstand.portfolio.models.project import Project

_FROM_1_TO_5 = [MinValueValidator(1), MaxValueValidator(5)]


class Participation(Entity):
    """A participating unit (Beteiligte); its people see the project like those of the lead unit."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="participations")
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("unit__code",)
        constraints = [
            models.UniqueConstraint(fields=("project", "unit"), name="portfolio_unit_once")
        ]

    def __str__(self) -> str:
        return str(self.unit)


class ProjectPerson(Entity):
    """A person's role in a project."""

    class Role(models.TextChoices):
        """Role in the project."""

        SPONSOR = "sponsor", _("sponsor")
        LEAD = "lead", _("project lead")
        DEPUTY = "deputy", _("deputy lead")
        STEERING_GROUP = "steering_group", _("steering group")
        DIGITAL_COORDINATOR = "digital_coordinator", _("digital coordinator")
        MEMBER = "member", _("team member")

    project = models.ForeignKey(Project, models.CASCADE, related_name="people")
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        ordering = ("role", "person__family_name")
        constraints = [
            models.UniqueConstraint(
                fields=("project", "person", "role"), name="portfolio_person_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class MandatoryConsultation(Entity):
    """A consultation that law or house rules demand."""

    class Kind(models.TextChoices):
        """Who must be consulted."""

        STAFF_COUNCIL = "staff_council", _("staff council")
        DATA_PROTECTION = "data_protection", _("data protection")
        INFORMATION_SECURITY = "information_security", _("information security")
        DISABILITY = "disability", _("representation of severely disabled employees")
        EQUALITY = "equality", _("equal opportunities")
        TREASURY = "treasury", _("treasury")
        PROCUREMENT = "procurement", _("procurement office")

    class State(models.TextChoices):
        """State of the consultation."""

        OPEN = "open", _("open")
        REQUESTED = "requested", _("requested")
        DONE = "done", _("done")
        NOT_NEEDED = "not_needed", _("not needed")

    project = models.ForeignKey(Project, models.CASCADE, related_name="consultations")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    due = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    done_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("due", "kind")
        constraints = [
            models.UniqueConstraint(fields=("project", "kind"), name="portfolio_consultation_once")
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Risk(Entity):
    """A risk; probability and impact from 1 (low) to 5 (high)."""

    class State(models.TextChoices):
        """State of the risk."""

        OPEN = "open", _("open")
        TREATED = "treated", _("being treated")
        CLOSED = "closed", _("closed")

    project = models.ForeignKey(Project, models.CASCADE, related_name="risks")
    title = models.CharField(max_length=300)
    probability = models.PositiveSmallIntegerField(validators=_FROM_1_TO_5)
    impact = models.PositiveSmallIntegerField(validators=_FROM_1_TO_5)
    measure = models.TextField(blank=True, default="")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class Obstacle(Entity):
    """Something that holds the project up now.

    The kinds are the reasons for delay that a large German city gave for its E-Akte rollout.
    """

    class Kind(models.TextChoices):
        """Kind of obstacle."""

        CAPACITY = "capacity", _("no staff capacity in the department")
        NO_POSITIONS = "no_positions", _("no additional posts")
        NO_TARGET = "no_target", _("no target set by the head")
        PARALLEL_FILING = "parallel_filing", _("paper and digital side by side")
        RESISTANCE = "resistance", _("resistance")
        NETWORK = "network", _("no network at branch office")
        INTERFACE = "interface", _("no interface to the specialised application")
        FIELD_WORK = "field_work", _("field work or manual trades")
        OTHER = "other", _("other")

    project = models.ForeignKey(Project, models.CASCADE, related_name="obstacles")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=300)
    since = models.DateField(null=True, blank=True)
    resolved_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("since", "title")

    def __str__(self) -> str:
        return self.title


class Decision(Entity):
    """A decision; ``reference`` is the paper's number in the council system."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="decisions")
    title = models.CharField(max_length=300)
    decided_on = models.DateField(null=True, blank=True)
    body = models.CharField(max_length=200, blank=True, default="")
    reference = models.CharField(max_length=80, blank=True, default="")
    text = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("-decided_on", "title")

    def __str__(self) -> str:
        return self.title


class ProjectDocument(Entity):
    """A document: an uploaded file or an address."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="documents")
    title = models.CharField(max_length=300)
    file = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    url = models.URLField(max_length=600, blank=True, default="")

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class ExternalPartner(Entity):
    """A party outside the city."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="partners")
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=200, blank=True, default="")
    contact = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
