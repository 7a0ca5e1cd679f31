"""What an instance says of itself: names, legal texts, feedback on barriers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity


class Site(Entity):
    """Names and words of the city; there is one row."""

    city = models.CharField(max_length=120, default="")
    unit_label = models.CharField(max_length=20, default="VZÄ")
    source_url = models.URLField(blank=True, default="")
    feedback_email = models.EmailField(blank=True, default="")


class SiteText(Entity):
    """An editable legal text; ``body`` is plain text with blank lines and ``#`` headings."""

    class Slug(models.TextChoices):
        """Which text."""

        IMPRINT = "impressum", _("Imprint")
        PRIVACY = "datenschutz", _("Privacy notice")
        ACCESSIBILITY = "barrierefreiheit", _("Accessibility statement")

    slug = models.CharField(max_length=40, choices=Slug.choices, unique=True)
    body = models.TextField(blank=True, default="")


class AccessibilityFeedback(Entity):
    """Somebody reports a barrier; e-mail is optional and erased when the case is closed."""

    page = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField()
    email = models.EmailField(blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
