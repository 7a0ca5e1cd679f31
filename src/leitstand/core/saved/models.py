"""Saved views."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity


class SavedView(Entity):
    """A query string of a page under a name; it holds no rows and gives no rights."""

    class Audience(models.TextChoices):
        """Who finds the view."""

        PRIVATE = "private", _("only I")
        UNIT = "unit", _("one unit")
        ALL = "all", _("everybody in the city's administration")

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=2000, blank=True, default="")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PRIVATE)
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, null=True, related_name="+")
    account_id: uuid.UUID
    unit_id: uuid.UUID | None

    class Meta:
        ordering = ("page", "name")
        constraints = [
            models.UniqueConstraint(fields=("account", "page", "name"), name="saved_name_once"),
            models.CheckConstraint(
                condition=Q(audience="unit", unit__isnull=False)
                | (~Q(audience="unit") & Q(unit__isnull=True)),
                name="saved_unit_if_for_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StartView(models.Model):
    """The view with which one account's page opens."""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="start_views")
    page = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="starts")
    account_id: uuid.UUID
    view_id: uuid.UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("account", "page"), name="saved_one_start_per_page")
        ]
