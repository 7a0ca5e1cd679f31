"""Stored files: the row in the database, the bytes in the data folder."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from leitstand.core.base.models import Entity, Level


class StoredFile(Entity):
    """An uploaded or produced file; ``size`` in bytes, bytes under ``files/<2>/<sha256>``."""

    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    media_type = models.CharField(max_length=100)
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+")
    confidentiality = models.SmallIntegerField(choices=Level.choices, default=Level.INTERNAL)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name
