"""Roles of accounts on units."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from leitstand.core.base.models import Entity


class RoleAssignment(Entity):
    """An account holds a role in a unit (``None`` = the whole city), perhaps for a time.

    ``valid_until`` is the last day on which the assignment holds.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=40)
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+")
    with_subunits = models.BooleanField(default=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    granted_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("role",)
        constraints = [
            models.UniqueConstraint(fields=("account", "role", "unit"), name="policy_role_once"),
            models.UniqueConstraint(
                fields=("account", "role"),
                condition=Q(unit__isnull=True),
                name="policy_city_role_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="policy_role_ends_after_start",
            ),
        ]
