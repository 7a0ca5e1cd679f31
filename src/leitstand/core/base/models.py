"""Abstract base of all entities; what the instance remembers of itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import ids


class Level(models.IntegerChoices):
    """Confidentiality levels (Vertraulichkeitsstufen)."""

    PUBLIC = 0, _("public")
    INTERNAL = 1, _("internal")
    CONFIDENTIAL = 2, _("confidential")
    STRICT = 3, _("strictly confidential")


class Entity(models.Model):
    """An object with a URN; ``version`` counts changes and serves as ETag."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    @property
    def urn(self) -> str:
        """URN of the object in the net."""
        return ids.urn(self.id)


class InstanceState(models.Model):
    """A fact about this instance, such as the product version that its tables belong to.

    Part of neither backup nor export: it describes the installation, not the city's data.
    """

    key = models.CharField(max_length=80, primary_key=True)
    value = models.CharField(max_length=500)
    changed_at = models.DateTimeField(auto_now=True)


class Counter(models.Model):
    """A short-lived value that all processes share, such as failed log-ins; see :mod:`.counters`."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.TextField()
    ends = models.FloatField(db_index=True)
