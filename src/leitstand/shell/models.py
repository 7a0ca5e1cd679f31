"""What an instance says of itself: names, legal texts, feedback on barriers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Entity


class Licence(models.TextChoices):
    """Licences for the published data, by the address that DCAT-AP.de uses."""

    NONE = "", _("no statement")
    DL_BY = (
        "http://dcat-ap.de/def/licenses/dl-by-de/2.0",
        "Datenlizenz Deutschland Namensnennung 2.0",
    )
    DL_ZERO = "http://dcat-ap.de/def/licenses/dl-zero-de/2.0", "Datenlizenz Deutschland Zero 2.0"
    CC_BY = (
        "http://dcat-ap.de/def/licenses/cc-by/4.0",
        "Creative Commons Namensnennung 4.0 (CC BY 4.0)",
    )
    CC_ZERO = "http://dcat-ap.de/def/licenses/cc-zero", "Creative Commons CC Zero (CC0)"


class Site(Entity):
    """Names and words of the city; there is one row.

    ``security_contact`` is an e-mail or web address for security.txt (RFC 9116).
    """

    city = models.CharField(max_length=120, blank=True, default="")
    unit_label = models.CharField(max_length=20, default="VZÄ")
    source_url = models.URLField(blank=True, default="")
    feedback_email = models.EmailField(blank=True, default="")
    security_contact = models.CharField(max_length=200, blank=True, default="")
    data_licence = models.CharField(
        max_length=80, blank=True, default=Licence.NONE, choices=Licence.choices
    )


class SiteText(Entity):
    """An editable legal text in a small Markdown (see :mod:`leitstand.shell.markdown`)."""

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
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
