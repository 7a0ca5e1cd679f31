"""Django app of the shell."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShellConfig(AppConfig):
    """Registers event types."""

    name = "leitstand.shell"
    label = "shell"

    def ready(self) -> None:
        """Register what others look up by name."""
        from leitstand.core.base import events

        events.register(
            ("shell.text.changed", _("Site text changed")),
            ("shell.site.changed", _("Site settings changed")),
            ("shell.feedback.received", _("Feedback on accessibility received")),
        )
