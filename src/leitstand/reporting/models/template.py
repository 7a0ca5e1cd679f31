"""Word templates of the city."""

from __future__ import annotations

from django.db import models

from leitstand.core.base.models import Entity


class PaperTemplate(Entity):
    """A DOCX with named fields, into which papers are poured.

    ``fields`` are those that it uses, ``own_fields`` those that only this city has. One that papers
    use is no longer offered (``active``) rather than deleted.
    """

    name = models.CharField(max_length=120, unique=True)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    fields = models.JSONField(default=list, blank=True)
    own_fields = models.JSONField(default=list, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
