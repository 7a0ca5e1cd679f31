"""Working groups, their meetings, minutes and what is to be done afterwards."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity, Level
from leitstand.portfolio.models.governance import Decision
from leitstand.portfolio.models.intake import Need
from leitstand.portfolio.models.project import Project


class WorkingGroup(Entity):
    """A working group (Arbeitskreis); ``unit`` is where it belongs, ``lead`` who leads it."""

    title = models.CharField(max_length=200)
    purpose = models.TextField(blank=True, default="")
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    lead = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    confidentiality = models.SmallIntegerField(choices=Level.choices, default=Level.INTERNAL)
    place = models.CharField(max_length=200, blank=True, default="")
    video_link = models.URLField(max_length=600, blank=True, default="")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class GroupMember(Entity):
    """A person, or everybody of a unit, in a working group."""

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="members")
    person = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("person__family_name", "unit__code")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(unit__isnull=True),
                name="portfolio_member_is_one",
            ),
            models.UniqueConstraint(
                fields=("group", "person"), condition=Q(person__isnull=False),
                name="portfolio_member_person_once",
            ),
            models.UniqueConstraint(
                fields=("group", "unit"), condition=Q(unit__isnull=False),
                name="portfolio_member_unit_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.person or self.unit)


class Meeting(Entity):
    """A meeting; ``day`` and ``begins`` are what the clock on the city's wall shows."""

    class State(models.TextChoices):
        """State of the meeting."""

        PLANNED = "planned", _("in preparation")
        INVITED = "invited", _("invited")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("called off")

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="meetings")
    title = models.CharField(max_length=200)
    day = models.DateField()
    begins = models.TimeField()
    duration = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )
    place = models.CharField(max_length=200, blank=True, default="")
    video_link = models.URLField(max_length=600, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)

    class Meta:
        ordering = ("-day", "-begins")
        indexes = [models.Index(fields=("group", "day"), name="portfolio_meeting_day")]

    def __str__(self) -> str:
        return self.title


class AgendaItem(Entity):
    """A point of the agenda, with what it is about and what is written down of it.

    ``text`` and ``resolution`` are the minutes of the point; a released resolution may stand
    among the decisions of the project. Every point has a version of its own, so that two people
    can write the minutes of one meeting side by side. ``task`` is the open task of an earlier
    meeting that the point was made of.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=300)
    note = models.TextField(blank=True, default="")
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="agenda_items"
    )
    need = models.ForeignKey(
        Need, models.SET_NULL, null=True, blank=True, related_name="agenda_items"
    )
    task = models.ForeignKey(
        "portfolio.ActionItem", models.SET_NULL, null=True, blank=True, related_name="carried_to"
    )
    text = models.TextField(blank=True, default="")
    resolution = models.TextField(blank=True, default="")
    to_project = models.BooleanField(default=False)
    decision = models.ForeignKey(
        Decision, models.SET_NULL, null=True, blank=True, related_name="agenda_items"
    )

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.title


class Minutes(Entity):
    """The minutes (Protokoll) of a meeting: drafted, then released and from then on frozen."""

    class State(models.TextChoices):
        """State of the minutes."""

        DRAFT = "draft", _("being written")
        RELEASED = "released", _("released")

    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="minutes")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    attendance = models.TextField(blank=True, default="")
    remarks = models.TextField(blank=True, default="")
    released_on = models.DateField(null=True, blank=True)
    released_by = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return str(self.meeting)


class MinutesAddendum(Entity):
    """A correction of released minutes; stands below them, changes nothing in them."""

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="addenda")
    text = models.TextField()
    author_name = models.CharField(max_length=200)
    written_on = models.DateField()

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.text[:80]


class ActionItem(Entity):
    """A task (Aufgabe) of one person, from a meeting, for a project, or by itself."""

    class State(models.TextChoices):
        """State of the task."""

        OPEN = "open", _("open")
        DONE = "done", _("done")

    title = models.CharField(max_length=300)
    note = models.TextField(blank=True, default="")
    responsible = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    due = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    done_on = models.DateField(null=True, blank=True)
    meeting = models.ForeignKey(
        Meeting, models.SET_NULL, null=True, blank=True, related_name="action_items"
    )
    agenda_item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="action_items"
    )
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="action_items"
    )
    created_by = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("due", "id")
        indexes = [
            models.Index(fields=("responsible", "state", "due"), name="portfolio_task_of_person")
        ]

    def __str__(self) -> str:
        return self.title
