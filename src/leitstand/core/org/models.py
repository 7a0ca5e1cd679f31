"""Organisation units with their history, and people."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity
from leitstand.core.history.tracked import keep_once, period_of


class UnitKind(models.TextChoices):
    """Kinds of units; the names shown are settings of the city."""

    CITY = "city", _("city or county")
    DIRECTORATE = "directorate", _("directorate")
    DEPARTMENT = "department", _("department")
    DIVISION = "division", _("division")
    STAFF_UNIT = "staff_unit", _("staff unit")
    MUNICIPAL_ENTERPRISE = "municipal_enterprise", _("municipal enterprise")
    INSTITUTION = "institution", _("public-law institution")
    ASSOCIATION = "association", _("special-purpose association")
    COMPANY = "company", _("company")


class OrgUnit(Entity):
    """A unit of the city; ``path`` is the chain of ids from the root, so a sub-tree is a prefix.

    A dissolved or merged unit keeps its row with ``active_to`` and, if merged, ``successor``.
    """

    kind = models.CharField(max_length=30, choices=UnitKind.choices)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=40, blank=True, default="")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=600, db_index=True)
    email = models.EmailField(blank=True, default="")
    active_from = models.DateField()
    active_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(active_to__isnull=True) | Q(active_to__gte=F("active_from")),
                name="org_unit_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class OrgUnitPeriod(models.Model):
    """What holds of a unit from ``valid_from`` up to, not including, ``valid_to``: the chronicle.

    Days as ordered by the city, entered afterwards at times. What a past day looks like is read
    from the versions (``OrgUnitVersion``).
    """

    unit = models.ForeignKey(OrgUnit, models.CASCADE, related_name="periods")
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=30)
    parent = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ("unit", "valid_from")
        indexes = [models.Index(fields=("valid_from", "valid_to"), name="org_period_validity")]


class OrgChange(Entity):
    """An event in the life of a unit: created, renamed, moved, merged, dissolved."""

    class Kind(models.TextChoices):
        """What happened to the unit."""

        CREATED = "created", _("created")
        RENAMED = "renamed", _("renamed")
        MOVED = "moved", _("moved")
        MERGED = "merged", _("merged")
        DISSOLVED = "dissolved", _("dissolved")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    unit = models.ForeignKey(OrgUnit, models.CASCADE, related_name="unit_changes")
    target = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    on = models.DateField()
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("on", "created_at")


class Person(Entity):
    """A person who works for the city; has an account only if she logs in."""

    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    email = models.EmailField(blank=True, default="")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="people")
    function = models.CharField(max_length=200, blank=True, default="")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("family_name", "given_name")
        constraints = [
            models.UniqueConstraint(
                fields=("email",), condition=~Q(email=""), name="org_person_email_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


OrgUnitVersion = period_of(OrgUnit, __name__, name="OrgUnitVersion")
keep_once(OrgUnitPeriod, since="valid_from", later=("valid_to",))
keep_once(OrgChange)
