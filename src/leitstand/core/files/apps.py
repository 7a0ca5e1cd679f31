"""Django app of stored files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    """Registers event types."""

    name = "leitstand.core.files"
    label = "files"

    def ready(self) -> None:
        """Register what others look up by name."""
        from leitstand.core.base import events

        events.register(("files.stored", _("File stored")))
